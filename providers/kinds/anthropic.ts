// Anthropic, which takes its key in a header of its own and caches only what is marked.
import { hostedKind } from '../hosted-kind';

export const anthropic = hostedKind({
  kind: 'anthropic',
  keyName: 'ANTHROPIC_API_KEY',
  urlName: 'ANTHROPIC_BASE_URL',
  baseUrl: 'https://api.anthropic.com/v1',
  model: async ({ modelId, baseURL, apiKey, fetch }) =>
    (await import('@ai-sdk/anthropic')).createAnthropic({ baseURL, apiKey, fetch })(modelId),
  keyHeaders: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  marksCache: true,
});
