// The market session that long runs ask for over and over: house and hosted members, which the local provider plays.
import type { SessionRequest } from '../../workflows/contracts/session';
import type { ProviderProcess } from './provider-process';

export const HOSTED_MEMBERS = ['gpt-4o-mini', 'deepseek-chat', 'house-momentum'] as const;

/** A session of its own by its key. @param prefix of the symbols, which no exchange has */
export const hostedRequest = (
  requestKey: string,
  symbols: { readonly prefix: string; readonly count: number },
  refresh = false,
): SessionRequest => ({
  ...{ market: 'XNYS', kind: 'pre_market', date: null, replay: false, strategy: null },
  members: HOSTED_MEMBERS,
  subjects: Array.from({ length: symbols.count }, (_, at) => `equity:${symbols.prefix}${at}`),
  ...{ stakeMicroUsd: 25_000_000, template: 'swing', researchKind: 'complete', refresh },
  ...{ prices: null, horizonDays: 5, requestKey },
});

/** Keys and addresses of the hosted members, for the stack of the run `name`. */
export const hostedKeys = (provider: ProviderProcess, name: string): NodeJS.ProcessEnv => ({
  OPENAI_API_KEY: `sk-${name}-openai`,
  OPENAI_BASE_URL: provider.as('openai'),
  DEEPSEEK_API_KEY: `sk-${name}-deepseek`,
  DEEPSEEK_BASE_URL: provider.as('deepseek'),
});
