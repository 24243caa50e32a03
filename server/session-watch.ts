// Follows running sessions for everyone who watches: one look per session and interval, however many watch.
// Decisions come from Postgres, often and cheaply; what still runs takes a query per workflow, so it comes apart
// and never keeps a decision waiting.
import { setTimeout } from 'node:timers/promises';
import type { ConclaveClient } from '../client/connect';
import { decisionDocument } from '../client/documents';
import { type SessionView, sessionDecisions, sessionRunning } from '../client/sessions';
import type { DecisionRecord } from '../db/decision-record';
import type { MarketSessionRow } from '../db/session-store';

export interface SessionLook {
  readonly session: MarketSessionRow;
  /** Null when the workflow does not answer just now. */
  readonly view: Pick<SessionView, 'running'> | null;
  readonly decisions: readonly DecisionRecord[];
}

type Listener = (look: SessionLook) => void;

export interface SessionWatch {
  /** Calls back with every look until the returned function is called. */
  follow(sessionId: string, listener: Listener): () => void;
  close(): void;
}

/** A fifth of what an event may take to the screen. */
const DECISIONS_MS = 100;
const RUNNING_MS = 250;
/** Decisions are dated when their transaction begins and seen when it has ended. */
const OVERLAP_MS = 10_000;

interface Watched {
  readonly listeners: Set<Listener>;
  readonly decisions: Map<string, DecisionRecord>;
  view: SessionLook['view'];
  readonly stop: AbortController;
}

/** Adds what was decided since the last look; all of it where the session has ended, so that nothing is missed. */
const lookForDecisions = async (
  client: ConclaveClient,
  session: MarketSessionRow,
  decisions: Map<string, DecisionRecord>,
): Promise<void> => {
  const newest = Math.max(0, ...[...decisions.values()].map(({ createdAt }) => Date.parse(createdAt)));
  const found =
    session.status === 'running' && newest > 0
      ? (
          await client.stores.decisions.list({
            ...{ world: session.world, sessionId: session.id, limit: 500 },
            from: new Date(newest - OVERLAP_MS).toISOString(),
          })
        ).decisions
      : await sessionDecisions(client, session.id);
  for (const decision of found) decisions.set(decision.id, decision);
};

/** The session as it stands, with what is known of its running decisions; null where there is none. */
const lookAt = async (
  client: ConclaveClient,
  sessionId: string,
  { decisions, view }: Pick<Watched, 'decisions' | 'view'>,
): Promise<SessionLook | null> => {
  const session = await client.stores.sessions.get(sessionId);
  if (!session) return null;
  await lookForDecisions(client, session, decisions);
  return { session, view: session.status === 'running' ? view : null, decisions: [...decisions.values()] };
};

/** Does `work` again and again, each time so long after it ended. */
const repeat = async (signal: AbortSignal, pauseMs: number, work: () => Promise<void>): Promise<void> => {
  while (!signal.aborted) {
    await work().catch(() => undefined);
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
  }
};

export const createSessionWatch = (client: ConclaveClient): SessionWatch => {
  const watched = new Map<string, Watched>();

  const begin = (sessionId: string): Watched => {
    const entry: Watched = {
      listeners: new Set(),
      decisions: new Map(),
      view: null,
      stop: new AbortController(),
    };
    const { signal } = entry.stop;
    void repeat(signal, DECISIONS_MS, async () => {
      const look = await lookAt(client, sessionId, entry);
      if (look && !signal.aborted) for (const listener of entry.listeners) listener(look);
    });
    void repeat(signal, RUNNING_MS, async () => {
      entry.view = await sessionRunning(client, sessionId).catch(() => null);
    });
    watched.set(sessionId, entry);
    return entry;
  };

  const leave = (sessionId: string, entry: Watched, listener: Listener): void => {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0) return;
    entry.stop.abort();
    if (watched.get(sessionId) === entry) watched.delete(sessionId);
  };

  return {
    follow: (sessionId, listener) => {
      const entry = watched.get(sessionId) ?? begin(sessionId);
      entry.listeners.add(listener);
      return () => leave(sessionId, entry, listener);
    },
    close: () => {
      for (const entry of watched.values()) entry.stop.abort();
      watched.clear();
    },
  };
};

/** One server-sent event. */
export interface ProgressEvent {
  /** Absent for snapshots, which a resumed stream sends anew. */
  readonly id?: string;
  readonly event: 'progress' | 'decision' | 'end';
  readonly data: unknown;
}

/** Which subjects' decisions were sent, as a bit each in the order of the session's subjects: resuming misses none. */
export const encodeSeen = (seen: ReadonlySet<number>): string => {
  const bytes = Buffer.alloc(Math.floor(Math.max(0, ...seen) / 8) + 1);
  for (const index of seen) bytes[index >> 3] = bytes[index >> 3]! | (1 << (index & 7));
  return bytes.toString('base64url');
};

/** Reverse of `encodeSeen`; anything else counts as nothing seen. */
export const decodeSeen = (id: string | undefined): Set<number> => {
  const seen = new Set<number>();
  if (!id || !/^[A-Za-z0-9_-]{1,2000}$/.test(id)) return seen;
  Buffer.from(id, 'base64url').forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit += 1) if (byte & (1 << bit)) seen.add(at * 8 + bit);
  });
  return seen;
};

const progressData = ({ session, view, decisions }: SessionLook) => ({
  sessionId: session.id,
  synthetic: session.synthetic,
  status: session.status,
  total: session.subjects.length,
  done: decisions.length,
  running: (view?.running ?? [])
    .filter(({ subject }) => !decisions.some((decision) => decision.subject === subject))
    .map(({ subject, decision }) => ({
      subject,
      stage: decision?.stage ?? 'starting',
      members: decision?.members ?? [],
    })),
});

/** Turns looks into events; keeps what one listener has seen. `seen` grows. */
export const eventsOf = (
  look: SessionLook,
  seen: Set<number>,
  lastProgress: string,
): readonly ProgressEvent[] => {
  const place = new Map(look.session.subjects.map((subject, index) => [subject, index]));
  const events: ProgressEvent[] = [];
  for (const decision of look.decisions) {
    const index = place.get(decision.subject) ?? look.session.subjects.length;
    if (seen.has(index)) continue;
    seen.add(index);
    events.push({ id: encodeSeen(seen), event: 'decision', data: decisionDocument(decision) });
  }
  const progress = progressData(look);
  if (JSON.stringify(progress) !== lastProgress) events.push({ event: 'progress', data: progress });
  if (look.session.status !== 'running')
    events.push({ event: 'end', data: { sessionId: look.session.id, status: look.session.status } });
  return events;
};
