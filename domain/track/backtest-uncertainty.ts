// Whether uncertainty and disagreement rank wrong answers above right ones, by class.
import { type RankedUncertainty, rankedUncertainty } from './auc';
import { classesOf } from './backtest-comparison';
import type { WalkedRow } from './backtest-round';
import { type AgreementQuality, type AgreementRow, agreementQuality } from './rank-correlation';
import { brier, isWrongSide } from './scoring';

/**
 * AUC of u = p(1 - p) of the answer + population std of the counted members' p (requirement B6) for answers on
 * the wrong side of one half, per class; null where all or none were wrong.
 */
export const uncertaintyRanking = (
  rows: readonly WalkedRow[],
): Readonly<Record<string, RankedUncertainty | null>> => {
  const ranked = (name: string) =>
    rankedUncertainty(
      rows
        .filter(({ row }) => row.className === name)
        .map(({ row, p, spread }) => ({
          value: p[0]! * (1 - p[0]!) + spread,
          positive: isWrongSide(p[0]!, row.y),
        })),
    );
  return Object.fromEntries(classesOf(rows).map((name) => [name, ranked(name)]));
};

const agreementRow = ({ row, p, spread, inConsensus }: WalkedRow): AgreementRow => ({
  cluster: row.cluster,
  agreement: -spread,
  quality: -brier(p[0]!, row.y),
  inConsensus,
  wrongSide: isWrongSide(p[0]!, row.y),
});

/** Agreement against quality, by class (requirement C7). */
export const agreements = (rows: readonly WalkedRow[]): Readonly<Record<string, AgreementQuality>> =>
  Object.fromEntries(
    classesOf(rows).map((name) => [
      name,
      agreementQuality(rows.filter(({ row }) => row.className === name).map(agreementRow)),
    ]),
  );
