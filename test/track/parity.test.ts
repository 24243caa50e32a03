// Requirement C10: the maths reproduces the recorded parity figures.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBacktestTable } from '../../client/backtest-files';
import { jensenShannon, stdOfProbabilities } from '../../domain/ensemble/disagreement';
import { inverseBrierWeights } from '../../domain/ensemble/earned-weights';
import {
  extremizedLogOddsPool,
  linearPool,
  logOddsPool,
  medianPool,
  neymanRoughgardenPool,
  trimmedMeanPool,
} from '../../domain/ensemble/pool';
import type { BacktestRow } from '../../domain/track/backtest-table';
import { fitPlatt, fitSlope } from '../../domain/track/platt';
import { brier, logLoss, mean } from '../../domain/track/scoring';
import { exactShapley, leaveOneOut, poolValue } from '../../domain/track/shapley';
import { describeWithShared } from '../support/shared-data';

const POOLS: Readonly<Record<string, (ps: readonly number[]) => number>> = {
  mean: linearPool,
  median: medianPool,
  trimmed_mean_k1: trimmedMeanPool,
  logodds_mean: logOddsPool,
  'logodds_mean_x1.25': extremizedLogOddsPool,
  neyman_roughgarden: neymanRoughgardenPool,
};

describeWithShared('data/forecasts', 'parity with the recorded figures', (folder) => {
  const golden = JSON.parse(readFileSync(join(folder, 'golden_dev.json'), 'utf8'));

  describe.each(Object.keys(golden))('pool %s', (name) => {
    const expected = golden[name];
    const members: string[] = expected.members;
    let rows: readonly BacktestRow[];

    beforeAll(async () => {
      const table = await readBacktestTable({
        questions: [join(folder, 'questions.csv.gz')],
        forecasts: [join(folder, 'forecasts.csv.gz')],
        members,
      });
      rows = table.rows.filter((row) => row.dueDate === '2025-10-26' && row.p.every((p) => !Number.isNaN(p)));
    }, 60_000);

    const ofClass = (className: string) => rows.filter((row) => row.className === className);

    describe.each(['market', 'dataset'])('class %s', (className) => {
      it('gives the scores of every pool to 1e-6', () => {
        for (const [pool, combine] of Object.entries(POOLS)) {
          const scored = ofClass(className).map((row) => ({ p: combine(row.p), y: row.y }));
          const goal = expected.scores[pool][className];
          expect(Math.abs(mean(scored.map(({ p, y }) => brier(p, y)))! - goal.brier)).toBeLessThan(1e-6);
          expect(Math.abs(mean(scored.map(({ p, y }) => logLoss(p, y)))! - goal.logloss)).toBeLessThan(1e-6);
        }
      });

      it('gives the inverse-Brier weights to 1e-6', () => {
        const inside = ofClass(className);
        const briers = Object.fromEntries(
          members.map((member, m) => [member, mean(inside.map((row) => brier(row.p[m]!, row.y)))!]),
        );
        const weights = inverseBrierWeights(briers, inside.length);
        members.forEach((member, m) => {
          const goal = expected.inv_brier_weights_k4_shrink20[className][m];
          expect(Math.abs(weights[member]! - goal)).toBeLessThan(1e-6);
        });
      });

      it('gives Platt parameters to 1e-3 and the slope to .02', () => {
        const samples = ofClass(className).map((row) => ({ p: logOddsPool(row.p), y: row.y }));
        const platt = fitPlatt(samples);
        const [a, b] = expected['platt_map_sd.5_on_logodds_mean'][className];
        expect(Math.abs(platt.a - a)).toBeLessThan(1e-3);
        expect(Math.abs(platt.b - b)).toBeLessThan(1e-3);
        const slope = expected['slope_map_mu1.25_sd.25'][className];
        expect(Math.abs(fitSlope(samples) - slope)).toBeLessThan(0.02);
      });

      it('gives the disagreement measures to 1e-6', () => {
        const inside = ofClass(className);
        const goal = expected.mean_disagreement[className];
        expect(Math.abs(mean(inside.map((row) => stdOfProbabilities(row.p)))! - goal.std_p)).toBeLessThan(
          1e-6,
        );
        expect(Math.abs(mean(inside.map((row) => jensenShannon(row.p)))! - goal.js)).toBeLessThan(2e-6);
      });
    });

    it('gives Shapley values and leave-one-out to 1e-6', () => {
      const value = poolValue(rows, members.length);
      const shapley = exactShapley(value, members.length);
      const without = leaveOneOut(value, members.length);
      members.forEach((member, m) => {
        expect(Math.abs(shapley[m]! - expected.shapley_brier_overall[member])).toBeLessThan(1e-6);
        expect(Math.abs(without[m]! - expected.leave_one_out[member])).toBeLessThan(1e-6);
      });
    });
  });
});
