// Texts that people ask about, and wordings of prompts, kept by content: histories and rows hold the id only.
import { createHash } from 'node:crypto';
import { first, type Sql } from './sql';

export interface TaskTextStore {
  /** Keeps a text once; its id is the same wherever it is asked. */
  put(body: string): Promise<string>;
  get(id: string): Promise<string | null>;
}

/** First 16 hex digits of the text's SHA-256. */
const textId = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 16);

export const createTaskTextStore = (db: Sql): TaskTextStore => ({
  put: async (body) => {
    const id = textId(body);
    await db.query('insert into task_texts (id, body) values ($1, $2) on conflict (id) do nothing', [
      id,
      body,
    ]);
    return id;
  },

  get: async (id) =>
    first(await db.query<{ readonly body: string }>('select body from task_texts where id = $1', [id]))
      ?.body ?? null,
});
