// One decision as a person asks for it, timed, on a subject whose brief is in the cache.
import type { ConclaveClient } from '../../client/connect';
import { startDecision } from '../../client/decisions';
import { decisionInput } from '../../client/work-inputs';
import { SYNTHETIC_WORLD } from '../../domain/world';
import { PRIORITY } from '../../workflows/contracts/task-queues';
import { millisecondsOf } from './quantiles';
import { HOUSE_MEMBERS } from './run-session';

/**
 * @param priority of the decision and all its work; that of live work when not given
 * @returns milliseconds from asking to the result. @throws when nothing was decided.
 */
export const liveDecisionMs = (
  client: ConclaveClient,
  symbol: string,
  key: string,
  priority: number = PRIORITY.live,
): Promise<number> =>
  millisecondsOf(async () => {
    const input = decisionInput({
      ...{ symbol, stakeUsd: '25', members: HOUSE_MEMBERS, horizonDays: 5, world: SYNTHETIC_WORLD },
      ...{ kind: 'complete', template: 'swing', refresh: false },
    });
    const handle = await startDecision(client, { ...input, priority }, key);
    const { status } = await handle.result();
    if (status !== 'decided') throw new Error(`decision ${key} ended ${status}`);
  });
