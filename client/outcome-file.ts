// Reads a file of outcomes into entries: every row is checked against what is stored before anything is
// recorded, so that an import is whole or nothing.
import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { OutcomeRow } from '../db/outcome-store';
import type { Proposition } from '../domain/market/proposition';
import type { WorldId } from '../domain/world';
import type { OutcomeEntry } from '../workflows/contracts/outcomes';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';

export interface OutcomeFile {
  readonly path: string;
  readonly world: WorldId;
  /** Leave out rows whose proposition is unknown, and count them. */
  readonly knownOnly: boolean;
  /** Replace outcomes that differ. */
  readonly correct: boolean;
}

export interface ReadOutcomes {
  readonly entries: readonly OutcomeEntry[];
  /** Rows without a proposition here, left out as asked. */
  readonly unknown: number;
}

type Row = Readonly<Record<string, string>>;

const ACCEPTED =
  'a header with proposition (or row_id of a recorded question) and outcome (yes, no, void) or y (1, 0), and optionally resolved_at, source, reason';

const rowsOf = async (path: string): Promise<readonly Row[]> => {
  const full = resolve(path);
  await access(full).catch(() => {
    throw new BadInput(`file ${path} cannot be read; accepted: CSV, plain or .gz, with ${ACCEPTED}`);
  });
  const parser = parse({ bom: true, columns: true, skip_empty_lines: true, trim: true });
  const file = createReadStream(full).on('error', (error) => parser.destroy(error));
  const gunzip = createGunzip().on('error', (error) => parser.destroy(error));
  const text = full.endsWith('.gz') ? file.pipe(gunzip) : file;
  const rows: Row[] = [];
  try {
    for await (const row of text.pipe(parser)) rows.push(row as Row);
  } catch (error) {
    throw new BadInput(`${basename(path)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return rows;
};

const OUTCOMES: Readonly<Record<string, boolean | null>> = {
  yes: true,
  '1': true,
  true: true,
  no: false,
  '0': false,
  false: false,
  void: null,
};

/** Reads `yes`, `no`, `void`, 1 or 0. @throws BadInput naming the place. */
export const readOutcome = (text: string, place: string): boolean | null => {
  const key = text.trim().toLowerCase();
  if (Object.hasOwn(OUTCOMES, key)) return OUTCOMES[key]!;
  throw new BadInput(`${place}: outcome is "${text}"; accepted: yes, no, void, 1, 0`);
};

/** An instant, or a day, which counts as over at its UTC end. @throws BadInput naming the place. */
export const readResolvedAt = (text: string | undefined, place: string): string | null => {
  if (!text) return null;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = Date.parse(isDay ? `${text}T00:00:00.000Z` : text);
  if (Number.isNaN(time) || (isDay && !new Date(time).toISOString().startsWith(text)))
    throw new BadInput(`${place}: resolved_at is "${text}"; accepted: an ISO instant or a date YYYY-MM-DD`);
  return new Date(time + (isDay ? 86_400_000 : 0)).toISOString();
};

const idOf = (row: Row, world: WorldId, place: string): string => {
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

const entryOf = (row: Row, id: string, file: OutcomeFile, place: string): OutcomeEntry => {
  const yes = readOutcome(row.outcome ?? row.y ?? '', place);
  return {
    propositionId: id,
    action: yes === null ? 'void' : file.correct ? 'correct' : 'enter',
    yes,
    resolvedAt: readResolvedAt(row.resolved_at || row.resolution_date, place),
    source: row.source && row.proposition ? row.source : 'import',
    reason: row.reason || `imported from ${basename(file.path)}`,
  };
};

/** A first outcome is entered, also where the file is meant to correct. */
const checkedEntry = (entry: OutcomeEntry, { proposition, outcome }: Stored, place: string): OutcomeEntry => {
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

/**
 * Reads and checks a whole file.
 * @throws BadInput naming file, row and the accepted form of the first unusable row
 */
export const readOutcomeFile = async (client: ConclaveClient, file: OutcomeFile): Promise<ReadOutcomes> => {
  const entries: OutcomeEntry[] = [];
  const isFirst = withoutRepeats();
  let unknown = 0;
  for (const [index, row] of (await rowsOf(file.path)).entries()) {
    const place = `${basename(file.path)} row ${index + 1}`;
    const id = idOf(row, file.world, place);
    const entry = entryOf(row, id, file, place);
    const stored = await storedOf(client, id);
    if (stored.proposition === null || stored.proposition.world !== file.world) {
      if (!file.knownOnly)
        throw new BadInput(
          `${place}: proposition "${id}" is unknown in world "${file.world}"; accepted: one that was forecast, or --known-only to leave such rows out`,
        );
      unknown += 1;
    } else if (isFirst(entry, place)) entries.push(checkedEntry(entry, stored, place));
  }
  if (entries.length === 0 && unknown === 0)
    throw new BadInput(`${basename(file.path)}: holds no row; accepted: ${ACCEPTED}`);
  return { entries, unknown };
};
