// calibrated_confidence: each member's p through its own calibrator, then the most confident calibrated
// member alone (requirement B4). The bar for confidence falls as the member's reliability rises. Where nothing tells the
// most confident of both sides apart, live decisions take nobody.
import { calibrate, NO_CALIBRATOR } from '../calibrator';
import { logOddsPool } from '../pool';
import type { AnsweredMember } from '../quorum';
import type { Strategy, StrategyInput, StrategyThresholds } from '../strategy';
import { belowQuorum, decided, shown, type Tally, tally, undecided } from '../tally';

interface Candidate {
  readonly model: string;
  readonly probability: number;
  /** max(p, 1 - p). */
  readonly confidence: number;
  readonly reliability: number;
  readonly bar: number;
}

const candidateOf = (
  member: AnsweredMember,
  input: StrategyInput,
  thresholds: StrategyThresholds,
): Candidate => {
  const all = input.calibrators ?? {};
  const calibrator = Object.hasOwn(all, member.model) ? all[member.model]! : NO_CALIBRATOR;
  const probability = calibrate(calibrator, member.probability, member.model);
  return {
    model: member.model,
    probability,
    confidence: Math.max(probability, 1 - probability),
    reliability: calibrator.reliability,
    bar: thresholds.confidence + thresholds.confidencePenalty * (1 - calibrator.reliability),
  };
};

/** Most confident first; ties go to the more reliable, then by model id. */
const byConfidence = (a: Candidate, b: Candidate): number =>
  b.confidence - a.confidence || b.reliability - a.reliability || (a.model < b.model ? -1 : 1);

/** Everyone says exactly one half: no one holds an opinion, so the mean of what their halves stand for speaks. */
const withoutOpinion = (members: readonly AnsweredMember[], input: StrategyInput): number | null => {
  if (!members.every(({ probability }) => probability === 0.5)) return null;
  const halves = members.map(({ model }) => input.calibrators?.[model]?.half ?? 0.5);
  return halves.reduce((sum, half) => sum + half, 0) / halves.length;
};

/** The most confident, with those that equal it in confidence and record where `within` is above 0. */
const leadersOf = (candidates: readonly Candidate[], within: number): readonly Candidate[] => {
  const sorted = candidates.toSorted(byConfidence);
  const [first] = sorted;
  if (first === undefined || !(within > 0)) return sorted.slice(0, 1);
  const near = sorted.filter(({ confidence }) => first.confidence - confidence < within);
  const most = Math.max(...near.map(({ reliability }) => reliability));
  return near.filter(({ reliability }) => most - reliability < within);
};

/** Both sides of a half with the same right: which of them is taken would be chance. */
const contradict = (leaders: readonly Candidate[]): boolean =>
  leaders.some(({ probability }) => probability < 0.5) &&
  leaders.some(({ probability }) => probability > 0.5);

/** One answer of the leaders: the first one's, or half way between those that contradict each other. */
const oneOf = (leaders: readonly Candidate[]): number | null =>
  contradict(leaders)
    ? logOddsPool(leaders.map(({ probability }) => probability))
    : (leaders[0]?.probability ?? null);

/** The answer nearest to a decision where none is confident enough; null below quorum. Scored, never traded. */
const calibratedLeaning = (input: StrategyInput, counted: Tally): number | null => {
  const { valid, participation, thresholds } = counted;
  if (!participation.met) return null;
  const candidates = valid.map((member) => candidateOf(member, input, thresholds));
  return withoutOpinion(valid, input) ?? oneOf(leadersOf(candidates, thresholds.contradictionWithin));
};

/** The most confident of the members that are confident enough; several where nothing tells them apart. */
const bestOf = (input: StrategyInput, { valid, thresholds }: Tally): readonly Candidate[] =>
  leadersOf(
    valid
      .map((member) => candidateOf(member, input, thresholds))
      .filter((candidate) => candidate.confidence >= candidate.bar),
    thresholds.contradictionWithin,
  );

export const calibratedConfidence: Strategy = {
  name: 'calibrated_confidence',
  probability: (input, counted) => {
    if (!counted.participation.met || withoutOpinion(counted.valid, input) !== null) return null;
    const leaders = bestOf(input, counted);
    return contradict(leaders) ? null : (leaders[0]?.probability ?? null);
  },
  leaning: calibratedLeaning,
  decide: (input) => {
    const counted = tally(input);
    const abstained = (why: string) => undecided('calibrated_confidence', 'abstained', counted, why);
    if (!counted.participation.met) return belowQuorum('calibrated_confidence', counted);
    if (withoutOpinion(counted.valid, input) !== null) return abstained('No member holds an opinion');
    const leaders = bestOf(input, counted);
    const [best] = leaders;
    if (best === undefined) return abstained('No member is confident enough for its record');
    if (contradict(leaders))
      return abstained(
        `The most confident members contradict each other: ${leaders.map(({ model, probability }) => `${model} ${shown(probability)}`).join(', ')}`,
      );
    return decided('calibrated_confidence', counted, {
      probability: best.probability,
      weights: { [best.model]: 1 },
      selectedModel: best.model,
      reasoning: [
        `${best.model} is the most confident after calibration: ${shown(best.confidence)} against ${shown(best.bar)} needed`,
      ],
    });
  },
};
