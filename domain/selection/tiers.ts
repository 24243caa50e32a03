// The three quality tiers (D3). The rules are few and exact, and no model is named in them.
import type { MicroUsd } from '../money/micro-usd';
import { costOfTokens, FREE_PRICE, isFree } from '../money/prices';
import type { ModelEntry, ModelPrice } from './model';
import { type TaskType, taskType } from './tasks';

export const TIERS = ['budget', 'balanced', 'premium'] as const;
export type Tier = (typeof TIERS)[number];

/** Below this a free model is not good enough to be taken for being free. */
const LEAST_FREE_QUALITY = 6;
/** Qualities within half a point are similar: `preferLocal` may choose by place. */
const SIMILAR_QUALITY = 0.5;

export interface TierQuestion {
  readonly task: string;
  readonly tier: Tier;
  readonly models: readonly ModelEntry[];
  /** Names of the environment variables that hold a key. */
  readonly keysPresent: ReadonlySet<string>;
  readonly preferLocal?: boolean;
  /** Ids of the models that are there: local ones installed, hosted ones still served; undefined: not known, all count. */
  readonly installed?: ReadonlySet<string> | undefined;
  /** Earned quality by model for this task; the seed value where it has none. */
  readonly qualityOf?: (model: ModelEntry, task: TaskType) => number;
  /** Out by outage or screening, with the reason. */
  readonly deselected?: ReadonlyMap<string, string>;
}

export interface Considered {
  readonly model: string;
  readonly taken: boolean;
  readonly reason: string;
}

export interface TierPick {
  readonly task: string;
  readonly tier: Tier;
  /** Null when no candidate has the strength. */
  readonly model: ModelEntry | null;
  /** Its quality for this task, 0-10: the seed value, or what it has earned; null without a pick. */
  readonly quality: number | null;
  readonly reason: string;
  /** Expected cost of one such task, by its usual tokens; null without a pick. */
  readonly costMicroUsd: MicroUsd | null;
  readonly considered: readonly Considered[];
}

interface Candidate {
  readonly model: ModelEntry;
  readonly quality: number;
  readonly free: boolean;
  readonly cost: MicroUsd;
}

const tokenPrice = (model: ModelEntry): ModelPrice | null =>
  model.price ?? (isFree(model) ? FREE_PRICE : null);

/** Expected cost of one task at a model; null when its price is unknown. */
export const taskCost = (model: ModelEntry, task: TaskType): MicroUsd | null => {
  if (model.local || model.statistical) return 0;
  const price = tokenPrice(model);
  return price === null ? null : costOfTokens(task.inputTokens, task.outputTokens, price);
};

/** Why a model is no candidate, or null when it is one. */
const unfit = (model: ModelEntry, task: TaskType, question: TierQuestion): string | null => {
  if (model.statistical || model.provider === 'recorded') return 'no language model';
  if (!model.strengths.includes(task.needs)) return `lacks ${task.needs}`;
  if (model.keyName !== null && !question.keysPresent.has(model.keyName))
    return `${model.keyName} is not set`;
  if (question.installed && !question.installed.has(model.id))
    return model.local ? 'not installed' : 'no longer served';
  const out = question.deselected?.get(model.id);
  if (out !== undefined) return out;
  if (taskCost(model, task) === null) return 'its price is unknown';
  if (model.contextTokens < task.inputTokens + task.outputTokens) return 'its context is too small';
  return null;
};

type Order = (a: Candidate, b: Candidate) => number;

const byId: Order = (a, b) => (a.model.id < b.model.id ? -1 : a.model.id > b.model.id ? 1 : 0);
const byQuality: Order = (a, b) => b.quality - a.quality || a.cost - b.cost || byId(a, b);
const byCost: Order = (a, b) => a.cost - b.cost || b.quality - a.quality || byId(a, b);
/** Quality per dollar, the higher the better; a free model has no bound. */
const byValue: Order = (a, b) => b.quality * a.cost - a.quality * b.cost || byQuality(a, b);

interface Choice {
  readonly candidate: Candidate | undefined;
  readonly reason: string;
}

const freeChoice = (candidates: readonly Candidate[], localOnly: boolean): Candidate | undefined =>
  candidates
    .filter((one) => one.free && one.quality >= LEAST_FREE_QUALITY && (!localOnly || one.model.local))
    .sort(byQuality)[0];

