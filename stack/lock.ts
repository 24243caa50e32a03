// One supervisor per data folder: a lock file that names its holder and outlives no holder, because a dead
// one is recognised by number and start time.

import { randomBytes } from 'node:crypto';
import { link, rename, unlink } from 'node:fs/promises';
import { readStateFile, writePrivateFile } from './home';
import { isSameProcess, type ProcessRecord, recordOf } from './process-identity';
import { systemCode } from './stack-error';

export interface Lock {
  /** False once the file is gone or names another: the holder must then end. */
  stillMine(): Promise<boolean>;
  release(): Promise<void>;
}

export type LockResult = { readonly lock: Lock } | { readonly heldBy: ProcessRecord };

/** The living holder of a lock file, or null. */
export const lockHolder = async (file: string): Promise<ProcessRecord | null> => {
  const record = await readStateFile<ProcessRecord>(file);
  return record !== null && isSameProcess(record) ? record : null;
};

const tryLink = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
};

/** Moves a dead holder's file away; a living one's, caught by a race, is put back. */
const clearDead = async (file: string): Promise<void> => {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.dead`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if (await lockHolder(aside)) await tryLink(aside, file);
  await unlink(aside);
};

const held = (file: string, mine: ProcessRecord): Lock => {
  const stillMine = async (): Promise<boolean> => {
    const record = await readStateFile<ProcessRecord>(file).catch(() => null);
    return record !== null && record.pid === mine.pid && record.identity === mine.identity;
  };
  const release = async (): Promise<void> => {
    if (await stillMine()) await unlink(file).catch(() => undefined);
  };
  return { stillMine, release };
};

/** Takes the lock, or says who holds it. The holder checks `stillMine` now and then. */
export const takeLock = async (file: string): Promise<LockResult> => {
  const mine = recordOf('supervisor', process.pid);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.draft`;
  await writePrivateFile(draft, JSON.stringify(mine));
  try {
    for (;;) {
      if (await tryLink(draft, file)) return { lock: held(file, mine) };
      const holder = await lockHolder(file);
      if (holder) return { heldBy: holder };
      await clearDead(file);
    }
  } finally {
    await unlink(draft).catch(() => undefined);
  }
};
