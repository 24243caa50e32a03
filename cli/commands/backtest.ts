// `conclave backtest`: scores a strategy on recorded forecasts with known outcomes. Works from files alone,
// without a server, a database or a key.
import { Command, InvalidArgumentError, Option } from 'commander';
import { type BacktestDocument, type CascadeOptions, runBacktest } from '../../client/backtest';
import type { MeanGrowth } from '../../domain/ensemble/growth';
import { POOL_NAMES, type PoolName } from '../../domain/ensemble/pool';
import { STRATEGY_NAMES, type StrategyName } from '../../domain/ensemble/strategy';
import { CALIBRATOR_KINDS, type CalibratorKind } from '../../domain/track/calibrator-fit';
import { DEFAULT_BOOTSTRAP, type Interval } from '../../domain/track/cluster-bootstrap';
import { WEIGHTINGS, type Weighting } from '../../domain/track/weighting';
import { printText, runAction } from '../output';
import { shownJson } from '../shown-text';

interface Flags {
  readonly questions: readonly string[];
  readonly forecasts: readonly string[];
  readonly members: readonly string[];
  readonly strategy: StrategyName;
  readonly testRound?: string;
  readonly predictions?: string;
  readonly cascade?: readonly string[];
  readonly costShare: number;
  readonly screen: boolean;
  readonly bootstraps: number;
  readonly seed: number;
  readonly evidence?: number;
  readonly weights: Weighting;
  readonly calibrator: CalibratorKind;
  readonly pool: PoolName;
  readonly json?: boolean;
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];

const names = (value: string): string[] => {
  const found = value.split(',').map((name) => name.trim());
  if (found.includes('')) throw new InvalidArgumentError('accepted: names separated by commas');
  return found;
};

