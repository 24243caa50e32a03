// One supervisor per data folder: a lock file that names its holder and outlives no holder, because a dead
// one is recognised by number and start time. Of another host or container neither can be seen: there the holder's
// mark counts, which it sets again and again.

import { randomBytes } from 'node:crypto';
import { link, rename, stat, unlink, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readStateFile, writePrivateFile } from './home';
import { isSameProcess, type ProcessRecord, processPlace, recordOf } from './process-identity';
import { StackError, systemCode } from './stack-error';

/** How often a holder marks its file: the time of the file's last change. */
const MARK_EVERY_MS = 10_000;
/** A mark so old is of a holder that is gone; short enough that a container made anew is not kept out for long. */
const STALE_MS = 45_000;

/** Who took a lock, and where; a file of an earlier version does not say where. */
export interface Holder extends ProcessRecord {
  readonly host?: string;
  readonly place?: string;
}

export interface Lock {
  /** False once the file is gone or names another: the holder must then end. */
  stillMine(): Promise<boolean>;
  release(): Promise<void>;
}

export type LockResult = { readonly lock: Lock } | { readonly heldBy: Holder };

/** Whether the holder is of another host or container. */
export const isElsewhere = ({ place }: Holder): boolean => place !== undefined && place !== processPlace();

/** What someone is told whose data folder is in use by another host. */
export const heldElsewhere = ({ host, pid }: Holder, file: string): StackError =>
  new StackError({
    code: 'second_stack',
    message: `The data folder is in use by another host or container, ${host} (process ${pid} there; ${file}).`,
    fix: `Run \`conclave down\` there, or set CONCLAVE_HOME to another folder. If ${host} is gone, try again in a minute, or delete that file.`,
  });

const isMarked = async (file: string): Promise<boolean> => {
  const found = await stat(file).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs < STALE_MS;
};

/** The living holder of a lock file, or null. */
export const lockHolder = async (file: string): Promise<Holder | null> => {
  const holder = await readStateFile<Holder>(file);
  if (holder === null) return null;
  return (isElsewhere(holder) ? await isMarked(file) : isSameProcess(holder)) ? holder : null;
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

const held = (file: string, mine: Holder): Lock => {
  const mark = setInterval(() => {
    const now = new Date();
    void utimes(file, now, now).catch(() => undefined);
  }, MARK_EVERY_MS);
  mark.unref();
  const stillMine = async (): Promise<boolean> => {
    const record = await readStateFile<ProcessRecord>(file).catch(() => null);
    return record !== null && record.pid === mine.pid && record.identity === mine.identity;
  };
  const release = async (): Promise<void> => {
    clearInterval(mark);
    if (await stillMine()) await unlink(file).catch(() => undefined);
  };
  return { stillMine, release };
};

/** Takes the lock, or says who holds it. The holder checks `stillMine` now and then. */
export const takeLock = async (file: string): Promise<LockResult> => {
  const mine: Holder = {
    ...recordOf('supervisor', process.pid),
    host: hostname(),
    place: processPlace(),
  };
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
