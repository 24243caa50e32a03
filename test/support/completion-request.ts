// Builders of completion requests and registry entries for provider tests.
import { FORECAST_FORM } from '../../domain/research/answer-forms';
import type { ModelEntry } from '../../domain/selection/model';
import type { CompletionRequest } from '../../providers/port';

export const modelEntry = (changes: Partial<ModelEntry> = {}): ModelEntry => ({
  id: 'test-model',
  provider: 'test',
  providerModel: 'test-model',
  displayName: 'Test model',
  quality: 7,
  contextTokens: 128_000,
  maxOutputTokens: 4_000,
  strengths: ['forecasting'],
  speed: 'fast',
  local: false,
  statistical: false,
  keyName: null,
  researchSibling: null,
  version: '1',
  price: null,
  ...changes,
});

export const completionRequest = (changes: Partial<CompletionRequest> = {}): CompletionRequest => ({
  model: modelEntry(),
  prompt: {
    system: 'You forecast.',
    stable: 'Answer with a probability. The brief: calm.',
    question: 'Will the close in five days be above 100?',
  },
  data: {},
  schema: FORECAST_FORM,
  limits: { deadlineMs: 5_000, maxOutputTokens: 500 },
  signal: new AbortController().signal,
  callKey: 'decision:test/1',
  ...changes,
});
