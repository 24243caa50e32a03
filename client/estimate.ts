// What a market session would cost before it runs, by its symbols and members.
import { expectedCost, worstCaseCost } from '../domain/money/estimate';
import { formatUsd, type MicroUsd } from '../domain/money/micro-usd';
import { siblingOf } from '../domain/research/research-model';
import type { ProfileOf } from '../domain/selection/estimates';
import type { ModelEntry } from '../domain/selection/model';
import { taskType } from '../domain/selection/tasks';
import type { ConclaveClient } from './connect';

interface Line {
  readonly what: string;
  readonly model: string;
  readonly calls: number;
  readonly expectedMicroUsd: MicroUsd;
  /** What the calls would reserve at most. */
  readonly atMostMicroUsd: MicroUsd;
}

const priceBy =
  (profileOf: ProfileOf) =>
  (model: ModelEntry, task: string, calls: number): Omit<Line, 'what' | 'calls'> => {
    if (!model.price) return { model: model.id, expectedMicroUsd: 0, atMostMicroUsd: 0 };
    const usual = profileOf(task, model.id) ?? { n: 0, ...taskType(task) };
    const expected = expectedCost(usual, model.price);
    const room = Math.min(4_000, model.maxOutputTokens);
    const worst = worstCaseCost(2 * Math.ceil(usual.inputTokens), room, model.price);
    return {
      model: model.id,
      expectedMicroUsd: calls * expected,
      atMostMicroUsd: calls * Math.max(expected, worst),
    };
  };

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
  profileOf: ProfileOf,
) => {
  const price = priceBy(profileOf);
  const line = (what: string, model: ModelEntry, task: string, calls: number): Line => ({
    what,
    calls,
    ...price(model, task, calls),
  });
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
