// Closes the record of research, tournaments and reviews that ended without a word, a terminated one for one: their
// workflows would have closed it, and until somebody asks Temporal, every page shows them open.
import type { ReviewRow } from '../db/review-store';
import { competitionDayId } from '../workflows/contracts/competition';
import type { ReviewInput } from '../workflows/contracts/tournament';
import { closeEnded } from './close-ended';
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

  /** Where nobody knows its workflow, it stays. */
  const isResearched = async ({ id }: { readonly id: string }): Promise<boolean> => {
    const run = runOfResearch(id);
    return run === null || isRunning(client, ...run);
  };

  const closeLostResearch = async (): Promise<number> =>
    closeEnded(await stores.research.longOpen(MOST_AT_ONCE), isResearched, ({ id, restarts }) =>
      failResearch({ sessionRow: id, restarts, failure: ENDED, cancelled: true }),
    );

  const closeLostTournaments = async (): Promise<number> =>
    closeEnded(
      await stores.tournaments.longOpen(MOST_AT_ONCE),
      ({ id }) => isRunning(client, id),
      ({ id }) =>
        endTournament({
          ...{ tournamentId: id, status: 'cancelled', verdict: null, confidence: null, reviewId: null },
        }),
    );

  /** Of those due long ago: one that waits, waits as long as its workflow says. */
  const closeLostReviews = async (): Promise<number> =>
    closeEnded(
      await stores.reviews.overdue(MOST_AT_ONCE),
      ({ workflowId }) => isRunning(client, workflowId),
      (row) =>
        closeReview({
          ...{ reviewId: row.id, input: inputOf(row), status: 'cancelled', answer: null, dueAt: row.dueAt },
        }),
    );
  return { closeLostResearch, closeLostTournaments, closeLostReviews };
};
