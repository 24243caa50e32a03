// The ceiling of an agent's operator holds for research as well, also for that of a decision or a panel, before
// anything is asked or paid.
import type { AgentContext } from '../../client/agents/agent-tool';
import { AGENT_TOOLS } from '../../client/agents/tools';
import { parseUsd } from '../../domain/money/micro-usd';

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
const STARTED = 'the work was started';

interface Asked {
  readonly tool: 'research' | 'decide' | 'panel';
  readonly input: Readonly<Record<string, unknown>>;
}

/** What becomes of a call under a ceiling of a cent; a fresh brief may be at hand. */
const answerOf = async (
  { tool: name, input }: Asked,
  fresh: object | null = null,
  maxCostMicroUsd = 10_000,
) => {
  const client = {
    temporal: {
      workflow: {
        start: async (_: string, { args: [asked] }: { args: [{ maxCostMicroUsd: number }] }) => {
          throw new Error(`${STARTED} with ${asked.maxCostMicroUsd} for its calls`);
        },
      },
    },
    stores: {
      panels: { putWordings: async () => undefined },
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
    maxCostMicroUsd,
    access: { providers: new Set('a'), keysPresent: new Set() },
  };
  const tool = AGENT_TOOLS.find((each) => each.name === name)!;
  return tool.run(input, context as unknown as AgentContext).catch(String);
};

const answer = (input: Asked['input'], fresh: object | null = null) =>
  answerOf({ tool: 'research', input: { symbol: 'AAPL', ...input } }, fresh);

it('refuses research whose brief and check could cost more', async () => {
  expect(await answer({})).toMatch(/refused: this may cost up to \$0\.\d+, more than the \$0\.01 allowed/);
  expect(await answer({ refresh: true }, {})).toMatch(/refused/);
});

it('lets through what costs nothing: a fresh brief, and one of a past day', async () => {
  expect(await answer({}, {})).toContain(STARTED);
  expect(await answer({ asOf: '2026-01-05' })).toContain(STARTED);
});

describe.each([
  ['decide', { symbol: 'AAPL' }],
  ['panel', { symbols: ['AAPL'], analysts: ['graham'] }],
] as const)('%s whose members the desk chooses', (tool, input) => {
  it('is refused where the brief that must be written first could cost more', async () => {
    expect(await answerOf({ tool, input })).toMatch(/refused: this may cost up to .* the \$0\.01 allowed/);
  });

  it('goes on with a fresh brief, and with one of a past day', async () => {
    const goesOn = `${STARTED} with 10000 for its calls`;
    expect(await answerOf({ tool, input }, {})).toContain(goesOn);
    expect(await answerOf({ tool, input: { ...input, asOf: '2026-01-05' } })).toContain(goesOn);
  });

  it('has for its calls what the brief leaves of the ceiling', async () => {
    const left = await answerOf({ tool, input }, null, 1_000_000);
    const [, atMost] = /may cost up to \$(0\.\d+)/.exec(String(await answerOf({ tool, input }))) ?? [];
    expect(left).toContain(`${STARTED} with ${1_000_000 - parseUsd(atMost!)} for its calls`);
  });
});
