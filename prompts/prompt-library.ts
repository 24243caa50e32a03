// Prompts are files; a version is the hash of the file, so that a record says which wording was used.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { assetPath } from '../config/package-root';

export interface Prompt {
  readonly name: string;
  readonly text: string;
  /** First 12 hex digits of the text's SHA-256. */
  readonly version: string;
}

const cache = new Map<string, Prompt>();

const read = (name: string): Prompt => {
  const text = readFileSync(assetPath('prompts', `${name}.md`), 'utf8').trim();
  return { name, text, version: createHash('sha256').update(text).digest('hex').slice(0, 12) };
};

/** Reads `prompts/<name>.md` once per process. @throws Error when there is no such file. */
export const prompt = (name: string): Prompt => {
  const known = cache.get(name);
  if (known) return known;
  const loaded = read(name);
  cache.set(name, loaded);
  return loaded;
};
