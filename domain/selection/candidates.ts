// Which models take part in a decision (D4): earned performance in this context against cost, latency, health
// and what is left of the budget, with a bounded share of shadow calls for models that are hardly known, and a
// reason for every candidate taken or not.

import { type MicroUsd, usdText } from '../money/micro-usd';
import { spread } from '../outage/ramp';
import { seededRandom } from '../track/random';
import { pickShadowCall } from '../track/shadow-calls';
import { type ContextSkill, contextSkill, OUTCOME_SPREAD, type SkillLevel } from './context-skill';
import { DEFAULT_WEIGHTS, type SelectionWeights } from './selection-weights';

export interface Candidate {
  readonly model: string;
  readonly provider: string;
  /** Seed quality 0-10: the prior while there is no record. */
  readonly quality: number;
  /** False where forecasting is not among its strengths. Absent: it is. */
  readonly forecasts?: boolean;
  /** Widest first. */
  readonly record: readonly SkillLevel[];
  /** Worst case of a usual call. */
  readonly worstCostMicroUsd: MicroUsd;
  /** What one of its scored forecasts came to; null or absent: not known, and the worst case counts. */
  readonly usualCostMicroUsd?: number | null;
  /** Median latency in the last window; null when unknown. */
  readonly latencyMs: number | null;
  /** Not to be used, with the reason (no key, breaker, screening, no budget of its own); null: may be used. */
  readonly excluded: string | null;
  /** Answers, but with more failures or slower than usual. */
  readonly degraded: boolean;
}

export interface SelectionQuestion {
  readonly candidates: readonly Candidate[];
  /** Members wanted. */
  readonly size: number;
  /** What the decision may still spend: the least headroom of its covering caps. */
  readonly remainingMicroUsd: MicroUsd;
  /** What all answers together may be worth; cost is weighed against the smaller of the two. Default: what is left. */
  readonly worthMicroUsd?: MicroUsd;
  readonly deadlineMs: number;
  /** Key of the decision: exploration is drawn from it, so that a retry draws the same. */
  readonly key: string;
  readonly exploration: ExplorationSettings;
  /** Share of calls and of money that went to shadow calls lately. */
  readonly shadowShare: { readonly calls: number; readonly spend: number };
  readonly weights?: SelectionWeights;
}

export interface ExplorationSettings {
  /** Largest share of decisions with a shadow call, and of calls; 0 turns exploration off. */
  readonly share: number;
  /** Largest share of spending on shadow calls. */
  readonly spendShare: number;
}

export interface ConsideredCandidate {
  readonly model: string;
  /** `shadow`: asked, recorded and scored, but without a vote. */
  readonly taken: 'member' | 'shadow' | 'no';
  /** Null for excluded candidates. */
  readonly score: number | null;
  readonly reason: string;
}

export interface Selection {
  readonly members: readonly string[];
  readonly shadow: string | null;
  /** What the shadow call was drawn with. */
  readonly seed: number;
  readonly considered: readonly ConsideredCandidate[];
  /** Scored high enough for a seat, but may cost more than was left. */
  readonly unaffordable: readonly string[];
}

interface Scored {
  readonly candidate: Candidate;
  readonly skill: ContextSkill;
  readonly base: number;
}

/** Seed quality as a prior skill: 7 is nothing, each point above or below is a fifth of a Brier point. */
const priorSkill = (quality: number): number => (quality - 7) * 0.002;

const share = (part: number, whole: number): number => (whole <= 0 ? 1 : Math.min(1, part / whole));

/** What its skill costs: learnt where forecasts were scored, never more than the worst case. */
const weighedCost = ({ usualCostMicroUsd, worstCostMicroUsd }: Candidate): number =>
  Math.min(usualCostMicroUsd ?? worstCostMicroUsd, worstCostMicroUsd);

const isSuited = ({ forecasts = true }: Candidate, { n, skill }: ContextSkill): boolean =>
  forecasts || (n > 0 && skill > 0);

/** The score of one candidate before diversity; higher is better. */
const baseScore = (candidate: Candidate, skill: ContextSkill, question: SelectionQuestion): number => {
  const weights = question.weights ?? DEFAULT_WEIGHTS;
  const worth = Math.min(question.remainingMicroUsd, question.worthMicroUsd ?? Infinity);
  const perMember = worth / Math.max(1, question.size);
  const cost = weighedCost(candidate);
  const costLoss = cost === 0 ? 0 : share(cost, perMember);
  const latencyLoss = candidate.latencyMs === null ? 0.5 : share(candidate.latencyMs, question.deadlineMs);
  return (
    skill.skill * 100 * weights.skillPerPoint -
    weights.cost * costLoss -
    weights.latency * latencyLoss -
    (candidate.degraded ? weights.degraded : 0) -
    (isSuited(candidate, skill) ? 0 : weights.unsuited)
  );
};

const scored = (question: SelectionQuestion): readonly Scored[] =>
  question.candidates
    .filter((candidate) => candidate.excluded === null)
    .map((candidate) => {
      const skill = contextSkill(candidate.record, priorSkill(candidate.quality));
      return { candidate, skill, base: baseScore(candidate, skill, question) };
    });

