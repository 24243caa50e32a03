// Reads a file of outcomes into entries: every row is checked against what is stored before anything is
// recorded, so that an import is whole or nothing.
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { OutcomeRow } from '../db/outcome-store';
import type { Proposition } from '../domain/market/proposition';
import { outcomeInstant } from '../domain/track/outcome-instant';
import type { IsoInstant, WorldId } from '../domain/world';
import type { OutcomeEntry } from '../workflows/contracts/outcomes';
import type { ConclaveClient } from './connect';
import { outcomeAt, outcomeWord } from './fields';
import { BadInput } from './inputs';

export interface OutcomeFile {
  readonly path: string;
  readonly world: WorldId;
  /** Leave out rows whose proposition is unknown, and count them. */
  readonly knownOnly: boolean;
  /** Replace outcomes that differ. */
  readonly correct: boolean;
}

/** A row as it is written: all text, as in a file. */
export type OutcomeFields = Readonly<Record<string, string>>;

export interface ReadOutcomes {
  readonly entries: readonly OutcomeEntry[];
  /** Rows without a proposition here, left out as asked. */
  readonly unknown: number;
}

const ACCEPTED =
  'a header with proposition (or row_id of a recorded question) and outcome (yes, no, void) or y (1, 0), and optionally resolved_at, source, reason';

