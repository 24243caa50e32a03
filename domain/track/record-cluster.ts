// Which resolved rows count as one observation: the one rule for rankings, windows and correlations, so that no two
// views of a record tell a different story.
import { eventClusterOf } from '../market/event-cluster';
import type { ResolutionRule } from '../market/proposition';
import { parseSubject, type Subject } from '../market/subject';
import type { IsoInstant } from '../world';

/**
 * Rows about one event that resolve on one UTC day share a cluster: they turn on the same outcome, however many
 * members, horizons or decisions asked. Not the event alone, or a watchlist of five symbols would count as five
 * observations for ever; not the day alone, or a day with a hundred markets would count as one.
 */
export const recordCluster = (row: { readonly subject: Subject; readonly resolvedAt: IsoInstant }): string =>
  `${eventClusterOf(row.subject)} ${row.resolvedAt.slice(0, 10)}`;

const BLOCK_MS = 14 * 86_400_000;

/**
 * As `recordCluster`, for bounds on skill: prices that resolve within one fortnight share a cluster too. Forecasts of
 * several days made each day overlap, and all prices share the market.
 */
export const skillCluster = (row: { readonly subject: Subject; readonly resolvedAt: IsoInstant }): string =>
  parseSubject(row.subject).kind === 'equity'
    ? `prices ${Math.floor(Date.parse(row.resolvedAt) / BLOCK_MS)}`
    : recordCluster(row);

/** From a decision to its outcome, where that is a move of a price. */
export interface Span {
  readonly from: IsoInstant;
  readonly to: IsoInstant;
}

/**
 * The span of a row that turns on a close; null for one that turns on an event. Spans that overlap share what happens in
 * both, and all prices of a day the market's: their rows are not independent, though each is a cluster of its own.
 */
export const spanOf = (row: {
  readonly rule: ResolutionRule['type'];
  readonly madeAt: IsoInstant;
  readonly resolvedAt: IsoInstant;
}): Span | null => (row.rule === 'close_above' ? { from: row.madeAt, to: row.resolvedAt } : null);

/** The rows that are one step of evidence: those of a cluster, or all prices decided on one day for one close. */
export const stepKey = ({
  cluster,
  span,
}: {
  readonly cluster: string;
  readonly span?: Span | null | undefined;
}): string => (span ? `${span.from.slice(0, 10)} ${span.to}` : cluster);
