// What `conclave doctor` says of real prices: one small request as the desk would make it. Without them nothing is
// broken, but sessions by schedule wait and are then missed, so that it must be seen before.
import { createSources } from '../sources/create-sources';
import type { Check } from './diagnosis';
import { describeError } from './stack-error';

const ANSWER_TIMEOUT_MS = 3_000;
/** Every price source knows it. */
const SYMBOL = 'SPY';

const FIX =
  'Look at the network. Meanwhile sessions by schedule wait, then are missed; one by hand takes made-up prices.';

const FILE_FIX = 'Look at the network. Meanwhile subjects that the file does not have are not decided on.';

interface PriceSources {
  /** Where Yahoo is; default: its public address. */
  readonly baseUrl?: string;
  /** The configured file; null or absent: none. */
  readonly pricesFile?: string | null;
}

/** A warning where no source gives prices. */
export const checkPrices = async ({ baseUrl, pricesFile }: PriceSources = {}): Promise<Check> => {
  const sources = createSources({
    synthetic: 'never',
    timeoutMs: ANSWER_TIMEOUT_MS,
    ...(baseUrl === undefined ? {} : { yahooBaseUrl: baseUrl }),
    ...(pricesFile ? { pricesFile } : {}),
  });
  const signal = new AbortController().signal;
  try {
    const asked = { symbol: SYMBOL, days: 5, asOf: new Date().toISOString(), signal };
    const { source, bars } = await sources.prices.dailyBars({ ...asked, market: 'XNYS' });
    return { name: 'prices', ok: true, detail: `${source} answers, to ${bars.at(-1)!.date}`, fix: null };
  } catch (error) {
    const why = describeError(error);
    return pricesFile && (await sources.pricesReachable(signal))
      ? { name: 'prices', ok: true, detail: `those of ${pricesFile} alone: ${why}`, fix: FILE_FIX }
      : { name: 'prices', ok: true, detail: `no real prices now: ${why}`, fix: FIX };
  } finally {
    await sources.close();
  }
};
