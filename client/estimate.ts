// What a market session would cost before it runs, by its symbols and members.
import { expectedCost, worstCaseCost } from '../domain/money/estimate';
import { formatUsd, type MicroUsd } from '../domain/money/micro-usd';
import { BILLED_SENDINGS } from '../domain/outage/failure';
import {
  eligibleWriters,
  researchVerifier,
  researchWriters,
  WRITERS,
} from '../domain/research/research-writers';
import type { ProfileOf } from '../domain/selection/estimates';
import type { ModelEntry } from '../domain/selection/model';
import { outputRoom } from '../domain/selection/output-room';
import { taskType } from '../domain/selection/tasks';
import { isUsable, type KnownModel, languageModels, type ModelAccess } from '../domain/selection/usable';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';

type Priced = 'brief' | 'brief_check' | 'forecast';

interface Line {
  readonly what: string;
  readonly model: string;
  readonly calls: number;
  readonly expectedMicroUsd: MicroUsd;
  /** What the calls come to at most, where each is made once: an answer that fails is asked for again. */
  readonly atMostMicroUsd: MicroUsd;
}

interface Asked {
  readonly task: Priced;
  readonly model: ModelEntry;
  readonly calls: number;
  /** Tokens of other models' answers that its prompt may hold. */
  readonly answersRead: number;
}

const linePriced =
  (profileOf: ProfileOf) =>
  (what: string, { task, model, calls, answersRead }: Asked): Line => {
    if (!model.price) return { what, model: model.id, calls, expectedMicroUsd: 0, atMostMicroUsd: 0 };
    const seed = taskType(task);
    const usual = profileOf(task, model.id) ?? { n: 0, ...seed };
    const expected = expectedCost(usual, model.price);
    const input = 2 * Math.ceil(Math.max(usual.inputTokens, seed.inputTokens)) + answersRead;
    const worst = worstCaseCost(input, outputRoom(model, task), model.price);
    return {
      ...{ what, model: model.id, calls },
      expectedMicroUsd: calls * expected,
      atMostMicroUsd: calls * Math.max(expected, worst),
    };
  };

const sum = (lines: readonly Line[], key: 'expectedMicroUsd' | 'atMostMicroUsd'): MicroUsd =>
  lines.reduce((total, each) => total + each[key], 0);

const checkPrices = (members: readonly ModelEntry[]): void => {
  const unpriced = members.find((model) => !model.price && !model.local && !model.statistical);
  if (unpriced)
    throw new BadInput(`no price is known for ${unpriced.id}; set one with "conclave models edit"`);
};

export interface SessionPlan {
  readonly symbols: number;
  readonly members: readonly string[];
  readonly stage: 'quick' | 'full' | 'enhanced';
}

export interface Estimating {
  readonly profileOf: ProfileOf;
  /** What the workers can call, as far as it can be told from here. */
  readonly access: ModelAccess;
}

/** Rounds of an enhanced stage: forecasts, critiques, forecasts again. */
const ENHANCED_ROUNDS = 3;

const researchLines = (
  models: readonly ModelEntry[],
  symbols: number,
  { profileOf }: Estimating,
): readonly Line[] => {
  const line = linePriced(profileOf);
  const writers = researchWriters(models);
  const [writer] = writers;
  const verifier = researchVerifier(writers);
  if (!writer || !verifier) return [];
  return [
    line('brief', { task: 'brief', model: writer, calls: symbols, answersRead: 0 }),
    line('brief check', {
      ...{ task: 'brief_check', model: verifier, calls: symbols },
      answersRead: outputRoom(writer, 'brief'),
    }),
  ];
};

/**
 * Every sending of one round that may be billed: all writers fail, or the last answers, and its check fails too. By
 * the dearest who may write: the others can be out of service.
 */
const roundAtMost = (models: readonly ModelEntry[], { profileOf }: Estimating): MicroUsd => {
  const line = linePriced(profileOf);
  const eligible = eligibleWriters(models);
  const dearestFirst = (task: Priced, answersRead: number): readonly Line[] =>
    eligible
      .map((model) => line(task, { task, model, calls: BILLED_SENDINGS, answersRead }))
      .toSorted((a, b) => b.atMostMicroUsd - a.atMostMicroUsd);
  const rooms = eligible.map((model) => outputRoom(model, 'brief'));
  const dearest = [
    ...dearestFirst('brief', 0).slice(0, WRITERS),
    ...dearestFirst('brief_check', Math.max(0, ...rooms)).slice(0, 1),
  ];
  return sum(dearest, 'atMostMicroUsd');
};

