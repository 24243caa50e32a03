// What the recorded forecasts must show, line by line: the figure, its bound, whether it holds, and how likely
// it would hold again on questions drawn anew. One list for the bench and for the test.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BacktestDocument, type BacktestOptions, runBacktest } from '../../client/backtest';
import { normalTail } from '../../domain/ensemble/value-of-information';
import type { BacktestTable } from '../../domain/track/backtest-table';
import { type Walk, walkForward } from '../../domain/track/backtest-walk';
import type { Interval } from '../../domain/track/cluster-bootstrap';
import { brier } from '../../domain/track/scoring';

export interface Claim {
  readonly name: string;
  readonly figure: number;
  /** The figure must be at most this; null: reported only. */
  readonly atMost: number | null;
  readonly holds: boolean;
  /**
   * Chance that the line holds on as many questions drawn anew, normal around the figure with the width of the
   * cluster bootstrap; null without an interval.
   */
  readonly chanceAnew: number | null;
}

/** Half-width of a 95 % interval in standard deviations. */
const Z_95 = 1.96;

const claim = (name: string, figure: number, atMost: number | null = null): Claim => ({
  name,
  figure,
  atMost,
  holds: atMost === null || figure <= atMost,
  chanceAnew: null,
});

const intervalClaim = (name: string, [estimate, low, high]: Interval, atMost: number): Claim => {
  if (low === null) return claim(name, estimate, atMost);
  const std = (high - low) / (2 * Z_95);
  const chanceAnew = std > 0 ? 1 - normalTail((atMost - estimate) / std) : Number(estimate <= atMost);
  return { ...claim(name, estimate, atMost), chanceAnew };
};

/** Bounds of the strategy minus the simple mean. */
const AGAINST_MEAN = [
  ['Z', -0.01, 0.002],
  ['S', -0.01, 0],
  ['M', -0.01, 0],
  ['B', -0.025, 0],
] as const;

export type Pool = (typeof AGAINST_MEAN)[number][0];
export type Pools = Readonly<Record<Pool, readonly string[]>>;

/** AUC of u on market questions that the field reports. */
const FIELD_AUC: Readonly<Partial<Record<Pool, number>>> = { Z: 0.89, S: 0.87, M: 0.94 };

/** Just below nothing: an alternative must be beaten, not met. */
const BEATEN = -Number.EPSILON;

const meanClaims = (pool: Pool, report: BacktestDocument): Claim[] => {
  const [, logLossBound, brierBound] = AGAINST_MEAN.find(([name]) => name === pool)!;
  const { brier: ofBrier, logLoss } = report.versus.simpleMean;
  return [
    intervalClaim(`${pool}: log loss against the simple mean`, logLoss!, logLossBound),
    intervalClaim(`${pool}: Brier against the simple mean`, ofBrier!, brierBound),
  ];
};

const pickClaims = (pool: Pool, report: BacktestDocument): Claim[] => {
  if (pool === 'Z') return [];
  const { brier: ofBrier, logLoss } = report.versus.expectedSinglePick;
  return [
    intervalClaim(`${pool}: Brier against the expected single pick`, ofBrier!, BEATEN),
    intervalClaim(`${pool}: log loss against the expected single pick`, logLoss!, BEATEN),
  ];
};

const reportedClaims = (pool: Pool, report: BacktestDocument): Claim[] => {
  const ranked = report.uncertaintyRanking.market;
  const { logGrowth } = report.sizing;
  const field = FIELD_AUC[pool] === undefined ? '' : `, the field's ${FIELD_AUC[pool]}`;
  return [
    ...(ranked
      ? [
          claim(
            `${pool}: AUC of u for wrong-side market answers (${ranked.positives} wrong, standard error ${ranked.standardError.toFixed(3)}${field})`,
            ranked.auc,
          ),
        ]
      : []),
    ...(logGrowth.mean === null
      ? []
      : [
          claim(
            `${pool}: log growth after fees per priced question (standard error ${(logGrowth.standardError ?? 0).toFixed(4)}, ${report.sizing.traded} of ${report.sizing.priced} traded)`,
            logGrowth.mean,
          ),
        ]),
  ];
};

