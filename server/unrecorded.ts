// What there is of a run without a row: how far it is, or why there will be none. Workflows answer queries after their
// end too, so that an answer alone does not say that they run.
import { WorkflowNotFoundError } from '@temporalio/client';
import type { ConclaveClient } from '../client/connect';
import { whyEnded } from '../client/workflow-result';
import { redact } from '../config/redact';
import { notFound } from './problem';

export type Unrecorded<Progress> = { readonly progress: Progress } | { readonly failure: string };

/** @param what as it stands in refusals: `panel`. @throws Refusal (404) where there is no such run. */
export const unrecorded = async <Progress>(
  client: ConclaveClient,
  what: string,
  id: string,
): Promise<Unrecorded<Progress>> => {
  const failure = await whyEnded(client, id).catch((error: unknown) => {
    throw error instanceof WorkflowNotFoundError ? notFound(what, id) : error;
  });
  if (failure !== null) return { failure: redact(failure) };
  return { progress: await client.temporal.workflow.getHandle(id).query<Progress>('progress') };
};
