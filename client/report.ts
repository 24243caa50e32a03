// Daily reports from outside: the stored one of a day that is over, else one made from the tables as they are now.
import { addDays, parseIsoDate } from '../domain/market/iso-date';
import { isDayOver } from '../domain/report/report-day';
import { type ReportDocument, reportDocument } from '../domain/report/report-document';
import { type PruneKind, retentionSettings } from '../domain/settings/retention-settings';
import { settingValue } from '../domain/settings/setting-definitions';
import { type IsoDate, isReplay, LIVE_WORLD, type WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';
import { BadInput, checked } from './inputs';
import { storedSettings } from './settings';

type Stored = Pick<ConclaveClient, 'stores'>;

export interface ReportRequest {
  /** UTC; absent: today. */
  readonly day?: string | undefined;
  readonly world?: WorldId | undefined;
}

/** Rows behind a report that do not stay for ever. */
const PRUNED_SOURCES = ['health_checks', 'brief_reads', 'alerts'] as const satisfies readonly PruneKind[];

/** @throws BadInput for a malformed or future day. */
const dayOf = (text: string | undefined, today: string): string => {
  const day = text === undefined ? today : checked(() => parseIsoDate(text, 'day'));
  if (day > today) throw new BadInput(`day ${day} is in the future; accepted: a day up to ${today}`);
  return day;
};

/** First day of which no row behind a report is old enough to be removed; null: all are kept for ever. */
const firstWholeDay = async ({ stores }: Stored): Promise<IsoDate | null> => {
  const settings = await storedSettings({ stores });
  const { days } = retentionSettings((key) => settingValue(settings, key));
  const kept = PRUNED_SOURCES.flatMap((kind) => days[kind] ?? []);
  if (kept.length === 0) return null;
  return addDays((await stores.pruning.daysAgo(Math.min(...kept))).slice(0, 10), 1);
};

interface AskedReport {
  readonly world: WorldId;
  readonly day: IsoDate;
  readonly madeAt: string;
  readonly stored: ReportDocument | null;
  /** Set where rows behind the stored one may be gone: the first day of which none are. */
  readonly remadeFrom: IsoDate | null;
}

/** @throws BadInput for a malformed or future day, or an unknown world. */
const asked = async (
  client: Stored,
  { day: text, world = LIVE_WORLD }: ReportRequest,
): Promise<AskedReport> => {
  const { stores } = client;
  const worlds = (await stores.worlds.list()).map(({ id }) => id);
  if (!worlds.includes(world))
    throw new BadInput(`world "${world}" is unknown; accepted: ${worlds.join(', ')}`);
  const madeAt = await stores.worlds.now(world);
  const day = dayOf(text, madeAt.slice(0, 10));
  const stored = await stores.reports.get(world, day);
  // The days of a replay are long past while it runs: a part of one is made whole once its clock has moved on.
  const mayGrow = stored === null || (isReplay(world) && !stored.complete);
  const whole = mayGrow ? null : await firstWholeDay(client);
  return { world, day, madeAt, stored, remadeFrom: whole !== null && day < whole ? whole : null };
};

const made = async ({ stores }: Stored, { world, day, madeAt }: AskedReport): Promise<ReportDocument> => {
  const header = { world, day, complete: isDayOver(day, madeAt), madeAt };
  return reportDocument(header, await stores.reports.facts(world, day));
};

/**
 * The stored report of the day; made now, and kept, where none of the whole day is stored. One of a part of a day whose
 * rows may be gone stays as it is.
 * @throws BadInput for a malformed or future day, or an unknown world.
 */
export const dailyReport = async (client: Stored, request: ReportRequest): Promise<ReportDocument> => {
  const report = await asked(client, request);
  if (report.stored && (report.stored.complete || report.remadeFrom !== null)) return report.stored;
  const document = await made(client, report);
  await client.stores.reports.keep(document);
  return document;
};

/**
 * Makes the report of the day anew and keeps it in place of the stored one.
 * @throws BadInput for a malformed or future day, an unknown world, or a stored report whose rows may be gone.
 */
export const remakeReport = async (client: Stored, request: ReportRequest): Promise<ReportDocument> => {
  const report = await asked(client, request);
  if (report.remadeFrom !== null)
    throw new BadInput(
      `day ${report.day} cannot be made anew: some of what it was made of is no longer kept; accepted: a day from ${report.remadeFrom}`,
    );
  const document = await made(client, report);
  await client.stores.reports.put(document);
  return document;
};
