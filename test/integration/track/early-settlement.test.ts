// Contracts that a venue settles before their close: looked at now and then while they are open, and scored at once.
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Dependencies } from '../../../activities/dependencies';
import { createOutcomeActivities } from '../../../activities/outcomes';
import { createPanelActivities } from '../../../activities/panel';
import { createProbation } from '../../../activities/probation';
import { createScoring } from '../../../activities/scoring';
import type { NewOutcome } from '../../../db/outcome-store';
import { createStores, type Stores } from '../../../db/stores';
import type { Proposition } from '../../../domain/market/proposition';
import type { MemberResult } from '../../../workflows/contracts/decision';
import type { OutcomeTally } from '../../../workflows/contracts/outcomes';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';
import { aDecision, aForecast, anOutcome, aProposition } from '../db/rows';

type Enter = ReturnType<typeof createOutcomeActivities>['recordOutcomes'];
type Probation = ReturnType<typeof createProbation>['recordProbation'];

const HOUR_MS = 3_600_000;
const OPEN_UNTIL = '2099-01-01T00:00:00.000Z';
const REPLAY = 'replay:0123456789ab';

let database: TestDatabase;
let stores: Stores;
beforeAll(async () => {
  database = await freshTestDatabase(4);
  stores = createStores(database.db);
  await stores.worlds.enter({ id: REPLAY, asOf: '2025-09-15T13:00:00.000Z' });
}, STACK_START_MS);
afterAll(() => database.drop());

const contract = (id: string, changes: Partial<Proposition> = {}): Proposition =>
  aProposition({
    ...{ id, subject: `market:kalshi/${id}`, resolvesAt: OPEN_UNTIL },
    rule: { type: 'venue_settlement', venue: 'kalshi', contract: id },
    ...changes,
  });

/** Once for all looks: an hour that ends between two of them would be left out. */
const FIRST_HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
/** So many hours after the middle of the first one, which no look of this test outlasts. */
const setHour = (hour: number) =>
  stores.worlds.setClockOffsetForTests('live', FIRST_HOUR + (hour + 0.5) * HOUR_MS - Date.now());

const dueIn = async (world: string): Promise<readonly string[]> =>
  (await stores.track.dueFromSources(world, null, 500)).map(({ id }) => id);

test('an open contract is looked at in one hour of six, by its id, and nothing else before it is due', async () => {
  const contracts = Array.from({ length: 24 }, (_unused, index) => `KX${index}`);
  for (const id of contracts) await stores.propositions.put(contract(id));
  const close = { symbol: 'AAPL', referenceDate: '2025-09-12', referenceClose: 1, resolveDate: '2099-01-01' };
  await stores.propositions.put(contract('close', { rule: { type: 'close_above', ...close } }));
  await stores.propositions.put(contract('replayed', { world: REPLAY }));
  const looks: string[][] = [];
  for (let hour = 0; hour < 6; hour += 1) {
    await setHour(hour);
    looks.push([...(await dueIn('live'))]);
    expect(await dueIn(REPLAY)).toEqual([]);
  }
  expect(looks.flat().sort()).toEqual([...contracts].sort());
  expect(Math.max(...looks.map(({ length }) => length))).toBeLessThan(contracts.length);
  await setHour(6);
  expect(await dueIn('live')).toEqual(looks[0]);
  await stores.worlds.setClockOffsetForTests('live', 0);
});

test('one that has settled early has its outcome, and one that has not is not waited for', async () => {
  for (const id of ['settled', 'open']) await stores.propositions.put(contract(id));
  await stores.propositions.put(contract('overdue', { resolvesAt: '2025-09-22T20:00:00.000Z' }));
  const quote = async ({ contract: id, asOf }: { contract: string; asOf: string }) => ({
    ...{ result: id === 'settled' ? 'yes' : null, quotedAt: asOf },
  });
  const { resolveOutcomes } = createOutcomeActivities({
    ...{ db: database.db, stores, sources: { predictionMarkets: { kalshi: { name: 'kalshi', quote } } } },
  } as unknown as Dependencies);
  const propositionIds = ['settled', 'open', 'overdue'];
  const request = { world: 'live', propositionIds, prices: null };
  const tally = (await new MockActivityEnvironment().run(resolveOutcomes, request)) as OutcomeTally;
  expect(tally).toMatchObject({ resolved: 1, pending: [{ propositionId: 'overdue' }] });
  expect(await stores.outcomes.current('settled')).toMatchObject({ yes: true, source: 'kalshi' });
  expect(await stores.outcomes.current('open')).toBeNull();
});

