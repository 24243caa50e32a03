// Runs one market session from the command line: reads the options, starts it, shows it, prints the board.

import { setTimeout } from 'node:timers/promises';
import { type ConclaveClient, workflowUrl } from '../client/connect';
import { waitFor } from '../client/give-up';
import {
  checked,
  checkModels,
  checkSymbols,
  marketOf,
  readAsOf,
  readPriceFile,
  readSubjects,
} from '../client/inputs';
import { sessionDocument, sessionEnd, sessionView, startSession } from '../client/sessions';
import { loadConfig } from '../config/load';
import { parseMarket } from '../domain/market/market';
import { parseSessionKind } from '../domain/market/session-times';
import type { SessionRequest } from '../workflows/contracts/session';
import { ENDS_WITH_COMMAND, isKeptByOther } from './addresses';
import { renderBoard, renderTree } from './board';
import { createLiveText } from './live-tree';
import {
  newRequestKey,
  readHorizon,
  readNames,
  readResearchKind,
  readStake,
  readStrategy,
  readTemplate,
} from './options';
import { EXIT, exitOf, note, printJson, printText } from './output';

export interface SessionFlags {
  readonly market?: string;
  readonly kind: string;
  readonly symbols?: string;
  readonly members?: string;
  readonly strategy?: string;
  readonly stake?: string;
  readonly asOf?: string;
  readonly prices?: string;
  readonly template: string;
  readonly research: string;
  readonly horizon: string;
  readonly refresh?: boolean;
  readonly json?: boolean;
}

/** Milliseconds between two looks at a running session. */
const LOOK_MS = 400;

/** Everything that can be wrong is found here, before a stack is even started. */
export const readSessionRequest = async (flags: SessionFlags): Promise<SessionRequest> => {
  const subjects = readSubjects(flags.symbols);
  if (flags.symbols !== undefined && subjects.length === 0)
    throw new RangeError(
      '--symbols is empty; accepted: symbols separated by commas, or leave it out for the watchlist',
    );
  const market = flags.market ? checked(() => parseMarket(flags.market!)) : marketOf(subjects);
  const kind = checked(() => parseSessionKind(flags.kind));
  const stakeMicroUsd = flags.stake === undefined ? null : readStake(flags.stake);
  const asOf = flags.asOf === undefined ? null : readAsOf(flags.asOf, market, kind);
  const prices = await readPriceFile(flags.prices);
  if (prices && !asOf)
    throw new RangeError('--prices needs --as-of: a recorded tape is decided as of a day of its own');
  if (asOf) await checkSymbols(prices, subjects, asOf.instant);
  return {
    market,
    kind,
    date: asOf?.date ?? null,
    replay: asOf !== null,
    subjects,
    members: readNames(flags.members),
    strategy: flags.strategy === undefined ? null : readStrategy(flags.strategy),
    stakeMicroUsd,
    template: readTemplate(flags.template),
    researchKind: readResearchKind(flags.research),
    refresh: flags.refresh ?? false,
    prices,
    horizonDays: readHorizon(flags.horizon),
    requestKey: newRequestKey(),
  };
};

const interrupted = (): Promise<'interrupted'> =>
  new Promise((resolve) => {
    process.once('SIGINT', () => resolve('interrupted'));
  });

/**
 * Draws the session until `signal`, apart from the wait for its end: a look that fails, or that takes long, leaves out
 * a picture and nothing else.
 */
const drawAgain = async (client: ConclaveClient, sessionId: string, signal: AbortSignal): Promise<void> => {
  const live = createLiveText();
  signal.addEventListener('abort', live.clear, { once: true });
  while (!signal.aborted) {
    const view = await sessionView(client, sessionId).catch(() => null);
    if (view && !signal.aborted) live.draw(renderTree(view));
    await setTimeout(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
};

/** Shows the session until it ends. `interrupted` leaves it running. */
export const followSession = async (
  client: ConclaveClient,
  sessionId: string,
): Promise<'ended' | 'interrupted'> => {
  const { ended, giveUp } = waitFor(client, () => sessionEnd(client, sessionId).then(() => 'ended' as const));
  const drawing = new AbortController();
  if (process.stderr.isTTY) void drawAgain(client, sessionId, drawing.signal);
  try {
    return await Promise.race([ended, interrupted()]);
  } finally {
    drawing.abort();
    giveUp();
  }
};

/** The exit code of a session that has ended, by what became of its decisions; 1 where no subject has one. */
export const exitOfSession = ({
  subjects,
  note,
}: Pick<Awaited<ReturnType<typeof sessionDocument>>, 'subjects' | 'note'>): number =>
  subjects.length === 0 && note !== null ? EXIT.failed : exitOf(subjects.map(({ decision }) => decision));

/**
 * Starts the session and shows it to its end. Returns the exit code.
 * @param isServed given that code, whether the stack still serves its pages when the command has ended; default:
 * where another process keeps it
 */
export const runSession = async (
  client: ConclaveClient,
  request: SessionRequest,
  json: boolean,
  isServed: (code: number) => Promise<boolean> = () => isKeptByOther(loadConfig()),
): Promise<number> => {
  await checkModels(client, request.members);
  const target = await startSession(client, request);
  if (target.sessionId === null) {
    if (json)
      printJson({
        sessionId: null,
        market: request.market,
        date: target.date,
        kind: request.kind,
        skipped: target.skipped,
        subjects: [],
      });
    else printText(`No session: ${target.skipped}`);
    return EXIT.ok;
  }
  if (!json) note(`session ${target.sessionId}`);
  if ((await followSession(client, target.sessionId)) === 'interrupted') {
    note(`The session goes on. Follow it with: conclave session --follow ${target.sessionId}`);
    return EXIT.interrupted;
  }
  const document = await sessionDocument(client, target.sessionId);
  const code = exitOfSession(document);
  if (json) printJson(document);
  else {
    printText(renderBoard(document));
    const url = workflowUrl(client, target.sessionId);
    if (!(await isServed(code))) note(ENDS_WITH_COMMAND);
    else if (url) printText(`\nTemporal UI  ${url}`);
  }
  return code;
};
