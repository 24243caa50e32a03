// Briefs from outside: a cached one is read without a workflow, a missing one starts or joins research.
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Brief } from '../domain/research/brief';
import type { IsoInstant } from '../domain/world';
import { briefRead, briefRef } from '../workflows/contracts/brief-ref';
import type { BriefRef, ResearchInput, ResearchOutcome } from '../workflows/contracts/research';
import { subjectAttributes } from '../workflows/contracts/search-attributes';
import { CONCLAVE_QUEUE, PRIORITY } from '../workflows/contracts/task-queues';
import { researchId } from '../workflows/contracts/workflow-ids';
import type { ConclaveClient } from './connect';
import { outcomeOf } from './workflow-result';

export interface ResearchResult {
  readonly brief: Brief;
  readonly ref: BriefRef;
  /** Null when the brief came from the cache. */
  readonly researchId: string | null;
}

export class ResearchFailed extends Error {
  override readonly name = 'ResearchFailed';
}

const cached = async (client: ConclaveClient, input: ResearchInput): Promise<ResearchResult | null> => {
  const brief = input.refresh ? null : await client.briefCache.serve(input, input.reader);
  return brief && { brief, ref: briefRef(brief, 'hit', brief.sources.length), researchId: null };
};

interface Run {
  readonly researchId: string;
  readonly outcome: ResearchOutcome;
  readonly brief: Brief;
}

/** Starts the research, or joins the run under way, and waits for its end. @throws ResearchFailed */
const runOrJoin = async (client: ConclaveClient, input: ResearchInput): Promise<Run> => {
  const id = researchId(input);
  const handle = await client.temporal.workflow.start('researchSession', {
    workflowId: id,
    taskQueue: CONCLAVE_QUEUE,
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    priority: { priorityKey: PRIORITY.live },
    typedSearchAttributes: subjectAttributes(input),
    staticSummary: `research · ${input.subject} · ${input.kind}`,
    staticDetails: `template ${input.template}, world ${input.world}, as of ${input.asOf ?? 'now'}`,
  });
  const outcome = (await outcomeOf(handle.result())) as ResearchOutcome;
  if (!outcome.brief) throw new ResearchFailed(outcome.failure ?? 'research ended without a brief');
  const brief = await client.stores.briefs.get(outcome.brief.briefId);
  if (!brief) throw new ResearchFailed(`brief ${outcome.brief.briefId} has been evicted already`);
  return { researchId: id, outcome, brief };
};

/** A run that was joined may have found its brief in the cache, or have stored it before it was joined. */
const isFromBefore = ({ outcome, brief }: Run, askedAt: IsoInstant): boolean =>
  outcome.brief?.cache === 'hit' || brief.createdAt < askedAt;

/**
 * The brief on a subject; with `refresh` one that was stored after it was asked for.
 * @throws ResearchFailed with the reason when no brief could be made.
 */
export const research = async (client: ConclaveClient, input: ResearchInput): Promise<ResearchResult> => {
  const { stores } = client;
  await stores.worlds.enter({ id: input.world, asOf: input.asOf });
  const known = await cached(client, input);
  if (known) return known;
  const askedAt = await stores.worlds.now(input.world);
  let run = await runOrJoin(client, input);
  while (input.refresh && run.outcome.initiator !== input.reader && isFromBefore(run, askedAt))
    run = await runOrJoin(client, input);
  const { outcome, brief } = run;
  const made = outcome.brief!;
  const mine = outcome.initiator === input.reader;
  const ref: BriefRef = mine || made.cache === 'hit' ? made : { ...made, cache: 'joined', costMicroUsd: 0 };
  await stores.briefMetrics.recordRead(briefRead(input, input.reader, ref));
  return { brief, ref, researchId: run.researchId };
};
