// Writes data/models.json: the registry a fresh installation starts with. Prices come from
// @pydantic/genai-prices (maintained, dated, tiered); everything that no price list knows (seed quality,
// strengths, speed, siblings, retirements) is kept by hand in the two tables below. Run: node scripts/seed-models.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { calcPrice } = require('@pydantic/genai-prices');
const root = new URL('../', import.meta.url);
const libraryVersion = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).dependencies[
  '@pydantic/genai-prices'
];

/** Day on which prices were read; raise it when the library is raised. */
const READ_ON = '2026-11-20';
/** Stands for "no start known" in `validFrom`. */
const UNDATED = '2000-01-01';

const KEYS = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  xai: 'XAI_API_KEY',
  deepseek: 'DEEPSEEK_API_KEY',
  openrouter: 'OPENROUTER_API_KEY',
  ollama: null,
};
const PRICE_PROVIDER = { xai: 'x-ai' };

// Letters for strengths, so that the table stays readable.
const STRENGTHS = {
  p: 'prose',
  d: 'dialogue',
  l: 'plot',
  c: 'character',
  a: 'analysis',
  e: 'editing',
  s: 'speed',
  f: 'forecasting',
  r: 'research',
  m: 'financial_reasoning',
  t: 'technical_analysis',
  k: 'risk',
};
const EVERYTHING_BUT_SPEED = 'pdlcaefrmtk';

