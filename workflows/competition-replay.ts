// A past period, day by day, on a clock that its days move: each day is a workflow of its own, after the one
// before, so that no account ever sees ahead.
import {
  continueAsNew,
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { store } from './activity-stubs';
import { competitionDay } from './competition-day';
import {
  type CompetitionDayResult,
  type CompetitionProgress,
  type CompetitionReplayInput,
  competitionDayId,
} from './contracts/competition';
import { detailsTable } from './details-table';
import { competitionProgress } from './messages';

/** Days of one run; the rest follows in a new one, so that no history grows with the period. */
const DAYS_PER_RUN = 250;
/** Rows of the live table. */
const SHOWN = 10;

export async function competitionReplay(input: CompetitionReplayInput): Promise<CompetitionProgress> {
  const { run, days } = input;
  let done = input.next;
  const progress = (): CompetitionProgress => ({
    competitionId: run.competitionId,
    total: days.length,
    done,
    date: days[done] ?? days.at(-1) ?? null,
  });
  setHandler(competitionProgress, progress);
  const last = Math.min(input.next + DAYS_PER_RUN, days.length);
  const landed: CompetitionDayResult[] = [];
  for (const date of days.slice(input.next, last)) {
    landed.push(
      await executeChild(competitionDay, {
        workflowId: competitionDayId(run.world, date),
        args: [{ run, date }],
        parentClosePolicy: ParentClosePolicy.TERMINATE,
        staticSummary: `competition ${run.competitionId} · ${date}`,
      }),
    );
    done += 1;
    show(landed, progress());
  }
  if (last < days.length) await continueAsNew<typeof competitionReplay>({ ...input, next: last });
  await store.finishCompetition({ competitionId: run.competitionId });
  return progress();
}

const show = (landed: readonly CompetitionDayResult[], { done, total }: CompetitionProgress): void => {
  const rows = landed
    .slice(-SHOWN)
    .map((day) => [day.date, day.researched, day.forecasts, day.failedForecasts, day.orders, day.resolved]);
  setCurrentDetails(
    `${done} of ${total} days\n\n${detailsTable(
      ['day', 'researched', 'forecasts', 'failed', 'orders', 'resolved'],
      rows,
    )}`,
  );
};
