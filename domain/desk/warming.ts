// Which briefs are made off-hours, and in which order: cheap kinds first, within a kind what is held, then what
// is read most, so that a budget that ends early has bought what matters (A8).
import type { MicroUsd } from '../money/micro-usd';
import { RESEARCH_KINDS, type ResearchKind } from '../research/brief';
import { expiresAt } from '../research/ttl';
import type { IsoInstant } from '../world';

/** Of cost when none is known yet: from figures alone to everything. */
const USUAL_ORDER: readonly ResearchKind[] = ['technical', 'financial', 'web', 'complete'];

export interface WarmingItem {
  readonly subject: string;
  readonly kind: ResearchKind;
  /** A brief is there, but not until the session. */
  readonly refresh: boolean;
  /** What a brief of this kind has cost on average; 0 when none was paid for yet. */
  readonly expectedMicroUsd: MicroUsd;
}

export interface WarmingQuestion {
  /** In the order of the watchlist. */
  readonly subjects: readonly string[];
  readonly kinds: readonly ResearchKind[];
  readonly held: ReadonlySet<string>;
  /** Reads of the last days by subject. */
  readonly reads: ReadonlyMap<string, number>;
  /** Average cost of a brief by kind. */
  readonly costs: ReadonlyMap<ResearchKind, MicroUsd>;
  readonly ttlSeconds: (kind: ResearchKind) => number;
  /** When what is known now about a subject lacks its newest bar; null: never. */
  readonly outdatedAt: (subject: string) => IsoInstant | null;
  /** Expiry of the fresh brief of a subject and kind; null without one. */
  readonly expiry: (subject: string, kind: ResearchKind) => IsoInstant | null;
  readonly now: IsoInstant;
  /** Briefs are to be fresh then; null: from now on, as after an event. */
  readonly sessionAt: IsoInstant | null;
}

export interface WarmingOrder {
  readonly items: readonly WarmingItem[];
  /** Already fresh at the session. */
  readonly fresh: number;
  /** Kinds of which every brief would be stale by then. */
  readonly tooEarly: readonly ResearchKind[];
}

const byCost =
  (costs: WarmingQuestion['costs']) =>
  (a: ResearchKind, b: ResearchKind): number =>
    (costs.get(a) ?? 0) - (costs.get(b) ?? 0) || USUAL_ORDER.indexOf(a) - USUAL_ORDER.indexOf(b);

/** The order in which to make briefs, without those that would not be needed or not last. */
export const warmingOrder = (question: WarmingQuestion): WarmingOrder => {
  const { subjects, held, reads, costs, expiry } = question;
  const until = Date.parse(question.sessionAt ?? question.now);
  const lasts = (kind: ResearchKind, subject: string): boolean =>
    Date.parse(expiresAt(question.now, question.ttlSeconds(kind), question.outdatedAt(subject))) > until;
  const kinds = RESEARCH_KINDS.filter((kind) => question.kinds.includes(kind)).sort(byCost(costs));
  const rank = (subject: string) => (held.has(subject) ? 1 : 0);
  const ordered = [...new Set(subjects)].sort(
    (a, b) => rank(b) - rank(a) || (reads.get(b) ?? 0) - (reads.get(a) ?? 0),
  );
  const all = kinds.flatMap((kind) =>
    ordered
      .filter((subject) => lasts(kind, subject))
      .map((subject) => ({ subject, kind, freshUntil: expiry(subject, kind) })),
  );
  const needed = all.filter(({ freshUntil }) => freshUntil === null || Date.parse(freshUntil) <= until);
  return {
    items: needed.map(({ subject, kind, freshUntil }) => ({
      subject,
      kind,
      refresh: freshUntil !== null,
      expectedMicroUsd: costs.get(kind) ?? 0,
    })),
    fresh: all.length - needed.length,
    tooEarly: kinds.filter((kind) => !ordered.some((subject) => lasts(kind, subject))),
  };
};
