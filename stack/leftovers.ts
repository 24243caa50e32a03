// What a killed supervisor leaves behind: its processes, noted with number and start time, are ended before
// the next stack begins. A clean replacement is simpler to trust than an adoption.
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type HomePaths, readStateFile, readTextIfPresent, writePrivateFile } from './home';
import { postmasterFile } from './postgres-cluster';
import { endProcess, isSameProcess, type ProcessRecord } from './process-identity';

const LEFTOVER_GRACE_MS = 5_000;

/** Where the supervisor notes the processes that it started. */
const recordsFile = (paths: HomePaths): string => join(paths.run, 'processes.json');

/** Whether an earlier stack may have left something to end. Writes nothing, so that a full disk stops nobody here. */
export const hasLeftovers = async (paths: HomePaths): Promise<boolean> => {
  const files = [recordsFile(paths), postmasterFile(join(paths.postgres, 'data'))];
  const texts = await Promise.all(files.map(readTextIfPresent));
  return texts.some((text) => text !== null);
};

/** Ends what is left; returns how many still lived. Postgres is looked after by its own file. */
export const endLeftovers = async (paths: HomePaths): Promise<number> => {
  const records = (await readStateFile<readonly ProcessRecord[]>(recordsFile(paths))) ?? [];
  const living = records.filter((record) => record.name !== 'postgres' && isSameProcess(record));
  await Promise.all(living.map((record) => endProcess(record, 'SIGTERM', LEFTOVER_GRACE_MS)));
  await unlink(recordsFile(paths)).catch(() => undefined);
  return living.length;
};

export interface ProcessNotes {
  /** Notes a process that was just started. */
  readonly add: (record: ProcessRecord) => void;
  /** Forgets all, when everything has ended. */
  readonly clear: () => Promise<void>;
}

/** Keeps the list of living processes in the data folder. */
export const processNotes = (paths: HomePaths): ProcessNotes => {
  let records: readonly ProcessRecord[] = [];
  // One after another, so that an older list never overwrites a newer one.
  let writing: Promise<void> = Promise.resolve();
  const add = (record: ProcessRecord): void => {
    records = [...records.filter(isSameProcess), record];
    const text = JSON.stringify(records);
    writing = writing.then(() => writePrivateFile(recordsFile(paths), text)).catch(() => undefined);
  };
  const clear = async (): Promise<void> => {
    await writing;
    await unlink(recordsFile(paths)).catch(() => undefined);
  };
  return { add, clear };
};
