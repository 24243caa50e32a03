// Upkeep of the track record: fitting it after outcomes came in, and rolling scores up into windows.
import { setImmediate } from 'node:timers/promises';
import type { PerformanceRow, ScoredForecast, WindowRow } from '../db/performance-store';
import { ANALYSTS } from '../domain/panel/forecaster';
import { askedTogether, comparedGroups } from '../domain/track/asked-together';
import { calibratorsAtWork, weightsAtWork } from '../domain/track/record';
import { recordCluster } from '../domain/track/record-cluster';
import { brier } from '../domain/track/scoring';
import { type MeasureName, WINDOW_MEASURES } from '../domain/track/window-measures';
import { rollingWindows, type TimedScore, WINDOW_MS, WINDOWS } from '../domain/track/windows';
import type { IsoInstant, WorldId } from '../domain/world';
import type { RecordSummary } from '../workflows/contracts/outcomes';
import type { Dependencies } from './dependencies';
import { createEarnedRecord, type EarnedRecord } from './earned-record';

type Window = Omit<WindowRow, 'computedAt'>;

/** Stands for all categories, regimes or times to expiry. */
const ALL = '*';

interface Slice {
  readonly model: string;
  readonly marketCategory: string;
  readonly volatilityRegime: string;
  readonly timeToExpiry: string;
}

/** Analysts stay in their own category: what is read over all categories is the members'. */
const analystSlices = ({ model, volatilityRegime, timeToExpiry }: PerformanceRow): readonly Slice[] => {
  const all = { model, marketCategory: ANALYSTS, volatilityRegime: ALL, timeToExpiry: ALL };
  return [all, { ...all, volatilityRegime, timeToExpiry }];
};

/** Every score counts in its model's total, in each margin, and in the one full context. */
const slicesOf = (row: PerformanceRow): readonly Slice[] => {
  const { model, marketCategory, volatilityRegime, timeToExpiry } = row;
  if (marketCategory === ANALYSTS) return analystSlices(row);
  const all = { model, marketCategory: ALL, volatilityRegime: ALL, timeToExpiry: ALL };
  return [
    all,
    { ...all, marketCategory },
    { ...all, volatilityRegime },
    { ...all, timeToExpiry },
    { model, marketCategory, volatilityRegime, timeToExpiry },
  ];
};

const sliceKey = (slice: Slice): string =>
  [slice.model, slice.marketCategory, slice.volatilityRegime, slice.timeToExpiry].join('\u0000');

/** Brier score of the simple mean of all members that were asked together, two at least: what skill is measured against. */
const meanBriers = (rows: readonly ScoredForecast[]): ReadonlyMap<string, number> => {
  const sums = new Map<string, { total: number; n: number; yes: boolean }>();
  for (const row of rows) {
    const key = askedTogether(row);
    const sum = sums.get(key) ?? { total: 0, n: 0, yes: row.yes };
    sum.total += row.probability;
    sum.n += 1;
    sums.set(key, sum);
  }
  const compared = comparedGroups(rows);
  return new Map(
    [...sums].flatMap(([id, { total, n, yes }]) =>
      compared.has(id) ? [[id, brier(total / n, yes ? 1 : 0)] as const] : [],
    ),
  );
};

/** Null: the row says nothing of it. */
type Metric = (row: PerformanceRow, meanBrier: number | null) => number | null;

const METRICS: Readonly<Record<MeasureName, Metric>> = {
  brier: (row) => row.brier,
  logLoss: (row) => row.logLoss,
  accuracy: (row) => row.accuracy,
  confidenceCalibration: (row) => row.confidenceCalibration,
  skill: (row, meanBrier) => (meanBrier === null ? null : meanBrier - row.brier),
  responseTimeMs: (row) => row.responseTimeMs,
};

const METRIC_NAMES = Object.keys(METRICS) as readonly MeasureName[];

const sum = (rows: readonly PerformanceRow[], value: (row: PerformanceRow) => number | null): number =>
  rows.reduce((total, row) => total + (value(row) ?? 0), 0);

/** Forecasts whose cost is not known are left out of both. */
const costOf = (rows: readonly PerformanceRow[]) => ({
  costMicroUsd: sum(rows, (row) => row.costMicroUsd),
  pricedForecasts: rows.filter((row) => row.costMicroUsd !== null).length,
});

