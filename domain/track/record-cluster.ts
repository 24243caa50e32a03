// Which resolved rows count as one observation: the one rule for rankings, windows and correlations, so that no two
// views of a record tell a different story.
import { eventClusterOf } from '../market/event-cluster';
import type { Subject } from '../market/subject';
import type { IsoInstant } from '../world';

/**
 * Rows about one event that resolve on one UTC day share a cluster: they turn on the same outcome, however many
 * members, horizons or decisions asked. Not the event alone, or a watchlist of five symbols would count as five
 * observations for ever; not the day alone, or a day with a hundred markets would count as one.
 */
export const recordCluster = (row: { readonly subject: Subject; readonly resolvedAt: IsoInstant }): string =>
  `${eventClusterOf(row.subject)} ${row.resolvedAt.slice(0, 10)}`;