const rowsOf = async (path: string): Promise<readonly OutcomeFields[]> => {
  const full = resolve(path);
  await access(full).catch(() => {
    throw new BadInput(`file ${path} cannot be read; accepted: CSV, plain or .gz, with ${ACCEPTED}`);
  });
  const parser = parse({ bom: true, columns: true, skip_empty_lines: true, trim: true });
  const file = createReadStream(full).on('error', (error) => parser.destroy(error));
  const gunzip = createGunzip().on('error', (error) => parser.destroy(error));
  const text = full.endsWith('.gz') ? file.pipe(gunzip) : file;
  const rows: OutcomeFields[] = [];
  try {
    for await (const row of text.pipe(parser)) rows.push(row as OutcomeFields);
  } catch (error) {
    throw new BadInput(`${basename(path)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return rows;
};

/** Reads `yes`, `no`, `void`, 1 or 0. @throws BadInput naming the place. */
const readOutcome = (text: string, place: string): boolean | null => {
  const parsed = outcomeWord.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new BadInput(`${place}: outcome is "${text}"; ${parsed.error.issues[0]!.message}`);
};

/** An instant, or a day, which counts as over at its UTC end. @throws BadInput naming the place. */
const readResolvedAt = (text: string | undefined, place: string): string | null => {
  if (!text) return null;
  const parsed = outcomeAt.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new BadInput(`${place}: resolved_at is "${text}"; ${parsed.error.issues[0]!.message}`);
};

const idOf = (row: OutcomeFields, world: WorldId, place: string): string => {
  if (row.proposition) return row.proposition;
  if (row.row_id) return `${world}/question:${row.row_id}`;
  throw new BadInput(`${place}: proposition is empty; accepted: ${ACCEPTED}`);
};

interface Stored {
  readonly proposition: Proposition | null;
  readonly outcome: OutcomeRow | null;
}

const storedOf = async ({ stores }: ConclaveClient, id: string): Promise<Stored> => ({
  proposition: await stores.propositions.get(id),
  outcome: await stores.outcomes.current(id),
});

const nameOf = (yes: boolean | null): string => (yes === null ? 'void' : yes ? 'yes' : 'no');

const entryOf = (row: OutcomeFields, id: string, list: RowSource, place: string): OutcomeEntry => {
  const yes = readOutcome(row.outcome ?? row.y ?? '', place);
  return {
    propositionId: id,
    action: yes === null ? 'void' : list.correct ? 'correct' : 'enter',
    yes,
    resolvedAt: readResolvedAt(row.resolved_at || row.resolution_date, place),
    source: row.source && row.proposition ? row.source : 'import',
    reason: row.reason || `imported from ${list.name}`,
  };
};

/** A first outcome is entered, also where the file is meant to correct. */
const checkedEntry = (
  entry: OutcomeEntry,
  { proposition, outcome }: Stored,
  place: string,
  now: IsoInstant,
): OutcomeEntry => {
  if (outcomeInstant(entry.resolvedAt, { ...proposition!, now }) === null)
    throw new BadInput(
      `${place}: resolved_at ${entry.resolvedAt} is ahead of now (${now}); accepted: when it became public, now or earlier`,
    );
  if (entry.resolvedAt !== null && Date.parse(entry.resolvedAt) < Date.parse(proposition!.asOf))
    throw new BadInput(
      `${place}: outcome before the forecast: resolved_at ${entry.resolvedAt} is before ${proposition!.asOf}; accepted: on or after it`,
    );
  if (entry.action === 'correct' && outcome === null) return { ...entry, action: 'enter' };
  if (entry.action === 'enter' && outcome !== null && outcome.yes !== entry.yes)
    throw new BadInput(
      `${place}: "${entry.propositionId}" has the outcome ${nameOf(outcome.yes)} already; accepted: the same, or --correct to replace it`,
    );
  return entry;
};

/** Fails on a proposition that comes twice with other content; leaves out one that comes twice alike. */
const withoutRepeats = () => {
  const seen = new Map<string, string>();
  return (entry: OutcomeEntry, place: string): boolean => {
    const content = `${entry.yes}|${entry.resolvedAt}`;
    const before = seen.get(entry.propositionId);
    seen.set(entry.propositionId, content);
    if (before === undefined || before === content) return before === undefined;
    throw new BadInput(
      `${place}: duplicate outcome of "${entry.propositionId}" with other content; accepted: one content per proposition`,
    );
  };
};

/** Where the rows of a list come from, and how one of them is called in a message. */
interface RowSource extends Omit<OutcomeFile, 'path'> {
  readonly name: string;
  readonly rowName: (index: number) => string;
}

/** Checks all rows of a list against what is stored. */
const checkedRows = async (
  client: ConclaveClient,
  rows: readonly OutcomeFields[],
  source: RowSource,
): Promise<ReadOutcomes> => {
  const entries: OutcomeEntry[] = [];
  const isFirst = withoutRepeats();
  let now: IsoInstant | null = null;
  let unknown = 0;
  for (const [index, row] of rows.entries()) {
    const place = source.rowName(index);
    const id = idOf(row, source.world, place);
    const entry = entryOf(row, id, source, place);
    const stored = await storedOf(client, id);
    if (stored.proposition === null || stored.proposition.world !== source.world) {
      if (!source.knownOnly)
        throw new BadInput(
          `${place}: proposition "${id}" is unknown in world "${source.world}"; accepted: one that was forecast, or --known-only to leave such rows out`,
        );
      unknown += 1;
    } else if (isFirst(entry, place)) {
      now ??= await client.stores.worlds.now(source.world);
      entries.push(checkedEntry(entry, stored, place, now));
    }
  }
  if (entries.length === 0 && unknown === 0)
    throw new BadInput(`${source.name}: holds no row; accepted: ${ACCEPTED}`);
  return { entries, unknown };
};

/**
 * Reads and checks a whole file.
 * @throws BadInput naming file, row and the accepted form of the first unusable row
 */
export const readOutcomeFile = async (client: ConclaveClient, file: OutcomeFile): Promise<ReadOutcomes> => {
  const name = basename(file.path);
  return checkedRows(client, await rowsOf(file.path), {
    ...file,
    name,
    rowName: (index) => `${name} row ${index + 1}`,
  });
};

/**
 * Checks a list that a program sends, each row as the line of a file would be.
 * @throws BadInput naming the row, as `outcomes.0`, and the accepted form of the first unusable one
 */
export const readOutcomeRows = (
  client: ConclaveClient,
  rows: readonly OutcomeFields[],
  options: Omit<OutcomeFile, 'path'>,
): Promise<ReadOutcomes> =>
  checkedRows(client, rows, { ...options, name: 'outcomes', rowName: (index) => `outcomes.${index}` });
