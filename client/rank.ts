// The ranking of models by what they have surely earned, and the five strategies' shadow records side by side.
import type { ShadowScore, SkillScore } from '../db/track-store';
import { STRATEGY_NAMES } from '../domain/ensemble/strategy';
import { MICRO_PER_USD } from '../domain/money/micro-usd';
import { askedTogether, comparedGroups } from '../domain/track/asked-together';
import { type RankedMember, type RankingInput, rankMembers, type SkillRow } from '../domain/track/ranking';
import { skillCluster } from '../domain/track/record-cluster';
import { brier, mean, summarise } from '../domain/track/scoring';
import { WINDOW_MS, WINDOWS, type WindowName } from '../domain/track/windows';
import type { WorldId } from '../domain/world';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';

export interface RankRequest {
  readonly world: WorldId;
  readonly category?: string;
  readonly window?: string;
}

export interface RankedModel {
  readonly rank: number;
  /** Models of one band cannot be told apart. */
  readonly band: number;
  readonly model: string;
  readonly n: number;
  /** Those of them that another model was asked beside: skill is from these, the other scores from all `n`. */
  readonly compared: number;
  /** Of `compared`, what counts as one observation: an event on the day it resolves. */
  readonly observations: number;
  /** Brier points gained on the simple mean of all members, with its 90 % bounds; ranked by the lower. */
  readonly skill: number;
  readonly skillLow: number;
  readonly skillHigh: number;
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly hitRate: number | null;
  readonly costUsd: number;
  readonly costPerForecastUsd: number | null;
  /** Skill per dollar of one forecast; null where it costs nothing. */
  readonly skillPerUsd: number | null;
}

export interface RankedStrategy {
  readonly strategy: string;
  readonly n: number;
  /** Decisions it gave a probability for. */
  readonly decided: number;
  /** Those that its scores and skill are from: also where it leaned to one, so that none looks good by keeping silent. */
  readonly scored: number;
  /** Decisions it was the one in charge of. */
  readonly chosen: number;
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly hitRate: number | null;
  /** Brier score of the simple mean of the members on the decisions scored. */
  readonly meanOfMembersBrier: number | null;
  /** Against the simple mean of the members on the decisions scored. */
  readonly skill: number;
  readonly skillLow: number;
  readonly skillHigh: number;
  readonly band: number;
}

export interface RankDocument {
  readonly world: WorldId;
  readonly category: string | null;
  readonly window: WindowName;
  readonly asOf: string;
  readonly models: readonly RankedModel[];
  readonly strategies: readonly RankedStrategy[];
}

const outcomeOf = (yes: boolean): 0 | 1 => (yes ? 1 : 0);

const groupBy = <T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
};

const meanLosses = (scores: readonly SkillScore[]): ReadonlyMap<string, number> =>
  new Map(
    [...groupBy(scores, askedTogether)].map(([id, rows]) => [
      id,
      brier(mean(rows.map((row) => row.probability))!, outcomeOf(rows[0]!.yes)),
    ]),
  );

const summaryOf = (rows: readonly { readonly probability: number; readonly yes: boolean }[]) => {
  const {
    brier: score,
    logLoss,
    hitRate,
  } = summarise(rows.map(({ probability, yes }) => ({ p: probability, y: outcomeOf(yes) })));
  return { brier: score, logLoss, hitRate };
};

/** Dollars of one forecast; null where no cost is known. */
const costPerForecast = (rows: readonly SkillScore[]): number | null => {
  const known = rows.flatMap(({ costMicroUsd }) => costMicroUsd ?? []);
  const average = mean(known);
  return average === null ? null : average / MICRO_PER_USD;
};

