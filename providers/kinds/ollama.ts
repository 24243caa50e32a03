// Ollama, which needs no key and knows what is installed.
import type { ProviderKind } from '../provider-kind';

export const ollama: ProviderKind = {
  kind: 'ollama',
  keyName: null,
  urlName: null,
  models: [],
  offersList: false,
  open: (connection) => (require('../ollama') as typeof import('../ollama')).createOllamaProvider(connection),
};
