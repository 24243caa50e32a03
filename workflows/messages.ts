// Signals, queries and updates of every workflow, in one place.
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CompetitionProgress } from './contracts/competition';
import type { DecisionProgress, EarlyAnswer } from './contracts/decision';
import type { EventAck, MarketEventSignal } from './contracts/events';
import type { PanelProgress } from './contracts/panel';
import type { BriefReady } from './contracts/research';
import type { SessionProgress, SessionTarget } from './contracts/session';

/** To `researchSession`: tell this workflow too when the brief is ready. */
export const addWaiter = defineSignal<[waiterWorkflowId: string]>('addWaiter');
/** To whoever waits for research. */
export const briefReady = defineSignal<[BriefReady]>('briefReady');
/** To `market-events`, and from there to research under way. */
export const marketEvent = defineSignal<[MarketEventSignal]>('marketEvent');

/** To `market-events`: records the event and returns once its epoch is committed. */
export const recordEvent = defineUpdate<EventAck, [MarketEventSignal]>('recordEvent');
/** To `ensembleDecision`: what the current stage says, as soon as it says anything. */
export const earlyAnswer = defineUpdate<EarlyAnswer>('earlyAnswer');
/** To `sessionTrigger`: which session runs, as soon as it is known. */
export const sessionTarget = defineUpdate<SessionTarget>('sessionTarget');

export const decisionProgress = defineQuery<DecisionProgress>('progress');
export const panelProgress = defineQuery<PanelProgress>('progress');
export const sessionProgress = defineQuery<SessionProgress>('progress');
export const competitionProgress = defineQuery<CompetitionProgress>('progress');
