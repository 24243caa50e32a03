// Which calls of agents are taken for the same.
import { requestKeysOf, SAME_CALL_MS } from '../../client/agents/same-call';

const CALL = { tool: 'decide', asked: [{ symbol: 'AMD' }, null] };
const shared = (a: readonly string[], b: readonly string[]): boolean => a.some((key) => b.includes(key));

test('a call again within ten minutes is the same, whenever the first came; after twenty it is not', () => {
  for (const at of [0, 1, SAME_CALL_MS - 1, SAME_CALL_MS]) {
    const [made] = requestKeysOf(CALL, at);
    for (const after of [0, 1, 60_000, SAME_CALL_MS - 1, SAME_CALL_MS])
      expect(requestKeysOf(CALL, at + after)).toContain(made);
    expect(requestKeysOf(CALL, at + 2 * SAME_CALL_MS)).not.toContain(made);
  }
});

test('another tool, another argument or a key of its own makes another', () => {
  const keys = requestKeysOf(CALL, 5);
  expect(shared(keys, requestKeysOf({ ...CALL, tool: 'panel' }, 5))).toBe(false);
  expect(shared(keys, requestKeysOf({ ...CALL, asked: [{ symbol: 'AMD' }, 1] }, 5))).toBe(false);
  expect(shared(keys, requestKeysOf({ ...CALL, key: 'k' }, 5))).toBe(false);
});

test('a call with a key stays the same however late it comes again', () => {
  const keyed = { ...CALL, key: 'k' };
  expect(requestKeysOf(keyed, 5)).toEqual(requestKeysOf(keyed, 1e12));
  expect(requestKeysOf(keyed, 5)).not.toEqual(requestKeysOf({ ...keyed, key: 'other' }, 5));
});
