// How long a call's answer is waited for. Usually until Temporal cancels the activity; one of two racing calls goes
// on although the other has won, or the decision has ended: it is billed all the same, and only its end says how much.
import { Context } from '@temporalio/activity';
import type { CallModelInput } from '../workflows/contracts/calls';

export interface Patience {
  /** Aborted when the answer is waited for no longer. */
  readonly signal: AbortSignal;
  /** True where no attempt follows this one, whatever its failure: nobody needs the answer, or the other call goes on. */
  readonly outrun: () => boolean;
  /** True where only this attempt ended, as its worker stops: the answer is wanted, and another worker is to ask. */
  readonly cutShort: () => boolean;
}

/** Lost, or the workflow is gone; not a worker that stops, or an attempt that ran out of time. */
const nobodyNeedsIt = ({ cancellationDetails }: Context): boolean =>
  cancellationDetails?.cancelRequested === true || cancellationDetails?.notFound === true;

/** For the activity that is running. What was cancelled before it was sent is not sent. */
export const patienceWith = (race: CallModelInput['race']): Patience => {
  const context = Context.current();
  const { cancellationSignal } = context;
  const cutShort = (): boolean => cancellationSignal.aborted && !nobodyNeedsIt(context);
  // A second call has one attempt, and its failure counts as any other.
  const outrun = (): boolean => race === 'second' || (race !== undefined && cancellationSignal.aborted);
  if (race === undefined || cancellationSignal.aborted)
    return { signal: cancellationSignal, outrun, cutShort };
  const controller = new AbortController();
  cancellationSignal.addEventListener(
    'abort',
    () => {
      if (!nobodyNeedsIt(context)) controller.abort(cancellationSignal.reason);
    },
    { once: true },
  );
  return { signal: controller.signal, outrun, cutShort };
};
