// DeepSeek, whose own library works around its missing JSON schema.
import { hostedKind } from '../hosted-kind';

export const deepseek = hostedKind({
  kind: 'deepseek',
  keyName: 'DEEPSEEK_API_KEY',
  urlName: 'DEEPSEEK_BASE_URL',
  baseUrl: 'https://api.deepseek.com',
  model: async ({ modelId, baseURL, apiKey, fetch }) =>
    (await import('@ai-sdk/deepseek')).createDeepSeek({ baseURL, apiKey, fetch })(modelId),
});