// id | provider | provider's name | display name | quality | context | max output | strengths | speed | research sibling | price reference
const TABLE = `
gpt-6-astra | openai | gpt-6-astra | GPT-6 Astra | 9.8 | 1050000 | 128000 | * | slow | gpt-6-luna |
gpt-6-sol | openai | gpt-6-sol | GPT-6 Sol | 9.6 | 1050000 | 128000 | * | medium | gpt-6-luna |
gpt-6-luna | openai | gpt-6-luna | GPT-6 Luna | 8.3 | 1050000 | 128000 | easfrm | fast | |
gpt-5.6-sol | openai | gpt-5.6-sol | GPT-5.6 Sol | 9.5 | 1050000 | 128000 | * | medium | gpt-5.6-luna |
gpt-5.6-luna | openai | gpt-5.6-luna | GPT-5.6 Luna | 8.6 | 1050000 | 128000 | easfrmk | fast | |
gpt-5.5 | openai | gpt-5.5 | GPT-5.5 | 9.4 | 1000000 | 128000 | * | medium | gpt-5.4-mini |
gpt-5.4-mini | openai | gpt-5.4-mini | GPT-5.4 mini | 8.4 | 400000 | 128000 | easfrm | fast | |
gpt-5.4-nano | openai | gpt-5.4-nano | GPT-5.4 nano | 7.4 | 400000 | 128000 | esr | very_fast | |
gpt-5.1 | openai | gpt-5.1 | GPT-5.1 | 9.0 | 400000 | 128000 | * | medium | gpt-5.4-mini |
gpt-5-mini | openai | gpt-5-mini | GPT-5 mini | 8.2 | 400000 | 128000 | easfrm | fast | |
gpt-5-nano | openai | gpt-5-nano | GPT-5 nano | 7.0 | 400000 | 128000 | esr | very_fast | |
gpt-4.1 | openai | gpt-4.1 | GPT-4.1 | 8.6 | 1000000 | 32768 | pdlaefrm | medium | gpt-4.1-mini |
gpt-4.1-mini | openai | gpt-4.1-mini | GPT-4.1 mini | 7.8 | 1000000 | 32768 | esfrm | fast | |
gpt-4o | openai | gpt-4o | GPT-4o | 9.0 | 128000 | 16384 | pdlafrmtk | medium | gpt-4o-mini |
gpt-4o-mini | openai | gpt-4o-mini | GPT-4o mini | 7.5 | 128000 | 16384 | desfr | fast | |
gpt-4-turbo | openai | gpt-4-turbo | GPT-4 Turbo | 8.3 | 128000 | 4096 | pdlafm | slow | gpt-3.5-turbo |
gpt-3.5-turbo | openai | gpt-3.5-turbo | GPT-3.5 Turbo | 6.2 | 16385 | 4096 | es | fast | |
claude-fable-5-1 | anthropic | claude-fable-5-1 | Claude Fable 5.1 | 9.8 | 1000000 | 128000 | * | slow | claude-haiku-4-5 |
claude-opus-5-5 | anthropic | claude-opus-5-5 | Claude Opus 5.5 | 9.7 | 1000000 | 128000 | * | medium | claude-haiku-4-5 |
claude-sonnet-5 | anthropic | claude-sonnet-5 | Claude Sonnet 5 | 9.5 | 1000000 | 64000 | * | medium | claude-haiku-4-5 |
claude-opus-4-5 | anthropic | claude-opus-4-5 | Claude Opus 4.5 | 9.4 | 200000 | 64000 | * | medium | claude-haiku-4-5 |
claude-sonnet-4-5 | anthropic | claude-sonnet-4-5 | Claude Sonnet 4.5 | 9.2 | 200000 | 64000 | * | medium | claude-haiku-4-5 |
claude-haiku-4-5 | anthropic | claude-haiku-4-5 | Claude Haiku 4.5 | 8.4 | 200000 | 64000 | pdeasfrm | fast | |
claude-3-5-sonnet | anthropic | claude-3-5-sonnet-latest | Claude 3.5 Sonnet | 9.2 | 200000 | 8192 | pdcefrmk | medium | claude-3-haiku | claude-3-5-sonnet
claude-3-opus | anthropic | claude-3-opus-20240229 | Claude 3 Opus | 8.8 | 200000 | 4096 | pdlcek | slow | claude-3-haiku |
claude-3-haiku | anthropic | claude-3-haiku-20240307 | Claude 3 Haiku | 6.8 | 200000 | 4096 | es | very_fast | |
grok-4.6 | xai | grok-4.6 | Grok 4.6 | 9.3 | 500000 | 64000 | * | medium | grok-4.3 |
grok-4.3 | xai | grok-4.3 | Grok 4.3 | 9.0 | 1000000 | 64000 | pdlafrmtk | medium | |
grok-4-1-fast-reasoning | xai | grok-4-1-fast-reasoning | Grok 4.1 Fast | 8.3 | 2000000 | 30000 | asfrmt | fast | |
grok-3-mini | xai | grok-3-mini | Grok 3 mini | 7.3 | 131072 | 16384 | esf | fast | |
deepseek-v4-pro | deepseek | deepseek-v4-pro | DeepSeek V4 Pro | 9.1 | 1000000 | 64000 | * | medium | deepseek-v4-flash |
deepseek-v4-flash | deepseek | deepseek-v4-flash | DeepSeek V4 Flash | 8.2 | 1000000 | 64000 | easfrmt | fast | |
deepseek-chat | deepseek | deepseek-chat | DeepSeek V3 | 8.4 | 64000 | 8192 | lafrmt | medium | |
deepseek-reasoner | deepseek | deepseek-reasoner | DeepSeek R1 | 8.7 | 64000 | 32768 | lafrmtk | slow | deepseek-chat |
qwen-plus | openrouter | qwen/qwen-plus | Qwen Plus | 7.8 | 1000000 | 32768 | plefr | medium | qwen-turbo |
qwen-turbo | openrouter | qwen/qwen-turbo | Qwen Turbo | 6.8 | 131072 | 8192 | es | very_fast | |
qwen3.7-max | openrouter | qwen/qwen3.7-max | Qwen 3.7 Max | 9.0 | 1000000 | 65536 | * | medium | qwen3.7-plus |
qwen3.7-plus | openrouter | qwen/qwen3.7-plus | Qwen 3.7 Plus | 8.4 | 1000000 | 65536 | plaefrm | fast | |
qwen3-235b | openrouter | qwen/qwen3-235b-a22b-2507 | Qwen3 235B | 8.0 | 262144 | 16384 | laefr | medium | |
gemini-3.1-pro | openrouter | google/gemini-3.1-pro-preview | Gemini 3.1 Pro | 9.3 | 1048576 | 65536 | * | medium | gemini-2.5-flash-lite | google/gemini-3.1-pro-preview
gemini-3.8-flash | openrouter | google/gemini-3.8-flash | Gemini 3.8 Flash | 8.8 | 1000000 | 65536 | pdlaesfrmt | fast | gemini-2.5-flash-lite | google/gemini-3.8-flash
gemini-2.5-pro | openrouter | google/gemini-2.5-pro | Gemini 2.5 Pro | 8.9 | 1048576 | 65536 | * | medium | gemini-2.5-flash-lite | google/gemini-2.5-pro
gemini-2.5-flash-lite | openrouter | google/gemini-2.5-flash-lite | Gemini 2.5 Flash-Lite | 7.3 | 1048576 | 65536 | esr | very_fast | | google/gemini-2.5-flash-lite
mistral-large | openrouter | mistralai/mistral-large-2512 | Mistral Large 3 | 8.5 | 262144 | 32768 | pdlaefrm | medium | mistral-small |
mistral-medium | openrouter | mistralai/mistral-medium-3-5 | Mistral Medium 3.5 | 8.4 | 262144 | 32768 | pdlaefr | medium | mistral-small |
mistral-small | openrouter | mistralai/mistral-small-2603 | Mistral Small 4 | 7.4 | 262144 | 32768 | desr | fast | |
llama-3.3-70b | openrouter | meta-llama/llama-3.3-70b-instruct | Llama 3.3 70B | 7.6 | 131072 | 16384 | pder | fast | |
kimi-k3 | openrouter | moonshotai/kimi-k3 | Kimi K3 | 9.1 | 1048576 | 65536 | * | slow | |
mistral-7b | ollama | mistral:7b | Mistral 7B | 5.6 | 32768 | 4096 | ps | fast | |
llama3.2 | ollama | llama3.2 | Llama 3.2 | 6.2 | 131072 | 4096 | des | very_fast | |
qwen3-8b | ollama | qwen3:8b | Qwen3 8B | 6.8 | 40960 | 8192 | esafr | medium | |
qwen3-14b | ollama | qwen3:14b | Qwen3 14B | 7.2 | 40960 | 8192 | leafrm | slow | |
gemma3-12b | ollama | gemma3:12b | Gemma 3 12B | 6.9 | 131072 | 8192 | pdce | medium | |
gpt-oss-20b | ollama | gpt-oss:20b | gpt-oss 20B | 7.4 | 131072 | 16384 | aesfrmk | medium | |
deepseek-r1-8b | ollama | deepseek-r1:8b | DeepSeek R1 8B | 6.6 | 131072 | 8192 | aft | slow | |
`;

