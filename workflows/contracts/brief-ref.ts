// A brief as it travels (its id, cost and sources, not its text), and what reading it counts as.
import type { Brief } from '../../domain/research/brief';
import type { BriefOrigin, BriefRef, ResearchInput } from './research';

/** Sources listed with a brief that travels through histories; the row has all. */
const LISTED = 12;

/** @param listed how many sources are named; default 12. */
export const briefRef = (brief: Brief, cache: BriefOrigin, listed = LISTED): BriefRef => ({
  briefId: brief.id,
  dossierId: brief.dossierId,
  seriesId: brief.seriesId,
  cache,
  quality: brief.quality,
  costMicroUsd: 0,
  briefCostMicroUsd: brief.costMicroUsd,
  epoch: brief.epoch,
  asOf: brief.asOf,
  synthetic: brief.synthetic,
  sources: brief.sources.slice(0, listed).map(({ source, title, publicAt }) => ({ source, title, publicAt })),
  ...(brief.content.degraded === undefined ? {} : { degraded: brief.content.degraded }),
});

const READ_OUTCOME = {
  hit: 'hit',
  joined: 'join',
  miss: 'miss',
  restarted: 'miss',
} as const satisfies Readonly<Record<BriefOrigin, 'hit' | 'miss' | 'join'>>;

/** The row of the brief metrics that one reader's request makes. */
export const briefRead = (research: ResearchInput, reader: string, brief: BriefRef) => {
  const outcome = READ_OUTCOME[brief.cache];
  return {
    world: research.world,
    subject: research.subject,
    kind: research.kind,
    template: research.template,
    outcome,
    briefId: outcome === 'miss' ? null : brief.briefId,
    epoch: outcome === 'miss' ? null : brief.epoch,
    reader,
    costSavedMicroUsd: outcome === 'miss' ? 0 : brief.briefCostMicroUsd,
  };
};
