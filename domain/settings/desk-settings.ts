// What the hands-free desk reads of the settings: schedules, warming and event detectors. Read when a run is
// planned, so that a change holds from the next run on; a worker moves schedules within moments.
import { SCHEDULE_KINDS, type ScheduleKind } from '../desk/schedule-kinds';
import { checkScheduleTimes } from '../desk/schedule-times';
import { MICRO_PER_USD, type MicroUsd } from '../money/micro-usd';
import { RESEARCH_KINDS, type ResearchKind } from '../research/brief';
import { DEFAULT_TTL_SECONDS, type TtlSeconds } from '../research/ttl';
import { LIVE_WORLD, SYNTHETIC_WORLD, type WorldId } from '../world';
import { type AcceptedForm, numberFrom, oneOf, trueOrFalse, wholeNumberFrom } from './accepted-form';

/** Key, accepted form, default and one line for people. */
export type DeskSetting = readonly [key: string, form: AcceptedForm, fallback: unknown, doc: string];

const listOf = (names: readonly string[], what: string): AcceptedForm => ({
  accepts: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((name) => names.includes(name as string)),
  accepted: `a list of ${what}, each once: ${names.join(', ')}`,
});

const accepts = (check: (value: unknown) => void) => (value: unknown) => {
  try {
    check(value);
    return true;
  } catch {
    return false;
  }
};

/** Thirty days. */
const MOST_TTL_SECONDS = 30 * 86_400;

export const DESK_SETTINGS: readonly DeskSetting[] = [
  [
    'desk_world',
    oneOf([LIVE_WORLD, SYNTHETIC_WORLD]),
    LIVE_WORLD,
    'World of everything that runs by itself; synthetic tries the desk on made-up prices',
  ],
  [
    'schedule_kinds',
    listOf(SCHEDULE_KINDS, 'kinds of scheduled runs'),
    ['warming', 'paper_orders', 'pre_market', 'afternoon', 'end_of_day'],
    'Runs that every market with a watchlist has',
  ],
  [
    'schedule_times',
    {
      accepts: accepts(checkScheduleTimes),
      accepted:
        'an object of MARKET:kind with a local time outside 01:00 to 03:59, such as {"XETR:warming": "07:00 Europe/Berlin"}; kinds warming, before the session, and end_of_day, not from 30 minutes before the open until the close',
    },
    {},
    'Local times of warming and end of day instead of the usual',
  ],
  ['warming_enabled', trueOrFalse, true, 'Research the watchlist before the session'],
  ['warming_budget_usd', numberFrom(0, 999_999_999), 1, 'Most that one warming of a market may spend'],
  ['warming_lead_minutes', wholeNumberFrom(5, 360), 45, 'How long before the session warming starts'],
  [
    'warming_kinds',
    listOf(RESEARCH_KINDS, 'kinds of research'),
    ['complete'],
    'Kinds of briefs that are warmed; sessions read complete ones',
  ],
  [
    'research_wait_minutes',
    numberFrom(0, 1_440),
    30,
    'Longest that research waits while all its language models are out, within the deadline of who asked; then the house writes and the brief says so',
  ],
  ...RESEARCH_KINDS.map(
    (kind): DeskSetting => [
      `ttl_seconds_${kind}`,
      wholeNumberFrom(1, MOST_TTL_SECONDS),
      DEFAULT_TTL_SECONDS[kind],
      `Seconds that a new ${kind} brief is kept`,
    ],
  ),
  ['detectors_enabled', trueOrFalse, true, 'Look for market events in prices, news and calendars'],
  [
    'detector_gap',
    numberFrom(0.001, 1),
    0.04,
    'Overnight gap, as a share of the last close, that is an event',
  ],
  [
    'detector_volatility',
    numberFrom(1.1, 100),
    3,
    'Newest daily move over the deviation of the 20 before it that is an event',
  ],
  ['detector_news_count', wholeNumberFrom(2, 1_000), 6, 'Headlines within the news window that are a burst'],
  ['detector_news_minutes', wholeNumberFrom(5, 1_440), 60, 'Length of the news window in minutes'],
  ['event_research', trueOrFalse, true, 'Research held and watched symbols anew after an event while open'],
  [
    'event_research_budget_usd',
    numberFrom(0, 999_999_999),
    1,
    'Most that research after one event may spend',
  ],
];

export interface WarmingSettings {
  readonly enabled: boolean;
  readonly budgetMicroUsd: MicroUsd;
  readonly leadMinutes: number;
  readonly kinds: readonly ResearchKind[];
  readonly ttlSeconds: TtlSeconds;
}

export interface DetectorSettings {
  readonly enabled: boolean;
  readonly gap: number;
  readonly volatility: number;
  readonly newsCount: number;
  readonly newsMinutes: number;
}

export interface ScheduleSettings {
  readonly kinds: readonly ScheduleKind[];
  readonly times: Readonly<Record<string, string>>;
  readonly leadMinutes: number;
}

/** The value in force of a key. */
export type ReadSetting = (key: string) => unknown;

const micro = (usd: unknown): MicroUsd => Math.round((usd as number) * MICRO_PER_USD);

/** The world of what no person started: a source that fails for a moment never moves it to made-up prices. */
export const deskWorld = (read: ReadSetting): WorldId => read('desk_world') as WorldId;

/** Seconds that a new brief of each kind is kept. */
export const ttlSettings = (read: ReadSetting): TtlSeconds =>
  Object.fromEntries(RESEARCH_KINDS.map((kind) => [kind, read(`ttl_seconds_${kind}`)])) as TtlSeconds;

export const warmingSettings = (read: ReadSetting): WarmingSettings => ({
  enabled: read('warming_enabled') as boolean,
  budgetMicroUsd: micro(read('warming_budget_usd')),
  leadMinutes: read('warming_lead_minutes') as number,
  kinds: read('warming_kinds') as readonly ResearchKind[],
  ttlSeconds: ttlSettings(read),
});

/** Research after an event warms under a budget of its own. */
export const eventResearchSettings = (
  read: ReadSetting,
): Pick<WarmingSettings, 'enabled' | 'budgetMicroUsd' | 'ttlSeconds'> => ({
  enabled: read('event_research') as boolean,
  budgetMicroUsd: micro(read('event_research_budget_usd')),
  ttlSeconds: ttlSettings(read),
});

export const detectorSettings = (read: ReadSetting): DetectorSettings => ({
  enabled: read('detectors_enabled') as boolean,
  gap: read('detector_gap') as number,
  volatility: read('detector_volatility') as number,
  newsCount: read('detector_news_count') as number,
  newsMinutes: read('detector_news_minutes') as number,
});

export const scheduleSettings = (read: ReadSetting): ScheduleSettings => ({
  kinds: read('schedule_kinds') as readonly ScheduleKind[],
  times: read('schedule_times') as Readonly<Record<string, string>>,
  leadMinutes: read('warming_lead_minutes') as number,
});
