// How long rows are kept that are not the record: notes on health, reads, requests, alerts, events, and the texts
// behind forecasts. Every table that is not named here is the record, or is bounded by other means.
import { orNull, trueOrFalse, wholeNumberFrom } from './accepted-form';
import type { DeskSetting, ReadSetting } from './desk-settings';

export interface RetentionRule {
  /** Below this, something still at work would miss its rows. */
  readonly leastDays: number;
  readonly days: number;
  /** What the rows are, for people. */
  readonly about: string;
}

const MOST_DAYS = 36_500;

/** In the order in which they are removed: what refers to others goes before them. */
export const RETENTION_RULES = {
  // Ranking and tiers read the latencies of seven days.
  health_checks: { leastDays: 8, days: 30, about: 'checks and calls behind the health of models' },
  // Learnt times to live read the research and the events of 90 days.
  brief_reads: { leastDays: 31, days: 180, about: 'reads of briefs: hits, misses, joins' },
  research_sessions: { leastDays: 91, days: 180, about: 'research that has ended' },
  market_events: { leastDays: 91, days: 365, about: 'market events; what they made stale stays stale' },
  requests: { leastDays: 2, days: 180, about: 'requests by idempotency key that have ended' },
  // An alert of a month's cap must not be raised again in that month.
  alerts: { leastDays: 62, days: 365, about: 'alerts that are over, with their deliveries' },
  // Work that waits for a person or for a provider reads them by id.
  dossiers: { leastDays: 31, days: 60, about: 'gathered facts that no stored brief rests on' },
  price_series: {
    leastDays: 31,
    days: 60,
    about: 'prices that no stored brief rests on, but for the newest',
  },
  answers: { leastDays: 31, days: 730, about: 'whole answers of models; forecasts and reasons stay' },
} as const satisfies Readonly<Record<string, RetentionRule>>;

export type PruneKind = keyof typeof RETENTION_RULES;

export const PRUNE_KINDS = Object.keys(RETENTION_RULES) as readonly PruneKind[];

export const RETENTION_SETTINGS: readonly DeskSetting[] = [
  ['prune_hourly', trueOrFalse, true, 'Remove old rows by the hour; false leaves it to conclave prune'],
  ...PRUNE_KINDS.map((kind): DeskSetting => {
    const { leastDays, days, about } = RETENTION_RULES[kind];
    const form = orNull(wholeNumberFrom(leastDays, MOST_DAYS), 'ever');
    return [`keep_days_${kind}`, form, days, `Days that are kept of ${about}`];
  }),
];

export interface RetentionSettings {
  readonly hourly: boolean;
  /** Null: kept for ever. */
  readonly days: Readonly<Record<PruneKind, number | null>>;
}

export const retentionSettings = (read: ReadSetting): RetentionSettings => ({
  hourly: read('prune_hourly') as boolean,
  days: Object.fromEntries(
    PRUNE_KINDS.map((kind) => [kind, read(`keep_days_${kind}`) as number | null]),
  ) as RetentionSettings['days'],
});
