// A brief as it travels: its id, cost and sources, not its text.
import type { Brief } from '../domain/research/brief';
import type { BriefOrigin, BriefRef } from '../workflows/contracts/research';

/** Sources listed with a brief; the row has all. */
const LISTED = 12;

export const briefRef = (brief: Brief, cache: BriefOrigin): BriefRef => ({
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
  sources: brief.sources.slice(0, LISTED).map(({ source, title, publicAt }) => ({ source, title, publicAt })),
});
