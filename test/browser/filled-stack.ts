// A stack of its own with something on every page: made-up prices, language models played by the test provider
// server over real HTTP, a session, a panel, a dispute that waits, an experiment, and a competition replayed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../server/serve';
import { startProviderServer } from '../support/provider-server/provider-server';
import { endStack, enterStack, stackPlace } from '../support/running-stack';
import { replayCompetition } from './replayed-competition';

const LOCAL = ['one', 'two', 'three'];
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'JPM', 'SAP.DE'];
const AUTUMN = {
  name: 'autumn',
  symbols: ['AAPL', 'MSFT', 'NVDA', 'AMZN'],
  models: ['house-drift', 'house-momentum', 'house-mean-reversion', 'house-logistic'],
  from: '2025-08-04',
  to: '2025-10-31',
};
const QUESTION = 'Raise the largest position from 5 % to 8 % of the desk before the earnings week?';
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface FilledStack {
  readonly url: string;
  /** World in which the competition was replayed: the one with a track record. */
  readonly replayWorld: string;
  readonly decisionId: string;
  readonly panelId: string;
  readonly tournamentId: string;
  close(): Promise<void>;
}

type Json = Record<string, unknown>;

const caller =
  (url: string) =>
  async (method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = (await answer.json()) as Json;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
    return json;
  };

type Call = ReturnType<typeof caller>;

/** Reads `path` again as soon as it was answered, until `done` says so. */
const until = async (call: Call, path: string, done: (json: Json) => boolean): Promise<Json> => {
  for (;;) {
    const json = await call('GET', path);
    if (done(json)) return json;
  }
};

const fill = async (call: Call): Promise<Pick<FilledStack, 'decisionId' | 'panelId' | 'tournamentId'>> => {
  await call('POST', '/experiments', {
    ...{ name: 'Consensus against the vote', kind: 'strategy', a: 'weighted_vote', b: 'consensus' },
    world: 'synthetic',
  });
  await call('PUT', '/budget', { scope: 'month', limitUsd: '0.50', reason: 'first month' });
  const { sessionId } = await call('POST', '/sessions', { symbols: SYMBOLS, stakeUsd: '25' });
  const session = encodeURIComponent(String(sessionId));
  await until(call, `/sessions/${session}`, (json) => json.status !== 'running');
  await call('POST', '/events', { type: 'earnings', symbols: ['AAPL'], reason: 'Q4 results are out' });

  await call('PUT', '/settings', { key: 'consensus_threshold', value: 0.75 });
  const { panelId } = await call('POST', '/panels', {
    symbols: ['AAPL', 'MSFT'],
    model: 'house',
    world: 'synthetic',
  });
  await until(call, `/panels/${encodeURIComponent(String(panelId))}`, (json) => json.status !== 'running');
  const { tournamentId } = await call('POST', '/tournaments', {
    ...{ task: 'risk_review', prompt: QUESTION, default: 'reject', timeout: '2d' },
    models: LOCAL.map((name) => `local/${name}`),
  });
  await until(call, '/reviews', ({ reviews }) => (reviews as unknown[]).length > 0);
  const { decisions } = await call('GET', '/decisions?world=synthetic&limit=1');
  const [decision] = decisions as readonly { readonly decisionId: string }[];
  return {
    decisionId: decision!.decisionId,
    panelId: String(panelId),
    tournamentId: String(tournamentId),
  };
};

const playedModels = (url: (name: string) => string): NodeJS.ProcessEnv => ({
  CONCLAVE_OPENAI_COMPATIBLE_URL: `${url('local')}/v1`,
  OPENAI_API_KEY: 'sk-played-by-the-test-server',
  OPENAI_BASE_URL: `${url('openai')}/v1`,
  DEEPSEEK_API_KEY: 'sk-played-by-the-test-server',
  DEEPSEEK_BASE_URL: `${url('deepseek')}/v1`,
  XAI_API_KEY: 'sk-played-by-the-test-server',
  XAI_BASE_URL: `${url('xai')}/v1`,
});

/** Starts everything and waits until every page has something to show. */
export const filledStack = async (): Promise<FilledStack> => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-filled-'));
  const verdicts = { one: 'approve', two: 'reject', three: 'approve' };
  const provider = await startProviderServer({
    behaviour: {
      models: LOCAL,
      delayMs: 350,
      answers: Object.entries(verdicts).map(([model, verdict]) => ({
        match: { model },
        answer: { verdict, confidence: 0.7, reasons: [`Reads the risk as a reason to ${verdict}`] },
      })),
    },
  });
  const place = stackPlace(join(folder, 'home'), { env: playedModels(provider.as) });
  const running = await enterStack(place);
  const server = await serve({
    ...{ client: running.client, config: place.config, host: '127.0.0.1', port: 0, logger: SILENT },
  });
  const close = async (): Promise<void> => {
    await server.close();
    await running.close();
    await endStack(place);
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://127.0.0.1:${server.port}`;
    const call = caller(url);
    // The first worker asks the server for its models.
    await until(call, '/models', ({ models }) =>
      (models as { id: string }[]).some(({ id }) => id === 'local/three'),
    );
    const ids = await fill(call);
    return { url, ...ids, replayWorld: await replayCompetition(place, AUTUMN), close };
  } catch (error) {
    await close();
    throw error;
  }
};
