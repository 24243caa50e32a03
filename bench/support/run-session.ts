// A market session on the made-up tape, run to its end and timed; what the benches of the desk are made of.
import type { ConclaveClient } from '../../client/connect';
import { startSession } from '../../client/sessions';
import type { SessionRequest, SessionResult } from '../../workflows/contracts/session';
import { millisecondsOf } from './quantiles';

/** Members that need no key and no network. */
export const HOUSE_MEMBERS = ['house-drift', 'house-momentum', 'house-mean-reversion', 'house-logistic'];

export interface SessionRun {
  readonly sessionId: string;
  readonly wallMs: number;
  readonly result: SessionResult;
}

export interface SessionWish {
  /** Its own for each session of a stack. */
  readonly key: string;
  readonly subjects: readonly string[];
  readonly members?: readonly string[];
  readonly refresh?: boolean;
}

/** `equity:BENCH0`, `equity:BENCH1`, ..: the made-up tape has any symbol. */
export const benchSubjects = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_unused, index) => `equity:${prefix}${index}`);

/** The request of such a session. */
export const sessionRequest = ({
  key,
  subjects,
  members = HOUSE_MEMBERS,
  refresh = false,
}: SessionWish): SessionRequest => ({
  ...{ market: 'XNYS', kind: 'pre_market', date: null, replay: false, subjects, members },
  ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh },
  ...{ prices: null, horizonDays: 5, requestKey: key },
});

/** @throws when a subject was not decided. */
export const runSession = async (client: ConclaveClient, wish: SessionWish): Promise<SessionRun> => {
  const { key, subjects } = wish;
  let sessionId = '';
  let result: SessionResult | undefined;
  const wallMs = await millisecondsOf(async () => {
    const target = await startSession(client, sessionRequest(wish));
    sessionId = target.sessionId!;
    result = (await client.temporal.workflow
      .getHandle(`trigger:XNYS:pre_market:${key}`)
      .result()) as SessionResult;
  });
  if (result?.decided !== subjects.length)
    throw new Error(`session ${key} decided ${result?.decided} of ${subjects.length}`);
  return { sessionId, wallMs, result };
};
