// Bench of money held and settled: reservations a second on caps that everyone shares, beside plain durable
// inserts by as many connections in the same run, which are the floor.
import { createCapStore } from '../db/cap-store';
import { type Database, openDatabase } from '../db/database';
import { createLedgerStore } from '../db/ledger-store';
import { MICRO_PER_USD } from '../domain/money/micro-usd';
import { inLanes } from './support/lanes';
import { millisecondsOf, quantile } from './support/quantiles';
import { withScratchPostgres } from './support/scratch-postgres';
import type { BenchSize } from './support/size';

const WIDTH = 16;
const CALLS = 500;
const ROUNDS = 7;
const QUICK_ROUNDS = 3;
const SCOPES = ['month', 'day', 'provider', 'model'] as const;

/** One sending's whole life in the ledger: two transactions. */
const reserveAndSettle = async (
  ledger: ReturnType<typeof createLedgerStore>,
  callKey: string,
): Promise<void> => {
  const held = await ledger.reserve({
    ...{ callKey, ordinal: 1, amountMicroUsd: 3_000, provider: 'openai', model: 'gpt-4o-mini' },
    ...{ feature: 'bench', category: 'bench', world: 'live', sessionId: null, decisionId: null },
    ...{ priceVersion: 'bench', billed: true },
  });
  if (held.status !== 'reserved') throw new Error(`reservation ${callKey} was ${held.status}`);
  await ledger.settle(held.key, { actualMicroUsd: 1_000, usage: null, outcome: 'answered' });
};

const measure = async (db: Database, rounds: number) => {
  const caps = createCapStore(db);
  for (const scope of SCOPES)
    await caps.setLimit({
      ...{ scope, key: '*', limitMicroUsd: 1_000 * MICRO_PER_USD, policy: 'stop' },
      reason: 'bench',
    });
  await db.query('create table bench_rows (id text primary key)');
  const ledger = createLedgerStore(db);
  const perSecond = async (work: (index: number) => Promise<unknown>): Promise<number> =>
    (CALLS / (await millisecondsOf(() => inLanes(CALLS, WIDTH, work)))) * 1_000;
  const calls: number[] = [];
  const inserts: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const insert = (index: number) =>
      db.query('insert into bench_rows values ($1)', [`${round}-${index}`], 'bench-insert');
    const rates = [
      await perSecond((index) => reserveAndSettle(ledger, `bench-${round}-${index}`)),
      await perSecond(insert),
    ] as const;
    // The first round prepares statements and connections.
    if (round > 0) {
      calls.push(rates[0]);
      inserts.push(rates[1]);
    }
  }
  const [rate, floor] = [quantile(calls, 0.5), quantile(inserts, 0.5)];
  return {
    reservedAndSettledPerSecond: rate,
    reservedAndSettledSpread: [quantile(calls, 0.25), quantile(calls, 0.75)],
    plainInsertsPerSecond: floor,
    plainInsertsToReservations: floor / rate,
    caps: SCOPES.length,
    atOnce: WIDTH,
    callsPerRound: CALLS,
    rounds,
  };
};

/** Calls a second whose money is held on four shared caps and settled, two transactions each. */
export const run = ({ quick = false }: BenchSize = {}): Promise<Record<string, unknown>> =>
  withScratchPostgres(async (url) => {
    const db = openDatabase(url, { poolSize: WIDTH, applicationName: 'conclave-bench' });
    try {
      return await measure(db, quick ? QUICK_ROUNDS : ROUNDS);
    } finally {
      await db.close();
    }
  });
