// Reads what people type into what workflows take; everything wrong is named here, before anything starts.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { StrategyName } from '../domain/ensemble/strategy';
import { neverDecides } from '../domain/ensemble/strategy-reach';
import { localDateOf } from '../domain/market/calendar';
import { parseIsoDate, parseIsoInstant } from '../domain/market/iso-date';
import { type Market, marketOfSymbol, parseSymbol } from '../domain/market/market';
import { type SessionKind, sessionInstant } from '../domain/market/session-times';
import { parseSubject, toSubject } from '../domain/market/subject';
import type { IsoDate, IsoInstant, WorldId } from '../domain/world';
import { loadRecordedIndex } from '../providers/recorded-index';
import { createPriceFileSource, hashPriceFile } from '../sources/price-file';
import type { PriceFile } from '../workflows/contracts/research';
import type { ConclaveClient } from './connect';
import { registeredModels } from './registry';

/** Wrong use of a command or an endpoint: names the field and the accepted form. */
export class BadInput extends RangeError {
  override readonly name = 'BadInput';
}

/** Domain checks throw RangeError; here they become BadInput. */
export const checked = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new BadInput(error.message) : error;
  }
};

/** The same where the domain calls the field's value by another word: the message begins with the field's name. */
export const checkedAs = <T>(field: string, word: string, work: () => T): T => {
  try {
    return checked(work);
  } catch (error) {
    if (!(error instanceof BadInput) || !error.message.startsWith(`${word} `)) throw error;
    throw new BadInput(`${field}${error.message.slice(word.length)}`);
  }
};

/** Symbols or subjects separated by commas, each once however it is spelled. @throws BadInput */
export const readSubjects = (list: string | undefined): readonly string[] => [
  ...new Set(
    (list ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
      .map((item) =>
        checkedAs('symbol', 'subject', () => {
          const subject = toSubject(item);
          const { kind, name } = parseSubject(subject);
          return kind === 'equity' ? `equity:${parseSymbol(name)}` : subject;
        }),
      ),
  ),
];

/** Market of the subjects: that of the first equity; prediction markets otherwise. */
export const marketOf = (subjects: readonly string[]): Market => {
  const [first] = subjects;
  if (!first) return 'XNYS';
  const { kind, name } = parseSubject(first);
  return kind === 'equity' ? checked(() => marketOfSymbol(name)) : 'PREDICTION';
};

/** @throws BadInput naming line and column of a malformed file. */
export const readPriceFile = async (path: string | undefined): Promise<PriceFile | null> => {
  if (path === undefined) return null;
  const full = resolve(path);
  try {
    return { path: full, hash: await hashPriceFile(full) };
  } catch (error) {
    throw new BadInput(`--prices: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** Checks that a price file has every symbol at the as-of instant. */
export const checkSymbols = async (
  prices: PriceFile | null,
  subjects: readonly string[],
  asOf: IsoInstant,
): Promise<void> => {
  if (!prices) return;
  const source = createPriceFileSource(prices.path);
  for (const subject of subjects) {
    const { kind, name } = parseSubject(subject);
    if (kind !== 'equity') continue;
    try {
      await source.dailyBars({ symbol: name, asOf, days: 1, signal: AbortSignal.timeout(60_000) });
    } catch (error) {
      throw new BadInput(error instanceof Error ? error.message : String(error));
    }
  }
};

export const worldOfPrices = (prices: PriceFile | null): WorldId =>
  `replay:${(prices?.hash ?? createHash('sha256').update('').digest('hex')).slice(0, 12)}`;

const DAY_MS = 86_400_000;

/** The day and decision instant that `--as-of DATE` means. @throws BadInput for a future or malformed one. */
export const readAsOf = (
  text: string,
  market: Market,
  kind: SessionKind,
  now: number = Date.now(),
): { readonly date: IsoDate; readonly instant: IsoInstant } => {
  const future = (when: string): BadInput =>
    new BadInput(`as-of ${when} is in the future; accepted: a day whose ${kind} instant has passed`);
  const date = checked(() =>
    text.includes('T') ? localDateOf(market, parseIsoInstant(text, 'as-of')) : parseIsoDate(text, 'as-of'),
  );
  // Before the calendar is asked, which does not reach that far; a day ahead covers every time zone.
  if (Date.parse(date) > now + DAY_MS) throw future(text);
  const instant = checkedAs('as-of', 'date', () => sessionInstant(market, date, kind));
  if (Date.parse(instant) > now) throw future(`${text} (${instant})`);
  return { date, instant };
};

/** @throws BadInput for an unknown model, naming how to list those that exist. */
export const checkModels = async (client: ConclaveClient, names: readonly string[] | null): Promise<void> => {
  if (!names) return;
  const known = await registeredModels(client);
  for (const name of names) {
    if (!known.has(name))
      throw new BadInput(`model "${name}" is not in the registry; "conclave models" lists those that are`);
  }
};

interface WantedStrategy {
  readonly strategy: StrategyName | null;
  /** Null: what the session has for each of its subjects. */
  readonly stakeMicroUsd: number | null;
  readonly members: readonly string[] | null;
}

/** Before anything is paid. @throws BadInput for a strategy that could never decide at this stake and with these members. */
export const checkStrategy = ({ strategy, stakeMicroUsd, members }: WantedStrategy): void => {
  if (strategy === null) return;
  const problem = neverDecides(strategy, { stakeMicroUsd, members: members?.length ?? null });
  if (problem) throw new BadInput(`strategy ${strategy} ${problem}; accepted: another strategy`);
};

export interface RecordedSet {
  readonly folder: string;
  readonly world: WorldId;
  /** The day the forecast was due: what the recorded systems knew. */
  readonly asOf: IsoInstant;
}

/** Checks folder, row and systems of a recorded set. */
export const readRecorded = async (
  folder: string,
  rowId: string,
  systems: readonly string[],
): Promise<RecordedSet> => {
  const full = resolve(folder);
  try {
    const index = await loadRecordedIndex(full);
    const question = index.questions.get(rowId);
    if (!question) throw new BadInput(`row "${rowId}" is not among the questions of ${full}`);
    const unknown = systems.find((system) => !index.systems.has(system));
    if (unknown)
      throw new BadInput(
        `member "${unknown}" is not a system of ${full}; known: ${[...index.systems.keys()].slice(0, 12).join(', ')}`,
      );
    return { folder: full, world: worldOfFolder(full), asOf: `${question.forecastDueDate}T00:00:00.000Z` };
  } catch (error) {
    throw error instanceof BadInput
      ? error
      : new BadInput(`--recorded: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const worldOfFolder = (folder: string): WorldId =>
  `replay:${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`;
