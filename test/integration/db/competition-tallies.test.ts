// What a competition's board counts: every sending that was paid for, and the days of the competition alone.
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCompetitionForecasts } from '../../../activities/competition-forecasts';
import { competitionSubject } from '../../../activities/competition-subject';
import { competitionDocument } from '../../../client/competition-document';
import type { ConclaveClient } from '../../../client/connect';
import { insertForecasts } from '../../../db/forecast-store';
import { addTradingDays } from '../../../domain/market/calendar';
import {
  type CompetitionForecasts,
  type CompetitionRun,
  type CompetitionSubject,
  competitionForecastPrefix,
} from '../../../workflows/contracts/competition';
import type { BriefRef } from '../../../workflows/contracts/research';
import { type CallHarness, createCallHarness } from '../../support/call-harness';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { aForecast, aProposition, aReservation } from './rows';

const DATE = '2026-11-20';
const MODEL = { model: 'gpt-4o-mini', provider: 'openai' };

let test: TestDatabase;
let harness: CallHarness;
beforeAll(async () => {
  test = await freshTestDatabase(5);
  harness = await createCallHarness(test.url, []);
}, STACK_START_MS);
afterAll(async () => {
  await harness.close();
  await test.drop();
});

/** Asked side by side; `asked` empty: by a round that began before questions were shared. */
const forecastOf = async (
  symbol: string,
  propositionId = `p-${symbol}`,
  asked: Pick<CompetitionForecasts, 'askedOnce'> = { askedOnce: true },
) => {
  await harness.stores.propositions.put(aProposition({ id: propositionId }));
  const subject = { symbol, propositionId, briefId: null, seriesId: null, missing: null };
  const run = { world: 'live', market: 'XNYS', prices: null, callDeadlineMs: 1 } as unknown as CompetitionRun;
  const request = { run, date: DATE, model: MODEL, subjects: [subject], storedOnly: true, ...asked };
  const { forecastCompetitionDay } = createCompetitionForecasts(harness.dependencies);
  await new MockActivityEnvironment().run(() => forecastCompetitionDay(request));
  return (await harness.stores.forecasts.ofProposition(propositionId))[0];
};

const keyOf = (symbol: string, propositionId = `p-${symbol}`): string =>
  `${competitionForecastPrefix('live', DATE, { symbol, propositionId }, true)}/${MODEL.model}`;

const answer = async (key: string, probability: number): Promise<void> => {
  await harness.stores.ledger.reserve(aReservation({ callKey: key }));
  await harness.stores.calls.finish({
    ...{ ledgerKey: `${key}#1`, actualMicroUsd: 4_000, usage: null, observed: null },
    answer: {
      ...{ key, world: 'live', ...MODEL, answer: { p_yes: probability, reasons: ['r'], key_risks: [] } },
      ...{ usage: null, costMicroUsd: 4_000, latencyMs: 5, servedBy: 'v' },
    },
  });
};
/** A sending that may have been billed, whatever came of it. */
const cutOff = async (symbol: string): Promise<void> => {
  const callKey = keyOf(symbol);
  await harness.stores.ledger.reserve(aReservation({ callKey, amountMicroUsd: 30_000 }));
  await harness.stores.ledger.markUncertain(`${callKey}#1`, 'cut off');
};

it('a forecast costs all sendings of its call, those that failed among them', async () => {
  const key = keyOf('AAPL');
  await cutOff('AAPL');
  await harness.stores.ledger.reserve(aReservation({ callKey: key, ordinal: 2 }));
  await harness.stores.calls.finish({
    ...{ ledgerKey: `${key}#2`, actualMicroUsd: 4_000, usage: null, observed: null },
    answer: {
      ...{ key, world: 'live', ...MODEL, answer: { p_yes: 0.6, reasons: ['r'], key_risks: [] }, usage: null },
      ...{ costMicroUsd: 4_000, latencyMs: 5, servedBy: 'v' },
    },
  });
  expect(await forecastOf('AAPL')).toMatchObject({ status: 'answered', costMicroUsd: 34_000 });
  await cutOff('MSFT');
  expect(await forecastOf('MSFT')).toMatchObject({ status: 'failed', costMicroUsd: 30_000 });
});

it('a round that asked before questions were shared finds what it paid for', async () => {
  await answer(`competition:live/${DATE}/NVDA/${MODEL.model}`, 0.7);
  expect(await forecastOf('NVDA', 'p-NVDA', {})).toMatchObject({ status: 'answered', probability: 0.7 });
});

