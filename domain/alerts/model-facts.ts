// What the rules on models look at, made from stored scores: an event counts once, however many forecasts turn on it.
import type { Subject } from '../market/subject';
import { type ClusteredForecast, oncePerBin } from '../track/calibration-noise';
import { groupInOrder } from '../track/group-in-order';
import { recordCluster } from '../track/record-cluster';
import type { Scored } from '../track/scoring';
import type { IsoInstant } from '../world';

/** A model's scores of one subject that resolved on one UTC day. */
export interface ScoredDay {
  readonly model: string;
  readonly subject: Subject;
  /** The last of that day. */
  readonly resolvedAt: IsoInstant;
  /** Resolved in the last seven days. */
  readonly fresh: boolean;
  readonly n: number;
  /** Sum of the Brier scores. */
  readonly brier: number;
  /** Of fresh ones, in a fixed order; none of the others. */
  readonly forecasts: readonly Scored[];
}

export interface ModelFact {
  readonly model: string;
  /** Resolved in the last seven days. */
  readonly recent: {
    /** Mean Brier score of each cluster (record-cluster.ts). */
    readonly briers: readonly number[];
    /** One row for each cluster and bin of the calibration curve. */
    readonly forecasts: readonly ClusteredForecast[];
  };
  /** Mean Brier score of each cluster of everything before. */
  readonly before: readonly number[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const clusterBriers = (days: readonly ScoredDay[]): readonly number[] =>
  groupInOrder(days, recordCluster).map(
    (own) => sum(own.map(({ brier }) => brier)) / sum(own.map(({ n }) => n)),
  );

/** The facts of each model, in the order of the rows. */
export const modelFacts = (days: readonly ScoredDay[]): readonly ModelFact[] =>
  groupInOrder(days, ({ model }) => model).map((own) => {
    const recent = own.filter(({ fresh }) => fresh);
    const forecasts = recent.flatMap((day) => {
      const cluster = recordCluster(day);
      return day.forecasts.map(({ p, y }) => ({ cluster, p, y }));
    });
    return {
      model: own[0]!.model,
      recent: { briers: clusterBriers(recent), forecasts: oncePerBin(forecasts) },
      before: clusterBriers(own.filter(({ fresh }) => !fresh)),
    };
  });
