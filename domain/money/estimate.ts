// Token and cost estimates: an upper bound to reserve before a call (E2), and an expected value to show before
// a plan runs (D6). Both learn from what was billed, per model.
import type { ModelPrice } from '../selection/model';
import type { MicroUsd } from './micro-usd';
import { costOfTokens, costOfUsage, ratesFor } from './prices';

// Characters per token of plain English text, of digits and punctuation, and of other scripts, for the
// tokenizers in use. Rough on purpose: the learned correction takes the rest.
const LETTERS_PER_TOKEN = 4;
const MARKS_PER_TOKEN = 2;

const FIRST_FOREIGN = 0x250;
const isAsciiLetterOrSpace = (code: number): boolean =>
  (code >= 97 && code <= 122) || code === 32 || (code >= 65 && code <= 90) || (code >= 9 && code <= 13);
const isLatinLetterOrSpace = (code: number): boolean => /[\p{L}\s]/u.test(String.fromCharCode(code));
/** The second half of a character that takes two code units. */
const isSecondHalf = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  const before = index > 0 ? text.charCodeAt(index - 1) : 0;
  return code >= 0xdc00 && code <= 0xdfff && before >= 0xd800 && before <= 0xdbff;
};

/** Rough token count of a text, before any correction; 0 for an empty one. By code unit: it runs before every call. */
export const roughTokens = (text: string): number => {
  let letters = 0;
  let marks = 0;
  let foreign = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= FIRST_FOREIGN) foreign += isSecondHalf(text, index) ? 0 : 1;
    else if (code < 128 ? isAsciiLetterOrSpace(code) : isLatinLetterOrSpace(code)) letters += 1;
    else marks += 1;
  }
  return Math.ceil(letters / LETTERS_PER_TOKEN + marks / MARKS_PER_TOKEN + foreign);
};

/** What a model's bills taught about estimates: mean, variance and maximum of ln(billed / estimated). */
export interface TokenCorrection {
  readonly n: number;
  readonly meanLog: number;
  readonly varianceLog: number;
  readonly highestLog: number;
}

export const NO_CORRECTION: TokenCorrection = { n: 0, meanLog: 0, varianceLog: 0, highestLog: 0 };

/** Bills remembered: older ones fade, so that a new tokenizer is learned within as many calls. */
const MEMORY = 200;

/** Takes in one bill. Empty bills and empty estimates teach nothing. */
export const learnCorrection = (
  known: TokenCorrection,
  estimatedTokens: number,
  billedTokens: number,
): TokenCorrection => {
  if (estimatedTokens <= 0 || billedTokens <= 0) return known;
  const log = Math.log(billedTokens / estimatedTokens);
  const n = Math.min(known.n + 1, MEMORY);
  const delta = log - known.meanLog;
  const meanLog = known.meanLog + delta / n;
  const varianceLog = known.varianceLog + (delta * (log - meanLog) - known.varianceLog) / n;
  const highestLog = known.n === 0 ? log : Math.max(known.highestLog, log);
  return { n, meanLog, varianceLog, highestLog };
};

/** Bills seen before a learned spread is trusted more than the fixed margin. */
export const TRUSTED_BILLS = 20;
/** Share added on top while little is known: enough for every tokenizer seen on English and tables. */
const FIRST_MARGIN = 0.5;
/** Message framing and schema that providers add to every prompt. */
const FRAMING_TOKENS = 64;

/**
 * Tokens that a bill will almost surely not exceed: the learned mean plus four standard deviations, or the
 * highest bill seen where that is more, and five per cent; the rough count plus half while fewer than 20 bills
 * are known.
 */
export const worstCaseTokens = (rough: number, correction: TokenCorrection = NO_CORRECTION): number => {
  const shift = correction.n === 0 ? 1 : Math.exp(correction.meanLog);
  const factor =
    correction.n < TRUSTED_BILLS
      ? Math.max(1, shift) * (1 + FIRST_MARGIN)
      : Math.exp(
          Math.max(correction.highestLog, correction.meanLog + 4 * Math.sqrt(correction.varianceLog)),
        ) * 1.05;
  return Math.ceil(rough * factor) + FRAMING_TOKENS;
};

/**
 * The most a call can cost: every input token at the dearer of input and cache write, every allowed output
 * token used. Rounded up once.
 */
export const worstCaseCost = (inputTokens: number, maxOutputTokens: number, price: ModelPrice): MicroUsd => {
  const rates = ratesFor(price, inputTokens);
  const dearest: ModelPrice = {
    ...price,
    inputPer1M: Math.max(rates.input, rates.cacheWrite, rates.cachedInput),
    outputPer1M: rates.output,
    longContext: null,
  };
  return costOfTokens(inputTokens, maxOutputTokens, dearest);
};

/** Mean tokens per call of one task on one model, as billed. */
export interface UsageProfile {
  readonly n: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Parts of the input that were read from, or written to, the provider's cache; absent: none. */
  readonly cachedInputTokens?: number;
  readonly cacheWriteTokens?: number;
}

/** How many calls a seed profile counts as against real ones. */
const SEED_WEIGHT = 2;

/** Tokens of one bill; `cachedInput` and `cacheWrite` are parts of `input`. */
export interface BilledTokens {
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number;
  readonly cacheWrite?: number;
}

/** Takes one bill into a profile; the oldest fade beyond 200. */
export const learnProfile = (known: UsageProfile, bill: BilledTokens): UsageProfile => {
  const n = Math.min(known.n + 1, MEMORY);
  const toward = (mean: number, seen: number): number => mean + (seen - mean) / (n + SEED_WEIGHT);
  return {
    n,
    inputTokens: toward(known.inputTokens, bill.input),
    outputTokens: toward(known.outputTokens, bill.output),
    cachedInputTokens: toward(known.cachedInputTokens ?? 0, bill.cachedInput ?? 0),
    cacheWriteTokens: toward(known.cacheWriteTokens ?? 0, bill.cacheWrite ?? 0),
  };
};

/** Expected cost of one call with the profile's usage. */
export const expectedCost = (profile: UsageProfile, price: ModelPrice): MicroUsd => {
  const input = Math.round(profile.inputTokens);
  const cachedInput = Math.min(input, Math.round(profile.cachedInputTokens ?? 0));
  const cacheWrite = Math.min(input - cachedInput, Math.round(profile.cacheWriteTokens ?? 0));
  const output = Math.round(profile.outputTokens);
  return costOfUsage({ input, cachedInput, cacheWrite, output, reasoning: 0 }, price);
};
