// What was saved, by cause (E5, A6): the difference between what work would have cost and what it did cost.
// A saving is counted under one cause only.
import type { ModelPrice } from '../selection/model';
import { dollarText, formatUsd, type MicroUsd } from './micro-usd';
import { costOfUsage } from './prices';
import type { UsageTokens } from './usage';

const SAVING_CAUSES = [
  'shared_brief',
  'sibling_model',
  'cascade',
  'prompt_cache',
  'similar_question',
] as const;
export type SavingCause = (typeof SAVING_CAUSES)[number];

export interface Saving {
  readonly cause: SavingCause;
  readonly savedMicroUsd: MicroUsd;
}

const saving = (cause: SavingCause, savedMicroUsd: number): Saving => ({
  cause,
  savedMicroUsd: Math.max(0, savedMicroUsd),
});

/** A lower stage sufficed where the full ensemble was planned at `plannedMicroUsd`. */
export const cascadeSaving = (plannedMicroUsd: MicroUsd, spentMicroUsd: MicroUsd): Saving =>
  saving('cascade', plannedMicroUsd - spentMicroUsd);

/** Cached tokens at full price would have cost more; what writing the cache cost extra is taken off. */
export const promptCacheSaving = (usage: UsageTokens, price: ModelPrice): Saving =>
  saving(
    'prompt_cache',
    costOfUsage({ ...usage, cachedInput: 0, cacheWrite: 0, cacheWriteHour: 0 }, price) -
      costOfUsage(usage, price),
  );

export type SavingsReport = Readonly<Record<SavingCause | 'total', MicroUsd>>;

/** Sums by cause, and in total. */
export const savingsReport = (savings: readonly Saving[]): SavingsReport => {
  const of = (cause: SavingCause): MicroUsd =>
    savings.filter((one) => one.cause === cause).reduce((sum, one) => sum + one.savedMicroUsd, 0);
  const byCause = Object.fromEntries(SAVING_CAUSES.map((cause) => [cause, of(cause)]));
  const total = Object.values(byCause).reduce((sum, amount) => sum + amount, 0);
  return { ...byCause, total } as SavingsReport;
};

/** As documents show it: dollars by cause, and in total. */
export const savingsInUsd = (report: SavingsReport) => ({
  sharedBriefsUsd: formatUsd(report.shared_brief),
  siblingModelUsd: formatUsd(report.sibling_model),
  cascadeUsd: formatUsd(report.cascade),
  promptCacheUsd: formatUsd(report.prompt_cache),
  similarQuestionsUsd: formatUsd(report.similar_question),
  totalUsd: formatUsd(report.total),
});

/** The same in words, for people; causes that saved nothing are left out. */
export const savingsText = (saved: ReturnType<typeof savingsInUsd>): string => {
  const said = (
    [
      ['shared briefs', saved.sharedBriefsUsd],
      ['sibling models', saved.siblingModelUsd],
      ['the cascade', saved.cascadeUsd],
      ['prompt caches', saved.promptCacheUsd],
      ['similar questions', saved.similarQuestionsUsd],
    ] as const
  ).filter(([, usd]) => Number(usd) > 0);
  return `Saved ${dollarText(saved.totalUsd)}${said.length === 0 ? '' : `: ${said.map(([cause, usd]) => `${cause} ${dollarText(usd)}`).join(', ')}`}`;
};
