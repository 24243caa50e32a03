// Analyst panels: input, plan and result. Wordings travel by their version; reasons stay in Postgres.

import type { FailureKind } from '../../domain/outage/failure';
import type { PanelView } from '../../domain/panel/portfolio';
import type { BriefTemplate, ResearchKind } from '../../domain/research/brief';
import type { IsoInstant, WorldId } from '../../domain/world';
import type { Candidate } from './calls';
import type { BriefRef, PriceFile } from './research';

/** An analyst as a panel knows it; the wording is stored under its version. */
export interface PanelAnalyst {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly version: string;
}

export interface PanelInput {
  readonly world: WorldId;
  readonly asOf: IsoInstant | null;
  readonly subjects: readonly string[];
  readonly analysts: readonly PanelAnalyst[];
  /** The model that plays all analysts; null: a capable cheap one, or the house's statistics. */
  readonly model: string | null;
  /** Trading days for equities. */
  readonly horizonDays: number;
  readonly research: {
    readonly kind: ResearchKind;
    readonly template: BriefTemplate;
    readonly refresh: boolean;
  };
  readonly prices: PriceFile | null;
  /** Answers that a subject's view needs; null: half of the analysts. */
  readonly quorum: number | null;
  /** From the panel's start; what has not landed by then counts as timed out. Null: no deadline. */
  readonly deadlineMs: number | null;
  /** What all its calls may reserve together; its research is paid beside it. Null: caps only. */
  readonly maxCostMicroUsd: number | null;
  readonly priority: number;
}

/** What is asked about one subject; `missing` says why nothing can be. */
export interface PanelSubject {
  readonly propositionId: string | null;
  readonly statement: string;
  readonly category: string;
  readonly resolvesAt: IsoInstant | null;
  readonly price: number | null;
  readonly priceAt?: IsoInstant | null;
  readonly seriesId: string | null;
  readonly missing: string | null;
}

/** A subject that nothing could be asked about, and why. */
export const unaskedSubject = (subject: string, missing: string): PanelSubject => ({
  propositionId: null,
  statement: `Nothing could be asked about ${subject}`,
  category: 'unanswerable',
  resolvesAt: null,
  price: null,
  seriesId: null,
  missing,
});

/** A subject as the panel finds it when it opens. */
export interface OpenedSubject {
  readonly subject: string;
  readonly brief: BriefRef | null;
  /** The run that writes the brief where there is no fresh one; it signals when it ends. */
  readonly researchId: string | null;
  readonly runId?: string;
  /** Why there will be no brief. */
  readonly failure: string | null;
  /** Null while the brief is waited for. */
  readonly about: PanelSubject | null;
}

/** What `openPanel` finds out before anything is asked. */
export interface PanelPlan {
  /** The model that plays all analysts, then substitutes that are no dearer. */
  readonly candidates: readonly Candidate[];
  readonly callDeadlineMs: number;
  /** Whether a subject's calls go side by side in one activity; else each is one. Absent: each is one. */
  readonly together?: boolean;
  readonly notes: readonly string[];
  /** In the order of the input. */
  readonly subjects: readonly OpenedSubject[];
}

/** One analyst on one subject. `abstained`: its data were not there. */
export interface PanelPrediction {
  readonly subject: string;
  readonly analyst: string;
  readonly group: string;
  readonly promptVersion: string;
  readonly status: 'answered' | 'abstained' | 'failed';
  readonly failure: FailureKind | null;
  /** Why it failed, in one sentence of ours. Absent: it did not, or nothing more is known. */
  readonly problem?: string;
  readonly probability: number | null;
  readonly model: string;
  readonly provider: string;
  readonly modelVersion: string | null;
  readonly answerKey: string | null;
  readonly costMicroUsd: number | null;
  readonly latencyMs: number;
  readonly sends: number;
}

export interface PanelSubjectResult extends PanelSubject {
  readonly subject: string;
  readonly research: BriefRef | null;
  readonly predictions: readonly PanelPrediction[];
}

export interface PanelResult {
  readonly panelId: string;
  /** `partial`: some analyst failed or some subject could not be asked about. */
  readonly status: 'complete' | 'partial' | 'abstained';
  readonly model: string;
  readonly provider: string;
  readonly portfolio: readonly PanelView[];
  readonly subjects: readonly PanelSubjectResult[];
  readonly notes: readonly string[];
  readonly costMicroUsd: number;
  readonly wallMs: number;
  readonly synthetic: boolean;
}

export interface PanelCell {
  readonly subject: string;
  readonly analyst: string;
  readonly status: 'waiting' | 'asking' | 'answered' | 'abstained' | 'failed';
  readonly probability: number | null;
  readonly failure: FailureKind | null;
  readonly latencyMs: number | null;
}

/** Query `progress`. */
export interface PanelProgress {
  readonly step: 'planning' | 'research' | 'asking' | 'recording' | 'done';
  readonly model: string | null;
  readonly done: number;
  readonly total: number;
  readonly cells: readonly PanelCell[];
}
