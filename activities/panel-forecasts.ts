// What analysts answered as forecasts of the tracking loop: one row per analyst and subject, resolved and scored
// with the proposition that was asked (requirement C2).
import type { NewForecast } from '../db/decision-record';
import type { NewPanel, NewPrediction } from '../db/panel-store';
import { analystForecaster, panelGroup } from '../domain/panel/forecaster';

type Scorable = NewPrediction & { readonly propositionId: string; readonly probability: number };

/** Abstentions and failures have no probability, and nothing to score. */
const isScorable = (row: NewPrediction): row is Scorable =>
  row.status === 'answered' && row.propositionId !== null && row.probability !== null;

/** The answered predictions of a panel as forecasts of their analysts, which never belong to a decision. */
export const panelForecasts = (
  panel: Pick<NewPanel, 'id' | 'world' | 'synthetic'>,
  rows: readonly NewPrediction[],
): readonly NewForecast[] =>
  rows.filter(isScorable).map((row) => ({
    world: panel.world,
    decisionId: null,
    attemptGroup: panelGroup(panel.id),
    model: analystForecaster(row.analyst),
    provider: row.provider,
    // Another wording is another forecaster, and so is another model that plays it.
    modelVersion: `${row.modelVersion ?? row.model}/${row.promptVersion}`,
    propositionId: row.propositionId,
    briefId: row.briefId,
    answerKey: row.answerKey,
    status: 'answered',
    failure: null,
    probability: row.probability,
    calibratedProbability: null,
    weight: null,
    reasons: row.reasons,
    costMicroUsd: row.costMicroUsd,
    latencyMs: row.latencyMs,
    shadow: false,
    synthetic: panel.synthetic,
  }));
