// Other agents at work: clients of the protocol's own library list and call every tool, over HTTP and over a pipe.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { assertAffordable } from '../../../client/agents/affordable';
import { type ApiServer, apiServer } from '../../support/api-server';
import { CONCLAVE } from '../../support/conclave-cli';

jest.setTimeout(120_000);

let api: ApiServer;
let agent: Client;

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of any form.
type Json = any;

const TOOLS = ['decide', 'panel', 'rank', 'research', 'spend'];

const call = async (by: Client, name: string, args: Record<string, unknown>) => {
  const answer = await by.callTool({ name, arguments: args }, undefined, { timeout: 90_000 });
  const [{ text }] = answer.content as [{ text: string }];
  return { isError: answer.isError === true, text, json: (answer.structuredContent ?? null) as Json };
};

const overHttp = async (token?: string): Promise<Client> => {
  const client = new Client({ name: 'test', version: '1' });
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const transport = new StreamableHTTPClientTransport(new URL(`${api.url}/mcp`), {
    requestInit: { headers },
  });
  await client.connect(transport as Parameters<typeof client.connect>[0]);
  return client;
};

beforeAll(async () => {
  api = await apiServer();
  agent = await overHttp();
}, 300_000);

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await agent.close();
  await api.close();
});

describe('tools for other agents', () => {
  it('are listed with a schema and a description each', async () => {
    const { tools } = await agent.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(TOOLS);
    for (const { description, inputSchema } of tools) {
      expect(description?.length).toBeGreaterThan(20);
      expect(inputSchema.type).toBe('object');
    }
  });

  it('research, decide, ask a panel, rank and tell what was spent', async () => {
    const brief = await call(agent, 'research', { symbol: 'AMD', world: 'synthetic' });
    expect(brief.json).toMatchObject({ brief: { subject: 'equity:AMD' }, synthetic: true });
    const decision = await call(agent, 'decide', { symbol: 'AMD', world: 'synthetic', stakeUsd: '5' });
    expect(decision.json).toMatchObject({
      ...{ subject: 'equity:AMD', stage: 'quick', world: 'synthetic', synthetic: true },
      createdAt: expect.stringMatching(/^\d{4}-/),
    });
    const panel = await call(agent, 'panel', {
      symbols: ['AMD'],
      analysts: ['graham', 'technicals'],
      world: 'synthetic',
    });
    expect(panel.json.createdAt).toMatch(/^\d{4}-/);
    expect(panel.json.predictions.map((one: Json) => one.analyst).sort()).toEqual(['graham', 'technicals']);
    const ranking = await call(agent, 'rank', {});
    expect(ranking.json).toMatchObject({ world: 'live', window: 'all' });
    const spent = await call(agent, 'spend', { by: 'day' });
    expect(spent.json).toMatchObject({ by: 'day', total: { spentUsd: expect.any(String) } });
  });

  it('give the same work to who asks again, and other work for other arguments or another key', async () => {
    const wish = { symbol: 'MSFT', world: 'synthetic', stakeUsd: '5', maxCostUsd: '1' };
    const [first, again] = await Promise.all([1, 2].map(() => call(agent, 'decide', wish)));
    const later = await call(agent, 'decide', wish);
    expect(first!.json.decisionId).toBeTruthy();
    expect([again!.json.decisionId, later.json.decisionId]).toEqual([
      first!.json.decisionId,
      first!.json.decisionId,
    ]);
    const keyed = await call(agent, 'decide', { ...wish, key: 'another' });
    const other = await call(agent, 'decide', { ...wish, horizonDays: 6 });
    expect(new Set([first, keyed, other].map((each) => each!.json.decisionId)).size).toBe(3);
    // The second panel finds the brief that the first one paid for: what is left for its calls is more, the work the same.
    const panel = { symbols: ['NVDA'], analysts: ['graham'], world: 'synthetic', maxCostUsd: '5' };
    const asked = await call(agent, 'panel', panel);
    const repeated = await call(agent, 'panel', panel);
    expect(repeated.json.panelId).toBe(asked.json.panelId);
    const named = await call(agent, 'panel', { ...panel, key: 'mine' });
    expect(named.json.panelId).not.toBe(asked.json.panelId);
    expect((await call(agent, 'panel', { ...panel, key: 'mine' })).json.panelId).toBe(named.json.panelId);
  });

  it('refuse a call beyond a cap, and one beyond its own ceiling, with the reason, before anything starts', async () => {
    const { caps, spend } = api.running.client.stores;
    const before = await spend.total({ includeUnbilled: true });
    const wish = { symbol: 'AMD', members: ['gpt-4o', 'claude-3-opus'], world: 'synthetic' };
    const own = await call(agent, 'decide', { ...wish, maxCostUsd: '0.0001' });
    expect(own).toMatchObject({
      isError: true,
      text: expect.stringMatching(/may cost up to \$.*\$0\.0001 allowed/),
    });
    await caps.setLimit({ scope: 'month', key: '*', limitMicroUsd: 1_000, policy: 'stop', reason: 'a test' });
    try {
      const refused = await call(agent, 'decide', wish);
      expect(refused.isError).toBe(true);
      expect(refused.text).toMatch(
        /refused: this may cost up to \$0\.\d+; \$0\.001 is left of the month's cap/,
      );
    } finally {
      await caps.removeLimit({ scope: 'month', key: '*', reason: 'a test' });
    }
    expect(await spend.total({ includeUnbilled: true })).toEqual(before);
  });

  it('are not refused for the cap of another run', async () => {
    const { caps } = api.running.client.stores;
    const other = { scope: 'decision', key: 'tournament:other' } as const;
    await caps.setLimit({ ...other, limitMicroUsd: 1, policy: 'stop', reason: 'a test' });
    try {
      const plan = { researchMicroUsd: 0, callsMicroUsd: 10_000, maxCostMicroUsd: null };
      await assertAffordable(api.running.client, plan);
      await caps.setLimit({ ...other, key: '*', limitMicroUsd: 1, policy: 'stop', reason: 'a test' });
      await expect(assertAffordable(api.running.client, plan)).rejects.toThrow(/left of the decision's cap/);
      await assertAffordable(api.running.client, { ...plan, researchMicroUsd: 10_000, callsMicroUsd: 1 });
    } finally {
      for (const key of [other.key, '*'])
        await caps.removeLimit({ scope: 'decision', key, reason: 'a test' });
    }
  });

  it('name the field and the accepted form of a wrong argument', async () => {
    expect((await call(agent, 'spend', { by: 'colour' })).text).toMatch(/by/);
    expect((await call(agent, 'decide', { symbol: 'AMD', members: ['no-such-model'] })).text).toContain(
      'no-such-model',
    );
    expect((await call(agent, 'panel', { symbols: ['AMD'], analysts: ['nobody'] })).text).toContain('nobody');
  });

  it('run over a pipe as well, within the scope that the pipe was given', async () => {
    const piped = new Client({ name: 'test', version: '1' });
    const env = Object.fromEntries(
      Object.entries(api.running.place.env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [...CONCLAVE, 'mcp', '--scope', 'read'],
      cwd: api.running.place.home,
      env,
      stderr: 'ignore',
    });
    await piped.connect(transport as Parameters<typeof piped.connect>[0]);
    expect((await piped.listTools()).tools).toHaveLength(TOOLS.length);
    expect((await call(piped, 'spend', {})).json).toMatchObject({ by: 'model' });
    const refused = await call(piped, 'decide', { symbol: 'AMD', world: 'synthetic' });
    expect(refused).toMatchObject({
      isError: true,
      text: 'refused: decide needs scope run; this caller has read',
    });
    await piped.close();
  });
});
