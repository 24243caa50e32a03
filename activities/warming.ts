// Warming as activities: what to make and in which order, one brief at a time under a cap of its own, and what
// it came to. The same serves research after an event while the market is open.
import { WARMING_BUDGET } from '../db/silent-caps';
import { warmedDateOf } from '../domain/desk/schedule-kinds';
import { type WarmingOrder, warmingOrder } from '../domain/desk/warming';
import { closedReason, isMarketOpen } from '../domain/market/calendar';
import { type Market, marketOfSymbol, parseMarket } from '../domain/market/market';
import { DEFAULT_SESSION_KIND, sessionInstant } from '../domain/market/session-times';
import { parseSubject } from '../domain/market/subject';
import type { ResearchKind } from '../domain/research/brief';
import { normaliseSubject } from '../domain/research/cache-key';
import { outdatedAt } from '../domain/research/ttl';
import {
  eventResearchSettings,
  type WarmingSettings,
  warmingSettings,
} from '../domain/settings/desk-settings';
import type { IsoDate, IsoInstant, WorldId } from '../domain/world';
import {
  type AttachWarming,
  eventResearchId,
  type WarmingAttached,
  type WarmingPlan,
  type WarmingRequest,
  type WarmingResearch,
  type WarmingResult,
  type WarmingTally,
  warmingSessionId,
} from '../workflows/contracts/desk';
import type { Dependencies } from './dependencies';
import { createDeskWorld } from './desk-world';
import { rethrowBadInput } from './failures';
import { isRunning } from './is-running';
import { createResearchActivities } from './research';

/** Reads of a week say what is popular. */
const POPULAR_DAYS = 7;
const TEMPLATE = 'swing';

type EventRequest = Extract<WarmingRequest, { readonly purpose: 'event' }>;

interface Aim {
  readonly sessionId: string;
  readonly world: WorldId;
  readonly date: IsoDate;
  readonly now: IsoInstant;
  readonly subjects: readonly string[];
  readonly sessionAt: IsoInstant | null;
  readonly settings: Pick<WarmingSettings, 'budgetMicroUsd' | 'kinds' | 'ttlSeconds'>;
}

