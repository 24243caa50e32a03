// `conclave research`: the brief on one subject, from the cache or made now.
import type { Command } from 'commander';
import { briefDocument, researchDocument } from '../../client/documents';
import { asOfText, symbolText, worldName } from '../../client/fields';
import { ResearchFailed, research } from '../../client/research';
import { oneSubject } from '../../client/work-inputs';
import type { Brief } from '../../domain/research/brief';
import { checks, newRequestKey, readResearchKind, readTemplate } from '../options';
import { CliError, printJson, printText, runAction } from '../output';
import { readPlace } from '../place';
import { withClient } from '../with-client';

interface Flags {
  readonly kind: string;
  readonly template: string;
  readonly refresh?: boolean;
  readonly asOf?: string;
  readonly prices?: string;
  readonly world?: string;
  readonly json?: boolean;
}

const briefText = (brief: Brief, cache: string): string =>
  [
    `${brief.subject} · ${brief.kind} · ${brief.template} · as of ${brief.asOf} · quality ${brief.quality} · ${cache}${brief.synthetic ? ' · SYNTHETIC DATA' : ''}`,
    '',
    brief.content.thesis,
    '',
    ...brief.content.drivers.map((driver) => `+ ${driver}`),
    ...brief.content.risks.map((risk) => `- ${risk}`),
    '',
    brief.content.volatility,
    '',
    ...brief.sources.map((source) => `[${source.source}] ${source.title} (${source.publicAt})`),
  ].join('\n');

const run = async (symbol: string, flags: Flags): Promise<void> => {
  const subject = oneSubject(symbol);
  const input = {
    ...(await readPlace(flags, [subject])),
    subject,
    kind: readResearchKind(flags.kind),
    template: readTemplate(flags.template),
    refresh: flags.refresh ?? false,
    sessionId: null,
    reader: `cli:${newRequestKey()}`,
    waiters: [],
  };
  const { brief, ref } = await withClient(({ client }) => research(client, input)).catch((error: unknown) => {
    if (!(error instanceof ResearchFailed)) throw error;
    throw new CliError({
      code: 'research_failed',
      message: error.message,
      fix: 'Check the symbol and that a price source can be reached, or give --prices and --as-of; --world synthetic takes made-up prices.',
    });
  });
  if (flags.json) printJson({ ...researchDocument(ref), brief: briefDocument(brief) });
  else printText(briefText(brief, ref.cache));
};

export const registerResearch = (program: Command): void => {
  program
    .command('research')
    .argument('<symbol>', 'symbol or subject', checks('symbol', symbolText))
    .description('the shared brief on a subject, from the cache or made now')
    .option('--kind <kind>', 'complete, technical, financial, web', 'complete')
    .option('--template <name>', 'swing, day, value', 'swing')
    .option('--refresh', 'research anew, or join a run under way')
    .option('--as-of <date>', 'from what was public on this day', checks('as-of', asOfText))
    .option('--prices <file>', 'daily bars as CSV or CSV.gz')
    .option('--world <id>', 'live, or synthetic for the made-up tape', checks('world', worldName))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nExamples:\n  $ conclave research AAPL\n  $ conclave research SAP.DE --kind technical --refresh --json',
    )
    .action(runAction(run));
};