/**
 * What one brief costs at most by the models that may write and verify it, every attempt counted; 0 where the house
 * does. A market event makes research begin again, which is not in it.
 */
export const researchAtMost = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  estimating: Estimating,
): Promise<MicroUsd> => {
  const models = (await stores.registry.list()).filter((model) => isUsable(model, estimating.access));
  return roundAtMost(languageModels(models), estimating);
};

/** @throws BadInput for an unknown model or one without a price. */
const readMembers = (models: readonly KnownModel[], names: readonly string[]): readonly KnownModel[] => {
  const members = names.map((name) => {
    const found = models.find((model) => model.id === name);
    if (!found)
      throw new BadInput(`model "${name}" is not in the registry; "conclave models" lists those that are`);
    return found;
  });
  checkPrices(members);
  return members;
};

/** Without its members no session would be held: they count as callable. */
const callableWith = (
  members: readonly KnownModel[],
  models: readonly KnownModel[],
  { access }: Estimating,
): readonly ModelEntry[] =>
  languageModels(models.filter((model) => members.includes(model) || isUsable(model, access)));

const forecastLines = (
  callable: readonly ModelEntry[],
  asked: readonly ModelEntry[],
  { symbols, stage }: SessionPlan,
  { profileOf }: Estimating,
): readonly Line[] => {
  const rounds = stage === 'enhanced' ? ENHANCED_ROUNDS : 1;
  const briefRoom = Math.max(0, ...callable.map((model) => outputRoom(model, 'brief')));
  const read = asked.map((model) => (rounds === 1 ? 0 : outputRoom(model, 'forecast')));
  const answersRead = briefRoom + read.reduce((total, tokens) => total + tokens, 0);
  const line = linePriced(profileOf);
  return asked.map((model) =>
    line('forecasts', { task: 'forecast', model, calls: symbols * rounds, answersRead }),
  );
};

const askedOf = (members: readonly ModelEntry[], stage: SessionPlan['stage']): readonly ModelEntry[] =>
  stage === 'quick' ? members.slice(0, 1) : members;

/**
 * What the forecasts of named members cost at most, without the briefs that they read.
 * @throws BadInput for an unknown model or one without a price.
 */
export const forecastsAtMost = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  plan: SessionPlan,
  estimating: Estimating,
): Promise<MicroUsd> => {
  const models = await stores.registry.list();
  const members = readMembers(models, plan.members);
  const callable = callableWith(members, models, estimating);
  return sum(forecastLines(callable, askedOf(members, plan.stage), plan, estimating), 'atMostMicroUsd');
};

/**
 * One session: a shared brief per symbol by the models that would research it, a forecast per member.
 * @throws BadInput for an unknown model or one without a price.
 */
export const estimateSession = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  plan: SessionPlan,
  estimating: Estimating,
) => {
  const models = await stores.registry.list();
  const members = readMembers(models, plan.members);
  const callable = callableWith(members, models, estimating);
  const asked = askedOf(members, plan.stage);
  const researched = researchLines(callable, plan.symbols, estimating);
  const lines = [...researched, ...forecastLines(callable, asked, plan, estimating)];
  return {
    symbols: plan.symbols,
    stage: plan.stage,
    lines: lines.map(({ expectedMicroUsd, atMostMicroUsd, ...rest }) => ({
      ...rest,
      expectedUsd: formatUsd(expectedMicroUsd),
      atMostUsd: formatUsd(atMostMicroUsd),
    })),
    expectedUsd: formatUsd(sum(lines, 'expectedMicroUsd')),
    atMostUsd: formatUsd(sum(lines, 'atMostMicroUsd')),
    savedBySharedResearchUsd: formatUsd(sum(researched, 'expectedMicroUsd') * Math.max(0, asked.length - 1)),
  };
};
