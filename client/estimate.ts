// What a plan would cost before it runs: by task and tier, or a market session by its symbols and members.
import { worstCaseCost } from '../domain/money/estimate';
import { formatUsd, type MicroUsd } from '../domain/money/micro-usd';
import { costOfTokens } from '../domain/money/prices';
import { siblingOf } from '../domain/research/research-model';
import { estimateCostShape, estimatePlan } from '../domain/selection/estimates';
import type { ModelEntry } from '../domain/selection/model';
import { taskType } from '../domain/selection/tasks';
import { TIERS, type Tier } from '../domain/selection/tiers';
import type { ConclaveClient } from './connect';

/** @throws RangeError naming the accepted tiers. */
export const readTier = (text: string): Tier => {
  const tier = TIERS.find((each) => each === text);
  if (tier) return tier;
  throw new RangeError(`tier "${text}" is unknown; accepted: ${TIERS.join(', ')}`);
};

/** `type=count` pairs. @throws RangeError naming the pair and the accepted form. */
export const readUsage = (pairs: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const match = /^([a-z_]+)=(\d+)$/.exec(pair.trim());
      if (!match) throw new RangeError(`task "${pair}" is not TYPE=COUNT; accepted: such as forecast=40`);
      return [taskType(match[1]!).type, Number(match[2])];
    }),
  );

/** The known shape of estimate-cost. */
export const estimateTasks = async (
  client: ConclaveClient,
  question: {
    readonly tier: Tier;
    readonly usage: Readonly<Record<string, number>>;
    readonly keysPresent: ReadonlySet<string>;
    readonly preferLocal?: boolean;
  },
) => {
  const models = await client.stores.registry.list();
  return { quality_tier: question.tier, ...estimateCostShape(estimatePlan({ ...question, models })) };
};

interface Line {
  readonly what: string;
  readonly model: string;
  readonly calls: number;
  readonly expectedMicroUsd: MicroUsd;
  /** What the calls would reserve at most. */
  readonly atMostMicroUsd: MicroUsd;
}

const price = (model: ModelEntry, task: string, calls: number): Omit<Line, 'what' | 'calls'> => {
  const { inputTokens, outputTokens } = taskType(task);
  if (!model.price) return { model: model.id, expectedMicroUsd: 0, atMostMicroUsd: 0 };
  return {
    model: model.id,
    expectedMicroUsd: calls * costOfTokens(inputTokens, outputTokens, model.price),
    atMostMicroUsd:
      calls * worstCaseCost(2 * inputTokens, Math.min(4_000, model.maxOutputTokens), model.price),
  };
};

const line = (what: string, model: ModelEntry, task: string, calls: number): Line => ({
  what,
  calls,
  ...price(model, task, calls),
});

const sum = (lines: readonly Line[], key: 'expectedMicroUsd' | 'atMostMicroUsd'): MicroUsd =>
  lines.reduce((total, each) => total + each[key], 0);

const checkPrices = (members: readonly ModelEntry[]): void => {
  const unpriced = members.find((model) => !model.price && !model.local && !model.statistical);
  if (unpriced)
    throw new RangeError(`no price is known for ${unpriced.id}; set one with "conclave models edit"`);
};

/**
 * One session: a shared brief per symbol by the first member's cheaper sibling, a forecast per member.
 * @throws RangeError for an unknown model or one without a price.
 */
export const estimateSession = async (
  client: ConclaveClient,
  plan: {
    readonly symbols: number;
    readonly members: readonly string[];
    readonly stage: 'quick' | 'full' | 'enhanced';
  },
) => {
  const models = await client.stores.registry.list();
  const members = plan.members.map((name) => {
    const found = models.find((model) => model.id === name);
    if (!found)
      throw new RangeError(`model "${name}" is not in the registry; "conclave models" lists those that are`);
    return found;
  });
  checkPrices(members);
  const [first] = members;
  const writerId = first ? siblingOf(first.id, models) : null;
  const writer = models.find((model) => model.id === writerId) ?? first;
  const asked = plan.stage === 'quick' ? members.slice(0, 1) : members;
  const rounds = plan.stage === 'enhanced' ? 3 : 1;
  const lines = [
    ...(writer
      ? [
          line('brief', writer, 'brief', plan.symbols),
          line('brief check', writer, 'brief_check', plan.symbols),
        ]
      : []),
    ...asked.map((member) => line('forecasts', member, 'forecast', plan.symbols * rounds)),
  ];
  const research = sum(
    lines.filter(({ what }) => what !== 'forecasts'),
    'expectedMicroUsd',
  );
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
    savedBySharedResearchUsd: formatUsd(research * Math.max(0, asked.length - 1)),
  };
};
