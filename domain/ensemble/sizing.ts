// How much to put where: pull to the price, half Kelly, less where members disagree, within caps, and nothing
// where the edge does not pay the fees (requirement B8).
import { assertMicroUsd } from '../money/micro-usd';
import { LOGIT_CLIP, logit, sigmoid } from '../track/log-odds';
import { assertProbability } from '../track/scoring';
import { contractOdds } from './contract-bet';
import { toMicroUsd } from './currency';
import { DEFAULT_ERROR_CORRELATION, DEFAULT_MODEL_WEIGHT, spreadVariance } from './disagreement';
import { bakerMcHaleFactor, KELLY_SHARE, kellyFraction } from './kelly';
import type { EquityTerms, Sizing, SizingInput, TradeAction } from './sizing-input';

/** Evidence a direction needs before real size (requirement B8); by Ville's inequality, 1 in 20 by chance. */
const DIRECTION_E_VALUE = 20;
/** Std of members' p assumed for a single member without past v: the order seen in recorded ensembles. */
const PRIOR_MEMBER_STD = 0.08;

/** Reasons for no position that are counted by (domain/report/funnel.ts). */
export const NO_PRICE = 'No price to compare with';
export const PRICE_SAYS_ALL = 'Price leaves nothing to trade';
export const NO_EDGE = 'No edge against the price';
/** How the reason begins. */
export const NO_EVIDENCE = 'Size stays 0 until the record shows that directions beat the base rate';

/** Prices are exact facts: only 0 and 1 themselves must be kept from their infinite log-odds. */
const PRICE_CLIP = 1e-6;

/**
 * logit p' = w logit p + (1 - w) logit price, w = .25 blind: the price moderates what the members share. p is
 * clipped to [.01, .99], or as far out as the price is, so that no clip makes an edge.
 */
export const pullToPrice = (p: number, price: number, modelWeight = DEFAULT_MODEL_WEIGHT): number => {
  const clipped = Math.min(Math.max(1 - LOGIT_CLIP, price), Math.max(Math.min(LOGIT_CLIP, price), p));
  return sigmoid(modelWeight * logit(clipped, PRICE_CLIP) + (1 - modelWeight) * logit(price, PRICE_CLIP));
};

/** v of a single member from the members' variance s^2 of past decisions: w^2 s^2 / (1 - rho), B8's formula at n = 1. */
export const singleMemberVariance = (
  membersVariance: number,
  modelWeight: number,
  correlation = DEFAULT_ERROR_CORRELATION,
): number => (modelWeight ** 2 * membersVariance) / (1 - correlation);

/**
 * v as measured on these members, of past decisions or, without any, of the prior std. Where members are missing, what is
 * measured on the rest is no less than those: two who happen to agree are not surer than all of them were.
 */
const varianceOf = (input: SizingInput, modelWeight: number): number => {
  const correlation = input.correlation ?? DEFAULT_ERROR_CORRELATION;
  const measured = spreadVariance(input.memberProbabilities, { modelWeight, correlation });
  const usual =
    input.pastSpreadVariance ?? singleMemberVariance(PRIOR_MEMBER_STD ** 2, modelWeight, correlation);
  const factor = input.varianceFactor ?? 1;
  if (measured === null) return usual * factor;
  const isMissing = factor > 1 || input.memberProbabilities.length < (input.membersPlanned ?? 0);
  return (isMissing ? Math.max(measured, usual) : measured) * factor;
};

interface Trade {
  readonly action: Exclude<TradeAction, 'hold'>;
  /** Worth of the edge and expected gain, the smaller, per unit after fees; at most 0 means no trade. */
  readonly gain: number;
  readonly kelly: number;
}

/** Yes or no, whichever side the edge is on. */
const contractTrade = (pulled: number, price: number, fee: number): Trade => {
  const yes = pulled >= price;
  const p = yes ? pulled : 1 - pulled;
  return {
    action: yes ? 'buy' : 'sell',
    gain: Math.abs(pulled - price) - fee,
    kelly: kellyFraction(p, contractOdds({ yes, priceOfYes: price, fee })),
  };
};

/**
 * Long on an edge above the base rate, short below, at odds of the mean moves after fees. The fraction is taken as
 * the position's value, so that nothing is leveraged: losing it all would need a move of 100 %. Both the whole
 * expected return and the edge's own part of it, without the drift in the base rate, must pay the fees.
 */
const equityTrade = (pulled: number, price: number, terms: EquityTerms): Trade => {
  const long = pulled >= price;
  const [p, up, down] = long
    ? [pulled, terms.meanUp, terms.meanDown]
    : [1 - pulled, terms.meanDown, terms.meanUp];
  const [win, loss] = [up - terms.fee, down + terms.fee];
  return {
    action: long ? 'buy' : 'sell',
    gain: Math.min(p * win - (1 - p) * loss, Math.abs(pulled - price) * (up + down) - terms.fee),
    kelly: kellyFraction(p, win / loss),
  };
};

