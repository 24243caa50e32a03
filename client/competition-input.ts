// Reads what people type into a competition's definition; a period without prices is found here, by symbol.
import { basename } from 'node:path';
import {
  addTradingDays,
  isTradingDay,
  localDateOf,
  nextTradingDay,
  sessionTimes,
  tradingDays,
} from '../domain/market/calendar';
import { CALENDAR_LAST_DAY } from '../domain/market/exchange-calendars';
import { parseIsoDate } from '../domain/market/iso-date';
import { currencyOfMarket, type Market, marketOfSymbol, parseSymbol } from '../domain/market/market';
import {
  checkRules,
  DEFAULT_PAPER_RULES,
  LEAST_PRICE,
  type PaperRules,
} from '../domain/market/paper-account';
import { parseUsd } from '../domain/money/micro-usd';
import { type IsoDate, type IsoInstant, LIVE_WORLD, SYNTHETIC_WORLD } from '../domain/world';
import { type PriceFile as LoadedPrices, loadPriceFile } from '../sources/price-file';
import type { CompetitionDefinition } from '../workflows/contracts/competition';
import { BadInput, checked, checkedAs, readPriceFile } from './inputs';

export interface CompetitionWords {
  readonly prices?: string;
  readonly from?: string;
  readonly to?: string;
  readonly symbols?: string;
  readonly cash?: string;
  readonly feeBps?: string;
  readonly slippageBps?: string;
  readonly maxPosition?: string;
  readonly horizon?: string;
  /** Of a competition that trades day by day: `live` or `synthetic`. */
  readonly world?: string;
}

/** Trading days by which a symbol's bars may begin after the start or end before the end: a halt. */
const MAX_LAG_DAYS = 3;

const given = (words: CompetitionWords, name: 'prices' | 'from' | 'to' | 'symbols', form: string): string => {
  const value = words[name];
  if (value !== undefined && value.trim() !== '') return value;
  throw new BadInput(`${name} is missing; accepted: ${form}`);
};

const numberOr = (text: string | undefined, name: string, fallback: number): number => {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new BadInput(`${name} "${text}" is not a number; accepted: a number`);
};

const FEWEST_CASH_MICRO_USD = 1_000_000;

const cashOf = (text: string): number => {
  const cash = parseUsd(text);
  if (cash >= FEWEST_CASH_MICRO_USD) return cash;
  throw new BadInput(`cashUsd is ${JSON.stringify(text)}; accepted: US dollars from 1 on, such as 100000`);
};

const rulesOf = (words: CompetitionWords): PaperRules => {
  const { startCashMicroUsd, feeBps, slippageBps, maxPositionShare, horizonDays } = DEFAULT_PAPER_RULES;
  return checked(() =>
    checkRules({
      startCashMicroUsd: words.cash === undefined ? startCashMicroUsd : cashOf(words.cash),
      feeBps: numberOr(words.feeBps, 'fee-bps', feeBps),
      slippageBps: numberOr(words.slippageBps, 'slippage-bps', slippageBps),
      maxPositionShare: numberOr(words.maxPosition, 'max-position', maxPositionShare),
      horizonDays: numberOr(words.horizon, 'horizon', horizonDays),
    }),
  );
};

/** A venue gives the price of the moment and keeps no bars: an order would have no open to meet. */
const refuseContract = (typed: string): void => {
  if (!/^market:/i.test(typed)) return;
  throw new BadInput(
    `symbol "${typed}" is a contract of a prediction market, which has no daily bars: no order could fill at the next open, and no day be valued at a close; accepted: symbols in USD of an exchange or of CRYPTO, such as AAPL or BTC-USD`,
  );
};

/** Upper-case symbols, each once, of one market quoted in dollars. */
const symbolsOf = (text: string): { readonly symbols: readonly string[]; readonly market: Market } => {
  const typed = text.split(',').map((symbol) => symbol.trim());
  typed.forEach(refuseContract);
  const symbols = [...new Set(typed.filter(Boolean).map((symbol) => checked(() => parseSymbol(symbol))))];
  const first = symbols[0];
  if (first === undefined) throw new BadInput('symbols is missing; accepted: symbols separated by commas');
  const market = checked(() => marketOfSymbol(first));
  const other = symbols.find((symbol) => marketOfSymbol(symbol) !== market);
  if (other)
    throw new BadInput(
      `symbol ${other} trades on another market than ${first}; accepted: symbols of one market`,
    );
  if (currencyOfMarket(market) !== 'USD')
    throw new BadInput(
      `symbol ${first} is quoted in ${currencyOfMarket(market)}; accepted: symbols in USD, as paper accounts hold dollars`,
    );
  return { symbols, market };
};

