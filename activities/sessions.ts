// Market sessions as activities: which session a request means, opening its row, closing it with totals.
import { createHash } from 'node:crypto';
import { lateSeconds } from '../domain/desk/lateness';
import { CATCHUP_MINUTES } from '../domain/desk/schedule-kinds';
import {
  closedReason,
  isTradingDay,
  localDateOf,
  nextTradingDay,
  sessionTimes,
} from '../domain/market/calendar';
import { addMinutes } from '../domain/market/iso-date';
import { isAlwaysOpen, type Market, parseMarket } from '../domain/market/market';
import { parseSessionKind, type SessionKind, sessionInstant } from '../domain/market/session-times';
import { criticalFirst } from '../domain/outage/critical-first';
import { MODES, type Mode } from '../domain/outage/modes';
import { type IsoDate, type IsoInstant, LIVE_WORLD, SYNTHETIC_WORLD, type WorldId } from '../domain/world';
import type {
  SessionInput,
  SessionRequest,
  SessionResult,
  SessionTarget,
  UndecidedSubject,
} from '../workflows/contracts/session';
import { sessionId } from '../workflows/contracts/workflow-ids';
import type { Dependencies } from './dependencies';
import { createDeskWorld } from './desk-world';
import { badInput, rethrowBadInput } from './failures';

export interface ResolvedSession {
  readonly target: SessionTarget;
  /** Null when the session is skipped. */
  readonly session: SessionInput | null;
  /** True: it is skipped only if this stays so until it is too late to start. */
  readonly mayStillRun?: boolean;
}

/** Names each subject, which is what tells one that has its reason from one that was forgotten. */
const undecidedNote = (undecided: readonly UndecidedSubject[]): string =>
  `Undecided. ${undecided.map(({ subject, reason }) => `${subject}: ${reason}`).join('; ')}`;

interface SkippedSession {
  readonly market: Market;
  readonly kind: SessionKind;
  readonly world: WorldId;
  readonly date: IsoDate;
}

const hash12 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** The harshest mode of a session is its mode: a board must not look better than its worst decision. */
const harshest = (modes: readonly Mode[]): Mode =>
  [...modes].sort((a, b) => MODES.indexOf(b) - MODES.indexOf(a))[0] ?? 'normal';

