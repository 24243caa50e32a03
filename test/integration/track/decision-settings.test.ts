// What decisions read of the settings: the next one goes by a change, with no restart, and its row says so.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { startDecision } from '../../../client/decisions';
import { readRecorded } from '../../../client/inputs';
import type { DecisionRecord } from '../../../db/decision-record';
import { LIVE_THRESHOLDS, type StrategyName } from '../../../domain/ensemble/strategy';
import type { DecisionInput } from '../../../workflows/contracts/decision';
import { decisionInput } from '../../support/live-loop';
import { type RunningStack, runningStack } from '../../support/running-stack';
import {
  type VirtualQuestion,
  type VirtualQuestions,
  writeVirtualQuestions,
} from '../../support/virtual-questions';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(120_000);

let running: RunningStack;
let files: VirtualQuestions;
let question: VirtualQuestion;
let world: string;
let made = 0;
const changed = new Set<string>();

/** The question whose answers lie furthest apart. */
const disputed = (): VirtualQuestion => {
  const answers = parse(readFileSync(files.forecastsFile), { columns: true }) as Readonly<
    Record<string, string>
  >[];
  const spread = ({ rowId }: VirtualQuestion): number => {
    const ps = answers.filter((row) => row.row_id === rowId).map((row) => Number(row.p));
    return Math.max(...ps) - Math.min(...ps);
  };
  return [...files.questions].sort((x, y) => spread(y) - spread(x))[0]!;
};

beforeAll(async () => {
  running = await runningStack();
  files = writeVirtualQuestions(mkdtempSync(join(tmpdir(), 'settings-')), 8);
  question = disputed();
  world = (await readRecorded(files.folder, question.rowId, files.members)).world;
}, STACK_START_MS);

afterEach(async () => {
  for (const key of changed) await running.client.stores.settings.unset(key);
  changed.clear();
});

afterAll(() => running.close());

const change = async (key: string, value: unknown): Promise<void> => {
  changed.add(key);
  await running.client.stores.settings.set({ key, category: 'decision', value });
};

const decide = async (
  strategy: StrategyName | null = null,
  changes: Partial<DecisionInput> = {},
): Promise<DecisionRecord> => {
  const { client } = running;
  made += 1;
  const input = { ...decisionInput({ client, files, world }, question), strategy, ...changes };
  const { decisionId, result } = await startDecision(client, input, `${world}-settings-${made}`);
  await result();
  return (await client.stores.decisions.get(decisionId))!;
};

const settingsOf = ({ details }: DecisionRecord) => details.settings as Readonly<Record<string, unknown>>;

test('the strategy and thresholds of a category hold from the next decision on', async () => {
  const before = await decide();
  expect(before.strategy).toBe('weighted_vote');
  await change(`strategy.${before.category}`, 'consensus');
  await change(`consensus_tau.${before.category}`, 0.5);
  const after = await decide();
  expect(after).toMatchObject({ strategy: 'consensus', status: 'decided' });
  await change(`consensus_tau.${before.category}`, 0.01);
  expect(await decide()).toMatchObject({ strategy: 'consensus', status: 'no_consensus' });
  expect(settingsOf(after)).toMatchObject({ strategy: 'consensus', thresholds: { consensusTau: 0.5 } });
  expect(after.details.replay).toMatchObject({ thresholds: { ...LIVE_THRESHOLDS, consensusTau: 0.5 } });
});

test('a strategy that is switched off decides nothing, whether configured or asked for', async () => {
  const { category } = await decide();
  await change(`strategy.${category}`, 'calibrated_confidence');
  await change('strategy_calibrated_confidence', false);
  const instead = await decide();
  expect(instead.strategy).toBe('weighted_vote');
  expect(instead.degradations).toContain(
    'Strategy calibrated_confidence is switched off; weighted_vote decides instead',
  );
  await expect(decide('calibrated_confidence')).rejects.toThrow(
    /calibrated_confidence is switched off; accepted: /,
  );
});

test('a consensus of too few is refused where it is asked for, and replaced where it is configured', async () => {
  await expect(decide('consensus', { stakeMicroUsd: 5_000_000 })).rejects.toThrow(
    'strategy consensus needs 3 members, and a stake below $10.00 asks one',
  );
  const { category } = await decide();
  await change(`strategy.${category}`, 'consensus');
  const instead = await decide(null, { stakeMicroUsd: 5_000_000 });
  expect(instead).toMatchObject({ strategy: 'weighted_vote', stage: 'quick', status: 'decided' });
  expect(instead.degradations.join()).toContain('weighted_vote decides instead');
});

test('a stored value that is not accepted is refused by name', async () => {
  const { category } = await decide();
  await change(`sizing_weight.${category}`, 7);
  await expect(decide()).rejects.toThrow(/setting sizing_weight\.\S+ is 7; accepted: /);
});

test('bankroll, caps and the weight against the price come from the settings', async () => {
  const { category } = await decide();
  await change(`sizing_weight.${category}`, 0.9);
  await change('desk_equity_usd', 500);
  const after = await decide();
  expect(settingsOf(after)).toMatchObject({ sizingWeight: 0.9, deskEquityMicroUsd: 500_000_000 });
});
