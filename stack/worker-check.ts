// What `conclave doctor` asks about workers: whether any has lately said that it takes work. The supervisor knows only
// that a process runs, and nothing of workers elsewhere.
import { setTimeout } from 'node:timers/promises';
import { createWorkerBeatStore } from '../db/worker-beat-store';
import { databaseCheck } from './database-check';
import type { Check } from './diagnosis';

/** A worker that has just been started, or started again after its death, says so within this. */
const STARTING_MS = 8_000;
const LOOK_MS = 250;

const FIX =
  'Start one: `conclave up`, or `node dist/workers/main.js` for servers of your own; logs/worker-1.log says why one ended.';

/** Asked of a database that has this version's tables. */
export const checkWorkers = (databaseUrl: string): Promise<Check> =>
  databaseCheck('workers', databaseUrl, async (db) => {
    const beats = createWorkerBeatStore(db);
    for (const deadline = Date.now() + STARTING_MS; ; await setTimeout(LOOK_MS)) {
      const alive = await beats.alive();
      if (alive > 0) return { name: 'workers', ok: true, detail: `${alive} take work`, fix: null };
      if (Date.now() > deadline)
        return { name: 'workers', ok: false, detail: 'no worker takes work', fix: FIX };
    }
  });
