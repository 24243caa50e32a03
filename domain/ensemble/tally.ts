// What every strategy does first and last: check the answers, weigh the valid ones, pool them, and phrase a
// decision or an abstention in one shape.
import { measureDisagreement } from './disagreement';
import { extremizedLogOddsPool, poolBy } from './pool';
import {
  type AnsweredMember,
  answeredMembers,
  type MemberAnswer,
  type Participation,
  participation,
} from './quorum';
import {
  DEFAULT_THRESHOLDS,
  type StrategyInput,
  type StrategyName,
  type StrategyResult,
  type StrategyStatus,
  type StrategyThresholds,
} from './strategy';
import { DEFAULT_WEIGHT_BOUNDS, type Weights, weightsOfPresent } from './weights';

export interface Tally {
  readonly valid: readonly AnsweredMember[];
  readonly participation: Participation;
  readonly thresholds: StrategyThresholds;
}

export interface Vote {
  readonly probability: number;
  readonly weights: Weights;
}

export const probabilitiesOf = (members: readonly AnsweredMember[]): readonly number[] =>
  members.map((member) => member.probability);

/** Two decimals, for reasoning lines. */
export const shown = (value: number): string => value.toFixed(2);

export const tally = (input: StrategyInput, answers: readonly MemberAnswer[] = input.answers): Tally => {
  const valid = answeredMembers(answers);
  return {
    valid,
    participation: participation(answers.length, valid.length, input.quorum),
    thresholds: { ...DEFAULT_THRESHOLDS, ...input.thresholds },
  };
};

/** The input's pool over `members` under the input's weights (requirement B3). @throws RangeError of none. */
export const voteOf = (input: StrategyInput, members: readonly AnsweredMember[], slope: number): Vote => {
  const models = members.map((member) => member.model);
  const bounds = input.weightBounds === undefined ? DEFAULT_WEIGHT_BOUNDS : input.weightBounds;
  const weights = weightsOfPresent(input.weights ?? null, models, bounds);
  const probability = poolBy(input.pool, probabilitiesOf(members), {
    weights: models.map((model) => weights[model]!),
    slope,
  });
  return { probability, weights };
};

/** Equal weights in order, the same to the last bit as those by name. */
export const equalShares = (n: number): readonly number[] => new Array<number>(n).fill(1 / n);

/** `voteOf` without the weights by name; equal weights need none. */
export const votedProbability = (
  input: StrategyInput,
  members: readonly AnsweredMember[],
  slope: number,
): number =>
  input.weights === undefined || input.weights === null
    ? poolBy(input.pool, probabilitiesOf(members), { weights: equalShares(members.length), slope })
    : voteOf(input, members, slope).probability;

/** Weight 0 for the valid members that `weights` leaves out. */
const withTheRest = (weights: Weights, valid: readonly AnsweredMember[]): Weights =>
  Object.fromEntries(valid.map(({ model }) => [model, Object.hasOwn(weights, model) ? weights[model]! : 0]));

export interface DecidedParts {
  readonly probability: number;
  readonly weights: Weights;
  readonly reasoning: readonly string[];
  /** Members the answer is made of; default all valid. */
  readonly members?: readonly AnsweredMember[];
  readonly selectedModel?: string;
}

/** A decision, with who took part as the first line of its reasoning. */
export const decided = (strategy: StrategyName, from: Tally, parts: DecidedParts): StrategyResult => ({
  strategy,
  status: 'decided',
  probability: parts.probability,
  perMemberWeight: withTheRest(parts.weights, from.valid),
  selectedModel: parts.selectedModel ?? null,
  stage: null,
  reasoning: [tookPart(from.participation), ...parts.reasoning],
  disagreement: measureDisagreement(parts.probability, probabilitiesOf(parts.members ?? from.valid)),
  participation: from.participation,
});

const tookPart = ({ asked, answered, needed }: Participation): string =>
  `${answered} of ${asked} members answered; ${needed} needed`;

/** An answer without a probability. */
export const undecided = (
  strategy: StrategyName,
  status: Exclude<StrategyStatus, 'decided'>,
  from: Tally,
  why: string,
): StrategyResult => {
  const ps = probabilitiesOf(from.valid);
  return {
    strategy,
    status,
    probability: null,
    perMemberWeight: withTheRest({}, from.valid),
    selectedModel: null,
    stage: null,
    reasoning: [tookPart(from.participation), why],
    disagreement: ps.length === 0 ? null : measureDisagreement(extremizedLogOddsPool(ps), ps),
    participation: from.participation,
  };
};

export const belowQuorum = (strategy: StrategyName, from: Tally): StrategyResult =>
  undecided(strategy, 'abstained', from, 'Below quorum');
