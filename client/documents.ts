// The documents that commands and the API print: one form for decisions, research and sessions.
import type { DecisionRecord } from '../db/decision-record';
import { formatUsd } from '../domain/money/micro-usd';
import type { Brief } from '../domain/research/brief';
import type { DecisionResult } from '../workflows/contracts/decision';
import type { BriefRef } from '../workflows/contracts/research';

const usd = (amount: number | null): string | null => (amount === null ? null : formatUsd(amount));

/** Whether a budget refused a call of any round; rows of before it was kept know of their members alone. */
export const isBudgetReached = (result: DecisionResult | DecisionRecord): boolean =>
  ('details' in result ? result.details.budgetReached : result.budgetReached) === true ||
  result.members.some(({ failure }) => failure === 'budget');

/** `decide --json`. */
export const decisionDocument = (result: DecisionResult | DecisionRecord) => ({
  decisionId: 'decisionId' in result ? result.decisionId : result.id,
  subject: result.subject,
  /** On the world's clock. A result does not know it, its row does. */
  ...('createdAt' in result ? { createdAt: result.createdAt } : {}),
  ...(result.world === undefined ? {} : { world: result.world }),
  /** Made-up prices: nothing in it means anything. */
  ...(result.synthetic === undefined ? {} : { synthetic: result.synthetic }),
  status: result.status,
  strategy: result.strategy,
  stage: result.stage,
  probability: result.probability,
  action: result.action,
  sizeUsd: formatUsd(result.sizeMicroUsd),
  why: result.why,
  disagreement: result.disagreement,
  quorum: { asked: result.quorum.asked, answered: result.quorum.answered, needed: result.quorum.needed },
  members: result.members.map((member) => ({
    model: member.model,
    provider: member.provider,
    status: member.status,
    failure: member.failure,
    /** Why it, or the member it stands in for, did not answer. */
    problem: member.problem ?? null,
    standsInFor: member.standsInFor ?? null,
    probability: member.probability,
    weight: member.weight,
    costUsd: usd(member.costMicroUsd),
    latencyMs: member.latencyMs,
  })),
  /** Taken or not, and why. */
  candidates: result.candidates,
  mode: result.mode,
  degradations: result.degradations,
  budgetReached: isBudgetReached(result),
  costUsd: formatUsd(result.costMicroUsd),
});

/** The `research` object of a session's subject. */
export const researchDocument = (brief: BriefRef | null) =>
  brief && {
    briefId: brief.briefId,
    cache: brief.cache,
    quality: brief.quality,
    costUsd: formatUsd(brief.costMicroUsd),
    asOf: brief.asOf,
    synthetic: brief.synthetic,
    sources: brief.sources,
    ...(brief.degraded === undefined ? {} : { degraded: brief.degraded }),
  };

/** The `brief` that `research --json` adds. */
export const briefDocument = (brief: Brief) => ({
  subject: brief.subject,
  kind: brief.kind,
  template: brief.template,
  writtenBy: brief.writtenBy,
  verifiedBy: brief.verifiedBy,
  createdAt: brief.createdAt,
  expiresAt: brief.expiresAt,
  content: brief.content,
  sources: brief.sources,
});
