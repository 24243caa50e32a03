// Follows running sessions for everyone who watches: one look per session and interval, however many watch.
import type { ConclaveClient } from '../client/connect';
import { decisionDocument } from '../client/documents';
import { type SessionView, sessionDecisions, sessionView } from '../client/sessions';
import type { DecisionRecord } from '../db/decision-record';
import type { MarketSessionRow } from '../db/session-store';

export interface SessionLook {
  readonly session: MarketSessionRow;
  /** Null when the workflow does not answer just now. */
  readonly view: SessionView | null;
  readonly decisions: readonly DecisionRecord[];
}

type Listener = (look: SessionLook) => void;

export interface SessionWatch {
  /** Calls back with every look until the returned function is called. */
  follow(sessionId: string, listener: Listener): () => void;
  close(): void;
}

/** Half of what an event may take to the screen. */
const LOOK_MS = 250;

export const lookAt = async (client: ConclaveClient, sessionId: string): Promise<SessionLook | null> => {
  const session = await client.stores.sessions.get(sessionId);
  if (!session) return null;
  const running = session.status === 'running';
  const view = running ? await sessionView(client, sessionId).catch(() => null) : null;
  return { session, view, decisions: view?.decided ?? (await sessionDecisions(client, sessionId)) };
};

interface Watched {
  readonly listeners: Set<Listener>;
  timer: NodeJS.Timeout | null;
}

export const createSessionWatch = (client: ConclaveClient, lookMs = LOOK_MS): SessionWatch => {
  const watched = new Map<string, Watched>();

  const turn = async (sessionId: string, entry: Watched): Promise<void> => {
    const look = await lookAt(client, sessionId).catch(() => null);
    if (entry.listeners.size === 0) return;
    if (look) for (const listener of entry.listeners) listener(look);
    entry.timer = setTimeout(() => void turn(sessionId, entry), lookMs);
  };

  const leave = (sessionId: string, entry: Watched, listener: Listener): void => {
    entry.listeners.delete(listener);
    if (entry.listeners.size > 0) return;
    if (entry.timer) clearTimeout(entry.timer);
    if (watched.get(sessionId) === entry) watched.delete(sessionId);
  };

  return {
    follow: (sessionId, listener) => {
      const known = watched.get(sessionId);
      const entry = known ?? { listeners: new Set<Listener>(), timer: null };
      entry.listeners.add(listener);
      if (!known) {
        watched.set(sessionId, entry);
        void turn(sessionId, entry);
      }
      return () => leave(sessionId, entry, listener);
    },
    close: () => {
      for (const entry of watched.values()) {
        entry.listeners.clear();
        if (entry.timer) clearTimeout(entry.timer);
      }
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
  status: session.status,
  total: session.subjects.length,
  done: decisions.length,
  running: (view?.running ?? []).map(({ subject, decision }) => ({
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