const equityRefusal = (terms: EquityTerms): string | null => {
  if (!(terms.meanUp > 0 && terms.meanDown > 0)) return 'No past moves to take odds from';
  const converted = toMicroUsd({ amount: 0, currency: terms.currency, rate: terms.rate, asOf: terms.asOf });
  if (converted.status === 'refused') return converted.why;
  if (terms.paperAccount || (terms.directionEValue ?? 0) >= DIRECTION_E_VALUE) return null;
  // Rounded down: what falls short must not read as enough.
  const shown = (Math.floor((terms.directionEValue ?? 1) * 10 + 1e-9) / 10).toFixed(1);
  const from =
    terms.directionOutcomes === undefined
      ? ''
      : `, from ${terms.directionOutcomes} resolved ${terms.directionOutcomes === 1 ? 'outcome' : 'outcomes'} so far`;
  return `${NO_EVIDENCE}: evidence ${shown} of ${DIRECTION_E_VALUE} needed${from}`;
};

const validate = (input: SizingInput): void => {
  if (input.probability !== null) assertProbability(input.probability, 'probability');
  for (const [index, p] of input.memberProbabilities.entries()) {
    assertProbability(p, `memberProbabilities[${index}]`);
  }
  assertMicroUsd(input.bankrollMicroUsd, 'bankrollMicroUsd');
  assertMicroUsd(input.stakeMicroUsd, 'stakeMicroUsd');
  for (const [name, amount] of Object.entries(input.caps)) assertMicroUsd(amount, `caps.${name}`);
  const weight = input.modelWeight ?? DEFAULT_MODEL_WEIGHT;
  if (!(weight >= 0 && weight <= 1)) throw new RangeError(`modelWeight is ${weight}; accepted: [0, 1]`);
  const past = input.pastSpreadVariance ?? 0;
  if (!(past >= 0)) throw new RangeError(`pastSpreadVariance is ${past}; accepted: at least 0`);
  const factor = input.varianceFactor ?? 1;
  if (!(factor >= 1 && factor < Infinity))
    throw new RangeError(`varianceFactor is ${factor}; accepted: at least 1`);
  const planned = input.membersPlanned ?? 0;
  if (!(Number.isInteger(planned) && planned >= 0))
    throw new RangeError(`membersPlanned is ${planned}; accepted: a whole number of at least 0`);
  const fee = input.terms.fee;
  if (!(fee >= 0 && fee < Infinity)) throw new RangeError(`terms.fee is ${fee}; accepted: at least 0`);
};

const NOTHING_KNOWN = {
  action: 'hold',
  sizeMicroUsd: 0,
  pulledProbability: null,
  edge: null,
  spreadVariance: null,
  shrink: null,
  kelly: null,
} as const;

/** The smallest of what Kelly wants, the stake and the room under the caps, with what bounds it. */
const bounded = (wanted: number, { stakeMicroUsd, caps }: SizingInput): readonly [number, string | null] => {
  const limits: readonly (readonly [number, string])[] = [
    [stakeMicroUsd, 'Bounded by the stake'],
    [Math.max(0, caps.positionMicroUsd - caps.heldPositionMicroUsd), 'Bounded by the cap per position'],
    [Math.max(0, caps.clusterMicroUsd - caps.heldClusterMicroUsd), 'Bounded by the cap per event cluster'],
  ];
  return limits.reduce<readonly [number, string | null]>(
    (least, limit) => (limit[0] < least[0] ? limit : least),
    [Math.floor(wanted), null],
  );
};

/**
 * Size of one position in micro-dollars: bankroll x half Kelly(p') x e^2 / (e^2 + v), within stake and caps.
 * @throws RangeError naming the field that is out of range; an unusable rate or missing price is a `hold`.
 */
export const sizePosition = (input: SizingInput): Sizing => {
  validate(input);
  const { probability, priceOfYes: price, terms } = input;
  if (probability === null) return { ...NOTHING_KNOWN, why: ['No decision to size'] };
  if (price === null) return { ...NOTHING_KNOWN, why: [NO_PRICE] };
  assertProbability(price, 'priceOfYes');
  if (price === 0 || price === 1) return { ...NOTHING_KNOWN, why: [PRICE_SAYS_ALL] };

  const modelWeight = input.modelWeight ?? DEFAULT_MODEL_WEIGHT;
  const pulled = pullToPrice(probability, price, modelWeight);
  const edge = pulled - price;
  const variance = varianceOf(input, modelWeight);
  const shrink = bakerMcHaleFactor(edge, variance);
  const trade =
    terms.kind === 'equity' ? equityTrade(pulled, price, terms) : contractTrade(pulled, price, terms.fee);
  const known = { pulledProbability: pulled, edge, spreadVariance: variance, shrink, kelly: trade.kelly };
  const hold = (why: string): Sizing => ({ ...known, action: 'hold', sizeMicroUsd: 0, why: [why] });

  // Beyond rounding of the log-odds there and back, an edge is on the decision's side of the price.
  if ((probability - price) * edge <= 0) return hold(NO_EDGE);
  const refusal = terms.kind === 'equity' ? equityRefusal(terms) : null;
  if (refusal !== null) return hold(refusal);
  if (!(trade.gain > 0 && trade.kelly > 0)) return hold('Edge is below fees');
  const wanted = input.bankrollMicroUsd * KELLY_SHARE * trade.kelly * shrink;
  const [size, bound] = bounded(wanted, input);
  if (size <= 0) return hold(bound ?? 'Size rounds to nothing');
  const why = bound ?? `Half Kelly times ${shrink.toFixed(2)} for disagreement`;
  return { ...known, action: trade.action, sizeMicroUsd: size, why: [why] };
};
