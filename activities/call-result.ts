// What a workflow learns of an answered call: figures and keys, never the answer's text.
import type { AnsweredCall, CallView } from '../db/call-store';
import { isProblem, parseAnalyst, parseForecast } from '../domain/research/answer-forms';
import type { CallModelResult } from '../workflows/contracts/calls';
import type { Sendings } from './earlier-sendings';

/** The probability of a forecast or an analyst's view; null for answers that give none. */
const probabilityOf = (answer: unknown): number | null => {
  const forecast = parseForecast(answer);
  if (!isProblem(forecast)) return forecast.probability;
  const view = parseAnalyst(answer);
  return isProblem(view) ? null : view.probability;
};

/** @param before counts all sendings, the answered one included; its cost is of the others */
export const toResult = (stored: AnsweredCall, before: Sendings): CallModelResult => ({
  key: stored.key,
  model: stored.model,
  provider: stored.provider,
  probability: probabilityOf(stored.answer),
  costMicroUsd: stored.costMicroUsd === null ? null : stored.costMicroUsd + before.costMicroUsd,
  latencyMs: stored.latencyMs,
  sends: before.count,
  reused: false,
  modelVersion: stored.servedBy,
});

/** Nothing is sent: what all sendings came to is in the ledger, those that had failed before it was answered too. */
export const reusedResult = (stored: AnsweredCall, { sendings }: CallView): CallModelResult => {
  const result = {
    ...toResult(stored, { count: Math.max(1, sendings.length), costMicroUsd: 0 }),
    reused: true,
  };
  if (stored.costMicroUsd === null || sendings.length === 0) return result;
  return { ...result, costMicroUsd: sendings.reduce((total, row) => total + row.costMicroUsd, 0) };
};
