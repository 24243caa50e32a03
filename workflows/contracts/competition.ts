// The competition: what a replay and one of its days are given and say. Bars, prompts and answers stay in
// Postgres; histories hold ids and counts.
import type { PaperRules } from '../../domain/market/paper-account';
import type { IsoDate, WorldId } from '../../domain/world';
import type { PriceFile } from './research';

/** What everyone who takes part agrees on. */
export interface CompetitionDefinition {
  readonly market: string;
  readonly symbols: readonly string[];
  /** First and last trading day, both included. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  /** The file that a replay reads; null: trades day by day on what the sources say. */
  readonly prices: PriceFile | null;
  /** World of a competition that trades day by day: `synthetic` trades the made-up tape. */
  readonly liveWorld?: WorldId;
  readonly rules: PaperRules;
}

export interface CompetitionModel {
  readonly model: string;
  readonly provider: string;
}

export interface CompetitionRun extends CompetitionDefinition {
  readonly competitionId: string;
  readonly world: WorldId;
  /** Every model whose forecasts an account trades, the house baseline's included. */
  readonly models: readonly CompetitionModel[];
  /** Total deadline of one attempt at a language model, where its provider has none of its own. */
  readonly callDeadlineMs: number;
}

export interface CompetitionReplayInput {
  readonly run: CompetitionRun;
  readonly days: readonly IsoDate[];
  /** Carried over by continue-as-new. */
  readonly next: number;
}

export interface CompetitionDayInput {
  readonly run: CompetitionRun;
  readonly date: IsoDate;
}

/** One symbol after its research; ids are null where nothing could be asked. */
export interface CompetitionSubject {
  readonly symbol: string;
  readonly propositionId: string | null;
  /** The proposition's. Absent: nothing could be asked, or it was asked before this was kept. */
  readonly category?: string;
  readonly briefId: string | null;
  readonly seriesId: string | null;
  readonly missing: string | null;
  /** Whose forecasts of it are stored: of a symbol whose bars stand still, from a day before. Absent: nobody's. */
  readonly forecastBy?: readonly string[];
  /** How long one call may take, in milliseconds, by provider. Absent, or without its provider: as long as the run's. */
  readonly deadlinesMs?: Readonly<Record<string, number>>;
}

export const categoryOf = ({ category }: CompetitionSubject): string => category ?? 'equity';

export interface CompetitionForecasts extends CompetitionDayInput {
  readonly model: CompetitionModel;
  readonly subjects: readonly CompetitionSubject[];
  /** True when the calls were made one by one before: only what is stored is taken. */
  readonly storedOnly: boolean;
  /** True: competitions that ask the same share the answer. Absent: asked by the day alone. */
  readonly askedOnce?: true;
  /** Why nobody could be asked, as a sentence's end. Absent: somebody could. */
  readonly unserved?: string;
}

export interface CompetitionDayResult {
  readonly date: IsoDate;
  readonly researched: number;
  readonly forecasts: number;
  readonly failedForecasts: number;
  readonly orders: number;
  readonly resolved: number;
}

export interface CompetitionProgress {
  readonly competitionId: string;
  readonly total: number;
  readonly done: number;
  readonly date: IsoDate | null;
}

/** The round of a market's running competitions, before the open or after the close. */
export interface PaperDayRequest {
  readonly market: string;
  readonly part: 'orders' | 'end_of_day';
}

export interface DuePaperDay extends CompetitionDayInput {
  /** Before the open: for how long models may be asked, from now on, in milliseconds. Absent: until they have answered. */
  readonly askForMs?: number;
}

export interface PaperDayPlan {
  /** What is due, each on its world's day. */
  readonly runs: readonly DuePaperDay[];
  /** Why nothing is done; null when something is. */
  readonly skipped: string | null;
}

export interface PaperRound {
  readonly competitionId: string;
  readonly date: IsoDate;
  readonly orders: number;
  readonly forecasts: number;
  readonly settledDays: number;
  /** Symbols that sat the day out, models that were too slow for it, and why; refusals of the whole round. */
  readonly missing: readonly string[];
}

export interface PaperDayResult {
  readonly part: PaperDayRequest['part'];
  readonly skipped: string | null;
  readonly rounds: readonly PaperRound[];
  /** Outcomes that the day's closes decided. */
  readonly resolved: number;
}

export const competitionId = (world: WorldId): string => `competition:${world}`;
export const competitionDayId = (world: WorldId, date: IsoDate): string => `competition:${world}:${date}`;

/** Begins all keys of a competition's symbol and day; the same from every process. */
export const competitionCallPrefix = (world: WorldId, date: IsoDate, symbol: string): string =>
  `competition:${world}/${date}/${symbol}`;

/**
 * Key of the forecasts for a symbol and day. Competitions that ask side by side share a world: those that ask the same
 * share the answer, those that ask over another horizon must not. Rounds that began before this ask, and look, by the
 * day alone.
 */
export const competitionForecastPrefix = (
  world: WorldId,
  date: IsoDate,
  { symbol, propositionId }: Pick<CompetitionSubject, 'symbol' | 'propositionId'>,
  askedOnce = false,
): string => {
  const prefix = competitionCallPrefix(world, date, symbol);
  return askedOnce ? `${prefix}/${propositionId}` : prefix;
};
