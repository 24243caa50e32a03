// xAI's Grok models, whose replies tell what they cost.
import { hostedKind } from '../hosted-kind';

export const xai = hostedKind({
  kind: 'xai',
  keyName: 'XAI_API_KEY',
  urlName: 'XAI_BASE_URL',
  baseUrl: 'https://api.x.ai/v1',
  model: async ({ modelId, baseURL, apiKey, fetch }) =>
    (await import('@ai-sdk/xai')).createXai({ baseURL, apiKey, fetch })(modelId),
  tellsCost: true,
});