/** @throws BadInput naming the symbol and the period its bars cover, or its price that is too small to be valued. */
const checkCoverage = (
  file: LoadedPrices,
  symbol: string,
  days: readonly IsoDate[],
  market: Market,
): void => {
  const bars = file.bars.get(symbol);
  if (!bars)
    throw new BadInput(
      `symbol ${symbol} is not in ${basename(file.path)}, which has ${file.symbols.length} symbols: ${file.symbols.slice(0, 8).join(', ')}${file.symbols.length > 8 ? ', ..' : ''}; accepted: one of them`,
    );
  const from = days[0]!;
  const to = days.at(-1)!;
  const first = bars[0]!.date;
  const last = bars.at(-1)!.date;
  const tiny = bars.find(({ date, close }) => date >= from && date <= to && close < LEAST_PRICE);
  if (tiny)
    throw new BadInput(
      `symbol ${symbol} closes at $${tiny.close} on ${tiny.date}: paper accounts hold whole micro-dollars, too coarse for prices below $${LEAST_PRICE}; accepted: symbols above it`,
    );
  if (
    first <= addTradingDays(market, from, MAX_LAG_DAYS) &&
    last >= addTradingDays(market, to, -MAX_LAG_DAYS)
  )
    return;
  throw new BadInput(
    `from ${from} to ${to} there are no prices: the bars of ${symbol} in ${basename(file.path)} run from ${first} to ${last}; accepted: a period within them`,
  );
};

const periodOf = (words: CompetitionWords, market: Market): readonly IsoDate[] => {
  const from = checked(() => parseIsoDate(given(words, 'from', 'a day such as 2025-06-10'), 'from'));
  const to = checked(() => parseIsoDate(given(words, 'to', 'a day such as 2025-09-30'), 'to'));
  for (const [field, day] of [
    ['from', from],
    ['to', to],
  ] as const)
    checkedAs(field, 'date', () => isTradingDay(market, day));
  if (from > to) throw new BadInput(`from ${from} is after to ${to}; accepted: a period that runs forward`);
  const days = checked(() => tradingDays(market, from, to));
  if (days.length === 0)
    throw new BadInput(`${market} has no trading day from ${from} to ${to}; accepted: a period with one`);
  return days;
};

/**
 * A competition that trades day by day from `now` on: from the next trading day whose open is still ahead.
 * @throws BadInput naming the field and the accepted form.
 */
export const readLiveDefinition = (words: CompetitionWords, now: IsoInstant): CompetitionDefinition => {
  if (words.prices !== undefined || words.from !== undefined)
    throw new BadInput(
      'prices and from belong to replays; accepted: neither, as a live competition begins with the next open',
    );
  const { symbols, market } = symbolsOf(given(words, 'symbols', 'symbols separated by commas'));
  const today = localDateOf(market, now);
  const ahead = isTradingDay(market, today) && now < sessionTimes(market, today).openUtc;
  const from = ahead ? today : nextTradingDay(market, today);
  const to = words.to === undefined ? CALENDAR_LAST_DAY : checked(() => parseIsoDate(words.to!, 'to'));
  if (to < from) throw new BadInput(`to ${to} is before the first day ${from}; accepted: a later day`);
  const world = words.world ?? LIVE_WORLD;
  if (world !== LIVE_WORLD && world !== SYNTHETIC_WORLD)
    throw new BadInput(
      `world "${world}" is unknown; accepted: ${LIVE_WORLD}, or ${SYNTHETIC_WORLD} for the made-up tape`,
    );
  return { market, symbols, from, to, prices: null, liveWorld: world, rules: rulesOf(words) };
};

/** @throws BadInput naming the field and the accepted form; nothing has been started by then. */
export const readDefinition = async (words: CompetitionWords): Promise<CompetitionDefinition> => {
  const path = given(words, 'prices', 'a CSV file of daily bars');
  if (words.world !== undefined)
    throw new BadInput(
      `world "${words.world}" belongs to a live competition; accepted: none, as a replay has a world of its own`,
    );
  const { symbols, market } = symbolsOf(given(words, 'symbols', 'symbols separated by commas'));
  const days = periodOf(words, market);
  const rules = rulesOf(words);
  const prices = (await readPriceFile(path))!;
  const file = await loadPriceFile(prices.path);
  for (const symbol of symbols) checkCoverage(file, symbol, days, market);
  return { market, symbols, from: days[0]!, to: days.at(-1)!, prices, rules };
};