// From which day its maker no longer serves a name, and where that was read (on RETIREMENTS_READ_ON). What was already
// retired stays in the registry, for what is recorded under its name.
// id | day | source
const RETIREMENTS_READ_ON = '2026-11-21';
const RETIREMENTS = `
gpt-4-turbo | 2026-10-23 | https://developers.openai.com/api/docs/deprecations
gpt-3.5-turbo | 2026-10-23 | https://developers.openai.com/api/docs/deprecations
gpt-5-mini | 2026-12-11 | https://developers.openai.com/api/docs/deprecations
gpt-5-nano | 2026-12-11 | https://developers.openai.com/api/docs/deprecations
gpt-4o | 2027-01-14 | https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm
gpt-4o-mini | 2027-01-14 | https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm
gpt-4.1 | 2027-01-14 | https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm
gpt-4.1-mini | 2027-01-14 | https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm
gpt-5.1 | 2027-04-01 | https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm
gpt-5.4-nano | 2027-04-01 | https://dev.to/aidriftline
claude-3-5-sonnet | 2025-10-28 | https://platform.claude.com/docs/en/release-notes/overview
claude-3-opus | 2026-01-05 | https://github.com/dimagi/open-chat-studio/issues/1806
claude-3-haiku | 2026-04-20 | https://github.com/anthropics/skills/pull/1607
grok-4-1-fast-reasoning | 2026-05-15 | https://docs.x.ai/developers/migration/may-15-retirement
grok-3-mini | 2026-08-09 | https://github.com/BerriAI/litellm-docs/pull/816
deepseek-chat | 2026-07-24 | node_modules/@ai-sdk/deepseek/docs/30-deepseek.mdx
deepseek-reasoner | 2026-07-24 | node_modules/@ai-sdk/deepseek/docs/30-deepseek.mdx
`;

const retirements = new Map(
  RETIREMENTS.trim()
    .split('\n')
    .map((line) => {
      const [id, on, source] = line.split('|').map((cell) => cell.trim());
      return [id, { on, source, readOn: RETIREMENTS_READ_ON }];
    }),
);

const micro = (dollars) => Math.ceil(Number((dollars * 1e6).toFixed(3)));
const base = (price) => (price === undefined ? null : micro(typeof price === 'number' ? price : price.base));

/** The single tier above the base, or null. Refuses shapes that the registry's form cannot hold. */
const tierOf = (prices, id) => {
  const names = ['input_mtok', 'output_mtok', 'cache_read_mtok', 'cache_write_mtok'];
  const tiered = names.filter((name) => typeof prices[name] === 'object');
  if (tiered.length === 0) return null;
  const starts = new Set(tiered.flatMap((name) => prices[name].tiers.map((tier) => tier.start)));
  if (starts.size !== 1) throw new Error(`${id}: several tiers; extend ModelPrice first`);
  const above = (name) =>
    typeof prices[name] === 'object' ? micro(prices[name].tiers[0].price) : base(prices[name]);
  return {
    aboveInputTokens: [...starts][0],
    inputPer1M: above('input_mtok'),
    outputPer1M: above('output_mtok'),
    cachedInputPer1M: above('cache_read_mtok'),
    cacheWritePer1M: above('cache_write_mtok'),
  };
};

