// Scores every forecast that counted against its proposition's outcome; a correction rescores, a void takes the
// scores out, and so does a new date of the forecasts that came after it.
import type { DecisionRecord, ForecastRecord } from '../db/decision-record';
import type { OutcomeRow } from '../db/outcome-store';
import type { PerformanceRow, ScoredOutcome } from '../db/performance-store';
import type { Stores } from '../db/stores';
import { TRADE_FEES } from '../domain/ensemble/trade-fees';
import type { Proposition } from '../domain/market/proposition';
import { ANALYSTS, isPanelGroup } from '../domain/panel/forecaster';
import { entryPrice } from '../domain/track/entry-price';
import { expiryBucket } from '../domain/track/expiry';
import { scoreForecast } from '../domain/track/forecast-score';
import { attributeProfit } from '../domain/track/profit-attribution';
import { tradeProfit } from '../domain/track/trade-profit';
import type { IsoInstant } from '../domain/world';
import { createExperimentScoring } from './experiments';
import { createRegimeOf } from './regime-of';
import { countedForecasts } from './votes-cast';

type Score = Omit<PerformanceRow, 'scoredAt' | keyof ScoredOutcome>;

interface Resolved {
  readonly proposition: Proposition;
  readonly outcome: OutcomeRow & { readonly yes: boolean };
  readonly regime: string;
}

/** When a forecast, or the decision itself, was made on the decision's own clock. */
const madeAt = (
  { createdAt }: Pick<ForecastRecord, 'createdAt'>,
  decision: DecisionRecord | undefined,
): IsoInstant => {
  const now = decision?.details.now;
  return typeof now === 'string' ? now : createdAt;
};

/**
 * When its trade was made: what waited for a person, with the approval. Null for approvals from before that was kept, of
 * which nobody can tell what they earned.
 */
const tradedAt = (decision: DecisionRecord): IsoInstant | null => {
  const { tradedAt: at, review } = decision.details;
  if (typeof at === 'string') return at;
  return review ? null : madeAt(decision, decision);
};

/** What the decision earned, by the member that pushed it there. */
const profitByModel = (
  decision: DecisionRecord | undefined,
  { outcome, proposition }: Resolved,
): Readonly<Record<string, number>> => {
  if (!decision || decision.action === 'hold') return {};
  const entryFrom = tradedAt(decision);
  const resolution = {
    y: outcome.yes ? 1 : 0,
    rule: proposition.rule.type,
    entryValue: entryFrom === null ? null : entryPrice(outcome.entryPrices, entryFrom),
    resolvingValue: outcome.resolvingValue,
  } as const;
  const profit = tradeProfit(decision, resolution, TRADE_FEES);
  if (profit === null) return {};
  return attributeProfit({
    profitMicroUsd: profit,
    side: decision.action === 'buy' ? 1 : -1,
    price: decision.price ?? 0.5,
    members: decision.members.flatMap((member) =>
      member.probability === null
        ? []
        : [{ member: member.model, p: member.probability, weight: member.weight ?? 0 }],
    ),
  });
};

/** By when the question was to resolve, as members are selected, not by when the desk came to see the outcome. */
const expiryOf = ({ resolvesAt }: Proposition, forecastAt: IsoInstant) => {
  const madeMs = Date.parse(forecastAt);
  return expiryBucket(madeMs, Math.max(madeMs, Date.parse(resolvesAt)));
};

const toScore = (
  forecast: ForecastRecord & { readonly probability: number },
  decision: DecisionRecord | undefined,
  resolved: Resolved,
): Score => {
  const { proposition, outcome, regime } = resolved;
  const forecastAt = madeAt(forecast, decision);
  const profit = forecast.shadow ? undefined : profitByModel(decision, resolved)[forecast.model];
  return {
    forecastId: forecast.id,
    world: forecast.world,
    model: forecast.model,
    modelVersion: forecast.modelVersion,
    marketCategory: isPanelGroup(forecast.attemptGroup) ? ANALYSTS : proposition.category,
    volatilityRegime: regime,
    timeToExpiry: expiryOf(proposition, forecastAt),
    probability: forecast.probability,
    price: decision?.price ?? proposition.priceOfYes,
    yes: outcome.yes,
    ...scoreForecast(forecast.probability, outcome.yes ? 1 : 0),
    responseTimeMs: forecast.latencyMs,
    costMicroUsd: forecast.costMicroUsd,
    pnlMicroUsd: profit === undefined ? null : Math.round(profit),
    forecastAt,
    resolvedAt: outcome.resolvedAt,
  };
};

export const createScoring = (stores: Stores) => {
  const regimeOf = createRegimeOf(stores);
  const experiments = createExperimentScoring({ stores });

  const decisionsOf = async (
    forecasts: readonly ForecastRecord[],
  ): Promise<ReadonlyMap<string, DecisionRecord>> => {
    const ids = [...new Set(forecasts.flatMap(({ decisionId }) => decisionId ?? []))];
    const decisions = await Promise.all(ids.map((id) => stores.decisions.get(id)));
    return new Map(decisions.flatMap((decision) => (decision ? [[decision.id, decision] as const] : [])));
  };

  const scoreForecasts = async (proposition: Proposition, outcome: OutcomeRow | null): Promise<number> => {
    if (outcome === null || outcome.yes === null) return stores.performance.removeScores(proposition.id);
    const forecasts = countedForecasts(await stores.forecasts.ofProposition(proposition.id));
    const decisions = await decisionsOf(forecasts);
    const resolved: Resolved = {
      proposition,
      outcome: { ...outcome, yes: outcome.yes },
      regime: await regimeOf(proposition),
    };
    const scores = forecasts.flatMap((forecast) => {
      const decision = forecast.decisionId === null ? undefined : decisions.get(forecast.decisionId);
      if (forecast.probability === null || madeAt(forecast, decision) > outcome.resolvedAt) return [];
      return [toScore({ ...forecast, probability: forecast.probability }, decision, resolved)];
    });
    return stores.performance.putScores(
      { propositionId: proposition.id, outcomeRevision: outcome.revision },
      scores,
    );
  };

  /**
   * Brings the scores of a proposition in line with its outcome in force; the same outcome twice changes
   * nothing. A forecast made after the truth was public is no forecast and gets no score.
   * @returns the number of scores written or taken out
   */
  const score = async (proposition: Proposition): Promise<number> => {
    const outcome = await stores.outcomes.current(proposition.id);
    const scored = await scoreForecasts(proposition, outcome);
    const known = outcome !== null && outcome.yes !== null;
    await experiments.noteOutcome(
      proposition.id,
      known ? { yes: outcome.yes!, resolvedAt: outcome.resolvedAt } : null,
    );
    // Corrected or voided meanwhile: whoever wrote last may have read first.
    const inForce = await stores.outcomes.current(proposition.id);
    return inForce?.revision === outcome?.revision ? scored : score(proposition);
  };

  /** Scores forecasts that were recorded after their outcome: none of the activities about outcomes meets them again. */
  const scoreLate = async (propositionIds: readonly string[]): Promise<void> => {
    for (const { propositionId } of await stores.outcomes.currentOf([...new Set(propositionIds)])) {
      const proposition = await stores.propositions.get(propositionId);
      if (proposition) await score(proposition);
    }
  };
  return { score, scoreLate };
};
