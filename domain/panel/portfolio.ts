// The portfolio view of a panel: per subject what its analysts say together, over all subjects which speak
// loudest. A failed or abstaining analyst is counted and never turned into an opinion.
import type { MemberAnswer } from '../ensemble/quorum';
import { weightedVote } from '../ensemble/strategies/weighted-vote';
import type { FailureKind } from '../outage/failure';

/** What one analyst said of one subject. `abstained`: its data were not there. */
export interface PanelOpinion {
  readonly analyst: string;
  readonly group: string;
  readonly status: 'answered' | 'abstained' | 'failed';
  readonly failure: FailureKind | null;
  readonly probability: number | null;
}

export interface GroupView {
  readonly group: string;
  readonly answered: number;
  readonly asked: number;
  /** Of the group's answers alone; null without any. */
  readonly probability: number | null;
}

export interface PanelView {
  readonly subject: string;
  readonly status: 'decided' | 'abstained';
  /** Of yes; null unless decided. */
  readonly probability: number | null;
  /** Base rate or market price of yes, where one is known. */
  readonly price: number | null;
  /** Probability minus price; null where either is missing. */
  readonly edge: number | null;
  /** Against even odds; the edge says how it stands to the price. */
  readonly lean: 'up' | 'down' | 'none';
  readonly asked: number;
  readonly answered: number;
  readonly abstained: number;
  readonly failed: number;
  readonly needed: number;
  /** Population standard deviation of the answers; null without any. */
  readonly spread: number | null;
  readonly groups: readonly GroupView[];
  /** Why there is no view, or what is missing from it. */
  readonly notes: readonly string[];
}

export interface SubjectOpinions {
  readonly subject: string;
  readonly price: number | null;
  readonly opinions: readonly PanelOpinion[];
  readonly quorum: number;
  readonly notes: readonly string[];
}

/** Closer to even odds than this is no lean. */
const LEAST_LEAN = 0.01;

const answerOf = ({ analyst, probability, failure }: PanelOpinion): MemberAnswer =>
  probability === null
    ? { model: analyst, status: 'failed', failure: failure ?? 'unavailable' }
    : { model: analyst, status: 'answered', probability };

const vote = (opinions: readonly PanelOpinion[], needed: number) =>
  weightedVote.decide({ answers: opinions.map(answerOf), quorum: { needed } });

const groupViews = (opinions: readonly PanelOpinion[]): readonly GroupView[] =>
  [...new Set(opinions.map(({ group }) => group))].map((group) => {
    const own = opinions.filter((opinion) => opinion.group === group);
    return {
      group,
      asked: own.length,
      answered: own.filter(({ status }) => status === 'answered').length,
      probability: vote(own, 1).probability,
    };
  });

const leanOf = (probability: number | null): PanelView['lean'] => {
  if (probability === null || Math.abs(probability - 0.5) < LEAST_LEAN) return 'none';
  return probability > 0.5 ? 'up' : 'down';
};

/**
 * Combines one subject's opinions by weighted vote with equal weights (requirement B3).
 * @throws RangeError for an analyst that comes twice or a probability outside [0, 1]
 */
export const viewOfSubject = ({ subject, price, opinions, quorum, notes }: SubjectOpinions): PanelView => {
  const result = opinions.length === 0 ? null : vote(opinions, quorum);
  const probability = result?.probability ?? null;
  const edge = probability === null || price === null ? null : probability - price;
  const count = (status: PanelOpinion['status']) =>
    opinions.filter((opinion) => opinion.status === status).length;
  const answered = count('answered');
  return {
    subject,
    status: probability === null ? 'abstained' : 'decided',
    probability,
    price,
    edge,
    lean: leanOf(probability),
    asked: opinions.length,
    answered,
    abstained: count('abstained'),
    failed: count('failed'),
    needed: quorum,
    spread: result?.disagreement?.stdOfP ?? null,
    groups: groupViews(opinions),
    notes: [
      ...notes,
      ...(answered < quorum ? [`${answered} of ${opinions.length} analysts answered, ${quorum} needed`] : []),
    ],
  };
};

/** The furthest from even odds in front, those without a view last; then by subject. */
export const portfolioOf = (views: readonly PanelView[]): readonly PanelView[] => {
  const size = ({ probability }: PanelView): number =>
    probability === null ? -1 : Math.abs(probability - 0.5);
  return [...views].sort((a, b) => size(b) - size(a) || (a.subject < b.subject ? -1 : 1));
};

/** `complete`: nobody failed; `abstained`: no subject has a view; else `partial`. */
export const panelStatus = (views: readonly PanelView[]): 'complete' | 'partial' | 'abstained' => {
  if (views.every(({ status }) => status === 'abstained')) return 'abstained';
  return views.some(({ failed, asked }) => failed > 0 || asked === 0) ? 'partial' : 'complete';
};