const rankModels = (scores: readonly SkillScore[]): readonly RankedModel[] => {
  const losses = meanLosses(scores);
  const compared = comparedGroups(scores);
  const byModel = groupBy(scores, (score) => score.model);
  const inputs = [...byModel].map(
    ([member, rows]): RankingInput => ({
      member,
      costUsd: costPerForecast(rows),
      rows: rows
        .filter((row) => compared.has(askedTogether(row)))
        .map(
          (row): SkillRow => ({
            cluster: skillCluster(row),
            memberLoss: brier(row.probability, outcomeOf(row.yes)),
            meanLoss: losses.get(askedTogether(row))!,
          }),
        ),
    }),
  );
  return rankMembers(inputs).map((ranked, index): RankedModel => {
    const rows = byModel.get(ranked.member)!;
    return {
      rank: index + 1,
      band: ranked.band,
      model: ranked.member,
      n: rows.length,
      compared: ranked.n,
      observations: ranked.clusters,
      skill: ranked.skill,
      skillLow: ranked.lower,
      skillHigh: ranked.upper,
      ...summaryOf(rows),
      costUsd: rows.reduce((sum, row) => sum + (row.costMicroUsd ?? 0), 0) / MICRO_PER_USD,
      costPerForecastUsd: costPerForecast(rows),
      skillPerUsd: ranked.skillPerUsd,
    };
  });
};

type Scored = ShadowScore & { readonly probability: number; readonly meanOfMembers: number };

const isScored = (score: ShadowScore): score is Scored =>
  score.probability !== null && score.meanOfMembers !== null;

const skillRowOf = (score: Scored): SkillRow => ({
  cluster: skillCluster(score),
  memberLoss: brier(score.probability, outcomeOf(score.yes)),
  meanLoss: brier(score.meanOfMembers, outcomeOf(score.yes)),
});

const rankStrategies = (scores: readonly ShadowScore[]): readonly RankedStrategy[] => {
  const byStrategy = groupBy(scores, (score) => score.strategy);
  const rowsOf = (strategy: string): readonly ShadowScore[] => byStrategy.get(strategy) ?? [];
  const ranked = rankMembers(
    STRATEGY_NAMES.map((member) => ({
      member,
      costUsd: null,
      rows: rowsOf(member).filter(isScored).map(skillRowOf),
    })),
  );
  return ranked.map((each: RankedMember): RankedStrategy => {
    const rows = rowsOf(each.member);
    const scored = rows.filter(isScored);
    return {
      strategy: each.member,
      n: rows.length,
      decided: rows.filter(({ decided }) => decided).length,
      scored: scored.length,
      chosen: rows.filter((row) => row.chosen).length,
      ...summaryOf(scored),
      meanOfMembersBrier: mean(scored.map((row) => skillRowOf(row).meanLoss)),
      skill: each.skill,
      skillLow: each.lower,
      skillHigh: each.upper,
      band: each.band,
    };
  });
};

/** @throws BadInput naming the windows. */
export const readWindow = (text = 'all'): WindowName => {
  const found = WINDOWS.find((window) => window === text);
  if (found) return found;
  throw new BadInput(`window is "${text}"; accepted: ${WINDOWS.join(', ')}`);
};

/** @throws BadInput naming the known worlds. */
export const checkWorld = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  world: WorldId,
): Promise<void> => {
  const worlds = (await stores.worlds.list()).map(({ id }) => id);
  if (!worlds.includes(world))
    throw new BadInput(`world "${world}" is unknown; accepted: ${worlds.join(', ')}`);
};

/**
 * Models and strategies of a world, best first (requirement C5).
 * @throws BadInput for an unknown window or world
 */
export const rank = async ({ stores }: ConclaveClient, request: RankRequest): Promise<RankDocument> => {
  const window = readWindow(request.window);
  await checkWorld({ stores }, request.world);
  const asOf = await stores.worlds.now(request.world);
  const filter = {
    world: request.world,
    ...(request.category === undefined ? {} : { category: request.category }),
    ...(window === 'all' ? {} : { from: new Date(Date.parse(asOf) - WINDOW_MS[window]).toISOString() }),
  };
  const [scores, shadows] = await Promise.all([
    stores.track.skillScores(filter),
    stores.track.shadowScores(filter),
  ]);
  return {
    world: request.world,
    category: request.category ?? null,
    window,
    asOf,
    models: rankModels(scores),
    strategies: rankStrategies(shadows),
  };
};
