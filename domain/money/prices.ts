// What tokens cost (E1). Integer arithmetic throughout and one rounding, upward, per call. An unknown price is
// an error that refuses the call, never a zero.
import type { ModelEntry, ModelPrice } from '../selection/model';
import type { IsoInstant } from '../world';
import type { MicroUsd } from './micro-usd';
import { type UsageTokens, usageProblem } from './usage';

const TOKENS_PER_PRICE = 1_000_000n;

/** Local and statistical models: no bill ever comes. */
export const FREE_PRICE: ModelPrice = {
  validFrom: '2000-01-01',
  inputPer1M: 0,
  outputPer1M: 0,
  cachedInputPer1M: 0,
  cacheWritePer1M: 0,
  longContext: null,
  source: 'runs here',
};

/** True for models that cost nothing to call: local, statistical, or hosted at a known price of zero. */
export const isFree = (model: Pick<ModelEntry, 'local' | 'statistical' | 'price'>): boolean =>
  model.local ||
  model.statistical ||
  (model.price !== null && model.price.inputPer1M === 0 && model.price.outputPer1M === 0);

type Priced = Pick<ModelEntry, 'id' | 'local' | 'statistical' | 'price' | 'datedPrices'>;

/** The price in force on the UTC day of `at`, or null when none is known; local and statistical are free. */
export const knownPriceAt = (model: Priced, at: IsoInstant): ModelPrice | null => {
  if (model.price === null && (model.local || model.statistical)) return FREE_PRICE;
  const day = at.slice(0, 10);
  const dated = model.datedPrices ?? (model.price === null ? [] : [model.price]);
  return dated
    .filter((price) => price.validFrom.slice(0, 10) <= day)
    .reduce<ModelPrice | null>(
      (latest, price) => (latest === null || price.validFrom >= latest.validFrom ? price : latest),
      null,
    );
};

/** Rates of one call, long context applied: micro-dollars per 1M tokens. */
export interface CallRates {
  readonly input: MicroUsd;
  readonly cachedInput: MicroUsd;
  readonly cacheWrite: MicroUsd;
  /** Of tokens written for an hour. */
  readonly cacheWriteHour: MicroUsd;
  readonly output: MicroUsd;
}

/** Anthropic, the only one who keeps a cache so long, asks twice the input rate; its list of prices has one rate. */
const HOUR_TO_INPUT = 2;

/**
 * Rates for a call with `inputTokens`. Beyond the long-context bound the higher rates hold for the whole call,
 * output included. Where a provider has no rate for cached or written tokens they cost what input costs.
 */
export const ratesFor = (price: ModelPrice, inputTokens: number): CallRates => {
  const long =
    price.longContext !== null && inputTokens > price.longContext.aboveInputTokens ? price.longContext : null;
  const input = long?.inputPer1M ?? price.inputPer1M;
  const cached = long ? long.cachedInputPer1M : price.cachedInputPer1M;
  const write = long
    ? (long.cacheWritePer1M ?? Math.max(input, price.cacheWritePer1M ?? 0))
    : price.cacheWritePer1M;
  return {
    input,
    cachedInput: cached ?? input,
    cacheWrite: write ?? input,
    cacheWriteHour: Math.max(HOUR_TO_INPUT * input, write ?? input),
    output: long?.outputPer1M ?? price.outputPer1M,
  };
};

/** Micro-dollars for a sum of tokens times rates, rounded up once. */
const roundedUp = (numerator: bigint): MicroUsd =>
  Number((numerator + TOKENS_PER_PRICE - 1n) / TOKENS_PER_PRICE);

/**
 * What a call cost: (uncached x input + cached x cached + written x write + written for an hour x its rate
 * + output x output) / 1M, rounded up once. Reasoning tokens are output tokens.
 * @throws RangeError when the counts contradict each other.
 */
export const costOfUsage = (usage: UsageTokens, price: ModelPrice): MicroUsd => {
  const problem = usageProblem(usage);
  if (problem !== null) throw new RangeError(problem);
  const rates = ratesFor(price, usage.input);
  const forAnHour = usage.cacheWriteHour ?? 0;
  const uncached = usage.input - usage.cachedInput - usage.cacheWrite;
  return roundedUp(
    BigInt(uncached) * BigInt(rates.input) +
      BigInt(usage.cachedInput) * BigInt(rates.cachedInput) +
      BigInt(usage.cacheWrite - forAnHour) * BigInt(rates.cacheWrite) +
      BigInt(forAnHour) * BigInt(rates.cacheWriteHour) +
      BigInt(usage.output) * BigInt(rates.output),
  );
};

/** Cost of plain input and output tokens without any caching. */
export const costOfTokens = (inputTokens: number, outputTokens: number, price: ModelPrice): MicroUsd =>
  costOfUsage(
    { input: inputTokens, cachedInput: 0, cacheWrite: 0, output: outputTokens, reasoning: 0 },
    price,
  );

/** Whole days since a price was read at its source; null when that is not known. */
export const priceAgeDays = (price: ModelPrice, now: IsoInstant): number | null =>
  price.readOn === undefined
    ? null
    : Math.max(0, Math.floor((Date.parse(now) - Date.parse(price.readOn)) / 86_400_000));
