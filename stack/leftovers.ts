// What a killed supervisor leaves behind: its processes, noted with number and start time, are ended before
// the next stack begins. A clean replacement is simpler to trust than an adoption.
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type HomePaths, readStateFile } from './home';
import { endProcess, isSameProcess, type ProcessRecord } from './process-identity';

const LEFTOVER_GRACE_MS = 5_000;

/** Where the supervisor notes the processes that it started. */
export const recordsFile = (paths: HomePaths): string => join(paths.run, 'processes.json');

/** Ends what is left; returns how many still lived. Postgres is looked after by its own file. */
export const endLeftovers = async (paths: HomePaths): Promise<number> => {
  const records = (await readStateFile<readonly ProcessRecord[]>(recordsFile(paths))) ?? [];
  const living = records.filter((record) => record.name !== 'postgres' && isSameProcess(record));
  await Promise.all(living.map((record) => endProcess(record, 'SIGTERM', LEFTOVER_GRACE_MS)));
  await unlink(recordsFile(paths)).catch(() => undefined);
  return living.length;
};
