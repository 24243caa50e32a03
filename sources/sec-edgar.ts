// Fundamentals of US filers from the SEC's public EDGAR data; it asks callers to name themselves.
import { z } from 'zod';
import { daysBetween } from '../domain/market/iso-date';
import { marketOfSymbol, parseSymbol } from '../domain/market/market';
import type { IsoDate, IsoInstant } from '../domain/world';
import type { GuardedFetch } from './fetch';
import type { Politeness } from './politeness';
import { type FundamentalsSource, SourceFailure } from './port';
import { type CompanyFacts, companyFactsSchema, publicFrom, secFiguresAt } from './sec-facts';

const SOURCE = 'sec-edgar';
const SEC_FILES_BASE = 'https://www.sec.gov';
const SEC_DATA_BASE = 'https://data.sec.gov';
/** Facts of large banks reach 15 MB. */
const MAX_BYTES = 30_000_000;

const tickersSchema = z
  .record(z.string(), z.object({ cik_str: z.number(), ticker: z.string() }))
  .refine((tickers) => Object.keys(tickers).length > 0);
const submissionsSchema = z.object({
  cik: z.string().optional(),
  sicDescription: z.string().nullish(),
  filings: z.object({
    recent: z.object({
      form: z.array(z.string()),
      filingDate: z.array(z.string()),
      items: z.array(z.string()).default([]),
    }),
  }),
});
type Submissions = z.infer<typeof submissionsSchema>;

export interface SecOptions {
  readonly fetch: GuardedFetch;
  readonly politeness: Politeness;
  /** Name and e-mail address of whoever asks, as the SEC's fair-access rule wants; null: not asked. */
  readonly userAgent: string | null;
  readonly filesBaseUrl?: string;
  readonly dataBaseUrl?: string;
}

/** Days on which results were reported: 8-K filings with item 2.02 that were public at `asOf`. */
const earningsDatesOf = (submissions: Submissions, asOf: IsoInstant): readonly IsoDate[] => {
  const { form, filingDate, items } = submissions.filings.recent;
  return filingDate.filter(
    (filed, index) =>
      form[index] === '8-K' &&
      (items[index] ?? '').split(',').includes('2.02') &&
      Date.parse(publicFrom(filed)) <= Date.parse(asOf),
  );
};

/** Two annual reports were missed: whoever files no more has figures of long ago. */
const MAX_AGE_DAYS = 800;

/** @throws SourceFailure for the answer about another company. */
const checkFiler = (symbol: string, cik: string, named: string | number | undefined): void => {
  if (named !== undefined && String(named).padStart(10, '0') !== cik)
    throw new SourceFailure(
      SOURCE,
      'malformed',
      `the answer for ${symbol} (CIK ${cik}) is about CIK ${named}`,
    );
};

const checkAge = (symbol: string, publicAt: IsoInstant, asOf: IsoInstant): void => {
  if (daysBetween(publicAt.slice(0, 10), asOf.slice(0, 10)) > MAX_AGE_DAYS)
    throw new SourceFailure(SOURCE, 'stale', `${symbol} has filed no figures since ${publicAt.slice(0, 10)}`);
};

/** EDGAR as a source of figures as they had been filed at the as-of instant. */
export const createSecEdgar = (options: SecOptions): FundamentalsSource => {
  const files = (options.filesBaseUrl ?? SEC_FILES_BASE).replace(/\/$/, '');
  const data = (options.dataBaseUrl ?? SEC_DATA_BASE).replace(/\/$/, '');

  const read = async <T>(url: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> => {
    if (options.userAgent === null) {
      throw new SourceFailure(
        SOURCE,
        'refused',
        'the SEC wants to know who asks: set its user agent to a name and an e-mail address',
      );
    }
    const { userAgent } = options;
    return options.politeness.run(url, signal, async () => {
      const answer = await options.fetch.json({
        source: SOURCE,
        url,
        signal,
        userAgent,
        maxBytes: MAX_BYTES,
      });
      const parsed = schema.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw new SourceFailure(SOURCE, 'malformed', `${new URL(url).pathname} is not of the known form`);
    });
  };

  const cikOf = async (symbol: string, signal: AbortSignal): Promise<string> => {
    const tickers = await read(`${files}/files/company_tickers.json`, tickersSchema, signal);
    const spelt = symbol.replace('.', '-');
    const found = Object.values(tickers).find((entry) => entry.ticker === spelt);
    if (!found) throw new SourceFailure(SOURCE, 'not_found', `symbol ${symbol} is no US filer`);
    return String(found.cik_str).padStart(10, '0');
  };

  const fundamentals: FundamentalsSource['fundamentals'] = async (request) => {
    const symbol = parseSymbol(request.symbol);
    if (marketOfSymbol(symbol) !== 'XNYS') {
      throw new SourceFailure(SOURCE, 'not_found', `symbol ${symbol} is no US filer`);
    }
    const { signal, asOf } = request;
    const cik = await cikOf(symbol, signal);
    const facts: CompanyFacts = await read(
      `${data}/api/xbrl/companyfacts/CIK${cik}.json`,
      companyFactsSchema,
      signal,
    );
    const submissions = await read(`${data}/submissions/CIK${cik}.json`, submissionsSchema, signal);
    checkFiler(symbol, cik, facts.cik);
    checkFiler(symbol, cik, submissions.cik);
    const { figures, publicAt } = secFiguresAt(facts, asOf);
    if (publicAt === null) {
      throw new SourceFailure(SOURCE, 'not_found', `${symbol} had filed no figures by ${asOf}`);
    }
    checkAge(symbol, publicAt, asOf);
    return {
      figures,
      publicAt,
      sector: null,
      industry: submissions.sicDescription ?? null,
      earningsDates: earningsDatesOf(submissions, asOf),
    };
  };
  return { name: SOURCE, fundamentals };
};
