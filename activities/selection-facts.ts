// Everything that choosing among language models goes by (D4), read from the record, the breakers, the health and
// the caps, and brought into the form that the choice itself takes.
import { oneReader } from '../db/one-reader';
import { type ContextRow, createSelectionReads, type ShadowShare } from '../db/selection-reads';
import type { Proposition } from '../domain/market/proposition';
import type { Candidate as Considered } from '../domain/selection/candidates';
import type { SkillLevel } from '../domain/selection/context-skill';
import type { ModelEntry } from '../domain/selection/model';
import { type ExpiryBucket, expiryBucket } from '../domain/track/expiry';
import type { VolatilityRegime } from '../domain/track/regime';
import type { IsoInstant } from '../domain/world';
import { toCandidate } from './candidate';
import type { Dependencies } from './dependencies';
import { createRegimeOf } from './regime-of';
import { createServices, type Service } from './service-standing';

export interface SelectionSubject {
  readonly proposition: Proposition;
  readonly now: IsoInstant;
  /** Why a model looks broken, by model; null or absent: it does not. */
  readonly screened: Readonly<Record<string, string | null>>;
}

export interface SelectionFacts {
  readonly candidates: readonly Considered[];
  /** Left out by a breaker that would let a probe through. */
  readonly probing: readonly string[];
  readonly shadowShare: ShadowShare;
  readonly volatilityRegime: VolatilityRegime;
  readonly timeToExpiry: ExpiryBucket;
}

interface Asked {
  readonly category: string;
  readonly regime: VolatilityRegime;
  readonly expiry: ExpiryBucket;
}

/** Widest first; the full context is the narrowest. */
const levelsOf = (
  rows: readonly ContextRow[],
  model: string,
  { category, regime, expiry }: Asked,
): readonly SkillLevel[] =>
  (
    [
      ['all', '*', '*', '*'],
      ['time to expiry', '*', '*', expiry],
      ['volatility regime', '*', regime, '*'],
      ['category', category, '*', '*'],
      ['whole context', category, regime, expiry],
    ] as const
  ).flatMap(([context, marketCategory, volatilityRegime, timeToExpiry]) => {
    const row = rows.find(
      (each) =>
        each.model === model &&
        each.marketCategory === marketCategory &&
        each.volatilityRegime === volatilityRegime &&
        each.timeToExpiry === timeToExpiry,
    );
    return row ? [{ context, n: row.n, skill: row.skill }] : [];
  });

/** What a forecast of this model came to: in this category, else over all; null while none was scored. */
const usualCost = (rows: readonly ContextRow[], model: string, category: string): number | null =>
  [category, '*']
    .flatMap((wanted) =>
      rows.filter(
        ({ model: id, marketCategory, volatilityRegime, timeToExpiry }) =>
          id === model && marketCategory === wanted && volatilityRegime === '*' && timeToExpiry === '*',
      ),
    )
    .flatMap(({ costPerForecastMicroUsd }) => costPerForecastMicroUsd ?? [])[0] ?? null;

export const createSelectionFacts = ({ stores, db }: Pick<Dependencies, 'stores' | 'db'>) => {
  const reads = createSelectionReads(db);
  const regimeOf = createRegimeOf(stores);

  const services = createServices({ stores, db });

  /** Models and providers whose own cap has no room for one more call. */
  const cappedOut = oneReader(async () => {
    const rows = await stores.caps.status();
    return ({ model, provider }: { readonly model: string; readonly provider: string }, cost: number) =>
      rows.find(
        (row) =>
          ((row.scope === 'model' && row.key === model) ||
            (row.scope === 'provider' && row.key === provider)) &&
          row.remainingMicroUsd < cost,
      )?.scope ?? null;
  });

  /** What the models may be chosen by, for one question. */
  const gather = async (
    models: readonly ModelEntry[],
    subject: SelectionSubject,
  ): Promise<SelectionFacts> => {
    const { proposition, now, screened } = subject;
    const { world, category, resolvesAt } = proposition;
    const regime = await regimeOf(proposition);
    const expiry = expiryBucket(Date.parse(now), Math.max(Date.parse(now), Date.parse(resolvesAt)));
    const [rows, serviceBy, capped, shadowShare] = await Promise.all([
      reads.contexts({ world, category, regime, expiry, through: now }),
      services(),
      cappedOut(),
      reads.shadowShare(world),
    ]);
    const standing = new Map<string, Service>(
      models.map(({ id, provider }) => [id, serviceBy({ provider, model: id })]),
    );
    const candidates = models.map((model): Considered => {
      const { out, degraded, latencyMs } = standing.get(model.id)!;
      const worstCostMicroUsd = toCandidate(model).worstCaseMicroUsd;
      const cap = capped({ model: model.id, provider: model.provider }, worstCostMicroUsd);
      return {
        model: model.id,
        provider: model.provider,
        quality: model.quality,
        forecasts: model.strengths.includes('forecasting'),
        record: levelsOf(rows, model.id, { category, regime, expiry }),
        worstCostMicroUsd,
        usualCostMicroUsd: usualCost(rows, model.id, category),
        latencyMs,
        excluded: out ?? screened[model.id] ?? (cap === null ? null : `the cap of its ${cap} is used up`),
        degraded,
      };
    });
    return {
      candidates,
      probing: models.map(({ id }) => id).filter((id) => standing.get(id)!.probing),
      shadowShare,
      volatilityRegime: regime,
      timeToExpiry: expiry,
    };
  };
  return { gather };
};
