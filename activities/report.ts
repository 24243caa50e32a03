// Makes the report of a day and keeps it; the same day again replaces it with what the tables say now.
import { isDayOver } from '../domain/report/report-day';
import { reportDocument } from '../domain/report/report-document';
import type { IsoDate, WorldId } from '../domain/world';
import type { ReportResult } from '../workflows/contracts/report';
import type { Dependencies } from './dependencies';

interface MakeReport {
  readonly world: WorldId;
  readonly day: IsoDate;
}

export const createReports = ({ stores, logger }: Pick<Dependencies, 'stores' | 'logger'>) => {
  const makeReport = async ({ world, day }: MakeReport): Promise<ReportResult> => {
    const madeAt = await stores.worlds.now(world);
    const complete = isDayOver(day, madeAt);
    const facts = await stores.reports.facts(world, day);
    await stores.reports.put(reportDocument({ world, day, complete, madeAt }, facts));
    logger.info({ world, day, complete, sessions: facts.sessions.length }, 'report made');
    return { world, day, complete };
  };
  return { makeReport };
};
