// `conclave session`: one market session now.
import { WorkflowNotFoundError } from '@temporalio/client';
import { type Command, Option } from 'commander';
import type { ConclaveClient } from '../../client/connect';
import { asOfText, idText, marketCode, modelNames, researchKind, sessionSymbols } from '../../client/fields';
import { BadInput } from '../../client/inputs';
import { sessionDocument } from '../../client/sessions';
import { SESSION_KINDS } from '../../domain/market/session-times';
import { renderBoard } from '../board';
import { checks, typedList } from '../options';
import { EXIT, note, printJson, printText, runAction } from '../output';
import {
  exitOfSession,
  followSession,
  readSessionRequest,
  runSession,
  type SessionFlags,
} from '../run-session';
import { withClient } from '../with-client';

interface Flags extends SessionFlags {
  readonly follow?: string;
}

/** The options of a session, shared with `start`. */
export const addSessionOptions = (command: Command): Command =>
  command
    .option(
      '--market <code>',
      'XNYS, XETR, XLON, XPAR, XTKS, CRYPTO or PREDICTION (default: of the first symbol, else XNYS)',
      checks('market', marketCode),
    )
    .addOption(new Option('--kind <kind>', `session kind: ${SESSION_KINDS.join(', ')}`).default('pre_market'))
    .option(
      '--symbols <list>',
      'symbols or subjects, separated by commas (default: the watchlist)',
      checks('symbols', sessionSymbols, typedList),
    )
    .option(
      '--members <list>',
      'models that take part (default: chosen)',
      checks('members', modelNames, typedList),
    )
    .option('--strategy <name>', 'ensemble strategy')
    .option('--stake <usd>', 'trade value at issue per subject')
    .option('--as-of <date>', 'decide as of this day, from what was public then', checks('as-of', asOfText))
    .option('--prices <file>', 'daily bars as CSV or CSV.gz instead of the web (needs --as-of)')
    .option('--template <name>', 'brief template: swing, day, value', 'swing')
    .option(
      '--research <kind>',
      'research kind: complete, technical, financial, web',
      checks('research', researchKind),
      'complete',
    )
    .option('--horizon <days>', 'trading days ahead', '5')
    .option('--refresh', 'research anew even where a fresh brief exists')
    .option('--json', 'print one JSON document');

/** @throws BadInput for an id that no session has or had. */
const assertKnown = async (client: ConclaveClient, sessionId: string): Promise<void> => {
  if (await client.stores.sessions.get(sessionId)) return;
  try {
    await client.temporal.workflow.getHandle(sessionId).describe();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new BadInput(
      `follow "${sessionId}" is not a session; accepted: the id that "conclave session" printed, such as session:live:XNYS:2026-11-20:pre_market`,
    );
  }
};

const follow = async (sessionId: string, json: boolean): Promise<number> =>
  withClient(async ({ client }) => {
    await assertKnown(client, sessionId);
    if ((await followSession(client, sessionId)) === 'interrupted') {
      note(`The session goes on. Follow it with: conclave session --follow ${sessionId}`);
      return EXIT.interrupted;
    }
    const document = await sessionDocument(client, sessionId);
    if (json) printJson(document);
    else printText(renderBoard(document));
    return exitOfSession(document);
  });

const session = async (flags: Flags): Promise<number> => {
  if (flags.follow) return follow(flags.follow, flags.json === true);
  const request = await readSessionRequest(flags);
  return withClient(({ client }) => runSession(client, request, flags.json === true));
};

export const registerSession = (program: Command): void => {
  addSessionOptions(
    program.command('session').description('research a watchlist once, decide every subject, show the board'),
  )
    .option('--follow <id>', 'show a session that is running, or its board', checks('follow', idText))
    .addHelpText(
      'after',
      `
Examples:
  $ conclave session --market XNYS --symbols AAPL,MSFT --stake 25
  $ conclave session --symbols AAPL --prices bars.csv.gz --as-of 2025-09-15 --json`,
    )
    .action(runAction(session));
};
