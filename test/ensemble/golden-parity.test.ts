// The recorded fixture is reproduced: scores of every pool, inverse-Brier weights, mean disagreement.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
import { brier, logLoss } from '../../domain/track/scoring';
import { describeWithShared } from '../support/shared-data';
import { completeRows, recordedRows } from './recorded-rounds';

interface Golden {
  readonly members: readonly string[];
  readonly n: Readonly<Record<string, number>>;
  readonly scores: Readonly<Record<string, Record<string, { brier: number; logloss: number }>>>;
  readonly inv_brier_weights_k4_shrink20: Readonly<Record<string, readonly number[]>>;
  readonly mean_disagreement: Readonly<Record<string, { std_p: number; js: number }>>;
}

const POOLS: Readonly<Record<string, (ps: readonly number[]) => number>> = {
  mean: (ps) => linearPool(ps),
  median: medianPool,
  trimmed_mean_k1: (ps) => trimmedMeanPool(ps, 1),
  logodds_mean: (ps) => logOddsPool(ps),
  'logodds_mean_x1.25': (ps) => extremizedLogOddsPool(ps),
  neyman_roughgarden: neymanRoughgardenPool,
};

const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;
// The fixture is written with six decimals.
const within = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6);

describeWithShared('data/forecasts', 'golden_dev.json is reproduced', (folder) => {
  const golden = JSON.parse(readFileSync(join(folder, 'golden_dev.json'), 'utf8')) as Record<string, Golden>;
  const rows = recordedRows(folder, (due) => due === '2025-10-26');
  const cases = Object.entries(golden).flatMap(([pool, fixture]) =>
    ['market', 'dataset'].map((kind) => [pool, kind, fixture] as const),
  );

  test.each(cases)('pool %s, %s rows: every pool scores as recorded', (_, kind, fixture) => {
    const complete = completeRows(rows, fixture.members).filter(({ row }) => row.class === kind);
    expect(complete).toHaveLength(fixture.n[kind]!);
    expect(Object.keys(fixture.scores).sort()).toEqual(Object.keys(POOLS).sort());
    for (const [name, pool] of Object.entries(POOLS)) {
      within(mean(complete.map(({ ps, y }) => brier(pool(ps), y))), fixture.scores[name]![kind]!.brier);
      within(mean(complete.map(({ ps, y }) => logLoss(pool(ps), y))), fixture.scores[name]![kind]!.logloss);
    }
  });

  test.each(cases)('pool %s, %s rows: weights and disagreement are as recorded', (_, kind, fixture) => {
    const complete = completeRows(rows, fixture.members).filter(({ row }) => row.class === kind);
    const briers = Object.fromEntries(
      fixture.members.map((member, index) => [
        member,
        mean(complete.map(({ ps, y }) => brier(ps[index]!, y))),
      ]),
    );
    const weights = inverseBrierWeights(briers, complete.length);
    for (const [index, member] of fixture.members.entries()) {
      within(weights[member]!, fixture.inv_brier_weights_k4_shrink20[kind]![index]!);
    }
    const recorded = fixture.mean_disagreement[kind]!;
    within(mean(complete.map(({ ps }) => stdOfProbabilities(ps))), recorded.std_p);
    within(mean(complete.map(({ ps }) => jensenShannon(ps))), recorded.js);
  });
});
