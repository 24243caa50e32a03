// A brief: what one research session leaves for every model that asks about the subject.

import type { Subject } from '../market/subject';
import type { MicroUsd } from '../money/micro-usd';
import type { IsoInstant } from '../world';

export const RESEARCH_KINDS = ['complete', 'technical', 'financial', 'web'] as const;
export type ResearchKind = (typeof RESEARCH_KINDS)[number];

export const BRIEF_TEMPLATES = ['swing', 'day', 'value'] as const;
export type BriefTemplate = (typeof BRIEF_TEMPLATES)[number];

/** One piece of evidence with when it became public. */
export interface SourceItem {
  readonly source: string;
  readonly title: string;
  readonly publicAt: IsoInstant;
  readonly fetchedAt: IsoInstant;
  readonly url?: string;
  readonly text?: string;
  readonly synthetic?: boolean;
  /** Independent sources that are asked for such documents, whether they answer or not. Absent: this one alone. */
  readonly sourcesAsked?: number;
}

/** The structured part every brief has, whoever writes it (requirement A10). */
export interface BriefContent {
  readonly thesis: string;
  readonly drivers: readonly string[];
  readonly risks: readonly string[];
  readonly peers: string;
  readonly volatility: string;
  readonly upcoming: readonly string[];
  /** Numbers the text relies on, each from the data feed. */
  readonly figures: Readonly<Record<string, number>>;
  /** Why the house wrote it in place of its language models. Absent: it did not have to. */
  readonly degraded?: string;
}

export interface Brief {
  readonly id: string;
  readonly key: string;
  readonly world: string;
  readonly asOf: IsoInstant;
  readonly subject: Subject;
  readonly kind: ResearchKind;
  readonly template: BriefTemplate;
  readonly content: BriefContent;
  readonly sources: readonly SourceItem[];
  /** 0-100. */
  readonly quality: number;
  readonly writtenBy: string;
  readonly verifiedBy: string;
  readonly synthetic: boolean;
  readonly costMicroUsd: MicroUsd;
  readonly epoch: number;
  readonly createdAt: IsoInstant;
  readonly expiresAt: IsoInstant;
  /** The gathered facts it was written from. */
  readonly dossierId: string | null;
  /** The bars it rests on. */
  readonly seriesId: string | null;
}
