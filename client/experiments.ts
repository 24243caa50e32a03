// Experiments from outside: what is compared, create, stop, read.
import {
  EXPERIMENT_KINDS,
  type ExperimentKind,
  type ExperimentRow,
  type PairRow,
} from '../db/experiment-store';
import { createRunCap, EXPERIMENT_ID } from '../db/run-cap';
import { STRATEGY_NAMES } from '../domain/ensemble/strategy';
import { formatUsd } from '../domain/money/micro-usd';
import { TIERS } from '../domain/selection/tiers';
import { evaluateExperiment } from '../domain/track/experiment-blocks';
import { LIVE_WORLD, SYNTHETIC_WORLD } from '../domain/world';
import type { ConclaveClient } from './connect';
import { readField, stopReason } from './fields';
import { BadInput, checkModels } from './inputs';
import { readBudgetUsd, readPrompt } from './tournaments';

/** As people write it: the same words by command and by API, so that mistakes read the same. */
export interface ExperimentWish {
  readonly name: string;
  readonly kind: string;
  /** A strategy, a model, a tier, or the wording of a prompt (`default`: the one at work). */
  readonly a: string;
  readonly b: string;
  /** Who both wordings of a prompt are put to. */
  readonly model?: string | undefined;
  /** Decisions of this category only. */
  readonly category?: string | undefined;
  /** What all calls of the experiment may cost; needed unless strategies are compared. */
  readonly budgetUsd?: string | undefined;
  /** Chance of a false verdict, however often one looks; absent: 0.05. */
  readonly alpha?: number | undefined;
  readonly world?: string | undefined;
}

const DEFAULT_ALPHA = 0.05;
const MOST_NAME = 100;
const WORLDS = [LIVE_WORLD, SYNTHETIC_WORLD];

const shown = (value: unknown): string => (JSON.stringify(value) ?? 'missing').slice(0, 80);

const oneOf = <T extends string>(field: string, value: string, accepted: readonly T[]): T => {
  const found = accepted.find((each) => each === value);
  if (found !== undefined) return found;
  throw new BadInput(`${field} is ${shown(value)}; accepted: ${accepted.join(', ')}`);
};

const nameOf = (name: string): string => {
  const text = name.trim();
  if (text !== '' && text.length <= MOST_NAME) return text;
  throw new BadInput(`name is ${shown(name)}; accepted: up to ${MOST_NAME} characters`);
};

const alphaOf = (alpha: number | undefined): number => {
  const value = alpha ?? DEFAULT_ALPHA;
  if (value > 0 && value <= 0.5) return value;
  throw new BadInput(`alpha is ${shown(alpha)}; accepted: a number above 0, at most 0.5, such as 0.05`);
};

const budgetOf = (kind: ExperimentKind, text: string | undefined): number => {
  const budget = readBudgetUsd(text);
  if (kind === 'strategy' && budget)
    throw new BadInput(`budgetUsd is ${shown(text)}; accepted for strategies: none, they cost nothing`);
  if (kind !== 'strategy' && budget === null)
    throw new BadInput(`budgetUsd is missing; accepted for a ${kind}: US dollars, such as 5`);
  return budget ?? 0;
};

/** The stored form of one arm. */
const armOf = async (
  client: ConclaveClient,
  kind: ExperimentKind,
  field: 'a' | 'b',
  value: string,
): Promise<string> => {
  const arm = armWords(kind, field, value);
  if (kind === 'model') await checkModels(client, [arm]);
  return kind === 'prompt' && arm !== 'default' ? client.stores.taskTexts.put(arm) : arm;
};

const armWords = (kind: ExperimentKind, field: 'a' | 'b', value: string): string => {
  if (kind === 'strategy') return oneOf(field, value, STRATEGY_NAMES);
  if (kind === 'tier') return oneOf(field, value, TIERS);
  return kind === 'prompt' && value !== 'default' ? readPrompt(value) : value;
};

const modelOf = (kind: ExperimentKind, model: string | undefined): string | null => {
  if (kind !== 'prompt' && model !== undefined)
    throw new BadInput(`model is ${shown(model)}; accepted for a ${kind}: none`);
  if (kind !== 'prompt') return null;
  if (model === undefined)
    throw new BadInput('model is missing; accepted for a prompt: the model that both wordings are put to');
  return model;
};

