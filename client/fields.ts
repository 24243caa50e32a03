// Fields that commands and the API take alike, each with its accepted form in words, so that the same mistake
// reads the same everywhere.
import { z } from 'zod';
import { PROPOSITION_STATES } from '../db/proposition-store';
import { SPEND_GROUPS } from '../db/spend-store';
import { SCHEDULE_KINDS } from '../domain/desk/schedule-kinds';
import { STRATEGY_NAMES } from '../domain/ensemble/strategy';
import { SESSION_KINDS } from '../domain/market/session-times';
import { BRIEF_TEMPLATES, RESEARCH_KINDS } from '../domain/research/brief';
import { SETTING_CATEGORIES } from '../domain/settings/setting-definitions';
import { isStorableInstant } from '../domain/storable';
import { readInput } from './field-errors';

const wholeNumber = (low: number, high: number) => {
  const error = `accepted: a whole number from ${low} to ${high}`;
  return z.int(error).min(low, error).max(high, error);
};

const USD = 'accepted: US dollars as text with up to six places, such as "25" or "7.50"';

/** Of what the path of an address, or an argument, names. */
export const idText = z.string().min(1).max(500);
export const symbolText = z
  .string()
  .min(1)
  .max(200)
  .regex(/\S/, 'accepted: a symbol such as AAPL, or a subject such as market:kalshi/TICKER');
export const modelName = z.string().min(1).max(200);
const isEachOnce = (names: readonly string[]): boolean => new Set(names).size === names.length;
/** Whoever is named twice would be asked and paid twice, for one vote. */
export const modelNames = z
  .array(modelName)
  .min(1)
  .max(64)
  .refine(isEachOnce, 'a model comes twice; accepted: each model once');
/** A code such as XNYS; which there are is known to `parseMarket`. */
export const marketCode = z.string().min(1).max(20);
export const categoryName = z.string().min(1).max(100);
/** Of a request that must count once: by command the option --key, by API the header Idempotency-Key. */
export const requestKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'accepted: 1 to 200 printable ASCII characters without spaces');

const AS_OF = 'accepted: YYYY-MM-DD, such as 2025-09-15, or an instant such as 2025-09-15T13:00:00Z';
/** What it says is read by `readAsOf`. */
export const asOfText = z.string().min(10, AS_OF).max(40, AS_OF);
export const isoDay = z.iso.date({ error: 'accepted: a day such as 2026-11-20' });

/** Decimal US dollars. */
export const usdAmount = z.string(USD).regex(/^\d{1,9}(\.\d{1,6})?$/, USD);
export const strategyName = z.enum(STRATEGY_NAMES);
export const sessionKind = z.enum(SESSION_KINDS);
export const researchKind = z.enum(RESEARCH_KINDS);
export const briefTemplate = z.enum(BRIEF_TEMPLATES);
/** Trading days. */
export const horizonDays = wholeNumber(1, 250);
const LIMIT = 'accepted: a whole number from 1 to 500';
/** Entries of a list, as text: so it stands in addresses and on the command line. */
export const listLimit = z.coerce.number(LIMIT).int(LIMIT).min(1, LIMIT).max(500, LIMIT);
export const worldName = z
  .string()
  .regex(/^(live|synthetic|replay:[0-9a-f]{12})$/, 'accepted: live, synthetic or replay:<12 hex digits>');
/** Answers that a panel needs about a subject. */
export const panelQuorum = wholeNumber(1, 100);
export const deadlineSeconds = wholeNumber(1, 86_400);
export const settingKey = z.string().min(1).max(200);
export const settingCategory = z.enum(SETTING_CATEGORIES);
/** Why a setting is changed; a rating's note. */
export const shortNote = z.string().max(500);
export const cacheGroup = z.enum(['overall', 'subject', 'kind']);
export const eventScope = z.enum(['symbols', 'everything']);
/** What skill costs has a table of its own. */
export const spendGroup = z.enum(SPEND_GROUPS);
export const scheduleKinds = z.array(z.enum(SCHEDULE_KINDS)).min(1).max(10);

const WEIGHTS = 'accepted: stored, equal, now, or weights from 0 to 1000000 by model, such as {"a":2,"b":1}';
/** Of a replayed decision. */
export const replayWeights = z.union(
  [z.enum(['stored', 'equal', 'now']), z.record(z.string().max(200), z.number().min(0).max(1e6))],
  WEIGHTS,
);

