// What differs between hosted providers: address, library and options. The libraries are loaded on first use, as
// most runs need one of them or none.
import type { LanguageModel } from 'ai';
import { hostedStatus } from './hosted-check';
import type { ProviderKind } from './provider-kind';

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

export interface HostedRow {
  /** Always given to the library, which would otherwise take it from the environment (K4). */
  readonly baseUrl: string | null;
  readonly keyNeeded: boolean;
  readonly model: (options: ModelOptions) => Promise<LanguageModel>;
  /** Options per call; `strict` when the schema is one of ours, made for strict modes. */
  readonly callOptions: (strict: boolean) => ProviderOptions;
  /** How a look at the list of models carries the key; calls carry it by the library. */
  readonly keyHeaders: (key: string) => Readonly<Record<string, string>>;
  /** What tells a wrong key from a good one, where the list of models is open to all. */
  readonly keyPath: string;
  /** True when the shared prefix must be marked to be cached; elsewhere an equal prefix is enough. */
  readonly marksCache: boolean;
  /** False where a server may pass the schema over: the form is then said in the prompt too. */
  readonly enforcesForm: boolean;
  /** True when the reply tells its own cost. */
  readonly tellsCost: boolean;
}

type HostedKind = Pick<HostedRow, 'baseUrl' | 'model'> &
  Pick<ProviderKind, 'kind'> &
  Partial<HostedRow & Omit<ProviderKind, 'kind' | 'open'>>;

/** A hosted provider's file in kinds/: what it does not say is what most of them do. */
export const hostedKind = ({
  kind,
  keyName = null,
  urlName = null,
  models = [],
  offersList = false,
  ...changes
}: HostedKind): ProviderKind => {
  const row: HostedRow = {
    keyNeeded: true,
    callOptions: () => ({}),
    keyHeaders: (key) => ({ authorization: `Bearer ${key}` }),
    keyPath: '/models',
    marksCache: false,
    enforcesForm: true,
    tellsCost: false,
    ...changes,
  };
  return {
    kind,
    keyName,
    urlName,
    models,
    offersList,
    marksCache: row.marksCache,
    keyStatus: ({ baseUrl, readKey }, signal) =>
      hostedStatus(
        { baseURL: baseUrl ?? row.baseUrl ?? '', path: row.keyPath, readKey, headers: row.keyHeaders },
        signal,
      ),
    open: (connection) =>
      (require('./hosted') as typeof import('./hosted')).createHostedProvider({ ...connection, row }),
  };
};

/** Models of OpenAI, wherever they are served, that refuse the older name of the output limit. */
const WANTS_COMPLETION_LIMIT = /(^|\/)(gpt-([5-9]|\d\d)|o\d)/;

const limitRenamed = (body: Record<string, unknown>): Record<string, unknown> => {
  if (!WANTS_COMPLETION_LIMIT.test(String(body.model))) return body;
  const { max_tokens, ...rest } = body;
  return { ...rest, max_completion_tokens: max_tokens };
};

/** The `model` of every server that speaks OpenAI's chat form. */
export const openAiForm: HostedRow['model'] = async ({ name, modelId, baseURL, apiKey, fetch }) =>
  (await import('@ai-sdk/openai-compatible'))
    .createOpenAICompatible({
      name,
      baseURL,
      fetch,
      supportsStructuredOutputs: true,
      transformRequestBody: limitRenamed,
      ...(apiKey && { apiKey }),
    })
    .chatModel(modelId);