/** What is wrong with the words themselves, found before anything is read or started. @throws BadInput */
const readWish = (wish: ExperimentWish) => {
  const kind = oneOf('kind', wish.kind, EXPERIMENT_KINDS);
  const read = {
    kind,
    name: nameOf(wish.name),
    world: oneOf('world', wish.world ?? LIVE_WORLD, WORLDS),
    alpha: alphaOf(wish.alpha),
    budgetMicroUsd: budgetOf(kind, wish.budgetUsd),
    model: modelOf(kind, wish.model),
    category: wish.category?.trim() || null,
  };
  if (armWords(kind, 'a', wish.a) === armWords(kind, 'b', wish.b))
    throw new BadInput(`b is ${shown(wish.b)}; accepted: something other than a`);
  return read;
};

/** @throws BadInput naming the field and the accepted form. */
export const checkExperiment = (wish: ExperimentWish): void => void readWish(wish);

/**
 * Creates an experiment; every matching decision from now on enters it.
 * @throws BadInput naming the field and the accepted form
 */
export const createExperiment = async (
  client: ConclaveClient,
  wish: ExperimentWish,
  requestKey: string,
): Promise<ExperimentRow> => {
  const { kind, budgetMicroUsd, ...read } = readWish(wish);
  await checkModels(client, read.model === null ? null : [read.model]);
  const armA = await armOf(client, kind, 'a', wish.a);
  const armB = await armOf(client, kind, 'b', wish.b);
  const id = `${EXPERIMENT_ID}${requestKey}`;
  if (kind !== 'strategy') await createRunCap(client.stores.caps).open(id, budgetMicroUsd);
  return client.stores.experiments.create({
    ...{ ...read, id, kind, armA, armB, budgetMicroUsd },
  });
};

/** Stops one that runs; its cap stays for arms under way, until housekeeping finds none. @throws BadInput without a reason, or when it is over already */
export const stopExperiment = async (
  client: ConclaveClient,
  experiment: ExperimentRow,
  reason: string,
): Promise<ExperimentRow> => {
  const why = readField('reason', stopReason, reason).trim();
  if (experiment.status !== 'running' && experiment.status !== 'budget_reached')
    throw new BadInput(
      `experiment "${experiment.id}" is ${experiment.status} since ${experiment.endedAt}; accepted: one that runs`,
    );
  return client.stores.experiments.end(experiment.id, 'stopped', why);
};

const words = { undecided: 'undecided', a_better: 'a', b_better: 'b' } as const;

const armText = async (client: ConclaveClient, kind: ExperimentKind, arm: string): Promise<string> =>
  kind === 'prompt' && arm !== 'default' ? ((await client.stores.taskTexts.get(arm)) ?? arm) : arm;

const counts = (pairs: readonly PairRow[]) => ({
  asked: pairs.length,
  answered: pairs.filter(({ probabilityA, probabilityB }) => probabilityA !== null && probabilityB !== null)
    .length,
  costUsd: formatUsd(pairs.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)),
});

/** `experiment status --json`. */
export const experimentDocument = async (client: ConclaveClient, row: ExperimentRow) => {
  const pairs = await client.stores.experiments.pairsOf(row.id);
  const now = await client.stores.worlds.now(row.world);
  const { estimate, scored, experiment } = evaluateExperiment(pairs, { alpha: row.alpha, now });
  const [difference, low, high] = estimate;
  return {
    experimentId: row.id,
    name: row.name,
    world: row.world,
    kind: row.kind,
    a: await armText(client, row.kind, row.armA),
    b: await armText(client, row.kind, row.armB),
    model: row.model,
    category: row.category,
    alpha: row.alpha,
    status: row.status,
    better: words[row.verdict],
    note: row.note,
    ...counts(pairs),
    scored,
    /** Independent values: questions that overlap in time count as one. */
    blocks: experiment.running.n,
    /** Mean Brier score of a minus that of b; above 0 means b is better. */
    difference: experiment.running.n === 0 ? null : difference,
    low,
    high,
    budgetUsd: formatUsd(row.budgetMicroUsd),
    createdAt: row.createdAt,
    endedAt: row.endedAt,
  };
};

export type ExperimentDocument = Awaited<ReturnType<typeof experimentDocument>>;