/** Postgres refuses zones beyond sixteen hours. */
const asUtc = (text: string): string => new Date(text).toISOString();

const INSTANT = 'accepted: an ISO instant with a zone, such as 2025-09-15T13:00:00Z';
/** Becomes UTC. */
export const instant = z.iso
  .datetime({ offset: true, error: INSTANT })
  .transform(asUtc)
  .refine(isStorableInstant, INSTANT);

// Words that the parsers of tasks, tournaments, reviews, experiments and events read further.
export const shortWord = z.string().max(64);
export const longWord = z.string().max(200);
/** Who decided, and why. */
export const personText = z.string().max(10_000);
const STOP = 'accepted: why it is stopped, up to 2000 characters';
/** Of an experiment. */
export const stopReason = z.string(STOP).max(2_000, STOP).regex(/\S/, STOP);
const MODE_REASON = 'accepted: a few words that say why, up to 500 characters';
/** Of a halt, which is shown with every result, and of its end. */
export const modeReason = z.string(MODE_REASON).max(500, MODE_REASON).regex(/\S/, MODE_REASON);
const RATING = 'accepted: a number from 0 (useless) to 10 (perfect)';
/** How well a model did a task. */
export const taskRating = z.number(RATING).min(0, RATING).max(10, RATING);
/** A task, or one wording of it. */
export const promptText = z.string().max(200_000);
export const tournamentModels = z.array(modelName).max(64);
export const verdictWords = z.array(shortWord).max(64);
export const plainNumber = z.number();
export const eventId = z.string().min(1).max(200);
export const eventType = z.string().min(1).max(64);
export const eventReason = z.string().min(1).max(2000);
export const eventSymbols = z.array(longWord).max(1000);

const symbolsUpTo = (most: number) => z.array(symbolText).max(most);
/** Empty: the market's watchlist. */
export const sessionSymbols = symbolsUpTo(500);
export const competitionSymbols = symbolsUpTo(200);
export const panelSymbols = symbolsUpTo(50).min(1);
export const watchlistSymbols = symbolsUpTo(1000).min(
  1,
  'accepted: at least one symbol, such as AAPL or SAP.DE',
);
export const panelAnalysts = z.array(z.string().min(1).max(60)).min(1).max(100);
export const competitionName = z.string().min(1).max(40);
/** A day or a world of a competition, an instant of a backfill. */
export const mediumWord = z.string().max(40);
export const providerName = shortWord;

const DAY_OR_INSTANT = 'accepted: a day such as 2026-11-20, or an instant such as 2026-11-20T13:00:00Z';
/** A day is its beginning in UTC. */
export const dayOrInstant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], DAY_OR_INSTANT)
  .transform(asUtc)
  .refine(isStorableInstant, DAY_OR_INSTANT);

const OUTCOME = 'accepted: yes, no, void, 1, 0';
/** How a proposition came out: true, false, or null where it is void. */
export const outcomeWord = z
  .string(OUTCOME)
  .regex(/^\s*(yes|no|void|1|0|true|false)\s*$/i, OUTCOME)
  .transform((text) => {
    const word = text.trim().toLowerCase();
    return word === 'void' ? null : word === 'yes' || word === '1' || word === 'true';
  });
const DAY_MS = 86_400_000;
/** When an outcome became public; a day counts as over at its UTC end. */
export const outcomeAt = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], DAY_OR_INSTANT)
  .transform((text) => (text.length > 10 ? asUtc(text) : new Date(Date.parse(text) + DAY_MS).toISOString()))
  .refine(isStorableInstant, DAY_OR_INSTANT);
export const outcomeReason = z.string().min(1).max(2_000);
export const outcomeState = z.enum(PROPOSITION_STATES);
const ROWS = 'accepted: a whole number from 1 to 10000';
/** Propositions of a list, as text. */
export const outcomeLimit = z.coerce.number(ROWS).int(ROWS).min(1, ROWS).max(10_000, ROWS);

/** One field that was typed alone. @throws BadInput naming it and the accepted form. */
export const readField = <T extends z.ZodType>(name: string, schema: T, value: unknown): z.output<T> =>
  readInput(z.object({ [name]: schema }), { [name]: value })[name] as z.output<T>;
