import { createCapStore } from '../../../db/cap-store';
import { findViolations } from '../../../db/invariants';
import { createLedgerStore, ledgerKey } from '../../../db/ledger-store';
import { createSpendStore } from '../../../db/spend-store';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { untilWaiting } from './lock-waits';
import { aReservation } from './rows';

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase(20);
}, STACK_START_MS);
afterAll(() => test.drop());
beforeEach(() =>
  test.db.query(
    'truncate reservations, ledger, caps, cap_limits, cap_limit_changes restart identity cascade',
  ),
);

const ledger = () => createLedgerStore(test.db);
const caps = () => createCapStore(test.db);
const limit = (changes: object = {}) =>
  caps().setLimit({
    scope: 'month',
    key: '*',
    limitMicroUsd: 1_000_000,
    policy: 'stop',
    reason: 'test',
    ...changes,
  });
const month = async () => {
  const [row] = (await caps().status()).filter((cap) => cap.scope === 'month');
  return row && { spent: row.spentMicroUsd, held: row.heldMicroUsd, overrun: row.overrunMicroUsd };
};
const sound = async () => expect(await findViolations(test.db, { drainSeconds: 3600 })).toEqual([]);

describe('reserving', () => {
  it('holds the amount on every covering cap and says which keys it covers', async () => {
    await limit();
    for (const scope of ['day', 'market_session', 'decision', 'provider', 'model'] as const)
      await limit({ scope });
    await ledger().reserve(aReservation({ sessionId: 's1', decisionId: 'd1' }));
    const held = (await caps().status()).map((cap) => [cap.scope, cap.key, cap.heldMicroUsd]);
    expect(held.sort()).toEqual([
      ['day', '*', 30_000],
      ['decision', 'd1', 30_000],
      ['market_session', 's1', 30_000],
      ['model', 'gpt-4o-mini', 30_000],
      ['month', '*', 30_000],
      ['provider', 'openai', 30_000],
    ]);
    await sound();
  });

  it('refuses no call that costs nothing, whatever bills have taken from a cap', async () => {
    await limit({ limitMicroUsd: 30_000 });
    await ledger().reserve(aReservation());
    await ledger().settle('call-1#1', { actualMicroUsd: 31_000, usage: null, outcome: 'answered' });
    const free = await ledger().reserve(aReservation({ callKey: 'free', amountMicroUsd: 0 }));
    expect(free.status).toBe('reserved');
    const paid = await ledger().reserve(aReservation({ callKey: 'paid', amountMicroUsd: 1 }));
    expect(paid).toMatchObject({ status: 'refused', remainingMicroUsd: 0 });
  });

  it('is counted once however often the same sending is reserved', async () => {
    await limit();
    expect(await ledger().reserve(aReservation())).toEqual({ status: 'reserved', key: 'call-1#1' });
    expect(await ledger().reserve(aReservation())).toEqual({
      status: 'already',
      key: 'call-1#1',
      rowStatus: 'reserved',
    });
    expect(await ledger().reserve(aReservation({ ordinal: 2 }))).toMatchObject({ status: 'reserved' });
    expect(await month()).toEqual({ spent: 0, held: 60_000, overrun: 0 });
  });

  it('refuses what a cap has no room for, holds nothing anywhere, and lets the same key try again', async () => {
    await limit();
    await limit({ scope: 'model', key: 'gpt-4o-mini', limitMicroUsd: 20_000, policy: 'downgrade' });
    expect(await ledger().reserve(aReservation())).toEqual({
      status: 'refused',
      cap: {
        scope: 'model',
        key: 'gpt-4o-mini',
        period: expect.stringMatching(/^\d{4}-\d{2}$/),
        policy: 'downgrade',
      },
      remainingMicroUsd: 20_000,
    });
    expect(await month()).toEqual({ spent: 0, held: 0, overrun: 0 });
    await limit({ scope: 'model', key: 'gpt-4o-mini', limitMicroUsd: 30_000 });
    expect(await ledger().reserve(aReservation())).toMatchObject({ status: 'reserved' });
    await sound();
  });

  it('asks no cap for calls that cost no money, and still has a row for each', async () => {
    await limit({ limitMicroUsd: 0 });
    expect(await ledger().reserve(aReservation({ billed: false, provider: 'house' }))).toMatchObject({
      status: 'reserved',
    });
    expect(await createSpendStore(test.db).total({ includeUnbilled: true })).toMatchObject({ calls: 1 });
    expect(await createSpendStore(test.db).total()).toMatchObject({ calls: 0 });
  });

  it('counts calls that nobody billed with their tokens, and no money of theirs', async () => {
    const usage = { input: 900, cachedInput: 0, cacheWrite: 0, output: 50, reasoning: 0 };
    await ledger().reserve(aReservation({ billed: false, provider: 'recorded' }));
    await ledger().settle('call-1#1', { actualMicroUsd: 21_000, usage, outcome: 'answered' });
    await ledger().reserve(aReservation({ ordinal: 2 }));
    await ledger().settle('call-1#2', { actualMicroUsd: 4_000, usage, outcome: 'answered' });
    const spend = createSpendStore(test.db);
    expect(await spend.by('model', { includeUnbilled: true })).toMatchObject([
      { calls: 2, settledMicroUsd: 4_000, inputTokens: 1_800 },
    ]);
    expect(await spend.total()).toMatchObject({ calls: 1, settledMicroUsd: 4_000, inputTokens: 900 });
  });

  it('names the field of an amount that is no whole number of micro-dollars', async () => {
    await expect(ledger().reserve(aReservation({ amountMicroUsd: 0.5 }))).rejects.toThrow(
      /amountMicroUsd is 0.5/,
    );
  });
});

