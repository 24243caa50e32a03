// The ceiling of an agent's operator holds for research as well, also for that of a decision or a panel, before
// anything is asked or paid.
import { WorkflowNotFoundError } from '@temporalio/client';
import type { AgentContext } from '../../client/agents/agent-tool';
import { AGENT_TOOLS } from '../../client/agents/tools';
import type { ConclaveClient } from '../../client/connect';
import { type Estimating, estimateSession, researchAtMost } from '../../client/estimate';
import { parseUsd } from '../../domain/money/micro-usd';

const writer = {
  ...{
    id: 'writer',
    provider: 'a',
    quality: 8,
    researchSibling: null,
    providerModel: 'm',
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
        // Nobody has asked the same before.
        getHandle: (id: string) => ({
          describe: () => Promise.reject(new WorkflowNotFoundError('not found', id, undefined)),
        }),
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
    analystFolders: [],
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

it('counts every attempt that may be billed: two at each writer, two at the check', async () => {
  const atMost = async (...models: readonly object[]) => {
    const stores = { registry: { list: async () => models } };
    const access = { providers: new Set('ab'), keysPresent: new Set() };
    const client = { stores } as unknown as ConclaveClient;
    return researchAtMost(client, { profileOf: () => null, access } as unknown as Estimating);
  };
  const forecast = { symbols: 1, members: ['writer'], stage: 'full' } as const;
  const once = (
    await estimateSession(
      { stores: { registry: { list: async () => [writer] } } } as unknown as ConclaveClient,
      forecast,
      { profileOf: () => null, access: { providers: new Set('a'), keysPresent: new Set() } },
    )
  ).lines.filter(({ what }) => what.startsWith('brief'));
  const [brief, check] = once.map(({ atMostUsd }) => parseUsd(atMostUsd));
  expect(await atMost(writer)).toBe(2 * (brief! + check!));
  const second = { ...writer, id: 'second', provider: 'b' };
  expect(await atMost(writer, second)).toBe(2 * (2 * brief! + check!));
  // While the second is out the third writes beside the first.
  const cheap = { ...second, id: 'z', price: { ...writer.price, outputPer1M: 1 } };
  expect(await atMost(writer, cheap, { ...second, id: 'third', quality: 7 })).toBe(2 * (2 * brief! + check!));
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
