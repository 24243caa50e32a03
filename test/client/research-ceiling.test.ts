// The ceiling of an agent's operator holds for research as well, before anything is asked or paid.
import type { AgentContext } from '../../client/agents/agent-tool';
import { AGENT_TOOLS } from '../../client/agents/tools';

const writer = {
  ...{
    id: 'writer',
    provider: 'a',
    quality: 8,
    researchSibling: null,
    maxOutputTokens: 64_000,
    keyName: null,
  },
  ...{ local: false, statistical: false, origin: 'user', strengths: [] },
  price: {
    ...{ validFrom: '2020-01-01', inputPer1M: 1_000_000, outputPer1M: 10_000_000 },
    ...{ cachedInputPer1M: null, cacheWritePer1M: null, longContext: null, source: 'test' },
  },
};
const STARTED = 'the research was started';

/** What becomes of a call under a ceiling of a cent; a fresh brief may be at hand. */
const answer = async (input: Readonly<Record<string, unknown>>, fresh: object | null = null) => {
  const client = {
    stores: {
      registry: { list: async () => [writer] },
      caps: { limits: async () => [], status: async () => [] },
      worlds: {
        now: async () => '2026-03-02T09:00:00.000Z',
        enter: () => Promise.reject(new Error(STARTED)),
      },
    },
    briefCache: { findFresh: async () => fresh },
  };
  const context = {
    client,
    maxCostMicroUsd: 10_000,
    access: { providers: new Set('a'), keysPresent: new Set() },
  };
  const tool = AGENT_TOOLS.find(({ name }) => name === 'research')!;
  return tool.run({ symbol: 'AAPL', ...input }, context as unknown as AgentContext).catch(String);
};

it('refuses research whose brief and check could cost more', async () => {
  expect(await answer({})).toMatch(/refused: this may cost up to \$0\.\d+, more than the \$0\.01 allowed/);
  expect(await answer({ refresh: true }, {})).toMatch(/refused/);
});

it('lets through what costs nothing: a fresh brief, and one of a past day', async () => {
  expect(await answer({}, {})).toContain(STARTED);
  expect(await answer({ asOf: '2026-01-05' })).toContain(STARTED);
});
