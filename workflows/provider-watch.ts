// Watches the providers for as long as the stack runs: a look now and then, more often while something is out.
// Live traffic reports by itself; the watch finds recoveries, and what nobody calls.
import { continueAsNew, setCurrentDetails, sleep } from '@temporalio/workflow';
import { store } from './activity-stubs';
import type { ProviderWatchInput } from './contracts/provider-watch';
import { detailsTable } from './details-table';
import { lookUnlessRefused } from './look-unless-refused';

/** A quiet look costs one cheap request per provider and a few reads. */
const QUIET_MS = 60_000;
/** Recovery should be found within one breaker window. */
const TROUBLED_MS = 15_000;
/** Keeps each run's history at some hundred events. */
const LOOKS_PER_RUN = 100;

export async function providerWatch(input: ProviderWatchInput): Promise<void> {
  let { pending } = input;
  for (let looks = 0; looks < LOOKS_PER_RUN; looks += 1) {
    const look = await lookUnlessRefused(() => store.watchProviders(pending));
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
