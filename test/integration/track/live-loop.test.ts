// The live loop against the backtest: recorded questions decided one virtual day apart by real workflows, with
// outcomes seven days later, must give the backtest's scores, weights and calibrators, since it is the same code.
// CONCLAVE_LIVE_LOOP_QUESTIONS=300 runs the long form.
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBacktestTable } from '../../../client/backtest-files';
import type { DecisionRecord } from '../../../db/decision-record';
import type { NewExperiment } from '../../../db/experiment-store';
import type { Calibrator } from '../../../domain/ensemble/calibrator';
import { STRATEGY_NAMES } from '../../../domain/ensemble/strategy';
import { type WalkedRound, walkForward } from '../../../domain/track/backtest-walk';
import { eValue } from '../../../domain/track/evidence';
import { evaluateExperiment } from '../../../domain/track/experiment-blocks';
import { calibratorsAtWork, weightsAtWork, weightsTrial } from '../../../domain/track/record';
import { brier, logLoss } from '../../../domain/track/scoring';
import { runLiveLoop } from '../../support/live-loop';
import { type RunningStack, runningStack } from '../../support/running-stack';
import { type VirtualQuestions, writeVirtualQuestions } from '../../support/virtual-questions';

jest.setTimeout(1_800_000);

const QUESTIONS = Number(process.env.CONCLAVE_LIVE_LOOP_QUESTIONS ?? 32);
const DIGITS = 9;
/** A backtest's cascade has no stake; it is compared by its own command. */
const BACKTESTED = STRATEGY_NAMES.filter((name) => name !== 'cascade');

interface ReplayDetails {
  readonly weights: Readonly<Record<string, number>>;
  readonly calibrators: Readonly<Record<string, Calibrator>>;
}

let running: RunningStack;
let files: VirtualQuestions;
let decisions: ReadonlyMap<string, DecisionRecord>;
let rounds: readonly WalkedRound[];
let world: string;
let threshold: string;

