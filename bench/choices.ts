// Bench of the constants that data could choose: each alternative on rounds due before a date, the chosen one
// beside it on the rounds after, which had no part in the choice.

import { readBacktestTable } from '../client/backtest-files';
import { extremizedLogOddsPool } from '../domain/ensemble/pool';
import { pullToPrice } from '../domain/ensemble/sizing';
import type { BacktestTable } from '../domain/track/backtest-table';
import { type Walk, walkForward } from '../domain/track/backtest-walk';
import {
  DEFAULT_HIERARCHY,
  fitHierarchy,
  type HierarchyOptions,
  modelCategoryKey,
} from '../domain/track/calibrator-fit';
import { CHEAP_MODEL_WEIGHT } from '../domain/track/cascade-stages';
import { SWITCH_E_VALUE } from '../domain/track/evidence';
import { applyPlatt } from '../domain/track/platt';
import { brier, type Outcome } from '../domain/track/scoring';
import { CALIBRATED_MEMBER, CALIBRATION_FROM } from './support/recorded-claims';
import { recordedFiles } from './support/recorded-pools';

interface Prediction {
  readonly due: string;
  readonly y: Outcome;
  readonly before: number;
  readonly after: number;
  readonly silent: boolean;
}

const change = (rows: readonly Prediction[]): number =>
  rows.reduce((sum, row) => sum + brier(row.after, row.y) - brier(row.before, row.y), 0) /
  Math.max(1, rows.length);

const shown = (value: number): string => value.toFixed(5);

/** Brier change on rounds before and from the date. */
const split = (rows: readonly Prediction[]): string => {
  const [early, late] = [true, false].map((before) =>
    rows.filter(({ due }) => due < CALIBRATION_FROM === before),
  );
  return `${shown(change(early!))} on ${early!.length} earlier rows, ${shown(change(late!))} on ${late!.length} later`;
};

const priceWeights = (table: BacktestTable): Record<string, string> => {
  const priced = table.rows.filter((row) => row.marketPrice !== null && !row.silent[0]);
  const weights = Array.from({ length: 11 }, (_, i) => i / 10);
  return Object.fromEntries(
    weights.map((weight) => [
      `model weight ${weight}${weight === CHEAP_MODEL_WEIGHT ? ' (chosen)' : ''}`,
      split(
        priced.map((row) => {
          const before = extremizedLogOddsPool(row.p);
          const after = pullToPrice(before, row.marketPrice!, weight);
          return { due: row.dueDate, y: row.y, before, after, silent: false };
        }),
      ),
    ]),
  );
};

/** Every row through the calibrator fitted on what had resolved, at work from the first. */
const ungated = (
  walk: Walk,
  weightOf: (question: string) => number,
  options: HierarchyOptions,
): Prediction[] =>
  walk.rounds.flatMap((round) => {
    const samples = round.training.map((row) => ({
      model: CALIBRATED_MEMBER,
      category: row.className,
      p: row.p[0]!,
      y: row.y,
      weight: weightOf(row.question),
    }));
    const fits = fitHierarchy(samples, options).byModel;
    return round.rows.map(({ row }) => {
      const fit = fits[modelCategoryKey(CALIBRATED_MEMBER, row.className)];
      const p = row.p[0]!;
      const after = fit === undefined ? p : p === 0.5 ? fit.half : applyPlatt(fit.platt, p);
      return { due: row.dueDate, y: row.y, before: p, after, silent: row.silent[0]! };
    });
  });

const bothKinds = (rows: readonly Prediction[]): Record<string, string> => ({
  opinions: split(rows.filter(({ silent }) => !silent)),
  all: split(rows),
});

const walkOf = (table: BacktestTable, evidenceThreshold: number): Walk =>
  walkForward(table, {
    strategies: ['calibrated_confidence'],
    screening: true,
    testRound: null,
    evidenceThreshold,
  });

const hierarchies = (table: BacktestTable): Record<string, unknown> => {
  const rowsOf = new Map<string, number>();
  for (const { question } of table.rows) rowsOf.set(question, (rowsOf.get(question) ?? 0) + 1);
  const walk = walkOf(table, SWITCH_E_VALUE);
  const found: Record<string, unknown> = {};
  for (const levelSd of [0.125, 0.25, 0.5])
    for (const ratePriorRows of [10, 20, 40]) {
      const options = { levelSd, ratePriorRows };
      const rows = ungated(walk, (question) => 1 / rowsOf.get(question)!, options);
      const chosen =
        levelSd === DEFAULT_HIERARCHY.levelSd && ratePriorRows === DEFAULT_HIERARCHY.ratePriorRows;
      found[`spread ${levelSd}, prior rows ${ratePriorRows}${chosen ? ' (chosen)' : ''}`] = bothKinds(rows);
    }
  return found;
};

const gates = (table: BacktestTable): Record<string, unknown> =>
  Object.fromEntries(
    [0, 5, SWITCH_E_VALUE, 100].map((threshold) => {
      const rows = walkOf(table, threshold).rounds.flatMap((round) =>
        round.rows.map(({ row, p }) => ({
          due: row.dueDate,
          y: row.y,
          before: row.p[0]!,
          after: p[0]!,
          silent: row.silent[0]!,
        })),
      );
      return [`e-value ${threshold}${threshold === SWITCH_E_VALUE ? ' (chosen)' : ''}`, bothKinds(rows)];
    }),
  );

/** Changes of the Brier score, below 0 is better. */
export const run = async (): Promise<Record<string, unknown>> => {
  const files = recordedFiles();
  if (files === null) return { recorded: 'recorded forecasts not present' };
  const table = await readBacktestTable({ ...files, members: [CALIBRATED_MEMBER] });
  const answered = { ...table, rows: table.rows.filter((row) => !Number.isNaN(row.p[0]!)) };
  return {
    earlierMeansDueBefore: CALIBRATION_FROM,
    priceInTheCheapAnswer: priceWeights(answered),
    evidenceBeforeACalibratorWorks: gates(answered),
    hierarchyWithoutThatGate: hierarchies(answered),
  };
};
