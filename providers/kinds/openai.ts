// OpenAI, through its Responses form.
import { hostedKind } from '../hosted-kind';

export const openai = hostedKind({
  kind: 'openai',
  keyName: 'OPENAI_API_KEY',
  urlName: 'OPENAI_BASE_URL',
  baseUrl: 'https://api.openai.com/v1',
  model: async ({ modelId, baseURL, apiKey, fetch }) =>
    (await import('@ai-sdk/openai')).createOpenAI({ baseURL, apiKey, fetch })(modelId),
  // Nothing of a prompt is to stay on the provider's side.
  callOptions: (strict) => ({ openai: { store: false, strictJsonSchema: strict } }),
});
