// Daily reports from outside: the stored one of a day that is over, else one made from the tables as they are now.
import { parseIsoDate } from '../domain/market/iso-date';
import { isDayOver } from '../domain/report/report-day';
import { type ReportDocument, reportDocument } from '../domain/report/report-document';
import { LIVE_WORLD, type WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';
import { BadInput, checked } from './inputs';

export interface ReportRequest {
  /** UTC; absent: today. */
  readonly day?: string | undefined;
  readonly world?: WorldId | undefined;
  /** Make it anew even where a whole one is stored. */
  readonly refresh?: boolean;
}

/** @throws BadInput for a malformed or future day. */
const dayOf = (text: string | undefined, today: string): string => {
  const day = text === undefined ? today : checked(() => parseIsoDate(text, 'day'));
  if (day > today) throw new BadInput(`day ${day} is in the future; accepted: a day up to ${today}`);
  return day;
};

/** @throws BadInput for a malformed or future day, or an unknown world. */
export const dailyReport = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  { day: text, world = LIVE_WORLD, refresh = false }: ReportRequest,
): Promise<ReportDocument> => {
  const worlds = (await stores.worlds.list()).map(({ id }) => id);
  if (!worlds.includes(world))
    throw new BadInput(`world "${world}" is unknown; accepted: ${worlds.join(', ')}`);
  const madeAt = await stores.worlds.now(world);
  const day = dayOf(text, madeAt.slice(0, 10));
  const stored = refresh ? null : await stores.reports.get(world, day);
  if (stored?.complete) return stored;
  const header = { world, day, complete: isDayOver(day, madeAt), madeAt };
  const document = reportDocument(header, await stores.reports.facts(world, day));
  await stores.reports.put(document);
  return document;
};
