// What a competition's board counts: every sending that was paid for, and the days of the competition alone.
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCompetitionForecasts } from '../../../activities/competition-forecasts';
import { competitionDocument } from '../../../client/competition-document';
import type { ConclaveClient } from '../../../client/connect';
import { insertForecasts } from '../../../db/forecast-store';
import { type CompetitionRun, competitionCallPrefix } from '../../../workflows/contracts/competition';
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

const forecastOf = async (symbol: string) => {
  const propositionId = `p-${symbol}`;
  await harness.stores.propositions.put(aProposition({ id: propositionId }));
  const subject = { symbol, propositionId, briefId: null, seriesId: null, missing: null };
  const run = { world: 'live', market: 'XNYS', prices: null, callDeadlineMs: 1 } as unknown as CompetitionRun;
  const request = { run, date: DATE, model: MODEL, subjects: [subject], storedOnly: true };
  const { forecastCompetitionDay } = createCompetitionForecasts(harness.dependencies);
  await new MockActivityEnvironment().run(() => forecastCompetitionDay(request));
  return (await harness.stores.forecasts.ofProposition(propositionId))[0];
};

const keyOf = (symbol: string): string => `${competitionCallPrefix('live', DATE, symbol)}/${MODEL.model}`;
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

it.each([
  ['XNYS', 'KO', ['2026-11-19T13:00Z', '2026-11-20T13:00Z', '2026-11-23T13:00Z', '2026-11-24T13:00Z']],
  ['CRYPTO', 'BTC-USD', ['2026-11-18T23:30Z', '2026-11-19T23:30Z', '2026-11-22T23:31Z', '2026-11-23T23:30Z']],
] as const)('on %s the board counts what was asked for its own days', async (market, symbol, instants) => {
  const id = `in-${market.toLowerCase()}`;
  const { competitions, propositions } = harness.stores;
  const rules = { startCashMicroUsd: 1_000_000 };
  const definition = { market, symbols: [symbol], from: DATE, to: '2026-11-23', prices: null, rules };
  await competitions.create({ id, definition });
  await competitions.addAccounts([
    { id: `${id}/a`, competitionId: id, name: 'a', kind: 'model', models: [MODEL.model] },
  ]);
  await competitions.start(id, 'live');
  for (const at of instants) {
    const propositionId = `${symbol}-${at}`;
    await propositions.put(aProposition({ id: propositionId, subject: `equity:${symbol}` }));
    const made = { ...MODEL, propositionId, decisionId: null, attemptGroup: 'competition', briefId: null };
    await insertForecasts(test.db, [aForecast({ ...made, answerKey: null, costMicroUsd: 1_000 })], at);
  }
  const { board } = await competitionDocument({ stores: harness.stores } as ConclaveClient, id);
  expect(board).toMatchObject([{ forecasts: 2, modelCostUsd: '0.002000' }]);
});