test('what a person enters while a source is asked holds, whatever the source says', async () => {
  await stores.propositions.put(contract('entered', { resolvesAt: '2025-09-22T20:00:00.000Z' }));
  const quote = async ({ asOf }: { asOf: string }) => {
    await stores.outcomes.record(anOutcome({ propositionId: 'entered', reason: 'official result' }));
    return { result: 'void', quotedAt: asOf };
  };
  const { resolveOutcomes } = createOutcomeActivities({
    ...{ db: database.db, stores, sources: { predictionMarkets: { kalshi: { name: 'kalshi', quote } } } },
  } as unknown as Dependencies);
  const request = { world: 'live', propositionIds: ['entered'], prices: null };
  const tally = (await new MockActivityEnvironment().run(resolveOutcomes, request)) as OutcomeTally;
  expect(tally).toMatchObject({ unchanged: 1, voided: 0 });
  expect(await stores.outcomes.current('entered')).toMatchObject({ revision: 1, yes: true });
});

test('an outcome that is entered before it was due is known from now on, and none is dated ahead', async () => {
  await stores.propositions.put(contract('announced'));
  const { recordOutcomes } = createOutcomeActivities({ db: database.db, stores } as unknown as Dependencies);
  const say = (action: 'enter' | 'correct', yes: boolean, resolvedAt: string | null) =>
    recordOutcomes({
      world: 'live',
      entries: [
        { action, propositionId: 'announced', yes, resolvedAt, source: 'manual', reason: 'official' },
      ],
    });
  await expect(say('enter', true, OPEN_UNTIL)).rejects.toThrow(
    /dated 2099-.* ahead of now .*; accepted: when/,
  );
  expect(await say('enter', true, null)).toMatchObject({ resolved: 1 });
  const now = await stores.worlds.now('live');
  const { resolvedAt } = (await stores.outcomes.current('announced'))!;
  expect(resolvedAt <= now && Date.parse(now) - Date.parse(resolvedAt) < HOUR_MS).toBe(true);
  expect((await stores.track.mark('live')).lastResolvedAt! <= now).toBe(true);
  // Forecasts from now on know it.
  await stores.decisions.recordDecision(aDecision({ id: 'knowing', propositionId: 'announced' }), [
    aForecast({ decisionId: 'knowing', propositionId: 'announced' }),
  ]);
  expect(await say('correct', true, null)).toMatchObject({ unchanged: 1, scored: 0 });
  expect(await say('correct', true, '2026-01-05T00:00:00.000Z')).toMatchObject({ corrected: 1 });
  expect(await stores.outcomes.current('announced')).toMatchObject({
    resolvedAt: '2026-01-05T00:00:00.000Z',
  });
});

test('an outcome that is voided while its forecasts are scored leaves no score behind', async () => {
  const proposition = contract('contested', { resolvesAt: '2025-09-22T20:00:00.000Z' });
  await stores.propositions.put(proposition);
  await stores.decisions.recordDecision(
    aDecision({ id: 'scored', propositionId: 'contested', details: { now: '2025-09-15T13:00:00.000Z' } }),
    [aForecast({ decisionId: 'scored', propositionId: 'contested' })],
  );
  await stores.outcomes.record(anOutcome({ propositionId: 'contested' }));
  const { score } = createScoring(stores);
  let voided = false;
  const slow = createScoring({
    ...stores,
    forecasts: {
      ...stores.forecasts,
      ofProposition: async (id) => {
        const found = await stores.forecasts.ofProposition(id);
        if (!voided) {
          voided = true;
          await stores.outcomes.voidOutcome(id, 'ambiguous', 'manual');
          await score(proposition);
        }
        return found;
      },
    },
  });
  const scores = async () =>
    (await stores.performance.scores({ world: 'live' })).filter((row) => row.propositionId === 'contested');
  await score(proposition);
  expect(await scores()).toHaveLength(1);
  await slow.score(proposition);
  expect(voided).toBe(true);
  expect(await scores()).toEqual([]);
});

test('a share whose outcome was typed by hand earned nothing that can be told, and a contract its price', async () => {
  const equity: Proposition['rule'] = {
    ...{ type: 'close_above', symbol: 'AAPL', referenceDate: '2025-09-12', referenceClose: 230 },
    resolveDate: '2025-09-22',
  };
  const venue: Proposition['rule'] = { type: 'venue_settlement', venue: 'kalshi', contract: 'KX' };
  const earned = async (id: string, rule: Proposition['rule']): Promise<readonly (number | null)[]> => {
    await stores.propositions.put(aProposition({ id, rule }));
    const [one] = aDecision().members;
    const traded = { action: 'buy', sizeMicroUsd: 10_000_000, price: 0.54 } as const;
    const about = { id: `decision-${id}`, propositionId: id, members: [one!] };
    await stores.decisions.recordDecision(
      aDecision({ ...about, ...traded, details: { now: '2025-09-15T13:00:00.000Z' } }),
      [aForecast({ decisionId: about.id, propositionId: id })],
    );
    const dependencies = { db: database.db, stores } as unknown as Dependencies;
    const entry = { action: 'enter', propositionId: id, yes: true, source: 'manual', reason: 'read' };
    const entries = [{ ...entry, resolvedAt: null }] as Parameters<Enter>[0]['entries'];
    await createOutcomeActivities(dependencies).recordOutcomes({ world: 'live', entries });
    const scores = await stores.performance.scores({ world: 'live' });
    return scores.filter(({ propositionId }) => propositionId === id).map(({ pnlMicroUsd }) => pnlMicroUsd);
  };
  expect(await earned('by-hand', equity)).toEqual([null]);
  expect(await earned('contract', venue)).toEqual([Math.round(1e7 / 0.55 - 1e7)]);
});

