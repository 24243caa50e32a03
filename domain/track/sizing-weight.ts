// The weight of the members against the price in sizing (requirement B8: w .25 blind, learnt), by category: fitted on
// resolved decisions that had a price, and put to work by the same evidence as all that is learnt.
import { DEFAULT_MODEL_WEIGHT } from '../ensemble/disagreement';
import { pullToPrice } from '../ensemble/sizing';
import type { ResolutionRule } from '../market/proposition';
import type { IsoInstant } from '../world';
import { entryPrice, type TradablePrice } from './entry-price';
import { type Gain, gainOf, type Trial, trialOf } from './evidence';
import { countBy, groupInOrder } from './group-in-order';
import { addPricedAnswer, bestPriceWeight, NO_LOSSES, type WeightPrior } from './price-weight';
import { recordCluster, spanOf } from './record-cluster';
import type { Outcome } from './scoring';

/** As wide as that of the cheap stage's weight: a few dozen outcomes move it little. */
const PRIOR: WeightPrior = { mean: DEFAULT_MODEL_WEIGHT, deviation: 0.25 };

export interface PricedDecision {
  readonly decisionId: string;
  readonly subject: string;
  readonly asOf: IsoInstant;
  readonly category: string;
  readonly madeAt: IsoInstant;
  readonly resolvedAt: IsoInstant;
  /** What was decided; null: nothing, or nothing to learn from. */
  readonly probability: number | null;
  readonly rule: ResolutionRule['type'];
  /** Of yes, when it was decided. */
  readonly price: number | null;
  readonly yes: boolean;
}

/** The decision with what its outcome keeps of the closes. */
export interface ResolvedPriced extends PricedDecision {
  readonly entryPrices: readonly TradablePrice[] | null;
  readonly resolvingValue: number | null;
}

/**
 * A share is judged by what came after the decision alone, as the evidence of its direction is: a move from before could
 * not be traded. Nothing is learnt of one without an entry.
 */
export const judgedFromEntry = ({
  entryPrices,
  resolvingValue,
  ...decision
}: ResolvedPriced): readonly PricedDecision[] => {
  if (decision.rule !== 'close_above') return [decision];
  const entry = entryPrice(entryPrices, decision.madeAt);
  return entry === null || resolvingValue === null ? [] : [{ ...decision, yes: resolvingValue > entry }];
};

export interface LearntSizingWeight {
  /** Of the members, in [0, 1]. */
  readonly weight: number;
  /** Decisions behind it. */
  readonly n: number;
  readonly trial: Trial;
}

interface Row {
  readonly decision: PricedDecision;
  readonly p: number;
  readonly price: number;
  readonly y: Outcome;
  /** 1/k for one of k decisions on one question, or that turn on one outcome. */
  readonly weight: number;
}

const byText = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
const byResolution = ({ decision: x }: Row, { decision: y }: Row): number =>
  byText(x.resolvedAt, y.resolvedAt) || byText(x.decisionId, y.decisionId);
const question = ({ subject, asOf }: PricedDecision): string => `${subject}|${asOf}`;

const rowsOf = (decisions: readonly PricedDecision[]): readonly Row[] => {
  const priced = decisions.flatMap((decision) => {
    const { probability: p, price, yes } = decision;
    return p === null || price === null || price <= 0 || price >= 1
      ? []
      : [{ decision, p, price, y: (yes ? 1 : 0) as Outcome }];
  });
  const asked = countBy(priced, ({ decision }) => question(decision));
  const turned = countBy(priced, ({ decision }) => recordCluster(decision));
  const weightOf = (decision: PricedDecision): number =>
    1 / Math.max(asked.get(question(decision))!, turned.get(recordCluster(decision))!);
  return priced.map((row): Row => ({ ...row, weight: weightOf(row.decision) })).sort(byResolution);
};

/** How many of `rows`, in order of resolution, had resolved at an instant. */
const resolvedBy = (rows: readonly Row[], at: IsoInstant): number => {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.decision.resolvedAt <= at) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Every candidate is judged on decisions made after all that it was fitted on had resolved. */
const learn = (rows: readonly Row[], threshold: number): LearntSizingWeight => {
  const losses = [NO_LOSSES];
  for (const row of rows) losses.push(addPricedAnswer(losses.at(-1)!, row, row.weight));
  const gains = rows.map(({ decision, p, price, y, weight }): Gain => {
    const candidate = bestPriceWeight(losses[resolvedBy(rows, decision.madeAt)]!, PRIOR);
    const pulled = (modelWeight: number): number => pullToPrice(p, price, modelWeight);
    return {
      ...{ cluster: recordCluster(decision), span: spanOf(decision), weight },
      ...gainOf(pulled(DEFAULT_MODEL_WEIGHT), pulled(candidate), y),
    };
  });
  return {
    ...{ weight: bestPriceWeight(losses.at(-1)!, PRIOR), n: rows.length },
    trial: trialOf(gains, threshold),
  };
};

/**
 * What each category has learnt, at work (`trial.atWork`) or not; categories without a priced decision are absent.
 * @param threshold e-value that puts a weight to work or takes it back; 0 asks for none
 */
export const fitSizingWeights = (
  decisions: readonly PricedDecision[],
  threshold: number,
): Readonly<Record<string, LearntSizingWeight>> =>
  Object.fromEntries(
    groupInOrder(rowsOf(decisions), ({ decision }) => decision.category).map((rows) => [
      rows[0]!.decision.category,
      learn(rows, threshold),
    ]),
  );
