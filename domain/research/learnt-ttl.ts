// Learnt time to live (A11): how soon briefs of a kind went stale in a volatility regime suggests how long they
// should be kept. Suggestions only, and off by default.
import { VOLATILITY_REGIMES, type VolatilityRegime } from '../track/regime';
import { RESEARCH_KINDS, type ResearchKind } from './brief';
import type { TtlSeconds } from './ttl';

/** One brief's life: how long it was watched, and whether it was found stale at the end of that. */
export interface BriefLife {
  readonly kind: ResearchKind;
  readonly regime: VolatilityRegime;
  /** Seconds from its making to the end of the watch. */
  readonly seconds: number;
  /**
   * True when an event that covers its subject made it stale then; false when none came while it was watched
   * (censored). Moves of prices are not looked at.
   */
  readonly stale: boolean;
}

export interface TtlSuggestion {
  readonly kind: ResearchKind;
  readonly regime: VolatilityRegime;
  readonly ttlSeconds: number;
  /** As the settings say: what is kept without a suggestion. */
  readonly configuredSeconds: number;
  readonly lives: number;
  readonly stale: number;
  /** Share expected stale before the configured TTL ends. */
  readonly staleShareAtConfigured: number;
}

/** A brief may be stale one time in five before its TTL ends: the reader also has events and prices. */
const TOLERATED_STALE_SHARE = 0.2;
/** The configured TTL counts as ten stale briefs seen. */
const PRIOR_STALE = 10;
/** A suggestion stays within a quarter and four times the configured TTL. */
const LEAST_FACTOR = 0.25;
const MOST_FACTOR = 4;

/** Seconds that a brief is watched at most: as long as any suggestion could keep it. */
export const watchSeconds = (configuredSeconds: number): number => configuredSeconds * MOST_FACTOR;

const HAZARD_AT_TOLERANCE = -Math.log(1 - TOLERATED_STALE_SHARE);

/**
 * The TTL at which the tolerated share has gone stale, from a constant hazard per kind and regime with a gamma
 * prior centred on the configured one (exponential survival with censoring: stale / watched seconds).
 */
export const suggestTtl = (
  kind: ResearchKind,
  regime: VolatilityRegime,
  lives: readonly BriefLife[],
  configuredSeconds: number,
): TtlSuggestion => {
  const own = lives.filter((life) => life.kind === kind && life.regime === regime && life.seconds > 0);
  const stale = own.filter((life) => life.stale).length;
  const watched = own.reduce((sum, life) => sum + life.seconds, 0);
  const priorSeconds = (PRIOR_STALE * configuredSeconds) / HAZARD_AT_TOLERANCE;
  const hazard = (stale + PRIOR_STALE) / (watched + priorSeconds);
  const wished = HAZARD_AT_TOLERANCE / hazard;
  const ttl = Math.min(configuredSeconds * MOST_FACTOR, Math.max(configuredSeconds * LEAST_FACTOR, wished));
  return {
    kind,
    regime,
    ttlSeconds: Math.round(ttl),
    configuredSeconds,
    lives: own.length,
    stale,
    staleShareAtConfigured: 1 - Math.exp(-hazard * configuredSeconds),
  };
};

/** Suggestions for every kind and regime with any life, the kinds in their order. */
export const suggestTtls = (lives: readonly BriefLife[], configured: TtlSeconds): readonly TtlSuggestion[] =>
  RESEARCH_KINDS.flatMap((kind) =>
    VOLATILITY_REGIMES.filter((regime) =>
      lives.some((life) => life.kind === kind && life.regime === regime),
    ).map((regime) => suggestTtl(kind, regime, lives, configured[kind])),
  );
