// What differs between hosted providers, as a table: address, library and options. The libraries are
// loaded on first use, as most runs need one of them or none.
import type { LanguageModel } from 'ai';

export const HOSTED_KINDS = [
  'openai',
  'anthropic',
  'xai',
  'deepseek',
  'openrouter',
  'openai-compatible',
] as const;
export type HostedKind = (typeof HOSTED_KINDS)[number];

export interface ModelOptions {
  readonly name: string;
  readonly modelId: string;
  readonly baseURL: string;
  /** Empty for a server without keys. */
  readonly apiKey: string;
  readonly fetch: typeof globalThis.fetch;
}

export type ProviderOptions = Readonly<
  Record<string, Readonly<Record<string, string | boolean | { readonly type: string }>>>
>;

export interface HostedKindRow {
  /** Always given to the library, which would otherwise take it from the environment (K4). */
  readonly baseUrl: string | null;
  readonly keyNeeded: boolean;
  readonly model: (options: ModelOptions) => Promise<LanguageModel>;
  /** Options per call; `strict` when the schema is one of ours, made for strict modes. */
  readonly callOptions: (strict: boolean) => ProviderOptions;
  /** True when the shared prefix must be marked to be cached; elsewhere an equal prefix is enough. */
  readonly marksCache: boolean;
  /** True when the reply tells its own cost. */
  readonly tellsCost: boolean;
}

const row = (changes: Partial<HostedKindRow> & Pick<HostedKindRow, 'baseUrl' | 'model'>): HostedKindRow => ({
  keyNeeded: true,
  callOptions: () => ({}),
  marksCache: false,
  tellsCost: false,
  ...changes,
});

export const HOSTED: Readonly<Record<HostedKind, HostedKindRow>> = {
  openai: row({
    baseUrl: 'https://api.openai.com/v1',
    model: async ({ modelId, baseURL, apiKey, fetch }) =>
      (await import('@ai-sdk/openai')).createOpenAI({ baseURL, apiKey, fetch })(modelId),
    // Nothing of a prompt is to stay on the provider's side.
    callOptions: (strict) => ({ openai: { store: false, strictJsonSchema: strict } }),
  }),
  anthropic: row({
    baseUrl: 'https://api.anthropic.com/v1',
    model: async ({ modelId, baseURL, apiKey, fetch }) =>
      (await import('@ai-sdk/anthropic')).createAnthropic({ baseURL, apiKey, fetch })(modelId),
    marksCache: true,
  }),
  xai: row({
    baseUrl: 'https://api.x.ai/v1',
    model: async ({ modelId, baseURL, apiKey, fetch }) =>
      (await import('@ai-sdk/xai')).createXai({ baseURL, apiKey, fetch })(modelId),
  }),
  deepseek: row({
    baseUrl: 'https://api.deepseek.com',
    model: async ({ modelId, baseURL, apiKey, fetch }) =>
      (await import('@ai-sdk/deepseek')).createDeepSeek({ baseURL, apiKey, fetch })(modelId),
  }),
  openrouter: row({
    baseUrl: 'https://openrouter.ai/api/v1',
    model: async ({ modelId, baseURL, apiKey, fetch }) =>
      (await import('@openrouter/ai-sdk-provider'))
        .createOpenRouter({ baseURL, apiKey, fetch, compatibility: 'strict' })
        .chat(modelId, { usage: { include: true } }),
    tellsCost: true,
  }),
  'openai-compatible': row({
    baseUrl: null,
    keyNeeded: false,
    model: async ({ name, modelId, baseURL, apiKey, fetch }) =>
      (await import('@ai-sdk/openai-compatible'))
        .createOpenAICompatible({
          name,
          baseURL,
          fetch,
          supportsStructuredOutputs: true,
          ...(apiKey && { apiKey }),
        })
        .chatModel(modelId),
  }),
};
