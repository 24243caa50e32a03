// A worker's sign of life, each second while it takes work, so that people hear within seconds that none is left.
import { hostname } from 'node:os';
import type { WorkerBeatStore } from '../db/worker-beat-store';

/** Five beats before a worker counts as gone (db/worker-beat-store.ts). */
const BEAT_MS = 1_000;

/**
 * Begins to beat; the returned function ends it and says so. A beat that cannot be written is left out.
 * @param takesWork false while it only ends what it has begun
 */
export const startBeating = (
  beats: Pick<WorkerBeatStore, 'beat' | 'leave'>,
  takesWork: () => boolean,
): (() => Promise<void>) => {
  const worker = `${hostname()}:${process.pid}`;
  let beating: Promise<void> = Promise.resolve();
  const beat = (): void => {
    if (takesWork()) beating = beating.then(() => beats.beat(worker)).catch(() => undefined);
  };
  beat();
  const timer = setInterval(beat, BEAT_MS);
  return async () => {
    clearInterval(timer);
    await beating;
    await beats.leave(worker).catch(() => undefined);
  };
};