const MOST_FORECASTS_TO_FLAG = 50;
const ROOM = 0.0005;

const screeningClaims = (pools: Pools, reports: Readonly<Record<Pool, BacktestDocument>>): Claim[] => {
  const broken = pools.B.filter((member) => !pools.S.includes(member));
  const flags = reports.B.screening.flagged;
  const after = broken.map(
    (member) => flags.find((flag) => flag.member === member)?.afterForecasts ?? Number.POSITIVE_INFINITY,
  );
  return [
    claim('B: forecasts until the broken member is flagged', Math.max(...after), MOST_FORECASTS_TO_FLAG),
    claim('B: sound members flagged', flags.filter(({ member }) => !broken.includes(member)).length, 0),
    claim(
      'B: Brier with screening minus that of S',
      reports.B.brier.overall! - reports.S.brier.overall!,
      ROOM,
    ),
  ];
};

const cascadeClaims = (pool: Pool, report: BacktestDocument): Claim[] => {
  const { costShare, versus } = report.cascade!;
  return [
    claim(`${pool}: cascade's share of the full cost`, costShare, 0.3),
    intervalClaim(`${pool}: cascade's Brier against the full ensemble`, versus.full.brier, ROOM),
    intervalClaim(
      `${pool}: cascade's Brier against random escalation`,
      versus.randomEscalation.brier,
      BEATEN,
    ),
  ];
};

export interface ClaimFiles {
  readonly questions: readonly string[];
  readonly forecasts: readonly string[];
}

/** Pools of the parity fixture beside the recorded forecasts. */
export const recordedPoolMembers = (folder: string): Pools => {
  const golden: Record<string, { members: string[] }> = JSON.parse(
    readFileSync(join(folder, 'golden_dev.json'), 'utf8'),
  );
  return Object.fromEntries(AGAINST_MEAN.map(([pool]) => [pool, golden[pool]!.members])) as unknown as Pools;
};

/** Every line about the four pools on one round. */
export const poolClaims = async (
  files: ClaimFiles,
  pools: Pools,
  testRound: string,
  more: Partial<BacktestOptions> = {},
): Promise<readonly Claim[]> => {
  const reports: Partial<Record<Pool, BacktestDocument>> = {};
  for (const [pool] of AGAINST_MEAN) {
    const members = pools[pool];
    const cascade = { cheap: 'auto' as const, full: members, costShare: 0.3 };
    reports[pool] = await runBacktest({
      ...files,
      members,
      strategy: 'weighted_vote',
      testRound,
      ...(pool === 'M' ? { cascade } : {}),
      ...more,
    });
  }
  const all = reports as Readonly<Record<Pool, BacktestDocument>>;
  return [
    ...AGAINST_MEAN.flatMap(([pool]) => [
      ...meanClaims(pool, all[pool]),
      ...pickClaims(pool, all[pool]),
      ...reportedClaims(pool, all[pool]),
    ]),
    ...screeningClaims(pools, all),
    ...cascadeClaims('M', all.M),
  ];
};

/** The member whose calibration is judged, and the first round it is judged on. */
export const CALIBRATED_MEMBER = 'pro-high-brave-c1-t1';
export const CALIBRATION_FROM = '2025-08-03';

const changes = (walk: Walk, silent: boolean): number[] =>
  walk.rounds
    .filter((round) => round.due >= CALIBRATION_FROM)
    .flatMap((round) => round.rows)
    .filter(({ row }) => silent || !row.silent[0])
    .map(({ row, p }) => brier(p[0]!, row.y) - brier(row.p[0]!, row.y));

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Both calibration lines: rows without silent halves, and all rows. */
export const calibrationClaims = (table: BacktestTable): readonly Claim[] => {
  const walk = walkForward(table, {
    strategies: ['calibrated_confidence'],
    screening: true,
    testRound: null,
  });
  const [opinions, all] = [changes(walk, false), changes(walk, true)];
  return [
    claim(`calibration: Brier change on ${opinions.length} opinions`, meanOf(opinions), ROOM),
    claim(`calibration: Brier change on all ${all.length} rows`, meanOf(all), BEATEN),
  ];
};
