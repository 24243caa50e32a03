// Usage objects of the providers brought to one form, each against a count by hand.
import { readToldCostMicroUsd, readUsage } from '../../providers/usage';

const usage = (body: object) => readUsage(JSON.stringify(body));

describe('usage', () => {
  it.each([
    [
      'OpenAI chat, cached and reasoning inside their totals',
      {
        usage: {
          prompt_tokens: 2006,
          completion_tokens: 300,
          total_tokens: 2306,
          prompt_tokens_details: { cached_tokens: 1920 },
          completion_tokens_details: { reasoning_tokens: 64 },
        },
      },
      { input: 2006, cachedInput: 1920, cacheWrite: 0, output: 300, reasoning: 64 },
    ],
    [
      'OpenAI responses',
      {
        object: 'response',
        usage: {
          input_tokens: 75,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: 1186,
          output_tokens_details: { reasoning_tokens: 1024 },
          total_tokens: 1261,
        },
      },
      { input: 75, cachedInput: 0, cacheWrite: 0, output: 1186, reasoning: 1024 },
    ],
    [
      'Anthropic, input without what came from or went to the cache',
      {
        type: 'message',
        usage: {
          input_tokens: 21,
          cache_creation_input_tokens: 188,
          cache_read_input_tokens: 1000,
          output_tokens: 393,
        },
      },
      { input: 1209, cachedInput: 1000, cacheWrite: 188, output: 393, reasoning: 0 },
    ],
    [
      'DeepSeek, cache hits by their own name',
      {
        usage: {
          prompt_tokens: 500,
          completion_tokens: 40,
          total_tokens: 540,
          prompt_cache_hit_tokens: 384,
          prompt_cache_miss_tokens: 116,
        },
      },
      { input: 500, cachedInput: 384, cacheWrite: 0, output: 40, reasoning: 0 },
    ],
    [
      'xAI, reasoning beside the completion',
      {
        usage: {
          prompt_tokens: 32,
          completion_tokens: 9,
          total_tokens: 135,
          prompt_tokens_details: { cached_tokens: 6 },
          completion_tokens_details: { reasoning_tokens: 94 },
        },
      },
      { input: 32, cachedInput: 6, cacheWrite: 0, output: 103, reasoning: 94 },
    ],
    [
      'Ollama',
      { done: true, prompt_eval_count: 26, eval_count: 290 },
      { input: 26, cachedInput: 0, cacheWrite: 0, output: 290, reasoning: 0 },
    ],
  ])('of %s', (_, body, expected) => {
    expect(usage(body)).toEqual(expected);
  });

  it('that is absent, zero, negative or not a number is unknown, not free', () => {
    for (const body of [
      {},
      { usage: null },
      { usage: { prompt_tokens: 0, completion_tokens: 0 } },
      { usage: { prompt_tokens: -5, completion_tokens: 'many' } },
      { type: 'message', usage: {} },
    ])
      expect(usage(body)).toBeNull();
    expect(readUsage('<html>')).toBeNull();
  });

  it('may come with a cost told by the provider', () => {
    expect(readToldCostMicroUsd('{"usage":{"cost":0.00014}}')).toBe(140);
    expect(readToldCostMicroUsd('{"usage":{"cost":"free"}}')).toBeNull();
    expect(readToldCostMicroUsd('{"usage":{"cost_in_usd_ticks":37756000}}')).toBe(3_776);
    expect(readToldCostMicroUsd('{"usage":{"cost_in_usd_ticks":-1}}')).toBeNull();
    const beside = '"cost_details":{"upstream_inference_cost":0.0019}';
    expect(readToldCostMicroUsd(`{"usage":{"cost":0.0019,"is_byok":false,${beside}}}`)).toBe(1_900);
    expect(readToldCostMicroUsd(`{"usage":{"cost":0.000095,"is_byok":true,${beside}}}`)).toBe(1_995);
    expect(readToldCostMicroUsd('{"usage":{"cost":0,"is_byok":true}}')).toBeNull();
  });
});
