// Bench of the figures that recorded forecasts must show: each line beside its bound, with pass or fail, how
// sure it is on questions drawn anew, and the same lines on the rounds of other dates.
import { dirname } from 'node:path';
import { runBacktest } from '../client/backtest';
import { readBacktestTable } from '../client/backtest-files';
import type { Comparison } from '../domain/track/backtest-comparison';
import { experimentFigures } from './support/experiment-claims';
import {
  CALIBRATED_MEMBER,
  type Claim,
  calibrationClaims,
  poolClaims,
  recordedPoolMembers,
} from './support/recorded-claims';
import { recordedFiles, recordedPools } from './support/recorded-pools';

const ROUND = '2025-10-26';

const shown = ({ figure, atMost, holds, chanceAnew }: Claim): string =>
  [
    figure.toFixed(5),
    ...(atMost === null ? ['reported'] : [`at most ${atMost.toFixed(4)}`, holds ? 'pass' : 'FAIL']),
    ...(chanceAnew === null ? [] : [`${Math.round(100 * chanceAnew)} % on questions drawn anew`]),
  ].join('; ');

const lines = (claims: readonly Claim[]): Record<string, string> =>
  Object.fromEntries(claims.map((each) => [each.name, shown(each)]));

const shownComparison = ({ brier, logLoss }: Comparison): string =>
  [
    `Brier ${brier?.[0].toFixed(4)}`,
    `log loss ${logLoss?.map((value) => value?.toFixed(4) ?? 'none').join(' ')}`,
  ].join(', ');

/** Every other recorded set of several systems: the extremized pool against the mean and the single pick. */
const otherPools = async (files: {
  readonly questions: string[];
  readonly forecasts: string[];
}): Promise<Record<string, string>> => {
  const pools = (await recordedPools(7)) ?? [];
  const found: Record<string, string> = {};
  for (const { members, rows } of pools.filter((pool) => pool.members.length > 2)) {
    const report = await runBacktest({ ...files, members, strategy: 'weighted_vote' });
    const days = [...new Set(rows.map((row) => row.dueDate))];
    const name = `${days[0]}${days.length > 1 ? ` to ${days.at(-1)}` : ''}, ${members.join(' ')}`;
    found[name] = [
      `${report.n} rows`,
      `against the mean ${shownComparison(report.versus.simpleMean)}`,
      `against the single pick ${shownComparison(report.versus.expectedSinglePick)}`,
    ].join('; ');
  }
  return found;
};

/** All lines; `failed` counts those that do not hold. */
export const run = async (): Promise<Record<string, unknown>> => {
  const experiment = experimentFigures();
  const files = recordedFiles();
  if (files === null) return { experiment, recorded: 'recorded forecasts not present' };
  const pools = recordedPoolMembers(dirname(files.questions[0]!));
  const table = await readBacktestTable({ ...files, members: [CALIBRATED_MEMBER] });
  const claims = [...(await poolClaims(files, pools, ROUND)), ...calibrationClaims(table)];
  const failed = claims.filter((each) => !each.holds).length;
  const falseAlarms = experiment.falsePositiveShare <= 0.05 ? 'pass' : 'FAIL';
  return {
    failed,
    [ROUND]: lines(claims),
    experiment: { ...experiment, falsePositivesAtMost5Percent: falseAlarms },
    otherPools: await otherPools(files),
  };
};
