// `conclave decide`: one decision about a subject, or about a row of a recorded set.
import type { Command } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import { startDecision } from '../../client/decisions';
import { asOfText, modelNames, requestKey, symbolText, worldName } from '../../client/fields';
import { checkModels, readRecorded } from '../../client/inputs';
import { explainedDecision } from '../../client/stored-decisions';
import { oneSubject } from '../../client/work-inputs';
import type { DecisionRecord } from '../../db/decision-record';
import { parseIsoInstant } from '../../domain/market/iso-date';
import type { DecisionInput, DecisionResult, EarlyAnswer } from '../../workflows/contracts/decision';
import { PRIORITY } from '../../workflows/contracts/task-queues';
import { decisionText } from '../decision-text';
import {
  checks,
  newRequestKey,
  readHorizon,
  readLatencyScale,
  readMaxCost,
  readNames,
  readResearchKind,
  readStake,
  readStrategy,
  readTemplate,
  refuseTyped,
  typedList,
} from '../options';
import { exitOf, note, printJson, printText, runAction, wrongUse } from '../output';
import { readPlace } from '../place';
import { withClient } from '../with-client';

interface Flags {
  readonly row?: string;
  readonly recorded?: string;
  readonly latencyScale: string;
  readonly members?: string;
  readonly strategy?: string;
  readonly stake: string;
  readonly asOf?: string;
  readonly prices?: string;
  readonly world?: string;
  readonly horizon: string;
  readonly kind: string;
  readonly template: string;
  readonly deadline?: string;
  readonly key?: string;
  readonly maxCost?: string;
  readonly early?: boolean;
  readonly json?: boolean;
}

/** Years of more digits have another written form. */
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** NaN unless it has a zone: without one it would depend on the machine. */
const instantMs = (text: string): number => {
  try {
    return Date.parse(parseIsoInstant(text));
  } catch {
    return Number.NaN;
  }
};

/** Providers that are out are waited for up to the deadline. @throws RangeError naming the accepted forms. */
const readDeadline = (text: string, nowMs: number = Date.now()): string => {
  const span = /^(\d+)([smh])$/.exec(text);
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 }[span?.[2] as 's' | 'm' | 'h'];
  const ms = span ? nowMs + Number(span[1]) * unitMs : instantMs(text);
  if (!(ms > nowMs && ms <= LAST_MS))
    throw new RangeError(
      `deadline "${text}" is not a time to come; accepted: 90s, 30m, 8h, or an instant with a zone such as 2026-11-20T15:30:00Z`,
    );
  return new Date(ms).toISOString();
};

const common = (flags: Flags) => ({
  sessionId: null,
  stakeMicroUsd: readStake(flags.stake),
  strategy: flags.strategy === undefined ? null : readStrategy(flags.strategy),
  members: readNames(flags.members),
  horizonDays: readHorizon(flags.horizon),
  recordedLatencyScale: readLatencyScale(flags.latencyScale),
  deadlineAt: flags.deadline === undefined ? null : readDeadline(flags.deadline),
  maxCostMicroUsd: flags.maxCost === undefined ? null : readMaxCost(flags.maxCost),
  priority: PRIORITY.live,
});

const recordedInput = async (flags: Flags): Promise<DecisionInput> => {
  const members = readNames(flags.members);
  if (!flags.recorded || !flags.row)
    throw wrongUse('--row and --recorded go together', 'Name the row and the folder that holds it.');
  if (!members)
    throw wrongUse('--members is missing', 'Name the systems that take part, such as --members a,b,c.');
  const set = await readRecorded(flags.recorded, flags.row, members);
  return {
    ...common(flags),
    world: set.world,
    asOf: set.asOf,
    subject: `question:${flags.row}`,
    research: null,
    recorded: { folder: set.folder, rowId: flags.row },
    prices: null,
  };
};

const subjectInput = async (symbol: string, flags: Flags): Promise<DecisionInput> => {
  const subject = oneSubject(symbol);
  return {
    ...common(flags),
    ...(await readPlace(flags, [subject])),
    subject,
    research: { kind: readResearchKind(flags.kind), template: readTemplate(flags.template), refresh: false },
    recorded: null,
  };
};

const earlyText = ({ stage, status, probability, answered, asked }: EarlyAnswer): string =>
  `early answer after the ${stage} stage: ${status}${probability === null ? '' : `, p ${probability.toFixed(4)}`}, ${answered} of ${asked} members answered`;

const decideWith = async (
  client: ConclaveClient,
  input: DecisionInput,
  flags: Flags,
): Promise<DecisionResult | DecisionRecord> => {
  if (!input.recorded) await checkModels(client, input.members);
  const key = flags.key ?? newRequestKey();
  const decision = await startDecision(client, input, key);
  if (!flags.json) note(`decision ${decision.decisionId} · --key ${key} attaches to it again`);
  if (flags.early) note(earlyText(await decision.early()));
  return decision.recorded();
};

/** A recorded row has its own subject, day and world, and nothing is researched. */
const OF_SUBJECTS = ['symbol', '--as-of', '--prices', '--world', '--horizon', '--kind', '--template'];

const run = async (symbol: string | undefined, flags: Flags, command: Command): Promise<number> => {
  const recorded = flags.row !== undefined || flags.recorded !== undefined;
  if (recorded)
    refuseTyped(
      command,
      OF_SUBJECTS,
      `beside ${flags.row === undefined ? '--recorded' : '--row'}`,
      'Decide about a symbol, or about a row as it was recorded; leave the other out.',
    );
  if (!recorded && symbol === undefined)
    throw wrongUse('nothing to decide', 'Name a symbol, or --row with --recorded.');
  const input = recorded ? await recordedInput(flags) : await subjectInput(symbol!, flags);
  const document = await withClient(async ({ client }) =>
    explainedDecision(client, await decideWith(client, input, flags)),
  );
  if (flags.json) printJson(document);
  else printText(decisionText(document));
  return exitOf([document]);
};

export const registerDecide = (program: Command): void => {
  program
    .command('decide')
    .argument('[symbol]', 'symbol or subject', checks('symbol', symbolText))
    .description('one decision by several models')
    .option('--row <id>', 'a row of a recorded set')
    .option('--recorded <folder>', 'folder with questions.csv.gz and forecasts.csv.gz')
    .option('--latency-scale <share>', 'share of the recorded latency to wait', '0')
    .option('--members <list>', 'models that take part', checks('members', modelNames, typedList))
    .option('--strategy <name>', 'ensemble strategy')
    .option('--stake <usd>', 'trade value at issue', '25')
    .option('--as-of <date>', 'from what was public on this day', checks('as-of', asOfText))
    .option('--prices <file>', 'daily bars as CSV or CSV.gz')
    .option('--world <id>', 'live, or synthetic for the made-up tape', checks('world', worldName))
    .option('--horizon <days>', 'trading days ahead', '5')
    .option('--kind <kind>', 'research kind', 'complete')
    .option('--template <name>', 'brief template', 'swing')
    .option('--deadline <time>', 'worthless after this: an instant, or a span such as 90s, 30m, 8h')
    .option(
      '--key <key>',
      'request key: the same key attaches to the same decision',
      checks('key', requestKey),
    )
    .option('--max-cost <usd>', 'what all its model calls may cost together; its research is paid beside it')
    .option('--early', 'also show the early answer, on stderr')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave decide AAPL --stake 25\n  $ conclave decide --row "<row_id>" --recorded ./forecasts --members a,b,c --json',
    )
    .action(runAction(run));
};
