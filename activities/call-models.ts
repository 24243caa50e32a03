// Calls of one model side by side in one activity: each is paid, settled and stored by itself as it lands, exactly
// as one alone, but the way through Temporal is gone once for all of them instead of once for each.
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import {
  CALL_RETRY,
  type CallFailureDetails,
  type CallModelInput,
  type CallModelResult,
  type CallModelsInput,
  type LandedCall,
  unwordedFailure,
} from '../workflows/contracts/calls';
import { BEAT_MS } from '../workflows/contracts/task-queues';
import { createCallOnce } from './call-model';
import type { Dependencies } from './dependencies';
import { inSlots } from './in-slots';
import { landedTeller } from './landed-calls';

/** Calls of one provider that batches have under way in a process; those that go alone have the worker's slots. */
const AT_ONCE = 400;

/** No retry can help: a RangeError is bad input wherever it comes from. */
const isFinal = (error: unknown): boolean =>
  error instanceof RangeError || (error instanceof ApplicationFailure && error.nonRetryable === true);

/** Milliseconds before attempt `attempt + 1`: what the failure names, else as Temporal would wait. */
const waitAfter = (error: unknown, attempt: number): number => {
  const named = error instanceof ApplicationFailure ? error.nextRetryDelay : undefined;
  const { initialInterval, backoffCoefficient, maximumInterval } = CALL_RETRY;
  return typeof named === 'number'
    ? named
    : Math.min(maximumInterval, initialInterval * backoffCoefficient ** (attempt - 1));
};

/** What the workflow would read off an activity of the call's own. */
const detailsOf = (error: unknown): CallFailureDetails => {
  const details = error instanceof ApplicationFailure ? error.details?.[0] : undefined;
  if (details) return details as CallFailureDetails;
  return unwordedFailure('unavailable', error instanceof Error ? error.message : String(error));
};

const inputsOf = ({ calls, ...shared }: CallModelsInput): readonly CallModelInput[] =>
  calls.map((call) => ({ ...shared, ...call }));

export const createCallModels = (dependencies: Dependencies) => {
  const callOnce = createCallOnce(dependencies);
  const slots = new Map<string, ReturnType<typeof inSlots>>();

  const slotsOf = (provider: string): ReturnType<typeof inSlots> => {
    const known = slots.get(provider) ?? inSlots(AT_ONCE);
    slots.set(provider, known);
    return known;
  };

  const callToEnd = async (input: CallModelInput, signal: AbortSignal): Promise<CallModelResult> => {
    const inSlot = slotsOf(input.provider);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await inSlot(() => callOnce(input));
      } catch (error) {
        if (isFinal(error) || attempt >= CALL_RETRY.maximumAttempts || signal.aborted) throw error;
        await delay(waitAfter(error, attempt), undefined, { signal });
      }
    }
  };

  const land = async (input: CallModelInput, signal: AbortSignal): Promise<LandedCall> => {
    const { key } = input;
    try {
      return { key, result: await callToEnd(input, signal), failed: null };
    } catch (error) {
      return { key, result: null, failed: detailsOf(error) };
    }
  };

  const tellerOf = (context: Context) => {
    const { workflowId, runId } = context.info.workflowExecution!;
    const workflow = dependencies.client.workflow.getHandle(workflowId, runId);
    return landedTeller((calls) => workflow.signal('callsLanded', calls));
  };

  /**
   * Asks all of them at once; the workflow hears by the signal `callsLanded` what lands while others are under way.
   * A later attempt, after a killed worker, asks only what has no stored answer and has not failed for good.
   * @returns how each ended, in their order; a call's failure is data and leaves the others alone
   */
  const callModels = async (input: CallModelsInput): Promise<readonly LandedCall[]> => {
    const context = Context.current();
    const signal = context.cancellationSignal;
    const failed: LandedCall[] = [...((context.info.heartbeatDetails ?? []) as readonly LandedCall[])];
    const teller = tellerOf(context);
    const note = (call: LandedCall): LandedCall => {
      // A call that was cut off has nothing to tell; an answer that came all the same was paid for.
      if (signal.aborted && call.failed) return call;
      if (call.failed) {
        failed.push(call);
        context.heartbeat(failed);
      }
      teller.tell(call);
      return call;
    };
    const beat = setInterval(() => context.heartbeat(failed), BEAT_MS);
    try {
      const landed = await Promise.all(
        inputsOf(input).map(
          async (call) => failed.find(({ key }) => key === call.key) ?? note(await land(call, signal)),
        ),
      );
      if (signal.aborted && landed.some((each) => each.failed)) throw new CancelledFailure('cancelled');
      return landed;
    } finally {
      clearInterval(beat);
      await teller.close(signal.aborted);
    }
  };
  return { callModels };
};