it('a symbol whose bars stand still is asked about once, and its answer holds on the days after', async () => {
  const closes = [100, 101, 102, 103, 104, 105];
  const bars = closes.map((close, index) => ({
    ...{ symbol: 'HALT', date: `2026-11-1${1 + index + (index > 2 ? 2 : 0)}`, volume: 1 },
    ...{ open: close, high: close, low: close, close },
  }));
  const run = {
    ...{ world: 'live', market: 'XNYS', prices: null, callDeadlineMs: 1, rules: { horizonDays: 5 } },
    models: [MODEL],
  } as unknown as CompetitionRun;
  const subjectOn = (day: string, callDeadlines: ReadonlyMap<string, number> = new Map()) =>
    competitionSubject(
      { ...harness.dependencies, options: { ...harness.dependencies.options, callDeadlines } },
      {
        ...{ run, symbol: 'HALT', bars, asOf: `2026-11-${day}T14:00:00.000Z` },
        brief: { briefId: null, seriesId: null } as unknown as BriefRef,
      },
    );
  const { forecastCompetitionDay } = createCompetitionForecasts(harness.dependencies);
  const forecastOn = (day: string, subject: CompetitionSubject) =>
    new MockActivityEnvironment().run(() =>
      forecastCompetitionDay({
        ...{
          run,
          date: `2026-11-${day}`,
          model: MODEL,
          subjects: [subject],
          storedOnly: true,
          askedOnce: true,
        },
      }),
    ) as Promise<number>;
  const first = await subjectOn('19');
  expect(first.forecastBy).toBeUndefined();
  const slow = new Map([MODEL.provider, 'another'].map((provider) => [provider, 600_000]));
  expect(await subjectOn('19', slow)).toEqual({ ...first, deadlinesMs: { [MODEL.provider]: 600_000 } });
  await answer(`${competitionForecastPrefix('live', '2026-11-19', first, true)}/${MODEL.model}`, 0.7);
  expect(await forecastOn('19', first)).toBe(1);
  const next = await subjectOn('20');
  expect(next).toEqual({ ...first, forecastBy: [MODEL.model] });
  // Nothing was paid for under a key of this day, and none was needed.
  expect(await forecastOn('20', next)).toBe(1);
  expect(await harness.stores.forecasts.ofProposition(first.propositionId!)).toMatchObject([
    { status: 'answered', probability: 0.7, costMicroUsd: 4_000 },
  ]);
});

const aRule = (symbol: string, referenceDate: string, resolveDate: string) =>
  ({ type: 'close_above', symbol, referenceDate, referenceClose: 1, resolveDate }) as const;

it('a live question of another horizon has an answer and a place on the board of its own', async () => {
  const { competitions, propositions } = harness.stores;
  const asked = [
    ['short', 5, '2026-11-27', 0.6],
    ['long', 10, '2026-12-04', 0.3],
  ] as const;
  for (const [id, horizonDays, resolveDate, probability] of asked) {
    const rules = { startCashMicroUsd: 1_000_000, horizonDays };
    const definition = { market: 'XNYS', symbols: ['T'], from: DATE, to: '2026-11-23', prices: null, rules };
    await competitions.create({ id, definition });
    await competitions.addAccounts(id, [{ id: `${id}/a`, name: 'a', kind: 'model', models: [MODEL.model] }]);
    await competitions.start(id, { house: [], worldOf: () => 'live' });
    const rule = aRule('T', '2026-11-19', resolveDate);
    await propositions.put(aProposition({ id: `p-${id}`, subject: 'equity:T', rule }));
    await answer(keyOf('T', `p-${id}`), probability);
    expect(await forecastOf('T', `p-${id}`)).toMatchObject({ status: 'answered', probability });
  }
  await test.db.query(
    "update forecasts set created_at = '2026-11-20T13:00Z' where proposition_id in ('p-short', 'p-long')",
  );
  for (const [id] of asked) {
    const { board } = await competitionDocument({ stores: harness.stores } as ConclaveClient, id);
    expect(board).toMatchObject([{ forecasts: 1, modelCostUsd: '0.004000' }]);
  }
});

it.each([
  ['XNYS', 'KO', ['2026-11-19T13:00Z', '2026-11-20T13:00Z', '2026-11-23T13:00Z', '2026-11-24T13:00Z']],
  ['CRYPTO', 'BTC-USD', ['2026-11-18T23:30Z', '2026-11-19T23:30Z', '2026-11-22T23:31Z', '2026-11-23T23:30Z']],
] as const)('on %s the board counts what was asked for its own days', async (market, symbol, instants) => {
  const id = `in-${market.toLowerCase()}`;
  const { competitions, propositions } = harness.stores;
  const rules = { startCashMicroUsd: 1_000_000, horizonDays: 1 };
  const definition = { market, symbols: [symbol], from: DATE, to: '2026-11-23', prices: null, rules };
  await competitions.create({ id, definition });
  await competitions.addAccounts(id, [{ id: `${id}/a`, name: 'a', kind: 'model', models: [MODEL.model] }]);
  await competitions.start(id, { house: [], worldOf: () => 'live' });
  for (const at of instants) {
    const propositionId = `${symbol}-${at}`;
    const rule = aRule(symbol, at.slice(0, 10), addTradingDays(market, at.slice(0, 10), 1));
    await propositions.put(aProposition({ id: propositionId, subject: `equity:${symbol}`, rule }));
    const made = { ...MODEL, propositionId, decisionId: null, attemptGroup: 'competition', briefId: null };
    await insertForecasts(test.db, [aForecast({ ...made, answerKey: null, costMicroUsd: 1_000 })], at);
  }
  const { board, notes } = await competitionDocument({ stores: harness.stores } as ConclaveClient, id);
  expect(board).toMatchObject([{ forecasts: 2, modelCostUsd: '0.002000' }]);
  expect(notes.join()).toMatch(/a finished board's Brier still changes/);
  expect(notes.join()).not.toMatch(/resolved within the period/);
});
