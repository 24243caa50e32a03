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
