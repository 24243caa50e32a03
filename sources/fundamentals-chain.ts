// Joins fundamentals sources: all are asked at once, figures of the earlier one win where both have them.
import { type FundamentalsSource, SourceFailure } from './port';

type Fundamentals = Awaited<ReturnType<FundamentalsSource['fundamentals']>>;

const later = (a: string, b: string): string => (Date.parse(a) >= Date.parse(b) ? a : b);

/** Sums of money are joined only where both are in one currency, as far as they say. */
const figuresOfBoth = (first: Fundamentals, second: Fundamentals): Fundamentals['figures'] => {
  const [one, other] = [first.figures.accountsCurrency, second.figures.accountsCurrency];
  const differ = one !== undefined && other !== undefined && one !== other;
  return differ ? first.figures : { ...second.figures, ...first.figures };
};

const merge = (first: Fundamentals, second: Fundamentals): Fundamentals => ({
  ...second,
  ...first,
  figures: figuresOfBoth(first, second),
  publicAt: later(first.publicAt, second.publicAt),
  sector: first.sector ?? second.sector,
  industry: first.industry ?? second.industry,
  earningsDates: [...new Set([...first.earningsDates, ...second.earningsDates])].sort(),
});

const isOffline = (error: unknown): boolean => error instanceof SourceFailure && error.offline;

/** One source over several; fails only when each of them fails. */
export const createFundamentalsChain = (sources: readonly FundamentalsSource[]): FundamentalsSource => ({
  name: 'fundamentals',
  fundamentals: async (request) => {
    const answers = await Promise.allSettled(sources.map((source) => source.fundamentals(request)));
    request.signal.throwIfAborted();
    const good = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    if (good.length > 0) return good.reduce(merge);
    const reasons = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    const unexpected = reasons.find((reason) => !(reason instanceof SourceFailure));
    if (unexpected !== undefined) throw unexpected;
    const telling = reasons.find((reason) => !isOffline(reason)) ?? reasons[0];
    throw new SourceFailure(
      'fundamentals',
      (telling as SourceFailure).kind,
      reasons.map((reason) => (reason as SourceFailure).message).join('; '),
    );
  },
});