beforeAll(async () => {
  running = await runningStack();
  const folder = mkdtempSync(join(tmpdir(), 'live-loop-'));
  files = writeVirtualQuestions(folder, QUESTIONS);
  world = `replay:${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
  threshold = `track.evidence_threshold.${world}`;
  await running.client.stores.settings.set({ key: threshold, category: 'track', value: 0 });
  const client = running.client;
  await client.stores.worlds.enter({ id: world, asOf: `${files.questions[0]!.due}T00:00:00.000Z` });
  await client.stores.experiments.create(EXPERIMENT());
  decisions = await runLiveLoop({ client, files, world });
  const table = await readBacktestTable({
    questions: [files.questionsFile],
    forecasts: [files.forecastsFile],
    members: files.members,
  });
  rounds = walkForward(table, {
    strategies: BACKTESTED,
    screening: true,
    testRound: null,
    evidenceThreshold: 0,
  }).rounds;
});

/** Strategies side by side on the very same decisions. */
const EXPERIMENT = (): NewExperiment => ({
  id: `experiment:${world}`,
  name: 'live loop',
  world,
  kind: 'strategy',
  armA: 'weighted_vote',
  armB: 'calibrated_confidence',
  model: null,
  category: null,
  alpha: 0.05,
  budgetMicroUsd: 0,
});

afterAll(async () => {
  await running.client.stores.settings.unset(threshold);
  await running.close();
});

const detailsOf = (decision: DecisionRecord): ReplayDetails => decision.details.replay as ReplayDetails;

/** Each walked row with the live decision of the same question. */
const pairs = () =>
  rounds.flatMap((round) =>
    round.rows.map((walked) => ({ round, walked, decision: decisions.get(walked.row.rowId)! })),
  );

const closeTo = (
  live: Readonly<Record<string, number>>,
  backtest: Readonly<Record<string, number>>,
): void => {
  expect(Object.keys(live).sort()).toEqual(Object.keys(backtest).sort());
  for (const [key, value] of Object.entries(backtest)) expect(live[key]).toBeCloseTo(value, DIGITS);
};

test('every question was decided, and weights have moved', () => {
  expect(pairs()).toHaveLength(QUESTIONS);
  const last = detailsOf([...decisions.values()].at(-1)!).weights;
  expect(new Set(Object.values(last)).size).toBeGreaterThan(1);
});

test('live weights are those of the backtest', () => {
  for (const { round, walked, decision } of pairs())
    closeTo(detailsOf(decision).weights, weightsAtWork(round.record, walked.row.className) ?? {});
});

test('live calibrators are those of the backtest', () => {
  const last = detailsOf([...decisions.values()].at(-1)!).calibrators;
  expect(Object.keys(last).sort()).toEqual([...files.members].sort());
  for (const { round, walked, decision } of pairs()) {
    const expected = calibratorsAtWork(round.record, walked.row.className);
    const live = detailsOf(decision).calibrators;
    expect(Object.keys(live).sort()).toEqual(Object.keys(expected).sort());
    for (const [model, calibrator] of Object.entries(expected))
      if (calibrator.kind === 'platt' && live[model]?.kind === 'platt') {
        expect(live[model].a).toBeCloseTo(calibrator.a, DIGITS);
        expect(live[model].b).toBeCloseTo(calibrator.b, DIGITS);
        expect(live[model].reliability).toBeCloseTo(calibrator.reliability, DIGITS);
      } else expect(live[model]).toEqual(calibrator);
  }
});

test('live probabilities are those of the backtest', () => {
  const decided = BACKTESTED.indexOf('weighted_vote');
  for (const { walked, decision } of pairs())
    expect(decision.probability).toBeCloseTo(walked.p[decided]!, DIGITS);
});

test('what each strategy says or leans to is what the backtest scores it by', () => {
  for (const { walked, decision } of pairs())
    for (const [index, name] of BACKTESTED.entries()) {
      const { leaning } = decision.shadow.find(({ strategy }) => strategy === name)!;
      expect([name, leaning]).toEqual([name, expect.closeTo(walked.p[index]!, DIGITS)]);
    }
});

test('every forecast is scored as the backtest scores it', async () => {
  const scores = await running.client.stores.performance.scores({ world });
  expect(scores).toHaveLength(QUESTIONS * files.members.length);
  const rows = new Map(pairs().map(({ walked }) => [`${world}/question:${walked.row.rowId}`, walked.row]));
  for (const score of scores) {
    const row = rows.get(score.propositionId)!;
    const p = row.p[files.members.indexOf(score.model)]!;
    expect(score.brier).toBeCloseTo(brier(p, row.y), DIGITS);
    expect(score.logLoss).toBeCloseTo(logLoss(p, row.y), DIGITS);
  }
});

test('evidence follows the shadow predictions as in the backtest', async () => {
  const { round, walked } = pairs().at(-1)!;
  const category = walked.row.className;
  const trial = round.record.trials[weightsTrial(category)];
  const decision = decisions.get(walked.row.rowId)!;
  const versions = await running.client.stores.weights.history({ world, marketCategory: category });
  expect(trial?.evidence.n).toBeGreaterThan(0);
  const used = versions.find((version) => version.id === decision.weightsVersion);
  expect(used?.evidence.outcomes).toBe(trial?.evidence.n ?? 0);
  expect(used?.evidence.eValue).toBeCloseTo(trial ? eValue(trial.evidence) : 1, DIGITS);
});

test('a running experiment on strategies holds every decision with its outcome, and what its blocks come to', async () => {
  const { experiments } = running.client.stores;
  const { id } = EXPERIMENT();
  const asked = await experiments.pairsOf(id);
  expect(asked).toHaveLength(QUESTIONS);
  for (const pair of asked) {
    const decision = [...decisions.values()].find((each) => each.id === pair.decisionId)!;
    const said = (name: string) => decision.shadow.find(({ strategy }) => strategy === name)?.probability;
    expect([pair.probabilityA, pair.probabilityB]).toEqual([
      said('weighted_vote'),
      said('calibrated_confidence'),
    ]);
    const [question] = files.questions.filter(({ rowId }) => pair.propositionId.endsWith(`:${rowId}`));
    expect(pair.yes).toBe(question!.y === 1);
  }
  const now = await running.client.stores.worlds.now(world);
  const { experiment } = evaluateExperiment(asked, { alpha: 0.05, now });
  expect(experiment.running.n).toBeGreaterThan(0);
  expect(await experiments.get(id)).toMatchObject({
    blocks: experiment.running.n,
    state: experiment.running,
  });
});
