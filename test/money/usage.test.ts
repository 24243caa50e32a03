import { costOfUsage } from '../../domain/money/prices';
import { type UsageTokens, usageProblem } from '../../domain/money/usage';
import { readUsage } from '../../providers/usage';
import { PRICES, USAGE_CASES } from './usage-cases';

/** The raw reply that a usage object comes in. */
const replyWith = (shape: string, usage: unknown): string =>
  JSON.stringify(
    shape === 'ollama' ? usage : { ...(shape === 'anthropic' ? { type: 'message' } : {}), usage },
  );

test('there are at least sixty cases of at least six providers', () => {
  expect(USAGE_CASES.length).toBeGreaterThanOrEqual(60);
  expect(new Set(USAGE_CASES.map((one) => one.shape)).size).toBeGreaterThanOrEqual(6);
});

test.each(USAGE_CASES)(
  '$shape $model, $note: $sum is $costMicroUsd micro-dollars',
  ({ shape, model, usage, sum, costMicroUsd }) => {
    const read = readUsage(replyWith(shape, usage));
    const price = PRICES[model];
    if (read === null || price === undefined) throw new Error('the case cannot be read');
    expect(costOfUsage(read, price)).toBe(costMicroUsd);
    // The sum by hand, added up once more in floating point: within rounding of the integer cost.
    const byHand = sum
      .split(' + ')
      .map((product) =>
        product
          .split('*')
          .map(Number)
          .reduce((a, b) => a * b),
      )
      .reduce((a, b) => a + b, 0);
    expect(costMicroUsd - byHand).toBeGreaterThan(-1e-6);
    expect(costMicroUsd - byHand).toBeLessThan(1);
  },
);

describe('usage that cannot be', () => {
  test.each([
    [
      'openai_chat',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 11 } },
    ],
    ['openai_chat', { prompt_tokens: -1, completion_tokens: 5 }],
    ['openai_chat', { prompt_tokens: 10.5, completion_tokens: 5 }],
    ['openai_chat', { prompt_tokens: '10', completion_tokens: 5 }],
    ['anthropic', { input_tokens: 1, output_tokens: 'two' }],
    ['anthropic', { input_tokens: 1, output_tokens: 2, cache_read_input_tokens: -3 }],
    [
      'anthropic',
      {
        input_tokens: 1,
        output_tokens: 2,
        cache_creation_input_tokens: 5,
        cache_creation: { ephemeral_1h_input_tokens: 6 },
      },
    ],
    ['deepseek', { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 11 }],
    ['ollama', {}],
    ['xai', null],
    ['openrouter', 'free'],
  ] as const)('%s %j is unknown, not zero', (shape, raw) => {
    expect(readUsage(replyWith(shape, raw))).toBeNull();
  });

  test.each(['openai', 'anthropic', 'ollama'])('an empty %s object is unknown', (shape) => {
    expect(readUsage(replyWith(shape, {}))).toBeNull();
  });

  test('is refused by pricing with the field named', () => {
    const usage: UsageTokens = { input: 10, cachedInput: 6, cacheWrite: 5, output: 1, reasoning: 0 };
    expect(usageProblem(usage)).toBe(
      'usage.cachedInput and usage.cacheWrite are 11, more than usage.input 10',
    );
    expect(() => costOfUsage(usage, PRICES['gpt-4o'] as never)).toThrow(RangeError);
  });

  test('Ollama counts are read', () => {
    expect(readUsage(replyWith('ollama', { prompt_eval_count: 26, eval_count: 298 }))).toEqual({
      input: 26,
      cachedInput: 0,
      cacheWrite: 0,
      output: 298,
      reasoning: 0,
    });
  });
});
