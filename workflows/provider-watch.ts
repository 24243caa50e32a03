// Watches the providers for as long as the stack runs: a look now and then, more often while something is out.
// Live traffic reports by itself; the watch finds recoveries, and what nobody calls.
import { continueAsNew, isCancellation, rootCause, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { ModeWatch } from '../domain/outage/modes';
import { store } from './activity-stubs';
import type { ProviderWatchInput, ProviderWatchLook } from './contracts/provider-watch';
import { detailsTable } from './details-table';

/** A quiet look costs one cheap request per provider and a few reads. */
const QUIET_MS = 60_000;
/** Recovery should be found within one breaker window. */
const TROUBLED_MS = 15_000;
/** Keeps each run's history at some hundred events. */
const LOOKS_PER_RUN = 100;

/** One look that is refused for good, such as by a stored setting of an older form, is not the end of the watch. */
const lookUnlessRefused = async (pending: ModeWatch['pending']): Promise<ProviderWatchLook | null> => {
  try {
    return await store.watchProviders(pending);
  } catch (error) {
    if (isCancellation(error)) throw error;
    setCurrentDetails(`The last look failed: ${rootCause(error) ?? 'unknown'}`);
    return null;
  }
};

export async function providerWatch(input: ProviderWatchInput): Promise<void> {
  let { pending } = input;
  for (let looks = 0; looks < LOOKS_PER_RUN; looks += 1) {
    const look = await lookUnlessRefused(pending);
    if (look === null) {
      await sleep(QUIET_MS);
      continue;
    }
    pending = look.pending;
    setCurrentDetails(
      detailsTable(
        ['mode', 'returning to', 'providers checked', 'why'],
        [[look.mode, look.pending?.mode ?? null, look.checked, look.reason]],
      ),
    );
    await sleep(look.mode === 'normal' && pending === null ? QUIET_MS : TROUBLED_MS);
  }
  await continueAsNew<typeof providerWatch>({ pending });
}