export const createWarming = (dependencies: Dependencies) => {
  const { stores, options, client } = dependencies;
  const { ownWorld, watchlistOf, heldSubjects, readSettings } = createDeskWorld(dependencies);
  const { attachResearch } = createResearchActivities(dependencies);

  const skip = (plan: Pick<WarmingPlan, 'sessionId' | 'world' | 'date'>, skipped: string): WarmingPlan => ({
    ...plan,
    skipped,
    items: [],
    fresh: 0,
    tooEarly: [],
    budgetMicroUsd: 0,
    concurrency: 1,
    deadlineAt: null,
  });

  const orderOf = async ({ world, now, subjects, sessionAt, settings }: Aim): Promise<WarmingOrder> => {
    const [held, reads, costs, fresh] = await Promise.all([
      heldSubjects(world),
      stores.desk.reads(world, POPULAR_DAYS),
      stores.desk.briefCosts(world),
      stores.desk.freshUntil(world, TEMPLATE),
    ]);
    return warmingOrder({
      subjects: subjects.map(normaliseSubject),
      kinds: settings.kinds,
      held: new Set(held.map(normaliseSubject)),
      reads,
      costs,
      ttlSeconds: (kind: ResearchKind) => settings.ttlSeconds[kind],
      outdatedAt: (subject) => outdatedAt(subject, now),
      expiry: (subject, kind) => fresh.get(`${subject} ${kind}`) ?? null,
      now,
      sessionAt,
    });
  };

  /** The cap is the run's own: exact key, so that the general cap on market sessions is not what bounds it. */
  const openPlan = async (aim: Aim): Promise<WarmingPlan> => {
    const { sessionId, world, date, settings, sessionAt } = aim;
    const order = await orderOf(aim);
    const { budgetMicroUsd } = settings;
    if (order.items.length > 0)
      await stores.caps.setLimit({
        scope: 'market_session',
        key: sessionId,
        limitMicroUsd: budgetMicroUsd,
        policy: 'stop',
        reason: WARMING_BUDGET,
      });
    return {
      sessionId,
      world,
      date,
      skipped: null,
      ...order,
      budgetMicroUsd,
      concurrency: options.sessionConcurrency,
      deadlineAt: sessionAt,
    };
  };

  const dueMarket = async (
    request: Extract<WarmingRequest, { readonly purpose: 'session' }>,
    scheduledAt: IsoInstant | null,
  ): Promise<WarmingPlan> => {
    const market = parseMarket(request.market);
    const world = await ownWorld();
    await stores.worlds.enter({ id: world, asOf: null });
    const settings = warmingSettings(await readSettings());
    const now = await stores.worlds.now(world);
    const date = warmedDateOf(market, scheduledAt ?? now, settings.leadMinutes);
    const named = { sessionId: warmingSessionId(world, market, date), world, date };
    if (!settings.enabled) return skip(named, 'the setting warming_enabled is false');
    const closed = closedReason(market, date);
    if (closed) return skip(named, `${market} is closed on ${date} (${closed})`);
    const sessionAt = sessionInstant(market, date, DEFAULT_SESSION_KIND);
    if (now >= sessionAt) return skip(named, `late: the session of ${sessionAt} has begun`);
    const held = (await heldSubjects(world)).filter((subject) => isOf(market, subject));
    const subjects = [...held, ...(await watchlistOf(market))];
    if (subjects.length === 0) return skip(named, `market ${market} has no watchlist`);
    return openPlan({ ...named, now, subjects, sessionAt, settings });
  };

  const isOf = (market: Market, subject: string): boolean => {
    const { kind, name } = parseSubject(subject);
    return kind === 'equity' ? marketOfSymbol(name) === market : market === 'PREDICTION';
  };

  /** Held and watched subjects that the event covers and whose market is open. */
  const affected = async (request: EventRequest, world: WorldId, now: IsoInstant) => {
    const watched = await stores.watchlists.list();
    const held = (await heldSubjects(world)).map((subject) => ({
      subject,
      market: marketOfSymbol(parseSubject(subject).name) as string,
    }));
    const covered = (subject: string): boolean =>
      request.covers === 'all' || request.covers.includes(normaliseSubject(subject));
    return [...held, ...watched]
      .filter(({ subject, market }) => covered(subject) && isMarketOpen(parseMarket(market), now))
      .map(({ subject }) => subject);
  };

  const afterEvent = async (request: EventRequest): Promise<WarmingPlan> => {
    const world = await ownWorld();
    await stores.worlds.enter({ id: world, asOf: null });
    const read = await readSettings();
    const settings = eventResearchSettings(read);
    const now = await stores.worlds.now(world);
    const named = { sessionId: eventResearchId(request.eventId), world, date: now.slice(0, 10) };
    if (!settings.enabled) return skip(named, 'the setting event_research is false');
    if (request.world !== null && request.world !== world)
      return skip(named, `the event is of world ${request.world}; the desk runs in ${world}`);
    const subjects = await affected(request, world, now);
    if (subjects.length === 0)
      return skip(named, 'nothing held or watched is covered while its market is open');
    return openPlan({
      ...named,
      now,
      subjects,
      sessionAt: null,
      settings: { ...settings, kinds: ['complete'] },
    });
  };

  /** What to make, in order. @throws ApplicationFailure BadInput for an unknown market. */
  const planWarming = async ({
    request,
    scheduledAt,
  }: {
    readonly request: WarmingRequest;
    readonly scheduledAt: IsoInstant | null;
  }): Promise<WarmingPlan> => {
    try {
      return await (request.purpose === 'session' ? dueMarket(request, scheduledAt) : afterEvent(request));
    } catch (error) {
      return rethrowBadInput(error);
    }
  };

  /** Starts or joins one brief's research, where the budget has room for what such a brief costs. */
  const attachWarming = async ({ plan, item, waiter }: AttachWarming): Promise<WarmingAttached> => {
    const committed = await stores.desk.committed(plan.sessionId);
    if (committed + item.expectedMicroUsd > plan.budgetMicroUsd && item.expectedMicroUsd > 0)
      return { status: 'over_budget' };
    const attached = await attachResearch({
      research: {
        world: plan.world,
        asOf: null,
        subject: item.subject,
        kind: item.kind,
        template: TEMPLATE,
        refresh: item.refresh,
        prices: null,
        sessionId: plan.sessionId,
        reader: waiter,
        waiters: [waiter],
        withoutStandIn: true,
      },
    });
    return attached.status === 'hit'
      ? { status: 'fresh' }
      : { status: 'attached', researchId: attached.researchId, runId: attached.runId ?? '' };
  };

  /** Those that still run, and may still spend. */
  const unsettledWarming = async ({
    researches,
  }: {
    readonly researches: readonly WarmingResearch[];
  }): Promise<readonly WarmingResearch[]> => {
    const running = await Promise.all(
      researches.map(({ researchId, runId }) => isRunning(client, researchId, runId)),
    );
    return researches.filter((_research, index) => running[index]);
  };

  /** The run's cap ends with the last of its research; its books stay. */
  const finishWarming = async ({
    plan,
    tally,
  }: {
    readonly plan: Pick<
      WarmingPlan,
      'sessionId' | 'world' | 'date' | 'skipped' | 'budgetMicroUsd' | 'tooEarly'
    >;
    readonly tally: WarmingTally;
  }): Promise<WarmingResult> => {
    const { costMicroUsd } = await stores.sessions.ledgerTotals(plan.sessionId);
    await stores.caps.removeLimit({
      scope: 'market_session',
      key: plan.sessionId,
      reason: 'warming has ended',
    });
    return { ...plan, ...tally, costMicroUsd };
  };
  return { planWarming, attachWarming, unsettledWarming, finishWarming };
};
