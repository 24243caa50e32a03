// A workflow that says its secret in every place that Temporal stores: for the test of encryption.
import {
  ApplicationFailure,
  condition,
  defineSignal,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';

export interface SecretiveActivities {
  readonly repeat: (secret: string) => Promise<string>;
  /** Always throws, with the secret in message and details. */
  readonly fail: (secret: string) => Promise<string>;
}

const { repeat, fail } = proxyActivities<SecretiveActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { maximumAttempts: 1 },
});

export const proceed = defineSignal<[string]>('proceed');

/** Ends with what it heard, or, when told to, with a failure that repeats it. */
export async function secretive(secret: string, ending: 'result' | 'failure'): Promise<string> {
  const heard: string[] = [];
  setHandler(proceed, (word) => void heard.push(word));
  setCurrentDetails(`details ${secret}`);
  const repeated = await repeat.executeWithOptions({ summary: `summary ${secret}` }, [secret]);
  const failed = await fail(secret).catch(
    (error: { readonly cause?: { readonly message?: string } }) => error.cause?.message,
  );
  await condition(() => heard.length > 0);
  const told = [repeated, failed, ...heard].join(' | ');
  if (ending === 'failure') throw ApplicationFailure.nonRetryable(told, 'Told', { told });
  return told;
}
