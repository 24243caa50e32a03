// Runs a backtest over recorded files: reads, walks forward, reports, and writes predictions when asked.
// Needs no Temporal server and no database.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { PoolName } from '../domain/ensemble/pool';
import type { StrategyName } from '../domain/ensemble/strategy';
import { TRADE_FEES } from '../domain/ensemble/trade-fees';
import { type CascadeReport, cascadeReport } from '../domain/track/backtest-cascade';
import { type BacktestReport, backtestReport } from '../domain/track/backtest-report';
import { allReporting } from '../domain/track/backtest-round';
import { type Walk, walkForward } from '../domain/track/backtest-walk';
import type { CalibratorKind } from '../domain/track/calibrator-fit';
import { type BootstrapOptions, DEFAULT_BOOTSTRAP } from '../domain/track/cluster-bootstrap';
import type { Weighting } from '../domain/track/weighting';
import { readBacktestTable } from './backtest-files';

export interface CascadeOptions {
  /** `auto`: chosen before each round from the past. */
  readonly cheap: readonly string[] | 'auto';
  readonly full: readonly string[];
  /** Largest share of the full ensemble's cost, in (0, 1]. */
  readonly costShare: number;
}

export interface BacktestOptions {
  readonly questions: readonly string[];
  readonly forecasts: readonly string[];
  readonly members: readonly string[];
  readonly strategy: StrategyName;
  readonly testRound?: string;
  /** File for `row_id,p`. */
  readonly predictions?: string;
  readonly cascade?: CascadeOptions;
  readonly screening?: boolean;
  readonly bootstrap?: BootstrapOptions;
  /** e-value that puts learnt weights and calibrators to work; 0 asks for no evidence. Default 20. */
  readonly evidenceThreshold?: number;
  /** How weights are learnt. Default `exponential`. */
  readonly weighting?: Weighting;
  /** How members' answers are calibrated. Default `platt`. */
  readonly calibrator?: CalibratorKind;
  /** What makes one probability of several. Default `log_odds`, extremized. */
  readonly pool?: PoolName;
}

export type BacktestDocument = BacktestReport & { readonly cascade?: CascadeReport };

const writePredictions = async (path: string, walk: Walk): Promise<void> => {
  const file = createWriteStream(path);
  const closed = once(file, 'close');
  const field = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  file.write('row_id,p\n');
  for (const round of walk.rounds)
    for (const { row, p } of round.rows)
      if (!file.write(`${field(row.rowId)},${p[0]}\n`)) await once(file, 'drain');
  file.end();
  await closed;
};

/**
 * The whole backtest.
 * @throws RangeError naming the option, or the file, row and column, and the accepted form.
 */
export const runBacktest = async (options: BacktestOptions): Promise<BacktestDocument> => {
  const screening = options.screening ?? true;
  const bootstrap = options.bootstrap ?? DEFAULT_BOOTSTRAP;
  const table = await readBacktestTable(options);
  const strategies = allReporting(options.strategy);
  const walk = walkForward(table, {
    strategies,
    screening,
    testRound: options.testRound ?? null,
    ...(options.evidenceThreshold === undefined ? {} : { evidenceThreshold: options.evidenceThreshold }),
    ...(options.weighting === undefined ? {} : { weighting: options.weighting }),
    ...(options.calibrator === undefined ? {} : { calibrator: options.calibrator }),
    ...(options.pool === undefined ? {} : { pool: options.pool }),
  });
  const report = backtestReport(walk, {
    members: table.members,
    strategies,
    screening,
    weighting: options.weighting ?? 'exponential',
    calibrator: options.calibrator ?? 'platt',
    pool: options.pool ?? 'log_odds',
    bootstrap,
    contractFee: TRADE_FEES.contract,
  });
  if (options.predictions !== undefined) await writePredictions(options.predictions, walk);
  if (options.cascade === undefined) return report;
  const settings = { ...options.cascade, bootstrap, screening, priceAware: table.priceAware };
  return { ...report, cascade: cascadeReport(walk, table.members, settings) };
};