const toPrice = (prices, validFrom, note, id) => {
  if (prices.input_mtok === undefined || prices.output_mtok === undefined)
    throw new Error(`${id}: no token price`);
  return {
    validFrom,
    inputPer1M: base(prices.input_mtok),
    outputPer1M: base(prices.output_mtok),
    cachedInputPer1M: base(prices.cache_read_mtok),
    cacheWritePer1M: base(prices.cache_write_mtok),
    longContext: tierOf(prices, id),
    source: `@pydantic/genai-prices ${libraryVersion}${note}`,
    readOn: READ_ON,
  };
};

// A budget must never be surprised by the clock: where a price depends on the hour, the dearest hour counts.
const dearest = (variants) => {
  const names = [...new Set(variants.flatMap((variant) => Object.keys(variant)))];
  return Object.fromEntries(
    names.map((name) => [name, Math.max(...variants.map((variant) => variant[name] ?? 0))]),
  );
};

const datedPrices = (id, model) => {
  const list = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  const hourly = list.filter((entry) => entry.constraint?.type === 'time_of_date');
  const dated = list.filter((entry) => entry.constraint?.type !== 'time_of_date');
  return dated.map((entry, index) => {
    const validFrom = entry.constraint?.start_date ?? UNDATED;
    const last = index === dated.length - 1;
    if (hourly.length === 0 || !last) return toPrice(entry.prices, validFrom, '', id);
    const prices = dearest([entry.prices, ...hourly.map((other) => other.prices)]);
    return toPrice(prices, validFrom, ', dearest hour of the day', id);
  });
};

// A reference `google/<model>` takes the maker's own price list: OpenRouter passes Google's rates on, and
// the library's OpenRouter list leaves out their long-context tier.
const pricesOf = (row) => {
  const makers = row.priceOf.startsWith('google/') ? 'google' : null;
  const providerId = makers ?? PRICE_PROVIDER[row.provider] ?? row.provider;
  const name = makers ? row.priceOf.slice('google/'.length) : row.priceOf;
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, name, { providerId });
  if (!found) throw new Error(`${row.id}: ${providerId}/${name} has no price`);
  return datedPrices(row.id, found.model);
};

const entry = (line) => {
  const [
    id,
    provider,
    providerModel,
    displayName,
    quality,
    context,
    maxOutput,
    letters,
    speed,
    sibling,
    ref,
  ] = line.split('|').map((cell) => cell.trim());
  const local = provider === 'ollama';
  const dated = local ? [] : pricesOf({ id, provider, priceOf: ref || providerModel });
  const inForce = dated.filter((price) => price.validFrom <= READ_ON).at(-1) ?? null;
  return {
    id,
    provider,
    providerModel,
    displayName,
    quality: Number(quality),
    contextTokens: Number(context),
    maxOutputTokens: Number(maxOutput),
    strengths: [...(letters === '*' ? EVERYTHING_BUT_SPEED : letters)].map((letter) => STRENGTHS[letter]),
    speed,
    local,
    statistical: false,
    keyName: KEYS[provider],
    researchSibling: sibling || null,
    version: providerModel,
    ...(retirements.has(id) ? { retirement: retirements.get(id) } : {}),
    price: inForce,
    ...(dated.length > 1 ? { datedPrices: dated } : {}),
  };
};

const models = TABLE.trim().split('\n').map(entry);
const ids = new Set(models.map((model) => model.id));
if (ids.size !== models.length) throw new Error('an id occurs twice');
for (const model of models)
  if (model.researchSibling && !ids.has(model.researchSibling))
    throw new Error(`${model.id}: sibling unknown`);
for (const id of retirements.keys())
  if (!ids.has(id)) throw new Error(`${id}: retired, and not in the table`);

const registry = {
  about: `Seed of the model registry, written by scripts/seed-models.mjs; prices in micro-dollars per 1M tokens from @pydantic/genai-prices ${libraryVersion} (MIT), read ${READ_ON}.`,
  models,
};
writeFileSync(new URL('data/models.json', root), `${JSON.stringify(registry, null, 2)}\n`);
console.log(`${models.length} models`);
