// Single tasks from outside: the desk picks a model, a workflow runs it, a person rates the result.
import type { TaskRunRow } from '../db/task-run-store';
import { formatUsd } from '../domain/money/micro-usd';
import { taskType } from '../domain/selection/tasks';
import { TIERS, type Tier } from '../domain/selection/tiers';
import { LIVE_WORLD } from '../domain/world';
import { tierAttributes } from '../workflows/contracts/search-attributes';
import type { TaskRunInput, TaskRunResult } from '../workflows/contracts/task';
import { CONCLAVE_QUEUE, PRIORITY } from '../workflows/contracts/task-queues';
import { taskRunId } from '../workflows/contracts/workflow-ids';
import { type ConclaveClient, workflowUrl } from './connect';
import { readInput } from './field-errors';
import { BadInput, checked, checkModels } from './inputs';
import { chooseForTask, openDesk } from './model-desk';
import { rateModel, ratingInput } from './model-input';
import { registeredModels } from './registry';
import { startOnce } from './start-once';
import { readPrompt } from './tournaments';
import { outcomeOf } from './workflow-result';

/** As people write it. */
export interface AskWish {
  readonly task: string;
  readonly prompt: string;
  readonly tier?: string | undefined;
  /** Goes before any tier. */
  readonly model?: string | undefined;
}

/** The pick and two that may stand in for it. */
const MOST_MODELS = 3;

const tierOf = (text: string | undefined): Tier | undefined => {
  if (text === undefined) return undefined;
  const tier = TIERS.find((each) => each === text);
  if (tier) return tier;
  throw new BadInput(`tier is ${JSON.stringify(text)}; accepted: ${TIERS.join(', ')}`);
};

interface Picked {
  readonly models: readonly string[];
  readonly tier: Tier | null;
  readonly reason: string;
  /** Each of the models does the task, by the setting `ensemble_tasks`; false: the others only stand in. */
  readonly together: boolean;
}

/** The desk's pick, then what it would pick without those before. */
const pick = async (
  client: ConclaveClient,
  wish: AskWish,
  keysPresent: ReadonlySet<string>,
): Promise<Picked> => {
  if (wish.model !== undefined) {
    await checkModels(client, [wish.model]);
    return { models: [wish.model], tier: null, reason: 'named in the request', together: false };
  }
  const desk = await openDesk(client, keysPresent);
  const wished = tierOf(wish.tier);
  const tier = wished ?? desk.settings.tier;
  const first = chooseForTask(desk, wish.task, wished);
  if (!first.model) throw new BadInput(`task "${wish.task}" cannot be done now: ${first.reason}`);
  const models: string[] = [first.model.id];
  const deselected = new Map(desk.choice.deselected);
  while (models.length < MOST_MODELS) {
    deselected.set(models.at(-1)!, 'asked before');
    const next = chooseForTask({ ...desk, choice: { ...desk.choice, deselected } }, wish.task, tier);
    if (!next.model) break;
    models.push(next.model.id);
  }
  return { models, tier, reason: first.reason, together: desk.settings.ensemble };
};

interface RunHandle {
  readonly runId: string;
  /** @throws BadInput where no model can be called */
  result(): Promise<TaskRunResult>;
}

export interface AskHandle extends RunHandle {
  /** Further models at the same task, where `ensemble_tasks` is on: runs of their own, rated each. */
  readonly others: readonly RunHandle[];
}

/** What is wrong with the words themselves, found before anything is read or started. @throws BadInput */
const readWish = (wish: AskWish): { readonly prompt: string; readonly type: string } => {
  const prompt = readPrompt(wish.prompt);
  const { type } = checked(() => taskType(wish.task));
  tierOf(wish.tier);
  return { prompt, type };
};

/** @throws BadInput naming the field and the accepted form. */
export const checkAsk = (wish: AskWish): void => void readWish(wish);

/**
 * Starts a task; the same request key attaches to the one that exists, also after its end.
 * @throws BadInput naming the field and the accepted form
 */
