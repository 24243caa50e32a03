// What stands in the ledger under a call's key when an attempt begins: what it came to so far, and whether the call
// has ended already. Temporal may not know of that end, as a worker may die after it has booked and before it has said.
import type { CallView, SendingSoFar } from '../db/call-store';
import { FAILURE_KINDS, type FailureKind } from '../domain/outage/failure';
import { ProviderFailure } from '../providers/port';
import type { Dependencies } from './dependencies';
import { willRetry } from './failures';

/** What is known of the sendings under one key. */
export interface Sendings {
  readonly count: number;
  readonly costMicroUsd: number;
}

/** What a sending is booked as when nobody waited for its answer: that says nothing about the call. */
export const CUT_OFF = 'cut off while it was under way';

/** What stands beside the bill of an answer that was cut where its room ended: its kind alone would ask again. */
export const CUT_ANSWER = 'malformed: the answer was cut where its room ended';

/** Where its bill is not known, the note alone says what it was. */
const failureOf = ({ failure, note }: SendingSoFar): FailureKind | null =>
  note === CUT_ANSWER ? 'malformed' : (FAILURE_KINDS.find((kind) => kind === failure) ?? null);

/**
 * How the call ended: with the failure of a sending that was billed, or may have been, and that the failure table does
 * not repeat. Null while it may be sent; sending again what cost nothing costs nothing.
 */
const endedIn = (last: SendingSoFar | undefined, count: number): ProviderFailure | null => {
  const kind = last ? failureOf(last) : null;
  if (!last || !kind || (last.status !== 'settled' && last.status !== 'uncertain')) return null;
  const cut = last.note === CUT_ANSWER ? ({ cut: true } as const) : {};
  const failure = new ProviderFailure(kind, `the call has ended before as ${kind}`, { sent: true, ...cut });
  return willRetry(failure, count) ? null : failure;
};

export const createEarlierSendings = ({ stores }: Pick<Dependencies, 'stores'>) => {
  /** An earlier attempt that ended without a word may have been billed: its amount stays held. */
  const close = async ({ sendings }: CallView): Promise<Sendings> => {
    for (const row of sendings.filter((each) => each.status === 'reserved')) {
      await stores.ledger.markUncertain(row.key, 'the attempt ended before its outcome was known');
    }
    return {
      count: sendings.length,
      costMicroUsd: sendings.reduce((total, row) => total + row.costMicroUsd, 0),
    };
  };

  /** @throws ProviderFailure the one that the call has ended in */
  const refuseEnded = ({ sendings }: CallView): void => {
    const ended = endedIn(sendings.at(-1), sendings.length);
    if (ended) throw ended;
  };
  return { close, refuseEnded };
};
