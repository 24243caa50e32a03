// OpenRouter, which serves many makers' models under one key and tells what each call cost.
import { hostedKind } from '../hosted-kind';

export const openrouter = hostedKind({
  kind: 'openrouter',
  keyName: 'OPENROUTER_API_KEY',
  urlName: 'OPENROUTER_BASE_URL',
  baseUrl: 'https://openrouter.ai/api/v1',
  model: async ({ modelId, baseURL, apiKey, fetch }) =>
    (await import('@openrouter/ai-sdk-provider'))
      .createOpenRouter({ baseURL, apiKey, fetch, compatibility: 'strict' })
      .chat(modelId, { usage: { include: true } }),
  keyPath: '/key',
  // Some of the makers behind it take a schema and pass it over.
  enforcesForm: false,
  tellsCost: true,
});
