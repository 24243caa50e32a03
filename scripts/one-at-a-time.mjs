// Lets one process at a time install or build in this clone: `npm start` in one terminal and `npm test` in another
// would else write the same folders at once.
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build-state.mjs';

const LOCK = join(root, '.preparing');
/** Longer than any installation; the number of a dead process may be another's by then. */
const STALE_AFTER_MS = 30 * 60_000;
const LOOK_MS = 200;

const own = `${LOCK}.${process.pid}`;

/** The process that the file names; null where there is no such file. */
const holderOf = (file) => {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** A file appears whole or not at all. */
const take = () => {
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, LOCK);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
};

/** Set aside under a name of one's own, and back where another has taken the place of the dead one meanwhile. */
const removeDead = (dead) => {
  try {
    renameSync(LOCK, own);
    if (holderOf(own) !== dead) linkSync(own, LOCK);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(own, { force: true });
  }
};

const isStale = (holder) => {
  const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  return !isAlive(holder) || Date.now() - since > STALE_AFTER_MS;
};

const waitForTurn = (say) => {
  let said = false;
  while (!take()) {
    const holder = holderOf(LOCK);
    if (holder !== null && isStale(holder)) removeDead(holder);
    else {
      if (!said) say(`waiting for process ${holder}, which installs or builds here`);
      said = true;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    }
  }
};

/** Runs `work` when no other process is at it; at once in a child of the one that is. */
export const oneAtATime = (work, say = (text) => process.stderr.write(`${text}\n`)) => {
  if (holderOf(LOCK) === process.ppid) return work();
  waitForTurn(say);
  const release = () => {
    if (holderOf(LOCK) === process.pid) rmSync(LOCK, { force: true });
  };
  // Also where `work` ends the process.
  process.once('exit', release);
  try {
    return work();
  } finally {
    process.off('exit', release);
    release();
  }
};
