// Tournaments from outside: what is asked for in words, start or attach, follow, read.
import type { TournamentRow } from '../db/tournament-store';
import {
  assertTournament,
  DEFAULT_REVIEW_MS,
  DEFAULT_VERDICTS,
  isStatementTask,
  readTimeoutMs,
} from '../domain/ensemble/tournament';
import { formatUsd, type MicroUsd, parseUsd } from '../domain/money/micro-usd';
import { taskType } from '../domain/selection/tasks';
import { LIVE_WORLD } from '../domain/world';
import { CONCLAVE_QUEUE, PRIORITY } from '../workflows/contracts/task-queues';
import type {
  TournamentInput,
  TournamentProgress,
  TournamentResult,
} from '../workflows/contracts/tournament';
import { tournamentId } from '../workflows/contracts/workflow-ids';
import { type ConclaveClient, workflowUrl } from './connect';
import { BadInput, checked, checkModels } from './inputs';
import { keyWithInput, startOnce } from './start-once';
import { outcomeOf } from './workflow-result';

/** As people write it: the same words by command and by API, so that mistakes read the same. */
export interface TournamentWish {
  readonly task: string;
  readonly prompt: string;
  readonly models: readonly string[];
  /** Absent: approve and reject. */
  readonly options?: readonly string[] | undefined;
  /** Absent: the last of the options, which for approve and reject is the careful one. */
  readonly default?: string | undefined;
  /** Such as 3d; absent: three days. */
  readonly timeout?: string | undefined;
  readonly budgetUsd?: string | undefined;
}

export interface TournamentHandle {
  readonly tournamentId: string;
  progress(): Promise<TournamentProgress>;
  /** Waits for a person too, where the models dispute. @throws BadInput where it was refused. */
  result(): Promise<TournamentResult>;
}

/** Longer texts than this are documents, for which briefs and dossiers exist. */
const MOST_PROMPT_CHARS = 100_000;

/** @throws BadInput naming the accepted form. */
export const readPrompt = (text: string): string => {
  if (text.trim() !== '' && text.length <= MOST_PROMPT_CHARS) return text;
  const shown = text.trim() === '' ? 'empty' : `${text.length} characters long`;
  throw new BadInput(`prompt is ${shown}; accepted: a task in words, up to ${MOST_PROMPT_CHARS} characters`);
};

/** @throws BadInput naming the accepted form. */
export const readBudgetUsd = (text: string | undefined): MicroUsd | null => {
  if (text === undefined) return null;
  try {
    return parseUsd(text);
  } catch {
    throw new BadInput(
      `budgetUsd is ${JSON.stringify(text)}; accepted: US dollars with up to six places, such as 0.50`,
    );
  }
};

const optionsOf = ({ task, options }: TournamentWish): readonly string[] => {
  const wished = options ?? DEFAULT_VERDICTS;
  if (isStatementTask(task) && [...wished].sort().join() !== [...DEFAULT_VERDICTS].sort().join())
    throw new BadInput(
      `options is ${JSON.stringify(options)}; accepted for a forecast: ${DEFAULT_VERDICTS.join(', ')}`,
    );
  return wished;
};

/** Everything that can be wrong in words is found here, before anything starts. @throws BadInput */
const readWish = (wish: TournamentWish): Omit<TournamentInput, 'promptId'> =>
  checked(() => {
    const task = taskType(wish.task).type;
    const options = optionsOf(wish);
    const input = {
      world: LIVE_WORLD,
      taskType: task,
      models: [...new Set(wish.models)],
      options,
      declaredDefault: wish.default ?? options.at(-1)!,
      timeoutMs: wish.timeout === undefined ? DEFAULT_REVIEW_MS : readTimeoutMs(wish.timeout),
      budgetMicroUsd: readBudgetUsd(wish.budgetUsd),
      priority: PRIORITY.live,
    };
    assertTournament(input);
    return input;
  });

/** @throws BadInput naming the field and the accepted form. */
export const checkTournament = (wish: TournamentWish): void => {
  readPrompt(wish.prompt);
  readWish(wish);
};

const handleOf = (client: ConclaveClient, id: string): TournamentHandle => {
  const handle = client.temporal.workflow.getHandle(id);
  return {
    tournamentId: id,
    progress: () => handle.query<TournamentProgress>('progress'),
    result: () => outcomeOf(handle.result() as Promise<TournamentResult>),
  };
};

/**
 * Starts a tournament; the same request key with the same wish attaches to the one that exists, also after its end.
 * @throws BadInput naming the field and the accepted form
 */
export const startTournament = async (
  client: ConclaveClient,
  wish: TournamentWish,
  requestKey: string,
): Promise<TournamentHandle> => {
  const prompt = readPrompt(wish.prompt);
  const read = readWish(wish);
  await checkModels(client, read.models);
  const input: TournamentInput = { ...read, promptId: await client.stores.taskTexts.put(prompt) };
  const id = tournamentId(keyWithInput(requestKey, input));
  await startOnce(client, 'tournament', {
    workflowId: id,
    taskQueue: CONCLAVE_QUEUE,
    args: [input],
    priority: { priorityKey: input.priority },
    staticSummary: `tournament · ${input.taskType} · ${input.models.length} models`,
    staticDetails: `${input.models.join(', ')}; a dispute waits ${input.timeoutMs / 3_600_000} h, then ${input.declaredDefault}`,
  });
  return handleOf(client, id);
};

const LOOK_MS = 200;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until the models have been heard: agreed, abstained, or disputed and waiting for a person.
 * @throws BadInput where the tournament was refused
 */
export const untilJudged = async (
  client: ConclaveClient,
  { tournamentId: id, result }: TournamentHandle,
): Promise<TournamentRow> => {
  const handle = client.temporal.workflow.getHandle(id);
  for (;;) {
    // Whether it runs is read before its row, so that one which has ended is never taken for one that asks.
    const runs = (await handle.describe()).status.name === 'RUNNING';
    const row = await client.stores.tournaments.get(id);
    if (row && row.status !== 'asking') return row;
    if (!runs) throw new Error(`tournament ${id} ended without a verdict: ${(await result()).status}`);
    await pause(LOOK_MS);
  }
};

/** `tournament --json`. */
export const tournamentDocument = async (client: ConclaveClient, row: TournamentRow) => ({
  tournamentId: row.id,
  task: row.taskType,
  prompt: (await client.stores.taskTexts.get(row.promptId)) ?? '',
  status: row.status,
  verdict: row.verdict,
  confidence: row.confidence,
  median: row.median,
  why: row.why,
  options: row.options,
  default: row.declaredDefault,
  reviewId: row.reviewId,
  members: row.members.map(({ costMicroUsd, ...member }) => ({
    ...member,
    costUsd: costMicroUsd === null ? null : formatUsd(costMicroUsd),
  })),
  budgetUsd: row.budgetMicroUsd === null ? null : formatUsd(row.budgetMicroUsd),
  costUsd: formatUsd(row.costMicroUsd),
  createdAt: row.createdAt,
  endedAt: row.endedAt,
  workflowUrl: workflowUrl(client, row.id),
});

export type TournamentDocument = Awaited<ReturnType<typeof tournamentDocument>>;
