// Google's Gemini under its own key, by the address at which it speaks OpenAI's form.
import { hostedKind, openAiForm } from '../hosted-kind';

export const google = hostedKind({
  kind: 'google',
  keyName: 'GOOGLE_GENERATIVE_AI_API_KEY',
  urlName: 'GOOGLE_GENERATIVE_AI_BASE_URL',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  model: openAiForm,
});
