// Reviews as activities: the row that people see, opened and closed once.
import type { DecisionRecord } from '../db/decision-record';
import type { ParkedEnd, TradePrice } from '../db/decision-store';
import type { ReviewRow } from '../db/review-store';
import { coveredText, fitted, haltedText } from '../domain/ensemble/at-recording';
import type { ReviewAnswer } from '../domain/ensemble/review';
import type { Sizing } from '../domain/ensemble/sizing-input';
import { eventClusterOf } from '../domain/market/event-cluster';
import { usdText } from '../domain/money/micro-usd';
import { storableText } from '../domain/storable';
import type { DisputedTrade } from '../workflows/contracts/decision';
import type { BriefRef } from '../workflows/contracts/research';
import type { ReviewInput, ReviewResult, ReviewState } from '../workflows/contracts/tournament';
import { type ApprovedTrade, createApprovedTrades, priceText } from './approved-trade';
import type { Dependencies } from './dependencies';
import { createSettingsInForce } from './settings-in-force';
import { sizingCaps } from './sizing-basis';
import { haltedWhy } from './trade-halt';

/** A question is read in lists; the whole text is one click away. */
const QUESTION_CHARS = 600;

interface Opening {
  readonly reviewId: string;
  readonly input: ReviewInput;
}

/** Nothing where the price is that which the members saw. */
const repricedText = ({ price }: DecisionRecord, priced: TradePrice | null): readonly string[] =>
  priced === null || priced.price === price
    ? []
    : [`Priced anew at ${priceText(priced.price)}, ${priceText(price ?? 0)} when the members disputed`];

/** What a parked decision waits with. */
const tradeOf = ({ details }: DecisionRecord): DisputedTrade | null =>
  (details.review ?? null) as DisputedTrade | null;

const signed = (edge: number): string => `${edge < 0 ? '' : '+'}${priceText(edge)}`;

/** For what, at which price and for which edge a person is asked to trade. */
const askedText = (decision: DecisionRecord, { action, sizeMicroUsd }: DisputedTrade): string => {
  const { price, details } = decision;
  const edge = (details.sizing as Sizing | null | undefined)?.edge ?? null;
  const against = decision.subject.startsWith('equity:') ? 'against a base rate' : 'at a price';
  const priced = price === null ? '' : ` ${against} of ${priceText(price)}`;
  return `${action} for ${usdText(sizeMicroUsd)}${priced}${edge === null ? '' : ` (edge ${signed(edge)})`}? `;
};