const numberIn =
  (low: number, high: number, whole: boolean) =>
  (value: string): number => {
    const number = Number(value);
    if (value.trim() !== '' && number >= low && number <= high && (!whole || Number.isInteger(number)))
      return number;
    throw new InvalidArgumentError(`accepted: a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
  };

const dateOption = (value: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  throw new InvalidArgumentError('accepted: a date YYYY-MM-DD');
};

const cascadeStage = (words: readonly string[], stage: string): string[] => {
  const word = words.find((each) => each.startsWith(`${stage}=`));
  if (word === undefined) throw new RangeError(`--cascade lacks ${stage}=..; accepted: cheap=a,b full=a,b,c`);
  return names(word.slice(stage.length + 1));
};

const cascadeOptions = (flags: Flags): CascadeOptions | null => {
  if (flags.cascade === undefined) return null;
  const stray = flags.cascade.find((word) => !/^(cheap|full)=/.test(word));
  if (stray !== undefined) throw new RangeError(`--cascade has "${stray}"; accepted: cheap=a,b full=a,b,c`);
  const cheap = cascadeStage(flags.cascade, 'cheap');
  return {
    cheap: cheap.length === 1 && cheap[0] === 'auto' ? 'auto' : cheap,
    full: cascadeStage(flags.cascade, 'full'),
    costShare: flags.costShare,
  };
};

const shownInterval = (interval: Interval | null): string => {
  if (interval === null) return 'none';
  const [estimate, low, high] = interval;
  const bounds = low === null ? '[too few questions]' : `[${low.toFixed(4)}, ${high.toFixed(4)}]`;
  return `${estimate.toFixed(4)} ${bounds}`;
};

const shown = (value: number | null | undefined): string => value?.toFixed(4) ?? 'none';

const shownGrowth = (growth: MeanGrowth): string =>
  `${shown(growth.mean)} (standard error ${shown(growth.standardError)})`;

const sizingLine = ({ sizing }: BacktestDocument): string =>
  `Log growth per priced question after fees: ${shownGrowth(sizing.logGrowth)}, ${sizing.traded} of ${sizing.priced} traded; full Kelly on raw answers ${shownGrowth(sizing.rawFullKelly)}`;

const summaryLines = (report: BacktestDocument): string[] => [
  `${report.strategy}: ${report.n} rows, ${report.clusters} questions, ${report.abstained} without an answer of its own, ${report.belowQuorum} below quorum`,
  `Brier ${shown(report.brier.overall)}, log loss ${shown(report.logLoss.overall)} (mean of classes)`,
  'Strategy minus baseline, 95 % intervals (below 0 is better):',
  ...Object.entries(report.versus).map(
    ([name, by]) =>
      `  ${name.padEnd(20)} Brier ${shownInterval(by.brier)}  log loss ${shownInterval(by.logLoss)}`,
  ),
  ...Object.entries(report.uncertaintyRanking).flatMap(([name, ranked]) =>
    ranked === null
      ? []
      : [
          `AUC of u for wrong-side answers, ${name}: ${ranked.auc.toFixed(3)} (standard error ${ranked.standardError.toFixed(3)}; ${ranked.positives} wrong of ${ranked.positives + ranked.negatives})`,
        ],
  ),
  ...(report.sizing.priced > 0 ? [sizingLine(report)] : []),
  ...report.screening.flagged.map(
    (flag) =>
      `Screened: ${flag.member} (${flag.category}, ${flag.reason}) after ${flag.afterForecasts} forecasts`,
  ),
  ...(report.cascade
    ? [
        `Cascade: ${(100 * report.cascade.escalatedShare).toFixed(1)} % escalated at ${(100 * report.cascade.costShare).toFixed(1)} % of the full cost`,
        `  against the full ensemble Brier ${shownInterval(report.cascade.versus.full.brier)}, random escalation ${shownInterval(report.cascade.versus.randomEscalation.brier)}`,
        ...report.cascade.curve.map(
          (point) =>
            `  ${(100 * point.costShare).toFixed(0).padStart(3)} % cost: Brier ${shown(point.brier)}, random escalation ${shown(point.randomBrier)}`,
        ),
      ]
    : []),
  ...report.learning.plattInstead.map(
    ({ member, category, outcomes, needed }) =>
      `Platt in place of isotonic: ${member} (${category}) has ${outcomes} outcomes; ${needed} needed`,
  ),
  `Cost $${report.costUsd.toFixed(2)}; trained on ${report.trainedOn.rows} rows`,
];

const run = async (flags: Flags): Promise<void> => {
  const cascade = cascadeOptions(flags);
  const members = [
    ...new Set([
      ...flags.members,
      ...(cascade === null || cascade.cheap === 'auto' ? [] : cascade.cheap),
      ...(cascade?.full ?? []),
    ]),
  ];
  if (members.length === 0) throw new RangeError('--members is missing; accepted: names separated by commas');
  if (new Set(flags.members).size < flags.members.length)
    throw new RangeError('--members names a member twice; accepted: each once');
  const report = await runBacktest({
    questions: flags.questions,
    forecasts: flags.forecasts,
    members,
    strategy: flags.strategy,
    screening: flags.screen,
    weighting: flags.weights,
    calibrator: flags.calibrator,
    pool: flags.pool,
    bootstrap: { resamples: flags.bootstraps, seed: flags.seed },
    ...(flags.testRound === undefined ? {} : { testRound: flags.testRound }),
    ...(flags.predictions === undefined ? {} : { predictions: flags.predictions }),
    ...(flags.evidence === undefined ? {} : { evidenceThreshold: flags.evidence }),
    ...(cascade === null ? {} : { cascade }),
  });
  if (flags.json) process.stdout.write(`${shownJson(JSON.stringify(report))}\n`);
  else printText(summaryLines(report).join('\n'));
};

const backtestCommand = (): Command =>
  new Command('backtest')
    .description('Score a strategy on recorded forecasts and outcomes, strictly in time order')
    .requiredOption('--questions <file>', 'questions with outcomes, CSV or .csv.gz; may be repeated', collect)
    .requiredOption('--forecasts <file>', 'recorded forecasts, CSV or .csv.gz; may be repeated', collect)
    .option('--members <a,b,..>', 'systems that form the ensemble', names, [])
    .addOption(
      new Option('--strategy <name>', 'strategy to score')
        .choices([...STRATEGY_NAMES])
        .default('weighted_vote'),
    )
    .option('--test-round <date>', 'score only forecasts due on this day', dateOption)
    .option('--predictions <file>', 'write row_id,p of every scored row')
    .option(
      '--cascade <stage...>',
      'cheap=a,b full=a,b,c: what a cascade would cost and lose; cheap=auto chooses from the past',
    )
    .option(
      '--cost-share <share>',
      "cascade: largest share of the full ensemble's cost",
      numberIn(0, 1, false),
      0.3,
    )
    .option('--screen', 'leave broken members out until they recover (default)', true)
    .option('--no-screen', 'take every answer as it is')
    .option(
      '--bootstraps <n>',
      'cluster-bootstrap resamples',
      numberIn(100, 100_000, true),
      DEFAULT_BOOTSTRAP.resamples,
    )
    .option('--seed <n>', 'seed of the resamples', numberIn(0, 4294967295, true), DEFAULT_BOOTSTRAP.seed)
    .option(
      '--evidence <e-value>',
      'evidence asked before learnt weights and calibrators work; 0 asks for none (default 20)',
      numberIn(0, 1e9, false),
    )
    .addOption(
      new Option('--weights <rule>', 'how weights are learnt from what has resolved; equal learns none')
        .choices([...WEIGHTINGS])
        .default('exponential'),
    )
    .addOption(
      new Option('--calibrator <curve>', "curve of a member's answers; isotonic is Platt below 1000 outcomes")
        .choices([...CALIBRATOR_KINDS])
        .default('platt'),
    )
    .addOption(
      new Option('--pool <name>', 'what makes one probability of several; log_odds is extremized')
        .choices([...POOL_NAMES])
        .default('log_odds'),
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave backtest --questions questions.csv --forecasts forecasts.csv --members a,b,c
  $ conclave backtest --questions q.csv.gz --forecasts f.csv.gz --members a,b,c --strategy consensus --json
  $ conclave backtest --questions q.csv --forecasts f.csv --members a,b,c --cascade cheap=auto full=a,b,c`,
    )
    .action(runAction(run));

export const registerBacktest = (program: Command): void => {
  program.addCommand(backtestCommand());
};
