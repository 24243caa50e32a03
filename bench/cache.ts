// Bench of a cached brief: what a hit costs inside the process, its check against Postgres and its counting
// included, beside a bare `select 1` in the same run, which is the floor.
import { createBriefCache } from '../db/brief-cache';
import { createBriefStore } from '../db/brief-store';
import { type Database, openDatabase } from '../db/database';
import type { Brief } from '../domain/research/brief';
import { type BriefKeyParts, briefKey } from '../domain/research/cache-key';
import { LIVE_WORLD } from '../domain/world';
import { millisecondsOf, quantile } from './support/quantiles';
import { withScratchPostgres } from './support/scratch-postgres';

const ENTRIES = 500;
const READS = 5_000;
/** Reads before measuring: connections, prepared statements, compiled code. */
const WARM_UP = 500;
/** Characters of a thesis: a usual brief weighs a few kilobytes. */
const THESIS_LENGTH = 2_000;

const partsOf = (index: number): BriefKeyParts => ({
  world: LIVE_WORLD,
  asOf: null,
  subject: `equity:B${index}`,
  kind: 'complete',
  template: 'swing',
});

const briefOf = (index: number, now: number): Brief => {
  const parts = partsOf(index);
  return {
    ...parts,
    id: `bench-${index}`,
    key: briefKey(parts),
    asOf: new Date(now).toISOString(),
    content: {
      thesis: 'x'.repeat(THESIS_LENGTH),
      drivers: ['driver'],
      risks: ['risk'],
      peers: '',
      volatility: '',
      upcoming: [],
      figures: { close: 100 },
    },
    sources: [],
    quality: 80,
    writtenBy: 'bench',
    verifiedBy: 'rule',
    synthetic: false,
    costMicroUsd: 1_000,
    epoch: 0,
    createdAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 3_600_000).toISOString(),
    dossierId: null,
    seriesId: null,
  };
};

const measure = async (db: Database) => {
  const store = createBriefStore(db);
  const cache = createBriefCache(store);
  const now = Date.now();
  for (let index = 0; index < ENTRIES; index += 1) await store.storeBrief(briefOf(index, now), 0);
  const coldMs: number[] = [];
  for (let index = 0; index < ENTRIES; index += 1)
    coldMs.push(await millisecondsOf(() => cache.serve(partsOf(index), 'bench')));

  const hitMs: number[] = [];
  const floorMs: number[] = [];
  let misses = 0;
  for (let read = 0; read < WARM_UP + READS; read += 1) {
    const ms = await millisecondsOf(async () => {
      if ((await cache.serve(partsOf((read * 7) % ENTRIES), 'bench')) === null) misses += 1;
    });
    const floor = await millisecondsOf(() => db.query('select 1'));
    if (read >= WARM_UP) {
      hitMs.push(ms);
      floorMs.push(floor);
    }
  }
  if (misses > 0) throw new Error(`${misses} of ${WARM_UP + READS} reads found no brief`);
  return {
    p50Ms: quantile(hitMs, 0.5),
    p99Ms: quantile(hitMs, 0.99),
    entries: ENTRIES,
    reads: READS,
    bytesInProcess: cache.size().bytes,
    fromPostgresP50Ms: quantile(coldMs, 0.5),
    floorP50Ms: quantile(floorMs, 0.5),
    ratioToFloor: quantile(hitMs, 0.5) / quantile(floorMs, 0.5),
  };
};

/** Milliseconds of a cache hit: medians and 99th percentile of one reader after another. */
export const run = async (): Promise<Record<string, unknown>> =>
  withScratchPostgres(async (url) => {
    const db = openDatabase(url, { applicationName: 'conclave-bench' });
    try {
      return await measure(db);
    } finally {
      await db.close();
    }
  });
