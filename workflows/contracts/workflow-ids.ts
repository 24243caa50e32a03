// Workflow ids say what a run is about; they are also what makes work happen once.
import type { BriefTemplate, ResearchKind } from '../../domain/research/brief';
import { normaliseSubject } from '../../domain/research/cache-key';
import type { IsoDate, IsoInstant, WorldId } from '../../domain/world';

export const ALERT_WATCH_ID = 'alert-watch';
export const MARKET_EVENTS_ID = 'market-events';
export const PROVIDER_WATCH_ID = 'provider-watch';

/** Of one spelling, like the key of the brief: two askers of the same brief meet in one run. */
export const researchId = (key: {
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  readonly subject: string;
  readonly kind: ResearchKind;
  readonly template: BriefTemplate;
}): string =>
  `research:${key.world}:${key.asOf ?? 'live'}:${normaliseSubject(key.subject)}:${key.kind}:${key.template}`;

export const decisionId = (subject: string, key: string): string => `decision:${subject}:${key}`;

/** Scheduled runs have no request key, so that a second trigger on the same day is refused. */
export const sessionId = (key: {
  readonly world: WorldId;
  readonly market: string;
  readonly date: IsoDate;
  readonly kind: string;
  readonly requestKey?: string;
}): string =>
  `session:${key.world}:${key.market}:${key.date}:${key.kind}${key.requestKey ? `:${key.requestKey}` : ''}`;

export const panelId = (key: string): string => `panel:${key}`;
export const tournamentId = (key: string): string => `tournament:${key}`;
export const taskRunId = (key: string): string => `task:${key}`;
/** A review is known by its workflow's id; `target` is the id of what it decides. */
export const reviewId = (target: string): string => `review:${target}`;
/** What a decision's question is put to beside it, for experiments. */
export const armsId = (decision: string): string => `arms:${decision}`;
