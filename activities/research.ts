// Research as activities: look up, attach, plan, store. A cached brief is served without a workflow.
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { isProblem, parseBrief, parseVerdict } from '../domain/research/answer-forms';
import type { Brief } from '../domain/research/brief';
import { briefKey } from '../domain/research/cache-key';
import { evidenceOf } from '../domain/research/evidence';
import { briefQuality, figuresFromFeed, textsOf } from '../domain/research/quality';
import { expiresAt, outdatedAt } from '../domain/research/ttl';
import { knownUpcoming } from '../domain/research/upcoming';
import { SYNTHETIC_WORLD } from '../domain/world';
import { feedFigures } from '../providers/house/brief-figures';
import { briefRead, briefRef } from '../workflows/contracts/brief-ref';
import type {
  AttachResult,
  BriefRef,
  ResearchInput,
  ResearchPlan,
  StoreBriefInput,
  StoreBriefResult,
} from '../workflows/contracts/research';
import { subjectAttributes } from '../workflows/contracts/search-attributes';
import { CONCLAVE_QUEUE, PRIORITY } from '../workflows/contracts/task-queues';
import { researchId } from '../workflows/contracts/workflow-ids';
import type { Dependencies } from './dependencies';
import { noData } from './failures';
import { createLearntTtl } from './learnt-ttl';
import { createResearchModels } from './research-models';
import { createResearchSavings } from './research-savings';
import { createSettingsInForce } from './settings-in-force';

/** Ten minutes: soon after the outage the language models write anew. */
const DEGRADED_TTL_SECONDS = 600;

