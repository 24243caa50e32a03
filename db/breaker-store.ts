// Circuit breakers, shared by all workers and kept over restarts. The state machine is domain/outage/breaker;
// this file only makes its steps atomic: a step that changes nothing costs one read, one that changes the
// state is written only if no one else was faster, else computed anew.
import {
  type BreakerEvent,
  type BreakerSettings,
  type BreakerState,
  type BreakerStep,
  CLOSED_BREAKER,
  transition,
} from '../domain/outage/breaker';
import type { IsoInstant } from '../domain/world';
import { gathered } from './gathered';
import { jsonb, only, type Sql } from './sql';

/** The row of a provider as a whole: open while it asked to be left alone. */
export const WHOLE_PROVIDER = '*';

export interface BreakerKey {
  readonly provider: string;
  readonly model: string;
}

export interface BreakerRow extends BreakerKey {
  readonly state: BreakerState;
  readonly updatedAt: IsoInstant;
}

export interface BreakerStore {
  /** Takes one event in, at the database's clock, which comes back as `now`. @throws Error when 50 others were faster in a row. */
  apply(
    key: BreakerKey,
    event: BreakerEvent,
    settings?: BreakerSettings,
  ): Promise<BreakerStep & { readonly now: IsoInstant }>;
  /** The state as stored, without asking to call; closed when nothing was ever stored. */
  read(key: BreakerKey): Promise<BreakerState>;
  /** All breakers that have a row. A provider's own is closed once the instant until which it is left alone has passed. */
  list(): Promise<readonly BreakerRow[]>;
}

interface Snapshot {
  readonly now: IsoInstant;
  readonly state: BreakerState | null;
  readonly version: number | null;
}

interface Happened {
  readonly event: BreakerEvent;
  readonly settings: BreakerSettings | undefined;
}

const ATTEMPTS = 50;

const READ = `
  select world_now('live') as now, b.state, b.version
  from (values ($1::text, $2::text)) as k (provider, model)
  left join breakers b on b.provider = k.provider and b.model = k.model`;

const WRITE = `
  insert into breakers as b (provider, model, phase, state, probe_holder, probe_until, version, updated_at)
  values ($1, $2, $3, $4::jsonb, $5, $6, 1, world_now('live'))
  on conflict (provider, model) do update set phase = excluded.phase, state = excluded.state,
    probe_holder = excluded.probe_holder, probe_until = excluded.probe_until, version = b.version + 1,
    updated_at = excluded.updated_at
  where b.version = $7
  returning b.version`;

/** The instant before which a forced-open row wants no call; null when there is none or it has passed. */
export const leftAloneUntil = (state: BreakerState | null, now: IsoInstant): IsoInstant | null => {
  if (state?.status !== 'open' || state.retryAt === null) return null;
  return Date.parse(state.retryAt) > Date.parse(now) ? state.retryAt : null;
};

/** Nobody probes a provider as a whole: its row ends by time alone. */
const endedByTime = ({ now, ...row }: BreakerRow & { readonly now: IsoInstant }): BreakerRow =>
  row.model === WHOLE_PROVIDER && leftAloneUntil(row.state, now) === null
    ? { ...row, state: { ...row.state, status: 'closed', retryAt: null } }
    : row;

export const createBreakerStore = (db: Sql): BreakerStore => {
  const snapshot = async ({ provider, model }: BreakerKey): Promise<Snapshot> =>
    only(await db.query<Snapshot>(READ, [provider, model], 'breaker-read'));

  const write = async (
    { provider, model }: BreakerKey,
    state: BreakerState,
    version: number | null,
  ): Promise<boolean> => {
    const written = await db.query(
      WRITE,
      [provider, model, state.status, jsonb(state), state.probeHolder, state.probeUntil, version],
      'breaker-write',
    );
    return written.length === 1;
  };

  /** Takes in all that came for one breaker meanwhile: one read and at most one write for any number of events. */
  const applyAll = async (
    key: BreakerKey,
    happened: readonly Happened[],
  ): Promise<readonly (BreakerStep & { readonly now: IsoInstant })[]> => {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { now, state: stored, version } = await snapshot(key);
      const before = stored ?? CLOSED_BREAKER;
      let state = before;
      const steps = happened.map(({ event, settings }) => {
        const step = transition(state, event, now, settings);
        state = step.state;
        return { ...step, now };
      });
      if (state === before || (await write(key, state, version))) return steps;
    }
    throw new Error(`breaker of ${key.provider} ${key.model} changed under ${ATTEMPTS} attempts`);
  };

  /** One queue per breaker: there are as many as models are called. */
  const queues = new Map<
    string,
    (happened: Happened) => Promise<BreakerStep & { readonly now: IsoInstant }>
  >();
  const queueOf = (key: BreakerKey) => {
    const name = JSON.stringify([key.provider, key.model]);
    const known = queues.get(name);
    if (known) return known;
    const queue = gathered((happened: readonly Happened[]) => applyAll(key, happened));
    queues.set(name, queue);
    return queue;
  };

  return {
    apply: (key, event, settings) => queueOf(key)({ event, settings }),

    read: async (key) => (await snapshot(key)).state ?? CLOSED_BREAKER,

    list: async () => {
      const rows = await db.query<BreakerRow & { readonly now: IsoInstant }>(
        `select provider, model, state, updated_at, world_now('live') as now from breakers order by provider, model`,
      );
      return rows.map(endedByTime);
    },
  };
};
