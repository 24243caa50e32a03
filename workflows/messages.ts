// Signals, queries and updates of every workflow, in one place.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ReviewAnswer } from '../domain/ensemble/review';
import type { AlertLook } from './contracts/alerts';
import type { LandedCall } from './contracts/calls';
import type { CompetitionProgress } from './contracts/competition';
import type { DecisionProgress, EarlyAnswer } from './contracts/decision';
import type { EventAck, MarketEventSignal } from './contracts/events';
import type { PanelProgress } from './contracts/panel';
import type { BriefReady } from './contracts/research';
import type { SessionProgress, SessionTarget } from './contracts/session';
import type { ReviewResult, ReviewState, TournamentProgress } from './contracts/tournament';

type AddWaiter = [waiterWorkflowId: string, deadlineAt?: string | null, refresh?: boolean];
/**
 * To `researchSession`: tell this workflow too when the brief is ready, or, without a deadline, that it has to wait.
 * With `refresh` the brief is one that is stored from now on.
 */
export const addWaiter = defineSignal<AddWaiter>('addWaiter');
/** To whoever waits for research. */
export const briefReady = defineSignal<[BriefReady]>('briefReady');
/** To whoever asked for several calls at once: those that have landed while the others are under way. */
export const callsLanded = defineSignal<[readonly LandedCall[]]>('callsLanded');
/** To `market-events`, and from there to research under way. */
export const marketEvent = defineSignal<[MarketEventSignal]>('marketEvent');

/** To `review`: a person's answer, as it may be typed by hand into Temporal's UI; one that is malformed is kept as refused. */
export const reviewAnswer = defineSignal<[answer: unknown]>('decide');

/** To `market-events`: records the event and returns once its epoch is committed. */
export const recordEvent = defineUpdate<EventAck, [MarketEventSignal]>('recordEvent');
/** To `alert-watch`: looks at once, and says what it found. */
export const lookForAlerts = defineUpdate<AlertLook>('lookForAlerts');
/** To `ensembleDecision`: what the current stage says, as soon as it says anything. */
export const earlyAnswer = defineUpdate<EarlyAnswer>('earlyAnswer');
/** To `sessionTrigger`: which session runs, as soon as it is known. */
export const sessionTarget = defineUpdate<SessionTarget>('sessionTarget');

/** To `review`: a person's answer; refused when malformed or late, and returns once it is committed. */
export const decideReview = defineUpdate<ReviewResult, [answer: ReviewAnswer]>('decide');

/** To `ensembleDecision`: what its update of this name would return, null before any stage has answered. */
export const earlyAnswerSoFar = defineQuery<EarlyAnswer | null>('earlyAnswer');
export const decisionProgress = defineQuery<DecisionProgress>('progress');
export const panelProgress = defineQuery<PanelProgress>('progress');
export const sessionProgress = defineQuery<SessionProgress>('progress');
export const competitionProgress = defineQuery<CompetitionProgress>('progress');
export const tournamentProgress = defineQuery<TournamentProgress>('progress');
export const reviewState = defineQuery<ReviewState>('state');
