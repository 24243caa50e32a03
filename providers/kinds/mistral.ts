// Mistral under its own key; its server speaks OpenAI's form.
import { hostedKind, openAiForm } from '../hosted-kind';

export const mistral = hostedKind({
  kind: 'mistral',
  keyName: 'MISTRAL_API_KEY',
  urlName: 'MISTRAL_BASE_URL',
  baseUrl: 'https://api.mistral.ai/v1',
  model: openAiForm,
});
