// What the bankroll would have done: every answered question with a price on its due day is sized by the rule
// for live decisions and settled after fees. Raw full Kelly on the same answers stands beside it.
import { contractOdds } from '../ensemble/contract-bet';
import { contractLogGrowth, type MeanGrowth, meanGrowth } from '../ensemble/growth';
import { kellyFraction } from '../ensemble/kelly';
import { sizePosition } from '../ensemble/sizing';
import { MICRO_PER_USD } from '../money/micro-usd';
import type { WalkedRow } from './backtest-round';
import { groupInOrder } from './group-in-order';

/** Bankroll before each question and the cap per position: the defaults of the settings of a desk. */
const BANKROLL_MICRO_USD = 10_000 * MICRO_PER_USD;
const CAP_SHARE = 0.1;
/** Full Kelly is kept below the whole bankroll, where the logarithm ends. */
const LARGEST_RAW_SHARE = 0.99;

export interface GrowthReport {
  /** Fee per unit of payoff. */
  readonly fee: number;
  /** Questions with a price on the due day. */
  readonly priced: number;
  /** Of those, how many got a position. */
  readonly traded: number;
  /** Natural-log growth per priced question, one value per cluster, with its standard error. */
  readonly logGrowth: MeanGrowth;
  readonly rawFullKelly: MeanGrowth;
}

interface Settled {
  readonly cluster: string;
  readonly traded: boolean;
  readonly growth: number;
  readonly raw: number;
}

const sizedGrowth = (walked: WalkedRow, price: number, fee: number) => {
  const cap = CAP_SHARE * BANKROLL_MICRO_USD;
  const sized = sizePosition({
    probability: walked.p[0]!,
    memberProbabilities: walked.counted,
    priceOfYes: price,
    terms: { kind: 'prediction_market', fee },
    bankrollMicroUsd: BANKROLL_MICRO_USD,
    stakeMicroUsd: BANKROLL_MICRO_USD,
    caps: { positionMicroUsd: cap, clusterMicroUsd: cap, heldPositionMicroUsd: 0, heldClusterMicroUsd: 0 },
  });
  const growth = contractLogGrowth({
    action: sized.action,
    sizeMicroUsd: sized.sizeMicroUsd,
    bankrollMicroUsd: BANKROLL_MICRO_USD,
    priceOfYes: price,
    fee,
    outcome: walked.row.y,
  });
  return { traded: sized.action !== 'hold', growth };
};

const rawGrowth = (p: number, y: 0 | 1, price: number, fee: number): number => {
  const yes = p > price;
  const odds = contractOdds({ yes, priceOfYes: price, fee });
  const share = Math.min(LARGEST_RAW_SHARE, kellyFraction(yes ? p : 1 - p, odds));
  return contractLogGrowth({
    action: yes ? 'buy' : 'sell',
    sizeMicroUsd: Math.floor(share * BANKROLL_MICRO_USD),
    bankrollMicroUsd: BANKROLL_MICRO_USD,
    priceOfYes: price,
    fee,
    outcome: y,
  });
};

const settle = (walked: WalkedRow, fee: number): Settled[] => {
  const { row, p } = walked;
  const price = row.duePrice;
  if (price === null || price <= 0 || price >= 1) return [];
  return [
    { cluster: row.cluster, ...sizedGrowth(walked, price, fee), raw: rawGrowth(p[0]!, row.y, price, fee) },
  ];
};

const clusterMeans = (settled: readonly Settled[], value: (each: Settled) => number): number[] =>
  groupInOrder(settled, (each) => each.cluster).map(
    (group) => group.reduce((sum, each) => sum + value(each), 0) / group.length,
  );

/** Mean log growth after fees of the first strategy's answers (requirement B8), with its standard error. */
export const growthReport = (rows: readonly WalkedRow[], fee: number): GrowthReport => {
  const settled = rows.flatMap((row) => settle(row, fee));
  return {
    fee,
    priced: settled.length,
    traded: settled.filter((each) => each.traded).length,
    logGrowth: meanGrowth(clusterMeans(settled, (each) => each.growth)),
    rawFullKelly: meanGrowth(clusterMeans(settled, (each) => each.raw)),
  };
};
