// `conclave panel`: analysts side by side on one or more subjects.
import type { Command } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import { typedValue } from '../../client/field-errors';
import {
  asOfText,
  deadlineSeconds,
  modelName,
  panelAnalysts,
  panelQuorum,
  panelSymbols,
  readField,
  requestKey,
  worldName,
} from '../../client/fields';
import { BadInput, readSubjects } from '../../client/inputs';
import {
  listAnalysts,
  type PanelHandle,
  type PanelRequest,
  panelDocument,
  readAnalysts,
  startPanel,
} from '../../client/panel';
import { type AnalystFolder, analystFolders } from '../../config/analyst-folders';
import { loadConfig } from '../../config/load';
import { PRIORITY } from '../../workflows/contracts/task-queues';
import { createLiveText } from '../live-tree';
import {
  checks,
  newRequestKey,
  readHorizon,
  readNames,
  readResearchKind,
  readTemplate,
  typedList,
} from '../options';
import { EXIT, exitOf, note, printJson, printText, runAction } from '../output';
import { renderPanel, renderPanelProgress } from '../panel-board';
import { readPlace } from '../place';
import { withClient } from '../with-client';

interface Flags {
  readonly analysts?: string;
  readonly analystsFolder?: string;
  readonly listAnalysts?: boolean;
  readonly model?: string;
  readonly asOf?: string;
  readonly prices?: string;
  readonly world?: string;
  readonly horizon: string;
  readonly research: string;
  readonly template: string;
  readonly refresh?: boolean;
  readonly quorum?: string;
  readonly deadline?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** Milliseconds between two looks at a running panel: an answer is on the board well within 0.2 s. */
const LOOK_MS = 100;

const foldersOf = ({ analystsFolder: path }: Flags): readonly AnalystFolder[] =>
  analystFolders(loadConfig(), path === undefined ? undefined : { path, option: '--analysts-folder' });

const quorumOf = (text: string | undefined, analysts: number): number | null => {
  if (text === undefined) return null;
  const quorum = readField('quorum', panelQuorum, typedValue(text));
  if (quorum <= analysts) return quorum;
  throw new BadInput(`quorum is ${quorum}; accepted: at most ${analysts}, the analysts`);
};

const deadlineMs = (text: string | undefined): number | null =>
  text === undefined
    ? null
    : readField('deadline', deadlineSeconds, typedValue(text.replace(/(?<=\d)s$/, ''))) * 1_000;

/** Everything that can be wrong is found here, before a stack is even started. */
const readRequest = async (
  symbols: readonly string[],
  flags: Flags,
  analysts: number,
): Promise<PanelRequest> => {
  const subjects = readSubjects(readField('symbols', panelSymbols, typedList(symbols.join(','))).join(','));
  return {
    ...(await readPlace(flags, subjects)),
    subjects,
    model: flags.model ?? null,
    horizonDays: readHorizon(flags.horizon),
    research: {
      kind: readResearchKind(flags.research, 'research'),
      template: readTemplate(flags.template),
      refresh: flags.refresh ?? false,
    },
    quorum: quorumOf(flags.quorum, analysts),
    deadlineMs: deadlineMs(flags.deadline),
    maxCostMicroUsd: null,
    priority: PRIORITY.live,
  };
};

const pause = (ms: number): Promise<'looked'> =>
  new Promise((resolve_) => setTimeout(() => resolve_('looked'), ms));

/** Shows each answer as it lands. */
const follow = async (panel: PanelHandle): Promise<void> => {
  const live = createLiveText();
  const ended = panel.result().then(() => 'ended' as const);
  ended.catch(() => undefined);
  while (process.stderr.isTTY && (await Promise.race([ended, pause(LOOK_MS)])) === 'looked') {
    const progress = await panel.progress().catch(() => null);
    if (progress) live.draw(renderPanelProgress(progress));
  }
  live.clear();
  await ended;
};

const showAnalysts = (flags: Flags): number => {
  const analysts = listAnalysts(foldersOf(flags));
  if (flags.json) printJson({ analysts: analysts.map(({ text: _text, ...rest }) => rest) });
  else
    printText(
      analysts
        .map(
          ({ id, name, group, needs, origin }) =>
            `${id.padEnd(16)} ${name.padEnd(22)} ${group.padEnd(12)} ${needs.join(', ').padEnd(18)} ${origin}`,
        )
        .join('\n'),
    );
  return EXIT.ok;
};

const runPanel = async (
  client: ConclaveClient,
  symbols: readonly string[],
  flags: Flags,
): Promise<number> => {
  const analysts = readAnalysts(foldersOf(flags), readNames(flags.analysts));
  const request = await readRequest(symbols, flags, analysts.length);
  const panel = await startPanel(client, request, analysts, flags.key ?? newRequestKey());
  if (!flags.json) note(`panel ${panel.panelId}`);
  await follow(panel);
  const document = await panelDocument(client, panel.panelId);
  if (flags.json) printJson(document);
  else printText(renderPanel(document));
  // Those without data for their view were never asked.
  return exitOf([{ members: document.predictions.filter(({ status }) => status !== 'abstained') }]);
};

const run = async (symbols: readonly string[], flags: Flags): Promise<number> => {
  if (flags.listAnalysts) return showAnalysts(flags);
  const analysts = readAnalysts(foldersOf(flags), readNames(flags.analysts));
  await readRequest(symbols, flags, analysts.length);
  return withClient(({ client }) => runPanel(client, symbols, flags));
};

export const registerPanel = (program: Command): void => {
  program
    .command('panel')
    .argument('[symbols...]', 'symbols or subjects')
    .description('analysts side by side on one or more subjects')
    .option(
      '--analysts <list>',
      'analysts that take part, separated by commas (default: all)',
      checks('analysts', panelAnalysts, typedList),
    )
    .option('--list-analysts', 'list the analysts there are, your own among them')
    .option(
      '--analysts-folder <folder>',
      'your own analysts, besides those in the data folder (or CONCLAVE_ANALYSTS)',
    )
    .option(
      '--model <id>',
      'the model that plays all analysts, or house (default: a capable cheap one)',
      checks('model', modelName),
    )
    .option('--as-of <date>', 'from what was public on this day', checks('as-of', asOfText))
    .option('--prices <file>', 'daily bars as CSV or CSV.gz instead of the web (needs --as-of)')
    .option('--world <id>', 'live, or synthetic for the made-up tape', checks('world', worldName))
    .option('--horizon <days>', 'trading days ahead', '5')
    .option('--research <kind>', 'research kind: complete, technical, financial, web', 'complete')
    .option('--template <name>', 'brief template: swing, day, value', 'swing')
    .option('--refresh', 'research anew even where a fresh brief exists')
    .option('--quorum <count>', 'answers that a view needs (default: half of the analysts)')
    .option('--deadline <seconds>', 'end after so long with what has landed, such as 30s')
    .option(
      '--key <key>',
      'request key: the same key, analysts and settings attach to the same panel',
      checks('key', requestKey),
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  $ conclave panel AAPL MSFT
  $ conclave panel AAPL --analysts graham,burry,technicals --deadline 30s --json
  $ conclave panel --list-analysts

An analyst of your own is a Markdown file in the folder analysts of the data folder (CONCLAVE_HOME):
  ---
  id: contrarian
  name: The contrarian
  group: personality
  needs: [bars, news]
  ---
  Take the other side of what everyone expects, and say what would prove you wrong.`,
    )
    .action(runAction(run));
};
