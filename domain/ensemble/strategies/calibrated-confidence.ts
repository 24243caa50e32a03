// calibrated_confidence: each member's p through its own calibrator, then the most confident calibrated
// member alone (requirement B4). The bar for confidence falls as the member's reliability rises.
import { calibrate, NO_CALIBRATOR } from '../calibrator';
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

/** The answer nearest to a decision where none is confident enough; null below quorum. Scored, never traded. */
const calibratedLeaning = (input: StrategyInput, counted: Tally): number | null => {
  const { valid, participation, thresholds } = counted;
  if (!participation.met) return null;
  const candidates = valid.map((member) => candidateOf(member, input, thresholds)).sort(byConfidence);
  return withoutOpinion(valid, input) ?? candidates[0]?.probability ?? null;
};

/** The most confident of the members that are confident enough. */
const bestOf = (input: StrategyInput, { valid, thresholds }: Tally): Candidate | undefined =>
  valid
    .map((member) => candidateOf(member, input, thresholds))
    .filter((candidate) => candidate.confidence >= candidate.bar)
    .sort(byConfidence)[0];

export const calibratedConfidence: Strategy = {
  name: 'calibrated_confidence',
  probability: (input, counted) => {
    if (!counted.participation.met || withoutOpinion(counted.valid, input) !== null) return null;
    return bestOf(input, counted)?.probability ?? null;
  },
  leaning: calibratedLeaning,
  decide: (input) => {
    const counted = tally(input);
    if (!counted.participation.met) return belowQuorum('calibrated_confidence', counted);
    if (withoutOpinion(counted.valid, input) !== null)
      return undecided('calibrated_confidence', 'abstained', counted, 'No member holds an opinion');
    const best = bestOf(input, counted);
    if (best === undefined) {
      return undecided(
        'calibrated_confidence',
        'abstained',
        counted,
        'No member is confident enough for its record',
      );
    }
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
