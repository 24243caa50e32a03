// Closes the record of research, tournaments and reviews that ended without a word, a terminated one for one: their
// workflows would have closed it, and until somebody asks Temporal, every page shows them open.
import type { ReviewRow } from '../db/review-store';
import { competitionDayId } from '../workflows/contracts/competition';
import type { ReviewInput } from '../workflows/contracts/tournament';
import type { Dependencies } from './dependencies';
import { isRunning } from './is-running';
import { createResearchActivities } from './research';
import { createReviewActivities } from './reviews';
import { createTournamentActivities } from './tournaments';

/** Questions to Temporal a look and kind of work; the rest take their turn at the next one. */
const MOST_AT_ONCE = 20;

const ENDED = 'it was ended from outside before it had finished';

/** A row of research is its run's, `~<n>` where one run made several; or a day's of a replayed competition. */
const RUN = /^(.+)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:~\d+)?$/;
const COMPETITION_DAY = /^competition:(.+?)\/(\d{4}-\d{2}-\d{2})\//;

/** The workflow that would close a row of research; null: nobody knows. */
export const runOfResearch = (id: string): readonly [workflowId: string, runId?: string] | null => {
  const [, workflowId, runId] = RUN.exec(id) ?? [];
  if (workflowId !== undefined && runId !== undefined) return [workflowId, runId];
  const [, world, date] = COMPETITION_DAY.exec(id) ?? [];
  return world !== undefined && date !== undefined ? [competitionDayId(world, date)] : null;
};

const inputOf = ({ world, targetKind, targetId, options, declaredDefault }: ReviewRow): ReviewInput => ({
  ...{ world, targetKind: targetKind as ReviewInput['targetKind'], targetId, options, declaredDefault },
  timeoutMs: 0,
});

/** Each is repeatable and leaves alone what has ended meanwhile. They say how many they closed. */
export const createWorkSweep = (dependencies: Dependencies) => {
  const { stores, client } = dependencies;
  const { failResearch } = createResearchActivities(dependencies);
  const { endTournament } = createTournamentActivities(dependencies);
  const { closeReview } = createReviewActivities(dependencies);

  const closeLostResearch = async (): Promise<number> => {
    let closed = 0;
    for (const { id, restarts } of await stores.research.longOpen(MOST_AT_ONCE)) {
      const run = runOfResearch(id);
      if (run === null || (await isRunning(client, ...run))) continue;
      await failResearch({ sessionRow: id, restarts, failure: ENDED, cancelled: true });
      closed += 1;
    }
    return closed;
  };

  const closeLostTournaments = async (): Promise<number> => {
    let closed = 0;
    for (const { id } of await stores.tournaments.longOpen(MOST_AT_ONCE)) {
      if (await isRunning(client, id)) continue;
      const end = { status: 'cancelled', verdict: null, confidence: null, reviewId: null } as const;
      await endTournament({ tournamentId: id, ...end });
      closed += 1;
    }
    return closed;
  };

  /** Of those due long ago: one that waits, waits as long as its workflow says. */
  const closeLostReviews = async (): Promise<number> => {
    let closed = 0;
    for (const row of await stores.reviews.overdue(MOST_AT_ONCE)) {
      if (await isRunning(client, row.workflowId)) continue;
      const end = { status: 'cancelled', answer: null, dueAt: row.dueAt } as const;
      await closeReview({ reviewId: row.id, input: inputOf(row), ...end });
      closed += 1;
    }
    return closed;
  };
  return { closeLostResearch, closeLostTournaments, closeLostReviews };
};
