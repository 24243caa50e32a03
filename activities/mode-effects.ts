// What the mode in force does to one decision (F5): smaller positions, a larger edge, a stricter consensus, or
// nothing at all; and the stored forecasts that may stand in while nobody answers.
import type { StrategyThresholds } from '../domain/ensemble/strategy';
import { DEFAULT_THRESHOLDS } from '../domain/ensemble/strategy';
import { usdText } from '../domain/money/micro-usd';
import { FORECAST_REUSE_MS, reusableForecast } from '../domain/outage/forecast-reuse';
import { consensusThresholdIn, MODE_POLICIES, type Mode } from '../domain/outage/modes';
import type { IsoInstant, WorldId } from '../domain/world';
import type { PlannedMember, SizingBasis, StoredAnswerOf } from '../workflows/contracts/decision';
import type { Dependencies } from './dependencies';

export interface ModeInForce {
  readonly mode: Mode;
  readonly reason: string;
}

/** One sentence for the result, or null in the normal mode. */
export const announcement = ({ mode, reason }: ModeInForce): string | null =>
  mode === 'normal' ? null : `Made in mode ${mode}: ${reason}`;

const refusalOf = (mode: Mode, stakeMicroUsd: number): readonly string[] => {
  const most = MODE_POLICIES[mode].maxNewPositionMicroUsd;
  if (most === 0) return [`Mode ${mode}: nothing new is traded`];
  return most !== null && stakeMicroUsd > most
    ? [`Mode ${mode}: no new position at a stake above ${usdText(most)}`]
    : [];
};

/** Sizing under the mode: refused above its small stake, smaller by its uncertainty, and with a larger edge asked for through higher fees. */
export const sizingInMode = (
  sizing: SizingBasis | null,
  mode: Mode,
  stakeMicroUsd: number,
): SizingBasis | null => {
  if (sizing === null || mode === 'normal') return sizing;
  const { edgeFactor, varianceFactor } = MODE_POLICIES[mode];
  return {
    ...sizing,
    varianceFactor,
    terms: { ...sizing.terms, fee: sizing.terms.fee * edgeFactor },
    refusals: [...sizing.refusals, ...refusalOf(mode, stakeMicroUsd)],
  };
};

export const thresholdsInMode = (
  thresholds: Partial<StrategyThresholds>,
  mode: Mode,
): Partial<StrategyThresholds> =>
  mode === 'normal'
    ? thresholds
    : {
        ...thresholds,
        consensusShare: consensusThresholdIn(
          mode,
          thresholds.consensusShare ?? DEFAULT_THRESHOLDS.consensusShare,
        ),
      };

export interface ReuseQuestion {
  readonly world: WorldId;
  readonly propositionId: string;
  readonly briefId: string | null;
  readonly price: number | null;
  readonly now: IsoInstant;
}

export const createForecastReuse = ({ stores }: Pick<Dependencies, 'stores'>) => {
  const reusable = async (member: PlannedMember, question: ReuseQuestion): Promise<StoredAnswerOf | null> => {
    const { briefId, now } = question;
    if (briefId === null || member.statistical) return null;
    const since = new Date(Date.parse(now) - FORECAST_REUSE_MS).toISOString();
    const stored = await stores.forecasts.reusable({ ...question, briefId, model: member.model, since });
    if (stored?.probability == null) return null;
    const decision = stored.decisionId === null ? null : await stores.decisions.get(stored.decisionId);
    const circumstances = { ...question, briefId, model: member.model };
    const verdict = reusableForecast(
      { ...circumstances, price: decision?.price ?? question.price, madeAt: stored.createdAt },
      circumstances,
      now,
    );
    return verdict.reusable
      ? {
          model: member.model,
          provider: member.provider,
          probability: stored.probability,
          madeAt: stored.createdAt,
          answerKey: stored.answerKey,
          modelVersion: stored.modelVersion,
        }
      : null;
  };

  /** Stored forecasts for the very same question, by member; only asked for while nobody can be called. */
  const forMembers = async (
    members: readonly PlannedMember[],
    question: ReuseQuestion,
  ): Promise<readonly StoredAnswerOf[]> =>
    (await Promise.all(members.map((member) => reusable(member, question)))).flatMap((each) => each ?? []);

  return { forMembers };
};
