// What was spent, on what, and what was saved by which cause.
import type { SpendGroup, SpendRange } from '../db/spend-store';
import { formatUsd } from '../domain/money/micro-usd';
import { savingsInUsd } from '../domain/money/savings';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';
import { checkWorld } from './rank';

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

/** The range as it is. @throws BadInput where it ends before it begins: nothing lies in it, whatever was spent. */
export const spendRange = (range: SpendRange): SpendRange => {
  if (range.from && range.to && range.to <= range.from)
    throw new BadInput(`to is ${range.to}; accepted: a time after from, ${range.from}`);
  return range;
};

/**
 * Rows of one grouping, dearest first (times in order), and what was saved.
 * @throws BadInput for a world that is not there: nothing spent in it would look like good news
 */
export const spendBy = async (client: ConclaveClient, by: SpendGroup, range: SpendRange = {}) => {
  if (range.world !== undefined) await checkWorld(client, range.world);
  const [rows, saved] = await Promise.all([
    client.stores.spend.by(by, range),
    client.stores.savings.byCause(range),
  ]);
  return { rows, saved };
};

/** `spend --json`: the rows and the total. @throws BadInput as `spendBy` does */
export const spendDocument = async (client: ConclaveClient, by: SpendGroup, range: SpendRange = {}) => {
  const [{ rows, saved }, total] = await Promise.all([
    spendBy(client, by, range),
    client.stores.spend.total(range),
  ]);
  return {
    by,
    /** Null: all worlds. */
    world: range.world ?? null,
    from: range.from ?? null,
    to: range.to ?? null,
    rows: rows.map((each) => ({ [by]: each.group, ...row(each) })),
    total: row(total),
    saved: savingsInUsd(saved),
  };
};
