// How far a day's decisions came on their way to a position, and so why nothing was traded: each is counted at every
// step it passed. Reads what was stored with it; nothing is judged anew.
import { NO_EDGE, NO_EVIDENCE, NO_PRICE, PRICE_SAYS_ALL } from '../ensemble/sizing';

export const FUNNEL_STEPS = ['considered', 'asked', 'quorum', 'agreed', 'edge', 'evidence', 'sized'] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

/** Decisions that ended alike. */
export interface DecisionEnds {
  readonly status: string;
  /** Members were asked at all. */
  readonly asked: boolean;
  /** Enough of them answered. */
  readonly quorate: boolean;
  /** There is a position to take. */
  readonly sized: boolean;
  /** The first reason of sizing; null where nothing was sized. */
  readonly reason: string | null;
  readonly count: number;
}

export type Funnel = readonly { readonly step: FunnelStep; readonly count: number }[];

const EDGELESS: ReadonlySet<string | null> = new Set([null, NO_PRICE, PRICE_SAYS_ALL, NO_EDGE]);

/** Each step, and whether decisions that came to it passed it; a disputed trade that waits for a person has not. */
const PASSES: Readonly<Record<FunnelStep, (ends: DecisionEnds) => boolean>> = {
  considered: () => true,
  asked: ({ asked }) => asked,
  quorum: ({ quorate }) => quorate,
  agreed: ({ status }) => status === 'decided',
  edge: ({ reason }) => !EDGELESS.has(reason),
  evidence: ({ reason }) => reason === null || !reason.startsWith(NO_EVIDENCE),
  sized: ({ sized }) => sized,
};

/** The steps that such decisions passed, one after the other; a position has passed all, however it came about. */
const stepsOf = (ends: DecisionEnds): readonly FunnelStep[] => {
  if (ends.sized) return FUNNEL_STEPS;
  const stop = FUNNEL_STEPS.findIndex((step) => !PASSES[step](ends));
  return FUNNEL_STEPS.slice(0, stop);
};

/** Counts of a day; they never rise from one step to the next. */
export const decisionFunnel = (ends: readonly DecisionEnds[]): Funnel =>
  FUNNEL_STEPS.map((step) => ({
    step,
    count: ends.reduce((sum, each) => sum + (stepsOf(each).includes(step) ? each.count : 0), 0),
  }));

const WORDS: Readonly<Record<FunnelStep, string>> = {
  considered: 'considered',
  asked: 'asked of models',
  quorum: 'answered by enough',
  agreed: 'agreed on',
  edge: 'with an edge against the price',
  evidence: 'with enough evidence',
  sized: 'sized',
};

/** One sentence, such as `4 considered, 4 asked of models, ... 0 sized`. */
export const funnelText = (funnel: Funnel): string =>
  funnel.map(({ step, count }) => `${count} ${WORDS[step]}`).join(', ');
