// The live loop: recorded questions decided by real workflows in date order, each outcome entered seven virtual
// days later, the world's clock moved by this driver.
import type { ConclaveClient } from '../../client/connect';
import { startDecision } from '../../client/decisions';
import { recordOutcomes } from '../../client/outcomes';
import type { DecisionRecord } from '../../db/decision-record';
import type { DecisionInput } from '../../workflows/contracts/decision';
import { PRIORITY } from '../../workflows/contracts/task-queues';
import type { VirtualQuestion, VirtualQuestions } from './virtual-questions';

export interface LiveLoopOptions {
  readonly client: ConclaveClient;
  readonly files: VirtualQuestions;
  /** `replay:<12 hex>`. */
  readonly world: string;
}

const midnight = (date: string): string => `${date}T00:00:00.000Z`;

const dayAfter = (date: string): string => new Date(Date.parse(midnight(date)) + 86_400_000).toISOString();

/** What a decision about one of the questions is asked with. */
export const decisionInput = (
  { files, world }: LiveLoopOptions,
  question: VirtualQuestion,
): DecisionInput => ({
  world,
  asOf: midnight(question.due),
  subject: `question:${question.rowId}`,
  sessionId: null,
  stakeMicroUsd: 25_000_000,
  strategy: 'weighted_vote',
  members: files.members,
  horizonDays: 5,
  research: null,
  recorded: { folder: files.folder, rowId: question.rowId },
  recordedLatencyScale: 0,
  prices: null,
  deadlineAt: null,
  maxCostMicroUsd: null,
  priority: PRIORITY.live,
});

const decide = async (options: LiveLoopOptions, question: VirtualQuestion): Promise<DecisionRecord> => {
  const { decisionId, result } = await startDecision(
    options.client,
    decisionInput(options, question),
    options.world,
  );
  await result();
  return (await options.client.stores.decisions.get(decisionId))!;
};

/** Outcomes are public at the end of their resolution day. */
const enterOutcomes = async (
  { client, world }: LiveLoopOptions,
  questions: readonly VirtualQuestion[],
  key: string,
): Promise<void> => {
  if (questions.length === 0) return;
  const entries = questions.map((question) => ({
    propositionId: `${world}/question:${question.rowId}`,
    action: 'enter' as const,
    yes: question.y === 1,
    resolvedAt: dayAfter(question.resolution),
    source: 'recorded',
    reason: 'recorded outcome',
  }));
  await recordOutcomes(client, world, entries, key);
};

/** Runs the whole loop. @returns the stored decisions by row id */
export const runLiveLoop = async (options: LiveLoopOptions): Promise<ReadonlyMap<string, DecisionRecord>> => {
  const { client, files, world } = options;
  const decisions = new Map<string, DecisionRecord>();
  await client.stores.worlds.enter({ id: world, asOf: midnight(files.questions[0]!.due) });
  let entered = 0;
  for (const question of files.questions) {
    const now = midnight(question.due);
    await client.stores.worlds.setReplayClock(world, now);
    const known = files.questions.filter(({ resolution }) => dayAfter(resolution) <= now);
    await enterOutcomes(options, known.slice(entered), question.due);
    entered = known.length;
    decisions.set(question.rowId, await decide(options, question));
  }
  const end = dayAfter(files.questions.at(-1)!.resolution);
  await client.stores.worlds.setReplayClock(world, end);
  await enterOutcomes(options, files.questions.slice(entered), 'end');
  return decisions;
};