describe('settling', () => {
  it('books the bill once and frees what was held', async () => {
    await limit();
    const { key } = (await ledger().reserve(aReservation())) as { key: string };
    const settlement = {
      actualMicroUsd: 21_000,
      usage: { input: 900, cachedInput: 100, cacheWrite: 0, output: 50, reasoning: 10 },
      outcome: 'answered',
    };
    expect(await ledger().settle(key, settlement)).toMatchObject({ first: true, actualMicroUsd: 21_000 });
    expect(await ledger().settle(key, { ...settlement, actualMicroUsd: 1 })).toMatchObject({
      first: false,
      actualMicroUsd: 21_000,
    });
    expect(await month()).toEqual({ spent: 21_000, held: 0, overrun: 0 });
    expect(await createSpendStore(test.db).by('model')).toEqual([
      {
        group: 'gpt-4o-mini',
        calls: 1,
        settledMicroUsd: 21_000,
        heldMicroUsd: 0,
        inputTokens: 900,
        cachedInputTokens: 100,
        outputTokens: 50,
      },
    ]);
    await sound();
  });

  it('books a bill above the reservation and shows the excess as overrun', async () => {
    await limit({ limitMicroUsd: 30_000 });
    await ledger().reserve(aReservation());
    await ledger().settle('call-1#1', { actualMicroUsd: 45_000, usage: null, outcome: 'answered' });
    expect(await month()).toEqual({ spent: 45_000, held: 0, overrun: 15_000 });
    expect(await ledger().reserve(aReservation({ ordinal: 2, amountMicroUsd: 1 }))).toMatchObject({
      status: 'refused',
      remainingMicroUsd: 0,
    });
    await sound();
  });

  it('frees a voided reservation, once, and never touches a settled one', async () => {
    await limit();
    await ledger().reserve(aReservation());
    expect(await ledger().voidCall('call-1#1', 'unavailable')).toEqual({ first: true, rowStatus: 'void' });
    expect(await ledger().voidCall('call-1#1', 'unavailable')).toEqual({ first: false, rowStatus: 'void' });
    await ledger().reserve(aReservation({ ordinal: 2 }));
    await ledger().settle('call-1#2', { actualMicroUsd: 5, usage: null, outcome: 'answered' });
    expect(await ledger().voidCall('call-1#2', 'unavailable')).toEqual({
      first: false,
      rowStatus: 'settled',
    });
    expect(await month()).toEqual({ spent: 5, held: 0, overrun: 0 });
    await sound();
  });

  it('keeps an uncertain call held until its bill becomes known', async () => {
    await limit();
    await ledger().reserve(aReservation());
    await ledger().markUncertain('call-1#1', 'reply lost');
    expect(await month()).toEqual({ spent: 0, held: 30_000, overrun: 0 });
    await ledger().settle('call-1#1', { actualMicroUsd: 29_000, usage: null, outcome: 'answered' });
    expect(await month()).toEqual({ spent: 29_000, held: 0, overrun: 0 });
    await sound();
  });

  it('books a bill that arrives for a call thought never to have been sent', async () => {
    await limit({ limitMicroUsd: 30_000 });
    await ledger().reserve(aReservation());
    await ledger().voidCall('call-1#1', 'unavailable');
    await ledger().reserve(aReservation({ ordinal: 2 }));
    await ledger().settle('call-1#1', { actualMicroUsd: 30_000, usage: null, outcome: 'answered' });
    expect(await month()).toEqual({ spent: 30_000, held: 30_000, overrun: 30_000 });
    await sound();
  });

  it('sweeps reservations without an end into uncertain ones', async () => {
    await ledger().reserve(aReservation());
    expect(await ledger().sweepUncertain(600)).toBe(0);
    await test.db.query(`update ledger set reserved_at = reserved_at - interval '11 minutes'`);
    expect(await ledger().sweepUncertain(600)).toBe(1);
    expect(await ledger().reserve(aReservation())).toMatchObject({ rowStatus: 'uncertain' });
  });

  it('says so when the key was never reserved', async () => {
    await expect(
      ledger().settle('nothing#1', { actualMicroUsd: 1, usage: null, outcome: 'answered' }),
    ).rejects.toThrow(/no row "nothing#1"/);
  });
});