export const createResearchActivities = (dependencies: Dependencies) => {
  const { stores, client, options, briefCache } = dependencies;
  const models = createResearchModels(dependencies);
  const settingsInForce = createSettingsInForce(stores);
  const savings = createResearchSavings(dependencies);
  const ttl = createLearntTtl(dependencies);

  /** A fresh brief of this key, from the in-process cache or Postgres; both verify epoch and expiry. */
  const findBrief = async (input: ResearchInput): Promise<BriefRef | null> => {
    const brief = await briefCache.findFresh(input);
    return brief ? briefRef(brief, 'hit') : null;
  };

  const recordBriefRead = async (read: {
    readonly reader: string;
    readonly brief: BriefRef;
    readonly research: ResearchInput;
  }): Promise<void> => {
    await stores.briefMetrics.recordRead(briefRead(read.research, read.reader, read.brief));
  };

  /** Counts the reading, unless it is that of a brief which the reader knows. */
  const serve = async (research: ResearchInput): Promise<Brief | null> => {
    if (research.knownBriefId !== undefined) {
      const fresh = await briefCache.findFresh(research);
      if (fresh?.id === research.knownBriefId) return fresh;
    }
    return briefCache.serve(research, research.reader);
  };

  /**
   * Serves a fresh brief, or starts the research or joins the one under way (single-flight by workflow id) and
   * returns at once; the research signals its waiters.
   */
  const attachResearch = async (request: { readonly research: ResearchInput }): Promise<AttachResult> => {
    const { research } = request;
    await stores.worlds.enter({ id: research.world, asOf: research.asOf });
    const known = research.refresh ? null : await serve(research);
    if (known) return { status: 'hit', brief: briefRef(known, 'hit') };
    const id = researchId(research);
    const [waiter] = research.waiters;
    const { signaledRunId } = await client.workflow.signalWithStart('researchSession', {
      workflowId: id,
      taskQueue: CONCLAVE_QUEUE,
      args: [{ ...research, waiters: [] }],
      signal: 'addWaiter',
      signalArgs: [waiter, research.deadlineAt ?? null, research.refresh],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      priority: { priorityKey: research.sessionId ? PRIORITY.session : PRIORITY.live },
      typedSearchAttributes: subjectAttributes(research),
      staticSummary: `research · ${research.subject} · ${research.kind}`,
      staticDetails: `template ${research.template}, world ${research.world}, as of ${research.asOf ?? 'now'}`,
    });
    return { status: 'attached', researchId: id, runId: signaledRunId };
  };

  /** Opens the session's row and reads the epoch before any fact is read. */
  const planResearch = async (request: {
    readonly research: ResearchInput;
    readonly sessionRow: string;
    readonly restarts: number;
  }): Promise<ResearchPlan> => {
    const { research, sessionRow, restarts } = request;
    await stores.worlds.enter({ id: research.world, asOf: research.asOf });
    await stores.research.start({ ...keyOf(research), id: sessionRow, key: briefKey(research) }, restarts);
    const epoch = await stores.briefs.coveringEpoch(research.world, research.subject);
    const mostWaitMinutes = Number(await settingsInForce.value('research_wait_minutes'));
    return {
      epoch,
      ...(await models.choose(research)),
      mostWaitMs: mostWaitMinutes * 60_000,
      ...(options.waits ? { waits: options.waits } : {}),
      deadlineMs: options.callDeadlineMs,
      category: 'research',
    };
  };

  const endedBrief = async (input: StoreBriefInput): Promise<Brief> => {
    const { research, facts } = input;
    const [written, verdict, dossier] = await Promise.all([
      stores.answers.get(input.briefKey),
      input.verdictKey ? stores.answers.get(input.verdictKey) : null,
      stores.dossiers.get(facts.dossierId),
    ]);
    const content = parseBrief(written?.answer);
    if (isProblem(content) || !dossier) throw noData(`brief ${input.briefKey} cannot be read`);
    const judged = verdict ? parseVerdict(verdict.answer) : null;
    const series = facts.seriesId ? await stores.series.get(facts.seriesId) : null;
    const feed = feedFigures({ bars: series?.bars ?? [], facts: dossier.facts });
    const sources = evidenceOf(dossier.items).items;
    const { upcoming } = dossier;
    const ruled = briefQuality({
      content,
      sources,
      upcoming,
      kind: research.kind,
      feed,
      asOf: facts.asOf,
    });
    const createdAt = await stores.worlds.now(research.world);
    const { degraded } = input;
    const seconds = await ttl.secondsFor(research, createdAt);
    return {
      id: `brief:${input.runKey}`,
      key: briefKey(research),
      world: research.world,
      asOf: facts.asOf,
      subject: research.subject,
      kind: research.kind,
      template: research.template,
      content: {
        ...content,
        upcoming: knownUpcoming(content.upcoming, { upcoming, texts: textsOf(sources) }).upcoming,
        figures: figuresFromFeed(content.figures, feed),
        ...(degraded === undefined ? {} : { degraded }),
      },
      sources: dossier.items,
      quality: judged && !isProblem(judged) ? Math.min(judged.quality, ruled.quality) : ruled.quality,
      writtenBy: input.writtenBy,
      verifiedBy: judged && !isProblem(judged) ? (input.verifiedBy ?? 'rule') : 'rule',
      synthetic: facts.synthetic || research.world === SYNTHETIC_WORLD,
      // Rounds that events made worthless were paid as well.
      costMicroUsd: Math.max(input.costMicroUsd, await stores.research.costSoFar(input.sessionRow)),
      epoch: input.epoch,
      createdAt,
      expiresAt: expiresAt(
        createdAt,
        degraded === undefined ? seconds : Math.min(seconds, DEGRADED_TTL_SECONDS),
        research.asOf === null ? outdatedAt(research.subject, facts.asOf) : null,
      ),
      dossierId: facts.dossierId,
      seriesId: facts.seriesId,
    };
  };

  /** Stores the brief unless a covering event has come since the research began. */
  const storeBrief = async (input: StoreBriefInput): Promise<StoreBriefResult> => {
    const brief = await endedBrief(input);
    const stored = await stores.briefs.storeBrief(brief, input.epoch);
    if (stored.status === 'superseded') return { status: 'superseded' };
    await stores.research.end(input.sessionRow, {
      status: 'stored',
      restarts: input.restarts,
      briefId: brief.id,
      quality: brief.quality,
      costMicroUsd: brief.costMicroUsd,
      failure: null,
    });
    if (input.verdictKey !== null) await savings.recordSiblingSaving(brief, input);
    await stores.briefs.enforceLimits(options.briefLimits);
    return {
      status: 'stored',
      brief: {
        ...briefRef(brief, input.restarts > 0 ? 'restarted' : 'miss'),
        costMicroUsd: brief.costMicroUsd,
      },
    };
  };

  const failResearch = async (request: {
    readonly sessionRow: string;
    readonly failure: string;
    readonly restarts: number;
    readonly cancelled?: true;
  }): Promise<void> =>
    stores.research.end(request.sessionRow, {
      status: request.cancelled ? 'cancelled' : 'failed',
      restarts: request.restarts,
      briefId: null,
      quality: null,
      costMicroUsd: await stores.research.costSoFar(request.sessionRow),
      failure: request.failure,
    });

  return { findBrief, recordBriefRead, attachResearch, planResearch, storeBrief, failResearch };
};

const keyOf = ({ world, asOf, subject, kind, template }: ResearchInput) => ({
  world,
  asOf,
  subject,
  kind,
  template,
});
