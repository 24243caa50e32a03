// Three views of the track record: calibration curves, what each member contributes to the pool, and whether
// agreement goes with being right (requirements C4, C6, C7).
import type { PerformanceRow, ScoredForecast } from '../db/performance-store';
import type { CalibratorBody, CalibratorScope, VersionRow } from '../db/version-store';
import { type ConsensusRule, checkConsensus, consensusRule } from '../domain/ensemble/consensus';
import { stdOfProbabilities } from '../domain/ensemble/disagreement';
import { decisionSettings } from '../domain/settings/decision-settings';
import { askedTogether } from '../domain/track/asked-together';
import { calibrationError } from '../domain/track/calibration-error';
import { calibrationCurve, murphyDecomposition } from '../domain/track/murphy';
import { type AgreementQuality, type AgreementRow, agreementQuality } from '../domain/track/rank-correlation';
import { recordCluster } from '../domain/track/record-cluster';
import { brier, isWrongSide, mean, type Outcome, type Scored } from '../domain/track/scoring';
import { contributions, leaveOneOut, type PoolRow, poolValue } from '../domain/track/shapley';
import { WINDOW_MS, type WindowName } from '../domain/track/windows';
import type { WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';
import { storedSettings } from './settings';

export interface TrackQuery {
  readonly world: WorldId;
  readonly category?: string | undefined;
  readonly window: WindowName;
}

/** Enough for any curve; the newest scores of the window. */
const MOST_SCORES = 50_000;

const scoresOf = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  { world, category, window }: TrackQuery,
): Promise<readonly ScoredForecast[]> => {
  const now = await stores.worlds.now(world);
  const from = window === 'all' ? null : new Date(Date.parse(now) - WINDOW_MS[window]).toISOString();
  return stores.performance.scores({
    world,
    limit: MOST_SCORES,
    ...(category === undefined ? {} : { marketCategory: category }),
    ...(from === null ? {} : { from }),
  });
};

const grouped = <Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, readonly Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
};

const outcome = (row: PerformanceRow): Outcome => (row.yes ? 1 : 0);
const scored = (row: PerformanceRow): Scored => ({ p: row.probability, y: outcome(row) });

/** Of a Platt calibrator; null in one of another kind. */
const parameter = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const toVersion = (row: VersionRow<unknown> & { readonly marketCategory: string }) => ({
  category: row.marketCategory,
  version: row.id,
  status: row.status,
  n: row.n,
  trainedThrough: row.trainedThrough,
  createdAt: row.createdAt,
  activatedAt: row.activatedAt,
});

const toCalibrator = (row: VersionRow<CalibratorBody> & Omit<CalibratorScope, 'world'>) => ({
  ...toVersion(row),
  model: row.model,
  kind: String(row.body.kind ?? 'platt'),
  slope: parameter(row.body.slope),
  intercept: parameter(row.body.intercept),
});

/**
 * Curve, decomposition and debiased error of each model, most outcomes first; and the newest calibrator of each model
 * and category and weight of the members against the price in sizing (w of B8), at work (`active`) or not, which no
 * window narrows.
 */
export const calibrationView = async (client: Pick<ConclaveClient, 'stores'>, query: TrackQuery) => {
  const { world, category } = query;
  const rows = await scoresOf(client, query);
  const scope = { world, ...(category === undefined ? {} : { marketCategory: category }) };
  const { calibrators, sizingWeights } = client.stores;
  const models = [...grouped(rows, (row) => row.model)].map(([model, own]) => {
    const pairs = own.map(scored);
    const { ece, noiseFloor, debiased } = calibrationError(pairs)!;
    return {
      model,
      n: own.length,
      brier: mean(own.map((row) => row.brier))!,
      ece,
      noiseFloor,
      debiasedEce: debiased,
      decomposition: murphyDecomposition(pairs)!,
      bins: calibrationCurve(pairs).map(({ n, meanP, rate }) => ({ n, forecast: meanP, outcome: rate })),
    };
  });
  return {
    ...query,
    n: rows.length,
    models: models.sort((a, b) => b.n - a.n),
    calibrators: (await calibrators.newest(scope)).map(toCalibrator),
    sizingWeights: (await sizingWeights.newest(scope)).map((row) => ({
      ...toVersion(row),
      weight: parameter(row.body.weight),
    })),
  };
};

/** One row per decision, a column per model; the last forecast of a model counts. */
const poolOf = (rows: readonly ScoredForecast[], models: readonly string[]): readonly PoolRow[] =>
  [...grouped(rows, askedTogether).values()].map((group) => {
    const byModel = new Map(group.map((row) => [row.model, row.probability]));
    return {
      className: group[0]!.marketCategory,
      y: outcome(group[0]!),
      p: models.map((model) => byModel.get(model) ?? null),
    };
  });

/** Shapley values of minus the Brier score, and what leaving each member out would change. */
export const contributionView = async (client: Pick<ConclaveClient, 'stores'>, query: TrackQuery) => {
  const rows = await scoresOf(client, query);
  const models = [...new Set(rows.map((row) => row.model))].sort();
  const pool = poolOf(rows, models);
  if (pool.length === 0) return { ...query, n: 0, members: [] };
  const shares = contributions(pool, models.length);
  const without = leaveOneOut(poolValue(pool, models.length), models.length);
  const profit = grouped(rows, (row) => row.model);
  const members = models.map((model, index) => ({
    model,
    n: profit.get(model)?.length ?? 0,
    value: shares[index]!.value,
    standardError: shares[index]!.standardError,
    leaveOneOut: without[index]!,
    pnlMicroUsd: (profit.get(model) ?? []).reduce((sum, row) => sum + (row.pnlMicroUsd ?? 0), 0),
  }));
  return { ...query, n: pool.length, members: members.sort((a, b) => b.value - a.value) };
};

const agreementRow = (group: readonly ScoredForecast[], rule: ConsensusRule): AgreementRow => {
  const ps = group.map((row) => row.probability);
  const pooled = mean(ps)!;
  const y = outcome(group[0]!);
  const members = group.map(({ model, probability }) => ({
    model,
    status: 'answered' as const,
    probability,
  }));
  return {
    cluster: recordCluster(group[0]!),
    agreement: -stdOfProbabilities(ps),
    quality: -brier(pooled, y),
    inConsensus: checkConsensus(members, rule).reached,
    wrongSide: isWrongSide(pooled, y),
  };
};

/** Per category, by its rule of consensus as it stands now, of decisions that at least two members answered. */
export const agreementView = async (client: Pick<ConclaveClient, 'stores'>, query: TrackQuery) => {
  const rows = await scoresOf(client, query);
  const shared = [...grouped(rows, askedTogether).values()].filter((group) => group.length > 1);
  const byCategory = grouped(shared, ([first]) => first!.marketCategory);
  const settings = await storedSettings(client);
  const ruleOf = (category: string): ConsensusRule =>
    consensusRule(decisionSettings(settings, category).thresholds);
  const categories = [...byCategory].map(
    ([category, groups]): AgreementQuality & { readonly category: string } => ({
      category,
      ...agreementQuality(groups.map((group) => agreementRow(group, ruleOf(category)))),
    }),
  );
  return { ...query, n: shared.length, categories: categories.sort((a, b) => b.n - a.n) };
};
