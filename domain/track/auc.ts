// How well a number ranks wrong answers above right ones.
import { ranks } from './rank-correlation';

/**
 * Area under the ROC curve: the chance that a random positive has a higher value than a random negative,
 * ties counting half (Hanley and McNeil 1982). Null when one side is empty.
 */
export const areaUnderCurve = (
  rows: readonly { readonly value: number; readonly positive: boolean }[],
): number | null => {
  const positives = rows.filter((row) => row.positive).length;
  const negatives = rows.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const rank = ranks(rows.map((row) => row.value));
  const sum = rows.reduce((total, row, i) => total + (row.positive ? rank[i]! : 0), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
};

export interface RankedUncertainty {
  readonly auc: number;
  /** Of the AUC, from both sides' numbers (Hanley and McNeil 1982, formula 1). */
  readonly standardError: number;
  readonly positives: number;
  readonly negatives: number;
}

/** The AUC with its standard error: with three positives it is known to about .08. Null when a side is empty. */
export const rankedUncertainty = (
  rows: readonly { readonly value: number; readonly positive: boolean }[],
): RankedUncertainty | null => {
  const auc = areaUnderCurve(rows);
  if (auc === null) return null;
  const positives = rows.filter((row) => row.positive).length;
  const negatives = rows.length - positives;
  const twoPositives = auc / (2 - auc) - auc * auc;
  const twoNegatives = (2 * auc * auc) / (1 + auc) - auc * auc;
  const variance =
    (auc * (1 - auc) + (positives - 1) * twoPositives + (negatives - 1) * twoNegatives) /
    (positives * negatives);
  return { auc, standardError: Math.sqrt(Math.max(0, variance)), positives, negatives };
};