export const startTask = async (
  client: ConclaveClient,
  wish: AskWish,
  { requestKey, keysPresent }: { readonly requestKey: string; readonly keysPresent: ReadonlySet<string> },
): Promise<AskHandle> => {
  const { prompt, type } = readWish(wish);
  await registeredModels(client);
  const { together, ...picked } = await pick(client, wish, keysPresent);
  const promptId = await client.stores.taskTexts.put(prompt);
  const mainId = taskRunId(requestKey);
  const start = async (models: readonly string[], key: string, reason: string): Promise<RunHandle> => {
    const id = taskRunId(key);
    const input: TaskRunInput = {
      ...{ world: LIVE_WORLD, taskType: type, ...picked, models, reason, promptId, priority: PRIORITY.live },
      // One request: what a decision may cost holds for all its models together.
      ...(id === mainId ? {} : { cappedWith: mainId }),
    };
    const handle = await startOnce(client, 'taskRun', {
      workflowId: id,
      taskQueue: CONCLAVE_QUEUE,
      args: [input],
      priority: { priorityKey: PRIORITY.live },
      typedSearchAttributes: tierAttributes(picked.tier),
      staticSummary: `ask · ${type} · ${models[0]}`,
      staticDetails: reason,
    });
    return { runId: id, result: () => outcomeOf(handle.result() as Promise<TaskRunResult>) };
  };
  const [first, ...rest] = picked.models;
  const beside = together ? rest : [];
  // Beside others, a model that fails needs no one to stand in for it.
  const main = await start(together ? [first!] : picked.models, requestKey, picked.reason);
  const others = await Promise.all(
    beside.map((model, index) =>
      start([model], `${requestKey}-${index + 2}`, `beside ${first}, as ensemble_tasks is on`),
    ),
  );
  return { ...main, others };
};

/** `ask --json`. */
export const taskDocument = async (client: ConclaveClient, row: TaskRunRow) => {
  const answer = row.answerKey === null ? null : await client.stores.answers.get(row.answerKey);
  return {
    runId: row.id,
    task: row.taskType,
    tier: row.tier,
    status: row.status,
    failure: row.failure,
    model: row.model,
    provider: row.provider,
    reason: row.reason,
    text: typeof answer?.answer === 'string' ? answer.answer : null,
    costUsd: formatUsd(row.costMicroUsd),
    latencyMs: row.latencyMs,
    createdAt: row.createdAt,
    workflowUrl: workflowUrl(client, row.id),
  };
};

/**
 * The document of a finished task, with why it has no answer, which its row does not keep.
 * @throws BadInput where no model can be called
 */
const finishedTask = async (client: ConclaveClient, { runId, result }: RunHandle) => {
  const { status, problem } = await result();
  const row = await client.stores.taskRuns.get(runId);
  if (!row) throw new Error(`task ${runId} is not stored`);
  return { ...(await taskDocument(client, row)), problem: status === 'failed' ? problem : null };
};

/** The document of a task once it has ended, with those of the models that did it beside the first. */
export const askDocument = async (client: ConclaveClient, { others, ...main }: AskHandle) => {
  const [first, ...rest] = await Promise.all([main, ...others].map((run) => finishedTask(client, run)));
  return { ...first!, ...(rest.length === 0 ? {} : { others: rest }) };
};

/**
 * Rates a result, which moves the quality that its model has earned.
 * @param requestKey as of `rateModel`
 * @throws BadInput
 */
export const rateTask = async (
  client: ConclaveClient,
  run: TaskRunRow,
  given: { readonly rating: number; readonly note?: string | undefined },
  requestKey: string | null = null,
): Promise<void> => {
  if (run.status !== 'answered')
    throw new BadInput(`run "${run.id}" has no result; accepted: an answered one`);
  const { rating, note } = given;
  const input = readInput(ratingInput, { task: run.taskType, rating, note });
  await rateModel(client, run.model, input, requestKey);
};