const windowsOf = (
  world: WorldId,
  slice: Slice,
  rows: readonly ScoredForecast[],
  means: ReadonlyMap<string, number>,
  asOf: IsoInstant,
): readonly Window[] => {
  const nowMs = Date.parse(asOf);
  const clusters = rows.map(recordCluster);
  const scored = METRIC_NAMES.map((name) => {
    const metric = METRICS[name];
    const timed = rows.flatMap((row, index): readonly TimedScore[] => {
      const value = metric(row, means.get(askedTogether(row)) ?? null);
      return value === null ? [] : [{ atMs: Date.parse(row.resolvedAt), value, cluster: clusters[index]! }];
    });
    return [name, rollingWindows(timed, nowMs, WINDOW_MEASURES[name])] as const;
  });
  const [, compared] = scored.find(([name]) => name === 'skill')!;
  return WINDOWS.map((timeWindow, index): Window => {
    const metrics = scored.flatMap(([name, windows]): [string, number | null][] => {
      const window = windows[index]!;
      return [
        [name, window.value],
        [`${name}Low`, window.interval?.[0] ?? null],
        [`${name}High`, window.interval?.[1] ?? null],
        [`${name}Raw`, window.raw],
      ];
    });
    const counted = scored[0]![1][index]!;
    return {
      world,
      ...slice,
      timeWindow,
      n: counted.n,
      metrics: {
        ...Object.fromEntries(metrics),
        clusters: counted.clusters,
        compared: compared[index]!.n,
        ...costOf(rows.filter((row) => nowMs - Date.parse(row.resolvedAt) < WINDOW_MS[timeWindow])),
        ...(timeWindow === 'all' ? { pnlMicroUsd: sum(rows, (row) => row.pnlMicroUsd) } : {}),
      },
      asOf,
    };
  });
};

/** All windows of all slices of these scores (requirement C3), a slice at a time: many scores take seconds in all. */
export function* rollUpBySlice(
  world: WorldId,
  rows: readonly ScoredForecast[],
  asOf: IsoInstant,
): Generator<readonly Window[]> {
  const means = meanBriers(rows);
  const slices = new Map<string, { slice: Slice; rows: ScoredForecast[] }>();
  for (const row of rows)
    for (const slice of slicesOf(row)) {
      const key = sliceKey(slice);
      const found = slices.get(key);
      if (found) found.rows.push(row);
      else slices.set(key, { slice, rows: [row] });
    }
  for (const { slice, rows: own } of slices.values()) yield windowsOf(world, slice, own, means, asOf);
}

const summaryOf = ({ record, trainedThrough, newVersions }: EarnedRecord): RecordSummary => {
  const categories = Object.keys(record.hedge);
  return {
    outcomes: record.outcomes,
    newVersions,
    trainedThrough,
    drifted: record.members.filter((_, m) => (record.drifts[m]?.resets ?? 0) > 0),
    weightsAtWork: categories.filter((category) => weightsAtWork(record, category) !== null),
    calibratorsAtWork: categories.flatMap((category) =>
      Object.keys(calibratorsAtWork(record, category)).map((model) => `${model}/${category}`),
    ),
  };
};

/** The newest of each kind: the longest window of a larger record is of these. All of them are in memory at once. */
const MOST_SCORES = 200_000;

/** Windows written by one statement. */
const WRITTEN_AT_ONCE = 500;

export const createTrackRecordActivities = ({ stores }: Dependencies) => {
  const records = createEarnedRecord(stores);

  /** Fits the record anew where outcomes have come in since, and writes the versions that changed. */
  const refreshTrackRecord = async (request: { readonly world: WorldId }): Promise<RecordSummary> =>
    summaryOf(await records.at(request.world, await stores.worlds.now(request.world)));

  /** Rolls all scores of a world up to its present instant; the same instant again changes nothing. */
  const rollUpPerformance = async (request: {
    readonly world: WorldId;
  }): Promise<{ readonly asOf: IsoInstant; readonly windows: number }> => {
    const asOf = await stores.worlds.now(request.world);
    const all = { world: request.world, limit: MOST_SCORES };
    const members = await stores.performance.scores(all);
    const analysts = await stores.performance.scores({ ...all, marketCategory: ANALYSTS });
    const windows: Window[] = [];
    // Apart: each is measured against the mean of its own kind.
    for (const scores of [members, analysts])
      for (const some of rollUpBySlice(request.world, scores, asOf)) {
        windows.push(...some);
        // Other work of the process beats meanwhile, or it would count as lost and paid calls be asked again.
        await setImmediate();
      }
    for (let from = 0; from < windows.length; from += WRITTEN_AT_ONCE)
      await stores.performance.putWindows(windows.slice(from, from + WRITTEN_AT_ONCE));
    return { asOf, windows: windows.length };
  };
  return { refreshTrackRecord, rollUpPerformance };
};
