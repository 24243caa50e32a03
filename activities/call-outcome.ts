// What a call's end tells the breaker and the health record.
import type { ProviderFailure } from '../providers/port';
import type { Admission, BreakerGate } from './breaker-gate';
import type { Patience } from './call-patience';
import type { Dependencies } from './dependencies';
import { willRetry } from './failures';
import { createProviderHealth } from './provider-health';

export const createCallOutcome = (dependencies: Dependencies, gate: BreakerGate) => {
  const health = createProviderHealth(dependencies);

  /** The model's health is noted where the answer is stored. */
  const noteAnswer = (admission: Admission | null, latencyMs: number): Promise<void> =>
    gate.succeeded(admission, latencyMs);

  const noteFailure = async (
    admission: Admission | null,
    error: ProviderFailure,
    { sends, patience }: { readonly sends: number; readonly patience: Patience },
  ): Promise<void> => {
    if (admission === null) return;
    if (patience.signal.aborted) return gate.released(admission);
    const { kind, details } = error;
    const latencyMs = details.latencyMs ?? null;
    await Promise.all([
      willRetry(error, sends) && !patience.outrun() ? undefined : gate.failed(admission, error),
      health.observe({
        ...admission.key,
        origin: admission.probe ? 'probe' : 'call',
        latencyMs,
        failure: kind,
      }),
    ]);
  };

  return { noteAnswer, noteFailure };
};