export const createSessionActivities = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const { hasPrices, worldByHand, ownWorld, watchlistOf, heldSubjects } = createDeskWorld(dependencies);

  const modeNow = async (): Promise<Mode> => (await stores.modes.current())?.mode ?? 'normal';

  /** While providers are out what guards money goes first; on other days the order asked for stands. */
  const inOrder = async (world: WorldId, subjects: readonly string[]): Promise<readonly string[]> => {
    if ((await modeNow()) === 'normal') return subjects;
    const [open, held] = await Promise.all([heldSubjects(world), stores.desk.tradedSubjects(world)]);
    return criticalFirst(subjects, { open: new Set(open), held: new Set(held) });
  };

  const worldOf = async (request: SessionRequest, scheduledAt: IsoInstant | null): Promise<WorldId> => {
    if (request.prices) return `replay:${request.prices.hash.slice(0, 12)}`;
    if (request.replay) return `replay:${hash12('')}`;
    return scheduledAt === null ? worldByHand() : ownWorld();
  };

  /** Contracts of prediction markets are quoted by their own venues. */
  const lacksPrices = async (world: WorldId, market: Market): Promise<boolean> =>
    world === LIVE_WORLD && market !== 'PREDICTION' && !(await hasPrices());

  /** Waits for real prices for as long as a late start is worth something, and is missed after that. */
  const withoutPrices = (
    { market, kind, world, date }: SkippedSession,
    scheduledAt: IsoInstant,
    now: IsoInstant,
  ): ResolvedSession => {
    const until = addMinutes(scheduledAt, CATCHUP_MINUTES[kind]);
    const byHand = `conclave session --market ${market} --kind ${kind}`;
    const skipped = `no real prices until ${until}; once they can be had, run it with "${byHand}" (made-up prices: setting desk_world)`;
    return {
      target: { sessionId: null, world, date, skipped },
      session: null,
      mayStillRun: now < until,
    };
  };

  /** The day asked for; a manual live run after the close is for the next trading day. */
  const dateOf = (
    request: SessionRequest,
    market: Market,
    scheduledAt: IsoInstant | null,
    now: IsoInstant,
  ): IsoDate => {
    if (request.date) return request.date;
    if (scheduledAt) return localDateOf(market, scheduledAt);
    const today = localDateOf(market, now);
    const over = isTradingDay(market, today) && now >= sessionTimes(market, today).closeUtc;
    return isTradingDay(market, today) && !over ? today : nextTradingDay(market, today);
  };

  /** After it a scheduled live session's decision is worthless: its trades were for this opening or this day. */
  const deadlineOf = (request: SessionRequest, market: Market, date: IsoDate): IsoInstant | null => {
    if (request.replay || request.requestKey) return null;
    const { openUtc, closeUtc } = sessionTimes(market, date);
    return request.kind === 'pre_market' && !isAlwaysOpen(market) ? openUtc : closeUtc;
  };

  /** Finds out world, day and subjects. @throws ApplicationFailure BadInput for what no session can mean. */
  const resolveSession = async (request: {
    readonly request: SessionRequest;
    readonly scheduledAt: IsoInstant | null;
  }): Promise<ResolvedSession> => {
    try {
      return await resolve(request.request, request.scheduledAt);
    } catch (error) {
      return rethrowBadInput(error);
    }
  };

  const resolve = async (
    request: SessionRequest,
    scheduledAt: IsoInstant | null,
  ): Promise<ResolvedSession> => {
    const market = parseMarket(request.market);
    const kind = parseSessionKind(request.kind);
    const world = await worldOf(request, scheduledAt);
    const now = await stores.worlds.now(LIVE_WORLD);
    const date = dateOf(request, market, scheduledAt, now);
    const closed = closedReason(market, date);
    if (closed)
      return {
        target: { sessionId: null, world, date, skipped: `${market} is closed on ${date} (${closed})` },
        session: null,
      };
    if (scheduledAt !== null && (await lacksPrices(world, market)))
      return withoutPrices({ market, kind, world, date }, scheduledAt, now);
    const decisionAt = sessionInstant(market, date, kind);
    if (request.replay && decisionAt > now)
      throw badInput(
        `as-of ${date} (${decisionAt}) is in the future; accepted: a day whose ${kind} instant has passed`,
      );
    const wanted = request.subjects.length > 0 ? request.subjects : await watchlistOf(market);
    const subjects = await inOrder(world, wanted);
    if (subjects.length === 0)
      throw badInput(
        `market ${market} has no watchlist; name subjects with --symbols, or add some with "conclave watchlist add"`,
      );
    const id = sessionId({
      world,
      market,
      date,
      kind,
      ...(request.requestKey ? { requestKey: request.requestKey } : {}),
    });
    return {
      target: { sessionId: id, world, date, skipped: null },
      session: {
        request,
        sessionId: id,
        world,
        synthetic: world === SYNTHETIC_WORLD,
        asOf: request.replay ? decisionAt : null,
        date,
        scheduledAt,
        decisionAt: request.replay ? decisionAt : now,
        deadlineAt: deadlineOf(request, market, date),
        subjects,
        stakeMicroUsd: request.stakeMicroUsd ?? options.stakeMicroUsd,
        concurrency: options.sessionConcurrency,
        next: 0,
      },
    };
  };

  const openSession = async (input: SessionInput): Promise<void> => {
    await stores.worlds.enter({ id: input.world, asOf: input.asOf });
    await stores.sessions.open({
      id: input.sessionId,
      world: input.world,
      market: input.request.market,
      date: input.date,
      kind: input.request.kind,
      decisionAt: input.decisionAt,
      stakeMicroUsd: input.stakeMicroUsd,
      subjects: input.subjects,
      mode: await modeNow(),
      synthetic: input.synthetic,
      scheduledAt: input.scheduledAt ?? null,
    });
  };

  const closeSession = async (input: SessionInput): Promise<SessionResult> => {
    const { undecided = [] } = input;
    const [totals, savedMicroUsd, { decided, modes }] = await Promise.all([
      stores.sessions.ledgerTotals(input.sessionId),
      stores.sessions.saved(input.sessionId),
      stores.decisions.ofSession(input.sessionId),
    ]);
    const opened = await stores.sessions.get(input.sessionId);
    const mode = harshest([
      (opened?.mode ?? 'normal') as Mode,
      ...(modes as readonly Mode[]),
      await modeNow(),
    ]);
    const row = await stores.sessions.close(input.sessionId, {
      status: 'finished',
      costMicroUsd: totals.costMicroUsd,
      savedMicroUsd,
      providerCalls: totals.providerCalls,
      mode,
      note: undecided.length === 0 ? null : undecidedNote(undecided),
    });
    return {
      sessionId: row.id,
      market: row.market,
      date: row.date,
      kind: input.request.kind,
      mode,
      synthetic: row.synthetic,
      status: 'finished',
      skipped: null,
      subjects: input.subjects.length,
      decided,
      undecided: undecided.length,
      costMicroUsd: row.costMicroUsd,
      savedMicroUsd: row.savedMicroUsd,
      providerCalls: row.providerCalls,
      wallMs: row.wallMs ?? 0,
      scheduledAt: row.scheduledAt,
      lateSeconds: lateSeconds(row.scheduledAt, row.startedAt),
    };
  };
  return { resolveSession, openSession, closeSession };
};