const choose = (tier: Tier, candidates: readonly Candidate[]): Choice => {
  const hosted = candidates.filter((one) => !one.model.local);
  if (tier === 'budget') {
    const local = freeChoice(candidates, true);
    if (local) return { candidate: local, reason: `free local model of quality ${local.quality}` };
    return {
      candidate: [...hosted].sort(byCost)[0],
      reason: 'cheapest hosted model, as no good local one has the strength',
    };
  }
  if (tier === 'balanced') {
    const free = freeChoice(candidates, false);
    if (free) return { candidate: free, reason: `free model of quality ${free.quality}` };
    // A poor model has no bound per dollar when it is free; it is still poor.
    const worth = hosted.filter((one) => !one.free || one.quality >= LEAST_FREE_QUALITY);
    return { candidate: worth.sort(byValue)[0], reason: 'best quality per dollar' };
  }
  return { candidate: [...candidates].sort(byQuality)[0], reason: 'highest quality' };
};

/** A local model about as good as the choice, when locals are preferred. */
const localInstead = (choice: Choice, candidates: readonly Candidate[], preferLocal: boolean): Choice => {
  const { candidate } = choice;
  if (!preferLocal || candidate === undefined || candidate.model.local) return choice;
  const local = candidates
    .filter((one) => one.model.local && one.quality >= candidate.quality - SIMILAR_QUALITY)
    .sort(byQuality)[0];
  return local ? { candidate: local, reason: `local, and about as good as ${candidate.model.id}` } : choice;
};

const passedOver = (one: Candidate, taken: Candidate, tier: Tier): string => {
  if (tier !== 'premium' && one.free && one.quality < LEAST_FREE_QUALITY)
    return `free, but of quality ${one.quality}, below ${LEAST_FREE_QUALITY}`;
  if (tier === 'premium' || taken.free)
    return one.free || tier === 'premium' ? `quality ${one.quality} is lower` : 'not free';
  return tier === 'budget' ? 'dearer' : 'less quality per dollar';
};

/**
 * The model for a task at a tier, with the reason for every candidate taken or not.
 *
 * `budget`: free local models of quality >= 6 with the strength; only where there is none the cheapest hosted
 * one with it. `balanced`: a free model of quality >= 6 with the strength, else the best quality per dollar.
 * `premium`: the highest quality with the strength.
 * @throws RangeError for an unknown task type.
 */
export const pickForTask = (question: TierQuestion): TierPick => {
  const task = taskType(question.task);
  const quality = question.qualityOf ?? ((model: ModelEntry) => model.quality);
  const candidates: Candidate[] = [];
  const considered: Considered[] = [];
  for (const model of question.models) {
    const reason = unfit(model, task, question);
    if (reason !== null) considered.push({ model: model.id, taken: false, reason });
    else
      candidates.push({
        model,
        quality: quality(model, task),
        free: isFree(model),
        cost: taskCost(model, task) ?? 0,
      });
  }
  const { candidate, reason } = localInstead(
    choose(question.tier, candidates),
    candidates,
    question.preferLocal ?? false,
  );
  for (const one of candidates)
    considered.push({
      model: one.model.id,
      taken: one === candidate,
      reason:
        one === candidate
          ? reason
          : candidate
            ? passedOver(one, candidate, question.tier)
            : 'no choice was possible',
    });
  return {
    task: task.type,
    tier: question.tier,
    model: candidate?.model ?? null,
    quality: candidate?.quality ?? null,
    reason: candidate
      ? reason
      : `no model with the strength ${task.needs} can be used; "conclave recommend ${task.type} --why" says why not, "conclave providers" which keys are not set`,
    costMicroUsd: candidate?.cost ?? null,
    considered,
  };
};

/**
 * The model for a task when tiers are disabled (the default): the manual `task_models` map decides.
 * @throws RangeError naming the accepted model ids when the map names an unknown one.
 */
export const pickFromMap = (
  task: string,
  taskModels: Readonly<Record<string, string>>,
  models: readonly ModelEntry[],
): ModelEntry | null => {
  const id = taskModels[taskType(task).type];
  if (id === undefined) return null;
  const found = models.find((one) => one.id === id);
  if (found) return found;
  throw new RangeError(`task_models.${task} is "${id}"; accepted: ${models.map((one) => one.id).join(', ')}`);
};