export const createReviewActivities = ({ stores, sources }: Pick<Dependencies, 'stores' | 'sources'>) => {
  const settingsInForce = createSettingsInForce(stores);
  const approvedTrade = createApprovedTrades({ stores, sources });

  const questionOf = async ({ targetKind, targetId }: ReviewInput): Promise<string> => {
    if (targetKind === 'tournament') {
      const row = await stores.tournaments.get(targetId);
      const text = row ? await stores.taskTexts.get(row.promptId) : null;
      return `${row?.taskType ?? 'task'}: ${text ?? targetId}`.slice(0, QUESTION_CHARS);
    }
    const decision = await stores.decisions.get(targetId);
    if (!decision) return targetId;
    const trade = tradeOf(decision);
    const asked = trade ? askedText(decision, trade) : '';
    return `${decision.subject}: ${asked}${String(decision.details.statement ?? '')}`.slice(
      0,
      QUESTION_CHARS,
    );
  };

  /** Opens once; a repetition changes nothing. */
  const openReview = async ({
    reviewId,
    input,
    dueAt,
  }: Opening & { readonly dueAt: string }): Promise<void> => {
    const { world, targetKind, targetId, options, declaredDefault } = input;
    await stores.reviews.open({
      id: reviewId,
      world,
      targetKind,
      targetId,
      workflowId: reviewId,
      question: await questionOf(input),
      options,
      declaredDefault,
      dueAt,
    });
    if (targetKind === 'tournament') await stores.tournaments.wait(targetId, reviewId);
  };

  const toResult = (row: ReviewRow): ReviewResult => ({
    reviewId: row.id,
    status: row.status === 'waiting' ? 'cancelled' : row.status,
    verdict: row.verdict,
    reviewer: row.reviewer,
    closedAt: row.closedAt ?? row.dueAt,
  });

  /** What the review's end says of the trade that was parked for it. */
  const parkedEnd = ({ status, verdict, reviewer, comment }: ReviewRow, trade: DisputedTrade | null) => {
    if (status === 'timed_out')
      return {
        status: 'expired',
        why: 'Nobody approved the disputed trade in time; nothing is traded',
      } as const;
    if (status !== 'answered')
      return { status: 'no_consensus', why: 'The review of the disputed trade was cancelled' } as const;
    return verdict === 'approve' && trade
      ? ({ status: 'decided', why: `Approved by ${reviewer}: ${comment}` } as const)
      : ({ status: 'no_consensus', why: `Rejected by ${reviewer}: ${comment}` } as const);
  };

  /**
   * The trade that a person approved, at the price of now and as far as what is open by now leaves room under the caps;
   * none where an event covers the brief that it was weighed on, or the desk is halted.
   */
  const approve = async (decision: DecisionRecord, approved: ApprovedTrade, why: string): Promise<void> => {
    const nothing = (text: string): ParkedEnd => ({
      ...{ status: 'no_consensus', trade: null, why: `${why}. ${text}` },
    });
    if (approved.refused !== null) return stores.decisions.endParked(decision.id, nothing(approved.refused));
    const { trade, priced } = approved;
    const settings = await settingsInForce.forDecision(decision.category);
    await stores.decisions.endParkedInRoom(decision, {
      cluster: eventClusterOf(decision.subject),
      asOf: null,
      trades: true,
      epoch: (decision.details.research as BriefRef | null | undefined)?.epoch ?? null,
      settle: ({ now, open, event, mode }): ParkedEnd => {
        if (event) return nothing(coveredText(event));
        const halted = haltedWhy(mode);
        if (halted !== null) return nothing(haltedText(halted));
        const fit = fitted(trade.sizeMicroUsd, sizingCaps(settings, open));
        const said = [why, ...repricedText(decision, priced), ...(fit.why ? [fit.why] : [])].join('. ');
        if (fit.sizeMicroUsd === 0) return { status: 'no_consensus', trade: null, why: said };
        const traded = { ...trade, sizeMicroUsd: fit.sizeMicroUsd, tradedAt: now };
        return { status: 'decided', trade: traded, why: said, priced };
      },
    });
  };

  /** What the trade of an approval is by now, asked before anything is closed: the venue may have to be waited for. */
  const approvedBy = async (
    { targetKind, targetId }: ReviewInput,
    answer: ReviewAnswer | null,
    dueAt: string,
  ): Promise<ApprovedTrade | null> => {
    if (targetKind !== 'decision' || answer?.verdict !== 'approve') return null;
    const decision = await stores.decisions.get(targetId);
    const trade = decision?.status === 'parked' ? tradeOf(decision) : null;
    return decision && trade && approvedTrade(decision, trade, dueAt);
  };

  const endParked = async (
    decisionId: string,
    row: ReviewRow,
    approved: ApprovedTrade | null,
  ): Promise<void> => {
    const decision = await stores.decisions.get(decisionId);
    const { status, why } = parkedEnd(row, decision && tradeOf(decision));
    if (status !== 'decided') await stores.decisions.endParked(decisionId, { status, why, trade: null });
    else if (decision && approved) await approve(decision, approved, why);
  };

  /** Closes once: by a person's answer, by the clock with the declared default, or cancelled without a verdict. */
  const closeReview = async ({
    reviewId,
    input,
    status,
    answer,
    dueAt,
  }: Opening & {
    readonly status: ReviewState['status'];
    readonly answer: ReviewAnswer | null;
    readonly dueAt: string;
  }): Promise<ReviewResult> => {
    // Cancelled before it was opened: there is still a row that says so.
    await openReview({ reviewId, input, dueAt });
    if (status === 'waiting') throw new Error(`review ${reviewId} is closed while it waits`);
    const approved = await approvedBy(input, status === 'answered' ? answer : null, dueAt);
    const verdict = status === 'timed_out' ? input.declaredDefault : (answer?.verdict ?? null);
    const row = await stores.reviews.close(reviewId, {
      status,
      verdict,
      reviewer: answer && storableText(answer.reviewer),
      comment: answer && storableText(answer.reason),
    });
    if (input.targetKind === 'decision') await endParked(input.targetId, row, approved);
    return toResult(row);
  };
  return { openReview, closeReview };
};