test('a share earns, and its direction is judged by, what came after the decision alone', async () => {
  const rule: Proposition['rule'] = {
    ...{ type: 'close_above', symbol: 'AAPL', referenceDate: '2025-09-12', referenceClose: 100 },
    resolveDate: '2025-09-22',
  };
  // The share opens at 90 after the decision has read why, and ends at 91: below its reference, above its entry.
  const decide = async (id: string, entryPrices: NewOutcome['entryPrices']): Promise<void> => {
    await stores.propositions.put(aProposition({ id, subject: `equity:${id.toUpperCase()}`, rule }));
    const traded = { action: 'sell', sizeMicroUsd: 10_000_000, price: 0.54, probability: 0.15 } as const;
    const about = { id: `decision-${id}`, propositionId: id, subject: `equity:${id.toUpperCase()}` };
    await stores.decisions.recordDecision(
      aDecision({ ...about, ...traded, details: { now: '2025-09-15T13:00:00.000Z' } }),
      [aForecast({ decisionId: about.id, propositionId: id })],
    );
    const closes = { yes: false, referenceValue: 100, resolvingValue: 91 };
    await stores.outcomes.record(anOutcome({ propositionId: id, ...closes, entryPrices }));
    await createScoring(stores).score((await stores.propositions.get(id))!);
  };
  await decide('gap', [{ at: '2025-09-15T13:30:00.000Z', price: 90 }]);
  await decide('halted', [{ at: '2025-09-15T13:30:00.000Z', price: null }]);
  await decide('before', null);
  const scores = await stores.performance.scores({ world: 'live' });
  const earned = Object.fromEntries(scores.map((row) => [row.propositionId, row]));
  expect(earned.gap).toMatchObject({ yes: false, pnlMicroUsd: Math.round(1e7 * -(91 / 90 - 1 + 0.002)) });
  expect([earned.halted?.pnlMicroUsd, earned.before?.pnlMicroUsd]).toEqual([null, null]);
  const directions = await stores.track.directionOutcomes('live', '2025-09-22T20:00:00.000Z');
  expect(directions).toMatchObject([{ subject: 'equity:GAP', probability: 0.15, baseRate: 0.54, yes: true }]);
});

test('a disputed trade earns from its approval on, and is no evidence of what the desk decides', async () => {
  const rule: Proposition['rule'] = {
    ...{ type: 'close_above', symbol: 'AAPL', referenceDate: '2025-09-12', referenceClose: 100 },
    resolveDate: '2025-09-22',
  };
  const review = { probability: 0.8, action: 'buy', sizeMicroUsd: 10_000_000 } as const;
  // By the approval, a day after it was parked, the share has risen from 100 to 110.
  const approved = async (id: string, details: object): Promise<void> => {
    const about = { id: `decision-${id}`, propositionId: id, subject: `equity:${id.toUpperCase()}` };
    await stores.propositions.put(aProposition({ id, subject: about.subject, rule }));
    await stores.decisions.recordDecision(
      aDecision({
        ...{ ...about, status: 'parked', probability: null, action: 'hold', price: 0.54 },
        details: { review, now: '2025-09-15T13:00:00.000Z' },
      }),
      [aForecast({ decisionId: about.id, propositionId: id })],
    );
    const trade = { ...review, tradedAt: '2025-09-16T13:00:00.000Z' };
    await stores.decisions.endParked(about.id, { status: 'decided', trade, why: 'Approved' });
    await database.db.query('update ensemble_decisions set details = details || $2::jsonb where id = $1', [
      ...[about.id, JSON.stringify(details)],
    ]);
    const entryPrices = [
      { at: '2025-09-15T13:30:00.000Z', price: 100 },
      { at: '2025-09-16T13:30:00.000Z', price: 110 },
    ];
    const closes = { yes: true, referenceValue: 100, resolvingValue: 111 };
    await stores.outcomes.record(anOutcome({ propositionId: id, ...closes, entryPrices }));
    await createScoring(stores).score((await stores.propositions.get(id))!);
  };
  await approved('reviewed', {});
  await approved('undated', { tradedAt: null });
  const scores = await stores.performance.scores({ world: 'live' });
  const scored = Object.fromEntries(scores.map((row) => [row.propositionId, row]));
  expect(scored.reviewed).toMatchObject({
    forecastAt: '2025-09-15T13:00:00.000Z',
    pnlMicroUsd: Math.round(1e7 * (111 / 110 - 1 - 0.002)),
  });
  // Approved before that instant was kept.
  expect(scored.undated).toMatchObject({ pnlMicroUsd: null });
  const through = '2025-09-22T20:00:00.000Z';
  const subjects = (await stores.track.directionOutcomes('live', through)).map(({ subject }) => subject);
  expect(subjects).not.toContain('equity:REVIEWED');
  const resolved = await stores.track.resolvedDecisions('live', through);
  expect(resolved.find(({ propositionId }) => propositionId === 'reviewed')).toMatchObject({
    ...{ probability: null, answers: [{ model: 'house-momentum', p: 0.6 }] },
  });
});

