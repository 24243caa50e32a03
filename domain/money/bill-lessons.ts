// What past bills teach: how far the rough token count of a model is off, and what a task usually takes on it.
import {
  learnCorrection,
  learnProfile,
  NO_CORRECTION,
  type TokenCorrection,
  TRUSTED_BILLS,
  type UsageProfile,
} from './estimate';

/** The tokens of one settled call. */
export interface Bill {
  readonly model: string;
  /** Task type, or `-` where it is not known. */
  readonly task: string;
  /** The rough count of the prompt when it was reserved; null where it was not counted. */
  readonly estimatedInput: number | null;
  readonly input: number;
  readonly cachedInput: number;
  readonly cacheWrite: number;
  readonly output: number;
}

const correctionOf = (bills: readonly Bill[]): TokenCorrection =>
  bills.reduce(
    (known, { estimatedInput, input }) =>
      estimatedInput === null ? known : learnCorrection(known, estimatedInput, input),
    NO_CORRECTION,
  );

/**
 * The correction for one task on one model, from that model's bills, oldest first; from all its tasks while the
 * task itself has fewer than 20.
 */
export const correctionFor = (bills: readonly Bill[], task: string): TokenCorrection => {
  const own = correctionOf(bills.filter((bill) => bill.task === task));
  return own.n >= TRUSTED_BILLS ? own : correctionOf(bills);
};

/** Usual tokens of a task before any bill. */
export type SeedProfile = Pick<UsageProfile, 'inputTokens' | 'outputTokens'>;

/**
 * Usual tokens by model and task, from bills oldest first.
 * @param seedOf the usual tokens of a task before any bill; null for one that is not known, whose bills teach nothing
 */
export const profilesFrom = (
  bills: readonly Bill[],
  seedOf: (task: string) => SeedProfile | null,
): ((task: string, model: string) => UsageProfile | null) => {
  const profiles = new Map<string, UsageProfile>();
  for (const bill of bills) {
    const key = `${bill.task} ${bill.model}`;
    const seed = seedOf(bill.task);
    const known = profiles.get(key) ?? (seed && { n: 0, ...seed });
    if (known) profiles.set(key, learnProfile(known, bill));
  }
  return (task, model) => profiles.get(`${task} ${model}`) ?? null;
};