const diversified = (one: Scored, taken: readonly Scored[], weights: SelectionWeights): number =>
  one.base -
  weights.sameProvider * taken.filter((other) => other.candidate.provider === one.candidate.provider).length;

const bestOf = (
  pool: readonly Scored[],
  taken: readonly Scored[],
  weights: SelectionWeights,
): Scored | undefined =>
  [...pool].sort(
    (a, b) =>
      diversified(b, taken, weights) - diversified(a, taken, weights) ||
      a.candidate.worstCostMicroUsd - b.candidate.worstCostMicroUsd ||
      (a.candidate.model < b.candidate.model ? -1 : 1),
  )[0];

interface Greedy {
  readonly taken: readonly Scored[];
  readonly unaffordable: ReadonlySet<string>;
  readonly leftMicroUsd: MicroUsd;
}

/** Takes the best that the remaining money allows, one after another. */
const takeMembers = (pool: readonly Scored[], question: SelectionQuestion): Greedy => {
  const weights = question.weights ?? DEFAULT_WEIGHTS;
  const taken: Scored[] = [];
  const unaffordable = new Set<string>();
  let left = question.remainingMicroUsd;
  let rest = pool;
  while (taken.length < question.size && rest.length > 0) {
    const best = bestOf(rest, taken, weights) as Scored;
    rest = rest.filter((one) => one !== best);
    if (best.candidate.worstCostMicroUsd > left) unaffordable.add(best.candidate.model);
    else {
      taken.push(best);
      left -= best.candidate.worstCostMicroUsd;
    }
  }
  return { taken, unaffordable, leftMicroUsd: left };
};

/** The same decision always draws the same. */
const seedOf = (key: string): number => Math.floor(spread(`explore:${key}`) * 2 ** 32);

/** Drawn by Thompson sampling among those not taken, while neither share is used up. */
const shadowOf = (pool: readonly Scored[], greedy: Greedy, question: SelectionQuestion): Scored | null => {
  const { exploration, shadowShare } = question;
  if (shadowShare.calls >= exploration.share || shadowShare.spend >= exploration.spendShare) return null;
  const open = pool.filter(
    (one) => !greedy.taken.includes(one) && one.candidate.worstCostMicroUsd <= greedy.leftMicroUsd,
  );
  const drawn = pickShadowCall(
    open.map(({ candidate, skill }) => ({
      model: candidate.model,
      skill: skill.skill,
      deviation: OUTCOME_SPREAD,
      n: skill.n,
    })),
    { share: exploration.share },
    seededRandom(seedOf(question.key)),
  );
  return open.find(({ candidate }) => candidate.model === drawn) ?? null;
};

/** Dollars of one forecast and of one point of skill on it (E5), where both are known. */
const costOfSkill = ({ usualCostMicroUsd }: Candidate, skill: number): readonly string[] => {
  if (usualCostMicroUsd == null) return [];
  const usually = `usually ${usdText(Math.round(usualCostMicroUsd))}`;
  if (skill <= 0) return [usually];
  return [usually, `${usdText(Math.round(usualCostMicroUsd / (skill * 100)))} a point`];
};

/** What the score is made of, in words. */
const points = ({ skill, candidate }: Scored): string =>
  [
    `${skill.skill >= 0 ? '+' : ''}${(skill.skill * 100).toFixed(2)} points from ${skill.n} outcomes`,
    `a usual call up to ${usdText(candidate.worstCostMicroUsd)}`,
    ...costOfSkill(candidate, skill.skill),
    ...(candidate.latencyMs === null ? [] : [`usually ${(candidate.latencyMs / 1000).toFixed(1)} s`]),
    ...(candidate.degraded ? ['in poor health'] : []),
    ...(isSuited(candidate, skill) ? [] : ['forecasting is not among its strengths']),
  ].join(', ');

const reasonFor = (one: Scored, greedy: Greedy, shadow: Scored | null): string => {
  if (greedy.taken.includes(one)) return `taken: ${points(one)}`;
  if (one === shadow) return `shadow call, no vote: ${points(one)}`;
  if (greedy.unaffordable.has(one.candidate.model))
    return `not taken: may cost ${usdText(one.candidate.worstCostMicroUsd)}, more than is left`;
  return `not taken: ${points(one)}; others score higher`;
};

/**
 * The members of a decision, perhaps one shadow call, and why each candidate is taken or not. Deterministic:
 * the same question gives the same selection.
 */
export const selectMembers = (question: SelectionQuestion): Selection => {
  const pool = scored(question);
  const greedy = takeMembers(pool, question);
  const shadow = shadowOf(pool, greedy, question);
  const considered = question.candidates.map((candidate): ConsideredCandidate => {
    const one = pool.find((entry) => entry.candidate === candidate);
    if (one === undefined)
      return { model: candidate.model, taken: 'no', score: null, reason: `not taken: ${candidate.excluded}` };
    const taken = greedy.taken.includes(one) ? 'member' : one === shadow ? 'shadow' : 'no';
    return { model: candidate.model, taken, score: one.base, reason: reasonFor(one, greedy, shadow) };
  });
  return {
    members: greedy.taken.map((one) => one.candidate.model),
    shadow: shadow?.candidate.model ?? null,
    seed: seedOf(question.key),
    considered,
    unaffordable: [...greedy.unaffordable],
  };
};
