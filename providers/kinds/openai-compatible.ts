// Any server that speaks OpenAI's form, mostly one on this machine: its address is configured, a key is optional,
// and the models that it lists are the ones it has.
import { hostedKind, openAiForm } from '../hosted-kind';

export const openaiCompatible = hostedKind({
  kind: 'openai-compatible',
  baseUrl: null,
  keyNeeded: false,
  model: openAiForm,
  enforcesForm: false,
  offersList: true,
});
