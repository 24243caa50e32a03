// What was spent, on what, and what sharing saved.
import { SPEND_GROUPS, type SpendGroup, type SpendRange } from '../db/spend-store';
import { formatUsd } from '../domain/money/micro-usd';
import { promptCacheSaving } from '../domain/money/savings';
import { currentSpendShape } from '../domain/selection/estimates';
import { LIVE_WORLD } from '../domain/world';
import type { ConclaveClient } from './connect';

/** @throws RangeError naming the accepted groups. */
export const readSpendGroup = (text: string): SpendGroup => {
  const group = SPEND_GROUPS.find((each) => each === text);
  if (group) return group;
  throw new RangeError(`--by "${text}" is unknown; accepted: ${SPEND_GROUPS.join(', ')}`);
};

const row = (spend: {
  readonly calls: number;
  readonly settledMicroUsd: number;
  readonly heldMicroUsd: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}) => ({
  calls: spend.calls,
  spentUsd: formatUsd(spend.settledMicroUsd),
  heldUsd: formatUsd(spend.heldMicroUsd),
  inputTokens: spend.inputTokens,
  cachedInputTokens: spend.cachedInputTokens,
  outputTokens: spend.outputTokens,
});

/** What sharing briefs and caching prompts saved; the cache's share by each model's price of today. */
const savings = async (client: ConclaveClient, range: SpendRange) => {
  const [byModel, models, [briefs]] = await Promise.all([
    client.stores.spend.by('model', range),
    client.stores.registry.list(),
    client.stores.briefMetrics.metrics({ world: LIVE_WORLD, by: 'overall' }),
  ]);
  const cached = byModel.map(({ group, inputTokens, cachedInputTokens, outputTokens }) => {
    const price = models.find((model) => model.id === group)?.price;
    const tokens = { input: inputTokens, cachedInput: cachedInputTokens, output: outputTokens };
    return price
      ? promptCacheSaving({ ...tokens, cacheWrite: 0, reasoning: 0 }, { ...price, longContext: null })
          .savedMicroUsd
      : 0;
  });
  return {
    sharedBriefsUsd: formatUsd(briefs?.costSavedMicroUsd ?? 0),
    promptCacheUsd: formatUsd(cached.reduce((sum, saved) => sum + saved, 0)),
  };
};

/** `spend --json`: rows of one grouping, dearest first (times in order), and the total. */
export const spendDocument = async (client: ConclaveClient, by: SpendGroup, range: SpendRange = {}) => {
  const [rows, total, saved] = await Promise.all([
    client.stores.spend.by(by, range),
    client.stores.spend.total(range),
    savings(client, range),
  ]);
  return {
    by,
    from: range.from ?? null,
    to: range.to ?? null,
    rows: rows.map((each) => ({ [by]: each.group, ...row(each) })),
    total: row(total),
    saved,
  };
};

/** The known shape of current-spend. */
export const currentSpend = async (client: ConclaveClient) => {
  const now = await client.stores.worlds.now('live');
  const month = now.slice(0, 7);
  const [total, limits] = await Promise.all([
    client.stores.spend.total({ from: `${month}-01T00:00:00.000Z` }),
    client.stores.caps.limits(),
  ]);
  const limit = limits.find(({ scope }) => scope === 'month');
  return currentSpendShape({
    month,
    spentMicroUsd: total.settledMicroUsd,
    budgetMicroUsd: limit?.limitMicroUsd ?? null,
  });
};