describe('racing', () => {
  it('never passes a $1 cap with 2,000 reservations at $0.03, each sent twice', async () => {
    await limit();
    await limit({ scope: 'provider', limitMicroUsd: 5_000_000 });
    const outcomes = new Map<string, number>();
    // Each gathers its own batches, as each worker process does; the two sendings of a call meet in different ones.
    const stores = Array.from({ length: 7 }, ledger);
    await Promise.all(
      Array.from({ length: 4000 }, async (_unused, index) => {
        const store = stores[index % stores.length]!;
        const result = await store.reserve(aReservation({ callKey: `call-${index % 2000}` }));
        outcomes.set(result.status, (outcomes.get(result.status) ?? 0) + 1);
        if (result.status === 'reserved')
          await store.settle(result.key, { actualMicroUsd: 30_000, usage: null, outcome: 'answered' });
      }),
    );
    expect(outcomes.get('reserved')).toBe(33);
    expect(await month()).toEqual({ spent: 990_000, held: 0, overrun: 0 });
    await sound();
  });

  it('loses nothing between reservations and changes of the limit', async () => {
    const stores = Array.from({ length: 7 }, ledger);
    await Promise.all([
      ...Array.from({ length: 300 }, (_unused, index) =>
        stores[index % stores.length]!.reserve(aReservation({ callKey: `call-${index}` })),
      ),
      ...[400_000, 800_000, 100_000, 600_000].map((limitMicroUsd) => limit({ limitMicroUsd })),
      caps().reset({ scope: 'month', key: '*', reason: 'new quarter' }),
    ]);
    await sound();
    const [row] = (await caps().status()).filter((cap) => cap.scope === 'month');
    if (row) expect(row.limitMicroUsd).toBe((await caps().limits())[0]?.limitMicroUsd);
  });
});

