// Started by the hour: tidies the database.
import { setCurrentDetails } from '@temporalio/workflow';
import type { HousekeepingResult } from '../activities/housekeeping';
import { store } from './activity-stubs';
import { detailsTable } from './details-table';

export async function housekeeping(): Promise<HousekeepingResult> {
  const done = await store.tidyUp.executeWithOptions(
    { summary: 'expired briefs, lost reservations, old rows' },
    [],
  );
  setCurrentDetails(
    detailsTable(
      ['expired briefs', 'evicted briefs', 'uncertain calls', 'old rows'],
      [[done.expiredBriefs, done.evictedBriefs, done.uncertainCalls, done.oldRows]],
    ),
  );
  return done;
}