test('time to expiry is measured to when a question was to resolve, not to when the desk saw that it had', async () => {
  const bucketOf = async (id: string, madeAt: string): Promise<readonly string[]> => {
    await stores.propositions.put(contract(id, { resolvesAt: '2025-09-15T20:00:00.000Z' }));
    await stores.decisions.recordDecision(
      aDecision({ id: `decision-${id}`, propositionId: id, details: { now: madeAt } }),
      [aForecast({ decisionId: `decision-${id}`, propositionId: id })],
    );
    await stores.outcomes.record(anOutcome({ propositionId: id, resolvedAt: '2025-10-30T20:00:00.000Z' }));
    await createScoring(stores).score((await stores.propositions.get(id))!);
    const scores = await stores.performance.scores({ world: 'live' });
    return scores.filter(({ propositionId }) => propositionId === id).map((row) => row.timeToExpiry);
  };
  expect(await bucketOf('seen-late', '2025-09-15T13:00:00.000Z')).toEqual(['under_1_day']);
  expect(await bucketOf('asked-late', '2025-09-20T13:00:00.000Z')).toEqual(['under_1_day']);
});

test('forecasts that are recorded after their outcome are scored, unless they were made after it', async () => {
  const dependencies = { db: database.db, stores, options: {} } as unknown as Dependencies;
  await stores.propositions.put(aProposition({ id: 'known', world: REPLAY }));
  await stores.outcomes.record(anOutcome({ propositionId: 'known' }));
  const member = {
    ...{ model: 'house-drift', provider: 'house', modelVersion: '1', status: 'answered', failure: null },
    ...{ probability: 0.6, weight: null, costMicroUsd: 0, latencyMs: 1, answerKey: null },
  } as MemberResult;
  const plan = { decisionId: 'd', propositionId: 'known', synthetic: false };
  const about = { id: 'd', world: REPLAY, propositionId: 'known' };
  await stores.decisions.recordDecision(
    aDecision({ ...about, details: { now: '2025-09-15T13:00:00.000Z' } }),
    [],
  );
  const probation = { input: { world: REPLAY }, plan, brief: null, members: [member] };
  await createProbation({ stores }).recordProbation(probation as unknown as Parameters<Probation>[0]);
  const scored = async (category: { readonly marketCategory?: string }) =>
    (await stores.performance.scores({ world: REPLAY, ...category })).map(({ forecastId }) => forecastId);
  expect(await scored({})).toEqual(['d/first/house-drift']);
  const panel = (panelId: string, asOf: string) => {
    const prediction = {
      ...{ ...member, subject: 'equity:AAPL', analyst: 'a', group: 'g', promptVersion: '1', sends: 0 },
    };
    const subject = {
      subject: 'equity:AAPL',
      propositionId: 'known',
      research: null,
      predictions: [prediction],
    };
    const input = { world: REPLAY, asOf, maxCostMicroUsd: null };
    const played = { panelId, status: 'complete', model: 'm', provider: 'house', portfolio: {}, notes: [] };
    const result = { ...played, wallMs: 1, synthetic: false, subjects: [subject] };
    const { recordPanel } = createPanelActivities(dependencies);
    return recordPanel({ input, result } as unknown as Parameters<typeof recordPanel>[0]);
  };
  const wording = { version: '1', analyst: 'a', name: 'A', analystGroup: 'g', needs: [], body: 'b' };
  await stores.panels.putWordings([wording]);
  await panel('panel:before', '2025-09-15T13:00:00.000Z');
  await panel('panel:after', '2025-09-22T20:00:00.001Z');
  expect(await scored({ marketCategory: 'analysts' })).toEqual(['known/panel/panel:before/analyst:a']);
});