describe('a batch', () => {
  it('refuses whom the cap has no room for, and only those', async () => {
    await limit({ limitMicroUsd: 100_000 });
    const store = ledger();
    const results = await Promise.all(
      [60_000, 60_000, 30_000, 20_000].map((amountMicroUsd, index) =>
        store.reserve(aReservation({ callKey: `batch-${index}`, amountMicroUsd })),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(['reserved', 'refused', 'reserved', 'refused']);
    expect(await month()).toEqual({ spent: 0, held: 90_000, overrun: 0 });
    await sound();
  });

  it('locks in one order, so that batches over the same caps in any order never block each other', async () => {
    for (const scope of ['decision', 'model'] as const) await limit({ scope });
    const stores = Array.from({ length: 6 }, ledger);
    const started = performance.now();
    await Promise.all(
      stores.flatMap((store, lane) =>
        Array.from({ length: 60 }, async (_unused, index) => {
          const turn = lane % 2 === 0 ? index : 59 - index;
          const result = await store.reserve(
            aReservation({
              callKey: `${lane}-${index}`,
              decisionId: `d${turn % 7}`,
              model: `m${turn % 5}`,
              amountMicroUsd: 10,
            }),
          );
          if (result.status !== 'reserved') throw new Error(result.status);
          await store.settle(result.key, { actualMicroUsd: 7, usage: null, outcome: 'answered' });
        }),
      ),
    );
    expect((await caps().status()).reduce((sum, cap) => sum + cap.heldMicroUsd, 0)).toBe(0);
    const [{ deadlocks }] = (await test.db.query(
      'select deadlocks from pg_stat_database where datname = current_database()',
    )) as [{ deadlocks: number }];
    console.info(`360 calls in batches took ${Math.round(performance.now() - started)} ms`);
    expect(deadlocks).toBe(0);
    await sound();
  });
});

describe('limits', () => {
  it('are kept with their reasons, and lowering one below what is spent stops spending', async () => {
    await limit({ limitMicroUsd: 50_000, reason: 'start' });
    await ledger().reserve(aReservation());
    await limit({ limitMicroUsd: 60_000, reason: 'more' });
    await limit({ limitMicroUsd: 10_000, reason: 'less' });
    expect(await month()).toEqual({ spent: 0, held: 30_000, overrun: 20_000 });
    expect(await ledger().reserve(aReservation({ ordinal: 2 }))).toMatchObject({ status: 'refused' });
    expect(
      (await caps().history()).map((change) => [change.action, change.reason, change.oldLimitMicroUsd]),
    ).toEqual([
      ['set', 'less', 60_000],
      ['raise', 'more', 50_000],
      ['set', 'start', null],
    ]);
    await sound();
  });

  it('count what their period has booked already when they are set late in it', async () => {
    const done = { usage: null, outcome: 'answered' };
    for (const callKey of ['settled', 'open', 'never-sent', 'late-bill'])
      await ledger().reserve(aReservation({ callKey }));
    await ledger().settle(ledgerKey('settled', 1), { actualMicroUsd: 20_000, ...done });
    await ledger().voidCall(ledgerKey('never-sent', 1), 'unavailable');
    await ledger().voidCall(ledgerKey('late-bill', 1), 'unavailable');
    await limit({ limitMicroUsd: 70_000 });
    await limit({ scope: 'provider', limitMicroUsd: 40_000 });
    expect(await month()).toEqual({ spent: 20_000, held: 30_000, overrun: 0 });
    expect(await ledger().reserve(aReservation({ callKey: 'next' }))).toMatchObject({ status: 'refused' });
    await sound();
    await ledger().settle(ledgerKey('open', 1), { actualMicroUsd: 31_000, ...done });
    await ledger().settle(ledgerKey('late-bill', 1), { actualMicroUsd: 5_000, ...done });
    expect(await month()).toEqual({ spent: 56_000, held: 0, overrun: 6_000 });
    const provider = (await caps().status()).find((cap) => cap.scope === 'provider');
    expect(provider).toMatchObject({ key: 'openai', spentMicroUsd: 56_000, overrunMicroUsd: 16_000 });
    await sound();
  });

  /** What becomes of a call that was about to be kept while a limit over it was set for the first time. */
  const reservedWhile = async (change: Parameters<typeof limit>[0]) => {
    const [set, reserved] = await test.db.transaction(async (sql) => {
      await sql.query('lock table ledger in share mode');
      const setting = limit(change);
      await untilWaiting(test.db, 'ledger', 1);
      const reserving = ledger().reserve(aReservation({ sessionId: 's', decisionId: 'd' }));
      await untilWaiting(test.db, 'ledger', 2);
      return [() => setting, () => reserving];
    });
    await set!();
    return reserved!();
  };

  it.each([
    ['month', '*'],
    ['provider', 'openai'],
    ['model', 'gpt-4o-mini'],
    ['market_session', 's'],
    ['decision', 'd'],
  ] as const)(
    'of every %s take in a call that was about to be kept while the first of them was set',
    async (scope, key) => {
      expect(await reservedWhile({ scope, limitMicroUsd: 50_000 })).toMatchObject({ status: 'reserved' });
      expect(await caps().status()).toMatchObject([{ scope, key, heldMicroUsd: 30_000, overrunMicroUsd: 0 }]);
      await sound();
    },
  );

  it.each(['*', 'gpt-4o-mini'])('of %s refuse such a call where they have no room for it', async (key) => {
    const refused = await reservedWhile({ scope: 'model', key, limitMicroUsd: 10_000 });
    expect(refused).toMatchObject({ status: 'refused', remainingMicroUsd: 10_000 });
    await sound();
  });

  it('of a session or decision count what was spent before they were set, for one key and for all under way', async () => {
    const done = { usage: null, outcome: 'answered' };
    await ledger().reserve(aReservation({ callKey: 'a', decisionId: 'd', sessionId: 's' }));
    await ledger().settle(ledgerKey('a', 1), { actualMicroUsd: 20_000, ...done });
    await ledger().reserve(aReservation({ callKey: 'b', decisionId: 'd', sessionId: 's' }));
    await ledger().reserve(aReservation({ callKey: 'long ago', decisionId: 'old', sessionId: null }));
    await ledger().settle(ledgerKey('long ago', 1), { actualMicroUsd: 20_000, ...done });
    await test.db.query(
      "update ledger set reserved_at = reserved_at - interval '8 days' where call_key = 'long ago'",
    );
    await limit({ scope: 'market_session', key: 's', limitMicroUsd: 70_000 });
    await limit({ scope: 'decision', limitMicroUsd: 60_000 });
    const open = (await caps().status()).map((cap) => [
      cap.scope,
      cap.key,
      cap.spentMicroUsd,
      cap.heldMicroUsd,
    ]);
    expect(open.sort()).toEqual([
      ['decision', 'd', 20_000, 30_000],
      ['market_session', 's', 20_000, 30_000],
    ]);
    const next = aReservation({ callKey: 'c', decisionId: 'd', sessionId: 's' });
    expect(await ledger().reserve(next)).toMatchObject({ status: 'refused' });
    await ledger().settle(ledgerKey('b', 1), { actualMicroUsd: 10_000, ...done });
    expect(await ledger().reserve(next)).toMatchObject({ status: 'reserved' });
    await sound();
  });

  it('of one key follow that of all keys when they are removed, with what was spent under them', async () => {
    await limit({ scope: 'provider', key: '*', limitMicroUsd: 35_000 });
    await limit({ scope: 'provider', key: 'openai', limitMicroUsd: 90_000 });
    expect((await ledger().reserve(aReservation())).status).toBe('reserved');
    await caps().removeLimit({ scope: 'provider', key: 'openai', reason: 'as everyone' });
    expect(await ledger().reserve(aReservation({ callKey: 'call-2' }))).toMatchObject({
      ...{ status: 'refused', remainingMicroUsd: 5_000 },
      cap: { scope: 'provider', key: 'openai' },
    });
  });

  it('need a reason to change', async () => {
    await expect(limit({ reason: ' ' })).rejects.toThrow(/reason is empty/);
  });

  it('start anew after a reset while the books of before stay', async () => {
    await limit({ limitMicroUsd: 30_000 });
    await ledger().reserve(aReservation());
    expect(await caps().reset({ scope: 'month', key: '*', reason: 'new client' })).toBe(1);
    expect(await ledger().reserve(aReservation({ ordinal: 2 }))).toMatchObject({ status: 'reserved' });
    await ledger().settle('call-1#1', { actualMicroUsd: 30_000, usage: null, outcome: 'answered' });
    expect((await caps().status({ all: true })).map((cap) => [cap.spentMicroUsd, cap.heldMicroUsd])).toEqual([
      [0, 30_000],
      [30_000, 0],
    ]);
    await sound();
  });

  it('start anew once for one request, also when its answer was lost and it comes again', async () => {
    const reset = { scope: 'month', key: '*', reason: 'new client' } as const;
    await limit({ limitMicroUsd: 30_000 });
    await ledger().reserve(aReservation());
    const ends = await Promise.all([caps().reset(reset, 'request'), caps().reset(reset, 'request')]);
    expect(ends.sort()).toEqual([0, 1]);
    await ledger().reserve(aReservation({ ordinal: 2 }));
    expect(await caps().reset(reset, 'request')).toBe(0);
    expect(await ledger().reserve(aReservation({ ordinal: 3 }))).toMatchObject({ status: 'refused' });
    expect((await caps().history()).map(({ action }) => action)).toEqual(['reset', 'set']);
    expect(await caps().reset(reset, 'another')).toBe(1);
    await sound();
  });

  it('show the month behind any number of decisions with caps of their own, and each of those by its key', async () => {
    for (const scope of ['month', 'decision'] as const) await limit({ scope });
    const decisions = Array.from({ length: 101 }, (_unused, index) => `d${index}`);
    await Promise.all(
      decisions.map((id) =>
        ledger().reserve(aReservation({ callKey: id, decisionId: id, amountMicroUsd: 10 })),
      ),
    );
    expect(await month()).toEqual({ spent: 0, held: 1_010, overrun: 0 });
    expect((await caps().status()).length).toBe(100);
    expect(await caps().openOnce('decision', 'd0')).toMatchObject({ heldMicroUsd: 10 });
    expect(await caps().openOnce('decision', 'd999')).toBeNull();
  });

  it('show the month and the day behind any number of models with caps of their own', async () => {
    for (const scope of ['month', 'day', 'model'] as const) await limit({ scope });
    await Promise.all(
      Array.from({ length: 101 }, (_unused, index) =>
        ledger().reserve(aReservation({ callKey: `c${index}`, model: `m${index}`, amountMicroUsd: 10 })),
      ),
    );
    const scopes = (await caps().status()).map(({ scope }) => scope);
    expect(scopes.filter((scope) => scope === 'model').length).toBe(101);
    expect(scopes).toEqual(expect.arrayContaining(['month', 'day']));
    expect((await caps().status({ all: true })).length).toBe(100);
  });

  it('of one key go before those of all keys', async () => {
    await limit({ scope: 'provider', key: '*', limitMicroUsd: 10 });
    await limit({ scope: 'provider', key: 'openai', limitMicroUsd: 40_000 });
    expect(await ledger().reserve(aReservation())).toMatchObject({ status: 'reserved' });
    expect(await ledger().reserve(aReservation({ callKey: 'x', provider: 'xai' }))).toMatchObject({
      status: 'refused',
    });
  });
});

it('gives each sending a key of its own', () => {
  expect(ledgerKey('a/b', 2)).toBe('a/b#2');
});

describe('a worker of the version before, which reserves each call by itself', () => {
  const reserveCall = async (key: string, amount: number, billed = true) => {
    const rows = await test.db.query<{ status: string; rowStatus: string | null; capScope: string | null }>(
      `select status, row_status, cap_scope from reserve_call($1, $1, 1, $2, 'live', 'openai', 'gpt-4o-mini',
         'forecast', 'equity', null, null, '2025-01-01', $3)`,
      [key, amount, billed],
    );
    return rows[0];
  };

  it('goes on beside the new ones, under the same caps', async () => {
    await limit({ limitMicroUsd: 70_000 });
    expect(await reserveCall('old', 30_000)).toMatchObject({ status: 'reserved', rowStatus: 'reserved' });
    expect(await reserveCall('old', 30_000)).toMatchObject({ status: 'already', rowStatus: 'reserved' });
    expect(await ledger().reserve(aReservation())).toMatchObject({ status: 'reserved' });
    expect(await reserveCall('too much', 30_000)).toMatchObject({ status: 'refused', capScope: 'month' });
    expect(await reserveCall('free', 30_000, false)).toMatchObject({ status: 'reserved' });
    expect(await month()).toEqual({ spent: 0, held: 60_000, overrun: 0 });
    await sound();
  });
});
