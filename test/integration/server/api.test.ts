// The API at work over a real stack without internet: sessions, streams, decisions, events, settings, models.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { startDecision } from '../../../client/decisions';
import { seededRandom } from '../../../domain/track/random';
import type { DecisionInput } from '../../../workflows/contracts/decision';
import { PRIORITY } from '../../../workflows/contracts/task-queues';
import { type ApiServer, apiServer } from '../../support/api-server';

let api: ApiServer;
const WEBHOOK_SECRET = `whsec_${Buffer.from('a secret of this test alone').toString('base64')}`;

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of any form.
type Json = any;

const send = async (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: Json; headers: Headers }> => {
  const answer = await fetch(api.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, json: await answer.json(), headers: answer.headers };
};

interface StreamEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: Json;
}

const parseEvents = (text: string): StreamEvent[] =>
  text
    .split('\n\n')
    .filter((block) => block.includes('event:'))
    .map((block) => {
      const field = (name: string): string | null =>
        block.match(new RegExp(`^${name}: ?(.*)$`, 'm'))?.[1] ?? null;
      return { id: field('id'), event: field('event') ?? '', data: JSON.parse(field('data') ?? 'null') };
    });

/** Reads a stream until it ends, or has given so many decisions. */
const readStream = async (
  id: string,
  lastId: string | null,
  mostDecisions: number,
): Promise<StreamEvent[]> => {
  const answer = await fetch(`${api.url}/api/v1/sessions/${encodeURIComponent(id)}/stream`, {
    headers: lastId ? { 'last-event-id': lastId } : {},
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const whole = text.slice(0, text.lastIndexOf('\n\n') + 2);
    if (parseEvents(whole).filter(({ event }) => event === 'decision').length >= mostDecisions)
      return parseEvents(whole);
  }
  return parseEvents(text);
};

/** Cuts the connection off after so many bytes; the events that came whole. */
const readBytes = async (id: string, lastId: string | null, most: number): Promise<StreamEvent[]> => {
  const cut = new AbortController();
  const answer = await fetch(`${api.url}/api/v1/sessions/${encodeURIComponent(id)}/stream`, {
    headers: lastId ? { 'last-event-id': lastId } : {},
    signal: cut.signal,
  });
  let bytes = Buffer.alloc(0);
  for await (const chunk of answer.body!) {
    bytes = Buffer.concat([bytes, chunk as Uint8Array]);
    if (bytes.length >= most) break;
  }
  cut.abort();
  const text = bytes.subarray(0, most).toString();
  return parseEvents(text.slice(0, text.lastIndexOf('\n\n') + 2));
};

/** One question; `swift` answers at once, `slow` after an hour. */
const writeRecorded = (folder: string): void => {
  const write = (name: string, rows: readonly Readonly<Record<string, string | number>>[]): void =>
    writeFileSync(
      join(folder, `${name}.csv`),
      [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map((row) => `${row}\n`).join(''),
    );
  const dates = { forecast_due_date: '2025-09-15', resolution_date: '2025-10-15' };
  const price = { market_value_freeze: '', market_date: '', market_value_due: '' };
  const kind = { qtype: 'dataset', category: 'dataset', question: 'Up?' };
  write('questions', [{ row_id: 'one', source: 'test', base_id: 'one', ...dates, y: '', ...price, ...kind }]);
  const forecast = (system: string, latency: number) => ({
    ...{ row_id: 'one', system, llm: system, p: 0.8, n_trials: 1, usd_per_trial: 0 },
    ...{ latency_s_per_trial: latency, tokens_in: '', tokens_out: '', n_rows_of_question: 1, silent_half: 0 },
  });
  write('forecasts', [forecast('swift', 0), forecast('slow', 3_600)]);
};

const recordedDecision = (folder: string, members: readonly string[]): DecisionInput => ({
  ...{ world: 'replay:early', asOf: '2025-09-15T00:00:00.000Z', subject: 'question:one', sessionId: null },
  ...{ stakeMicroUsd: 25_000_000, strategy: null, members, horizonDays: 5, research: null },
  ...{ recorded: { folder, rowId: 'one' }, recordedLatencyScale: 1, prices: null },
  ...{ deadlineAt: null, maxCostMicroUsd: null, priority: PRIORITY.live },
});

beforeAll(async () => {
  api = await apiServer({ webhookSecret: WEBHOOK_SECRET });
}, 300_000);

afterAll(async () => {
  expect(api.faults).toEqual([]);
  await api.close();
});

describe('the API', () => {
  const symbols = ['AAPL', 'MSFT', 'NVDA'];
  const headers = { 'idempotency-key': `test-${process.pid}-${Date.now()}` };
  let sessionId: string;

  it('starts a session once per Idempotency-Key', async () => {
    const body = { market: 'XNYS', symbols };
    const first = await send('POST', '/api/v1/sessions', body, headers);
    expect(first.status).toBe(202);
    sessionId = first.json.sessionId;
    expect(sessionId).toMatch(/^session:/);
    const again = await send('POST', '/api/v1/sessions', body, headers);
    expect(again.json).toEqual(first.json);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await send('POST', '/api/v1/sessions', { market: 'XNYS', symbols: ['TSLA'] }, headers);
    expect(other.status).toBe(422);
  }, 60_000);

  it('streams how far a panel is until it ends, and says what is no panel', async () => {
    const started = await fetch(`${api.url}/api/v1/panels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ symbols: ['AAPL'], model: 'house', world: 'synthetic' }),
    });
    const { panelId } = (await started.json()) as { panelId: string };
    const answer = await fetch(`${api.url}/api/v1/panels/${encodeURIComponent(panelId)}/stream`);
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const events = parseEvents(await answer.text());
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { panelId } });
    for (const { data } of events.filter(({ event }) => event === 'progress'))
      expect((data as { total: number }).total).toBeGreaterThanOrEqual((data as { done: number }).done);
    const answers = events.filter(({ event }) => event === 'answer');
    expect(answers.every(({ id }) => id !== null)).toBe(true);
    const predictions = await api.running.client.stores.panels.predictionsOf(panelId);
    expect(answers.map(({ data }) => data.analyst).sort()).toEqual(
      predictions.map(({ analyst }) => analyst).sort(),
    );
    // Resumed behind any of its answers, it gives the others and no other.
    for (const at of [0, 5, answers.length - 1]) {
      const rest = await fetch(`${api.url}/api/v1/panels/${encodeURIComponent(panelId)}/stream`, {
        headers: { 'last-event-id': answers[at]!.id! },
      });
      const missing = parseEvents(await rest.text()).filter(({ event }) => event === 'answer');
      expect(missing.map(({ data }) => data.analyst).sort()).toEqual(
        answers
          .slice(at + 1)
          .map(({ data }) => data.analyst)
          .sort(),
      );
    }
    expect(await api.running.client.stores.panels.get(panelId)).toMatchObject({ status: 'complete' });
    for (const unknown of ['panel:none', 'none'])
      expect((await fetch(`${api.url}/api/v1/panels/${unknown}/stream`)).status).toBe(404);
  });

  it('refuses to say what was spent in a world that is not there', async () => {
    for (const path of ['/api/v1/spend', '/api/v1/spend/skill'])
      expect(await send('GET', `${path}?world=replay:0123456789ab`)).toMatchObject({
        ...{
          status: 400,
          json: { detail: expect.stringContaining('is unknown; accepted: ') },
        },
      });
    expect(await send('GET', '/api/v1/spend?world=live')).toMatchObject({ status: 200 });
  });

  it('lists the worlds that were entered', async () => {
    const { worlds } = (await (await fetch(`${api.url}/api/v1/worlds`)).json()) as {
      worlds: readonly { world: string }[];
    };
    expect(worlds.map(({ world }) => world)).toEqual(expect.arrayContaining(['live', 'synthetic']));
  });

  it('streams every decision exactly once, over a cut and a resumption', async () => {
    const before = await readStream(sessionId, null, 1);
    const lastId = before.filter(({ id }) => id !== null).at(-1)!.id;
    const after = await readStream(sessionId, lastId, Number.POSITIVE_INFINITY);
    const decided = [...before, ...after].filter(({ event }) => event === 'decision');
    expect(decided.map(({ data }) => data.subject).sort()).toEqual(
      symbols.map((one) => `equity:${one}`).sort(),
    );
    expect(after.at(-1)?.event).toBe('end');
  }, 90_000);

  it('misses no event and repeats none when it is cut off at random, again and again', async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 12; round += 1) {
      const seen: StreamEvent[] = [];
      let lastId: string | null = null;
      for (let cuts = 0; !seen.some(({ event }) => event === 'end') && cuts < 60; cuts += 1) {
        const events = await readBytes(sessionId, lastId, 1 + Math.floor(random() * 6_000));
        seen.push(...events);
        lastId = events.filter(({ id }) => id !== null).at(-1)?.id ?? lastId;
      }
      const decided = seen.filter(({ event }) => event === 'decision').map(({ data }) => data.subject);
      expect(decided.sort()).toEqual(symbols.map((one) => `equity:${one}`).sort());
      expect(seen.at(-1)?.event).toBe('end');
    }
  }, 60_000);

  it('shows the session, its decisions by page, and each decision with its members', async () => {
    const session = await send('GET', `/api/v1/sessions/${encodeURIComponent(sessionId)}`);
    expect(session.json).toMatchObject({ status: 'finished', market: 'XNYS' });
    expect(session.json.decisions).toHaveLength(3);
    const query = `world=${session.json.world}&sessionId=${encodeURIComponent(sessionId)}&limit=2`;
    const page = await send('GET', `/api/v1/decisions?${query}`);
    expect(page.json.decisions).toHaveLength(2);
    const rest = await send('GET', `/api/v1/decisions?${query}&cursor=${page.json.next}`);
    expect(rest.json).toMatchObject({ next: null });
    const id = page.json.decisions[0].decisionId;
    const one = await send('GET', `/api/v1/decisions/${encodeURIComponent(id)}`);
    expect(one.json.members.length).toBeGreaterThan(0);
    expect(one.json.why.length).toBeGreaterThan(0);
    expect(one.json.workflowUrl).toContain(encodeURIComponent(id));
  });

  it('asks a panel, lists panels by page, and replays a decision under other weights', async () => {
    const wish = { symbols: ['AAPL'], analysts: ['graham', 'burry'], world: 'synthetic' };
    const started = await send('POST', '/api/v1/panels', wish);
    expect(started.status).toBe(202);
    await api.running.client.temporal.workflow.getHandle(started.json.panelId).result();
    const panel = await send('GET', `/api/v1/panels/${encodeURIComponent(started.json.panelId)}`);
    expect(panel.json.predictions).toHaveLength(2);
    const page = await send('GET', '/api/v1/panels?world=synthetic&limit=1');
    expect(page.json).toMatchObject({
      ...{ panels: [{ asked: 2, subjects: ['equity:AAPL'] }], next: expect.any(String) },
    });
    const rest = await send('GET', `/api/v1/panels?world=synthetic&limit=500&cursor=${page.json.next}`);
    expect(rest.json.panels.map((one: Json) => one.panelId)).not.toContain(page.json.panels[0].panelId);
    expect((await send('GET', '/api/v1/panels/panel:nobody')).status).toBe(404);

    const session = await send('GET', `/api/v1/sessions/${encodeURIComponent(sessionId)}`);
    const { decisionId } = session.json.decisions[0].decision;
    const path = `/api/v1/decisions/${encodeURIComponent(decisionId)}/replay`;
    const replayed = await send('POST', path, { strategy: 'consensus', weights: 'equal' });
    expect(replayed.json).toMatchObject({ replay: { strategy: 'consensus' }, costUsd: '0' });
    expect(replayed.json.strategies).toHaveLength(5);
    expect((await send('POST', path, { weights: { nobody: 1 } })).status).toBe(400);
  }, 60_000);

  it('pages through sessions, and shows schedules, competitions, the record and the report of a day', async () => {
    const first = await send('GET', '/api/v1/sessions?world=synthetic&limit=1');
    expect(first.json.sessions).toHaveLength(1);
    const next = await send('GET', `/api/v1/sessions?world=synthetic&limit=500&cursor=${first.json.next}`);
    expect(next.json.sessions.map((one: Json) => one.sessionId)).not.toContain(
      first.json.sessions[0].sessionId,
    );
    expect((await send('GET', '/api/v1/sessions?cursor=nonsense')).status).toBe(400);
    for (const [path, key] of [
      ['schedules', 'schedules'],
      ['competitions', 'competitions'],
      ['calibration?window=7d', 'models'],
      ['contribution', 'members'],
      ['agreement', 'categories'],
      ['reports?world=synthetic', 'reports'],
    ] as const)
      expect([path, (await send('GET', `/api/v1/${path}`)).json[key]]).toEqual([path, expect.any(Array)]);
    expect((await send('POST', '/api/v1/schedules/desk:XNYS:nothing/pause')).status).toBe(404);
    const { startedAt } = (await send('GET', `/api/v1/sessions/${encodeURIComponent(sessionId)}`)).json;
    const day = startedAt.slice(0, 10);
    const report = await send('GET', `/api/v1/reports/${day}?world=synthetic`);
    expect(report.json.sessions.map((one: Json) => one.id)).toContain(sessionId);
    const html = await send('GET', `/api/v1/reports/${day}/text?world=synthetic&format=html`);
    expect(html.json.text).toContain('<h2>Decisions</h2>');
    expect((await send('GET', '/api/v1/reports/2999-01-01')).status).toBe(400);
    const anew = await send('POST', `/api/v1/reports/${day}/refresh?world=synthetic`);
    expect([anew.status, anew.json.day]).toEqual([200, day]);
    expect(anew.json.madeAt > report.json.madeAt).toBe(true);
  }, 60_000);

  it('decides and researches on request in the synthetic world', async () => {
    const decided = await send('POST', '/api/v1/decide', { symbol: 'AMZN', world: 'synthetic' });
    expect([decided.status, decided.json]).toEqual([
      200,
      expect.objectContaining({ subject: 'equity:AMZN', world: 'synthetic', synthetic: true }),
    ]);
    const brief = await send('POST', '/api/v1/research', { symbol: 'AMZN', world: 'synthetic' });
    expect([brief.status, brief.json.cache]).toEqual([200, 'hit']);
    const cache = await send('GET', '/api/v1/cache?world=synthetic');
    expect(cache.json.metrics[0].hits).toBeGreaterThan(0);
  }, 60_000);

  it('says of a decision and a panel that were refused that they failed, why, and ends their streams', async () => {
    const { workflow } = api.running.client.temporal;
    const [decision, panel] = await Promise.all([
      send('POST', '/api/v1/decisions', { symbol: 'AAPL', members: ['gpt-4o'], world: 'synthetic' }),
      send('POST', '/api/v1/panels', { symbols: ['AAPL'], model: 'gpt-4o', world: 'synthetic' }),
    ]);
    for (const [path, id] of [
      ['decisions', decision.json.decisionId],
      ['panels', panel.json.panelId],
    ]) {
      await expect(workflow.getHandle(id).result()).rejects.toThrow();
      const address = `/api/v1/${path}/${encodeURIComponent(id)}`;
      expect((await send('GET', address)).json).toMatchObject({
        ...{ status: 'failed', failure: expect.stringMatching(/^model "gpt-4o" cannot be called/) },
        workflowUrl: expect.stringContaining(encodeURIComponent(id)),
      });
      const stream = await fetch(`${api.url}${address}/stream`);
      expect(parseEvents(await stream.text())).toEqual([
        { id: null, event: 'end', data: expect.objectContaining({ status: 'failed' }) },
      ]);
    }
  }, 60_000);

  describe('the early answer', () => {
    const folder = mkdtempSync(join(tmpdir(), 'conclave-early-'));
    const started: string[] = [];
    const early = (id: string) => send('GET', `/api/v1/decisions/${encodeURIComponent(id)}/early`);

    beforeAll(() => writeRecorded(folder));
    afterAll(async () => {
      const { workflow } = api.running.client.temporal;
      for (const id of started) await workflow.getHandle(id).terminate('the test has ended');
      rmSync(folder, { recursive: true, force: true });
    });

    /** The first member is the lower stage. */
    const start = async (members: readonly string[]) => {
      const input = recordedDecision(folder, members);
      const decision = await startDecision(api.running.client, input, `early-${members[0]}-${process.pid}`);
      started.push(decision.decisionId);
      return decision;
    };

    it('is what the lower stage says while the higher one runs, and is asked for without a trace', async () => {
      const decision = await start(['swift', 'slow']);
      const waited = await decision.early();
      const handle = api.running.client.temporal.workflow.getHandle(decision.decisionId);
      const { historyLength } = await handle.describe();
      const answer = await early(decision.decisionId);
      expect([answer.status, answer.json]).toEqual([200, waited]);
      expect(answer.json).toMatchObject({ stage: 'quick', final: false, answered: 1, asked: 1 });
      expect(answer.json.probability).toBeGreaterThan(0.5);
      const after = await handle.describe();
      expect([after.status.name, after.historyLength]).toEqual(['RUNNING', historyLength]);
    }, 60_000);

    it('is refused while nobody has answered, and for what is no decision', async () => {
      const { decisionId } = await start(['slow', 'swift']);
      for (const [id, status, title] of [
        [decisionId, 409, 'No answer yet'],
        ['decision:equity:NONE:none', 404, 'Not found'],
        [sessionId, 404, 'Not found'],
      ] as const) {
        const answer = await early(id);
        expect([answer.status, answer.json.title]).toEqual([status, title]);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
      }
    }, 60_000);

    it('is not waited for once the decision was ended from outside, which says so', async () => {
      const input = recordedDecision(folder, ['slow', 'swift']);
      const { decisionId } = await startDecision(api.running.client, input, `ended-${process.pid}`);
      const path = `/api/v1/decisions/${encodeURIComponent(decisionId)}`;
      expect((await send('GET', path)).json).toMatchObject({ decisionId, status: 'running' });
      await api.running.client.temporal.workflow.getHandle(decisionId).terminate('changed my mind');
      expect((await send('GET', path)).json).toMatchObject({
        ...{ decisionId, status: 'failed', failure: 'changed my mind' },
      });
      expect((await early(decisionId)).status).toBe(409);
    }, 60_000);

    it('is the final one of a decision that has ended', async () => {
      const session = await send('GET', `/api/v1/sessions/${encodeURIComponent(sessionId)}`);
      const { decisionId } = session.json.decisions[0].decision;
      const { stage, status, probability, quorum } = (
        await send('GET', `/api/v1/decisions/${encodeURIComponent(decisionId)}`)
      ).json;
      const { answered, asked } = quorum;
      const final = { stage, final: true, status, probability, answered, asked };
      expect((await early(decisionId)).json).toEqual(final);
    });
  });

  it('answers an event only when no reader can get a covered brief any more', async () => {
    const event = {
      id: `e-${Date.now()}`,
      type: 'earnings',
      symbols: ['AMZN'],
      reason: 'Q3',
      world: 'synthetic',
    };
    const ack = await send('POST', '/api/v1/events', event);
    expect(ack.json).toMatchObject({ first: true, covers: ['equity:AMZN'] });
    const briefs = await send('GET', '/api/v1/briefs?world=synthetic&subject=AMZN');
    expect(briefs.json.briefs.map((one: Json) => one.fresh)).toEqual([false]);
    expect((await send('POST', '/api/v1/events', event)).json.first).toBe(false);
  }, 60_000);

  it('says of a competition on the made-up tape that it is one, before it trades too', async () => {
    for (const [world, synthetic] of [
      ['live', false],
      ['synthetic', true],
    ] as const) {
      const name = `${world}-${process.pid}`;
      const wish = { name, live: true, world, symbols: ['AAPL'] };
      expect((await send('POST', '/api/v1/competitions', wish)).status).toBe(201);
      const shown = await send('GET', `/api/v1/competitions/${name}`);
      expect(shown.json).toMatchObject({ world: null, synthetic });
    }
  });

  it('takes signed market events from other programs, and no others', async () => {
    const id = `hook-${Date.now()}`;
    const body = JSON.stringify({ type: 'earnings', symbols: ['MSFT'], reason: 'filed', world: 'synthetic' });
    const at = new Date();
    const signature = new Webhook(WEBHOOK_SECRET).sign(id, at, body);
    const signed = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signature,
    };
    const taken = await send('POST', '/api/v1/webhooks/events', body, signed);
    expect([taken.status, taken.json.id, taken.json.first]).toEqual([200, id, true]);
    const forged = body.replace('MSFT', 'AAPL');
    expect((await send('POST', '/api/v1/webhooks/events', forged, signed)).status).toBe(401);
    expect((await send('POST', '/api/v1/webhooks/events', body)).status).toBe(401);
  }, 60_000);

  it('keeps settings and the budget, and serves the known shapes of the model desk', async () => {
    expect((await send('POST', '/settings', { key: 'quality_tier', value: 'premium' })).status).toBe(200);
    expect((await send('POST', '/settings', { key: 'monthly_budget', value: 12.5 })).status).toBe(200);
    expect((await send('GET', '/settings/category/orchestrator')).json).toMatchObject({
      quality_tier: 'premium',
      monthly_budget: 12.5,
    });
    await send('PUT', '/api/v1/settings', { key: 'ensemble_size', value: 4 });
    await send('DELETE', '/api/v1/settings/ensemble_size?reason=earnings%20are%20over');
    const { changes } = (await send('GET', '/api/v1/settings/history?key=ensemble_size&limit=1')).json;
    expect(changes).toMatchObject([{ newValue: null, reason: 'earnings are over' }]);
    const spend = (await send('GET', '/orchestrator/current-spend')).json;
    expect(spend).toMatchObject({ budget: 12.5 });
    expect(spend.current_month).toMatch(/^\d{4}-\d{2}$/);
    const capable = (await send('GET', '/orchestrator/capabilities')).json.models;
    expect(capable.length).toBeGreaterThanOrEqual(30);
    expect(Object.keys(capable[0])).toEqual(
      expect.arrayContaining([
        'model_id',
        'display_name',
        'quality_score',
        'cost_per_1m_input',
        'local_only',
      ]),
    );
    const estimate = await send('POST', '/orchestrator/estimate-cost', {
      quality_tier: 'premium',
      estimated_usage: { theme_analysis: 10 },
    });
    expect(Object.keys(estimate.json)).toEqual(expect.arrayContaining(['total_cost', 'by_task', 'by_model']));
    const advice = await send('GET', '/orchestrator/recommendations/theme_analysis');
    expect(Object.keys(advice.json.recommendations)).toEqual(['budget', 'balanced', 'premium']);
    expect((await send('GET', '/orchestrator/recommendations/sorcery')).status).toBe(404);
    await send('POST', '/settings', { key: 'monthly_budget', value: null });
    await send('POST', '/settings', { key: 'quality_tier', value: 'balanced' });
  });

  it('halts everything for a reason, and goes on for a reason', async () => {
    expect((await send('POST', '/api/v1/providers/halt', {})).status).toBe(400);
    const halted = await send('POST', '/api/v1/providers/halt', { reason: 'costs ran away' });
    expect(halted.json).toMatchObject({ mode: 'halted', manual: true, reason: 'costs ran away' });
    expect((await send('GET', '/api/v1/providers')).json.mode).toMatchObject({
      mode: 'halted',
      manual: true,
    });
    const resumed = await send('POST', '/api/v1/providers/resume', { reason: 'bill understood' });
    expect(resumed.json).toMatchObject({ changed: true, manual: false });
    const again = await send('POST', '/api/v1/providers/resume', { reason: 'once more' });
    expect(again.json).toMatchObject({ changed: false });
  });

  it('begins the books of a limit anew, once per Idempotency-Key', async () => {
    const { caps } = api.running.client.stores;
    const limit = { scope: 'day', reason: 'test' };
    await send('PUT', '/api/v1/budget', { ...limit, limitUsd: '5' });
    const resets = async () => (await caps.history(50)).filter(({ action }) => action === 'reset').length;
    const before = await resets();
    const key = { 'idempotency-key': `reset-${process.pid}` };
    const answer = await send('POST', '/api/v1/budget/reset', limit, key);
    expect(answer.status).toBe(200);
    expect((await caps.history(1))[0]).toMatchObject({ scope: 'day', action: 'reset', reason: 'test' });
    const again = await send('POST', '/api/v1/budget/reset', limit, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(await resets()).toBe(before + 1);
    const elsewhere = await send('POST', '/api/v1/schedules/desk:XNYS:open/pause', undefined, key);
    expect(elsewhere.status).toBe(422);
    await send('PUT', '/api/v1/budget', { ...limit, limitUsd: null });
    for (const [wrong, says] of [
      [{ scope: 'provider', key: 'openia' }, 'key "openia" is not a provider; accepted: *, '],
      [{ scope: 'provider', key: 'openai' }, 'scope "provider" has no limit to reset for openai; accepted: '],
      [{ scope: 'day' }, 'scope "day" has no limit to reset; accepted: '],
    ] as const) {
      const refused = await send('POST', '/api/v1/budget/reset', { ...wrong, reason: 'test' });
      expect([refused.status, refused.json.detail]).toEqual([400, expect.stringContaining(says)]);
    }
    expect(await resets()).toBe(before + 1);
  });

  it('estimates a session by its symbols and members', async () => {
    const plan = { symbols: ['AAPL', 'MSFT'], members: ['gpt-4o-mini', 'deepseek-chat'], stake: '25' };
    const { json } = await send('POST', '/api/v1/sessions/estimate', plan);
    expect(json).toMatchObject({ symbols: 2, stage: 'full' });
    const forecasts = json.lines.filter(({ what }: Json) => what === 'forecasts');
    expect(forecasts.map(({ model, calls }: Json) => [model, calls])).toEqual([
      ['gpt-4o-mini', 2],
      ['deepseek-chat', 2],
    ]);
    const unknown = await send('POST', '/api/v1/sessions/estimate', { ...plan, members: ['nobody'] });
    expect(unknown).toMatchObject({ status: 400, json: { detail: expect.stringContaining('"nobody"') } });
  });

  it('adds, edits and removes a model', async () => {
    const id = `test-model-${process.pid}`;
    const price = { inputUsdPer1M: '0.15', outputUsdPer1M: '0.60' };
    expect((await send('POST', '/api/v1/models', { id, provider: 'openai', quality: 7, price })).status).toBe(
      201,
    );
    expect((await send('POST', '/api/v1/models', { id, provider: 'openai', quality: 7 })).status).toBe(409);
    const edited = await send('PATCH', `/api/v1/models/${id}`, { quality: 8 });
    expect(edited.json).toMatchObject({ quality: 8, price: { inputPer1M: 150_000 } });
    expect((await send('DELETE', `/api/v1/models/${id}`)).json).toEqual({ removed: id });
    expect((await send('DELETE', `/api/v1/models/${id}`)).status).toBe(404);
  });

  it('answers a request that comes again while the first is under way as it answers the first', async () => {
    const id = `test-twice-${process.pid}`;
    const add = () =>
      send('POST', '/api/v1/models', { id, provider: 'openai', quality: 7 }, { 'idempotency-key': id });
    const answers = await Promise.all(Array.from({ length: 6 }, add));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    // A stored answer has the order of its fields from Postgres: the same, but not the same text.
    for (const { json } of answers) expect(json).toEqual(answers[0]!.json);
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    await send('DELETE', `/api/v1/models/${id}`);
  });

  it('counts a rating once however often it is sent with one key, also at once', async () => {
    const { ratings } = api.running.client.stores;
    const rated = async () => (await ratings.list('gpt-4o')).length;
    const before = await rated();
    const rate = (key?: string) =>
      send(
        'POST',
        '/api/v1/models/gpt-4o/ratings',
        { task: 'summary', rating: 8 },
        key ? { 'idempotency-key': key } : {},
      );
    const answers = await Promise.all(Array.from({ length: 8 }, () => rate('rated-at-once')));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(new Set(answers.map(({ json }) => json.ratedAt)).size).toBe(1);
    expect(await rated()).toBe(before + 1);
    await rate();
    await rate();
    expect(await rated()).toBe(before + 3);
  });

  it('lists no model of an unknown provider, and does not know what was never added', async () => {
    const none = await send('GET', '/api/v1/models?provider=no-such');
    expect([none.status, none.json]).toEqual([200, { models: [] }]);
    for (const [method, path, body] of [
      ['GET', '/api/v1/models/no-such', undefined],
      ['PATCH', '/api/v1/models/no-such', { quality: 8 }],
      ['PATCH', '/api/v1/models/no-such', {}],
      ['DELETE', '/api/v1/models/no-such', undefined],
      ['POST', '/api/v1/models/no-such/ratings', { task: 'summary', rating: 5 }],
    ] as const) {
      const answer = await send(method, path, body);
      expect([method, answer.status, answer.json.title]).toEqual([method, 404, 'Not found']);
    }
  });

  it('adds to the watchlists, each symbol where it trades, and removes from them', async () => {
    const market = 'XTKS';
    const added = await send('POST', '/api/v1/watchlists', { symbols: ['ko', 'SAP.DE'] });
    expect([added.status, added.json.watchlists]).toEqual([
      200,
      expect.objectContaining({
        XNYS: expect.arrayContaining(['equity:KO']),
        XETR: expect.arrayContaining(['equity:SAP.DE']),
      }),
    ]);
    await send('POST', '/api/v1/watchlists', { symbols: ['KO'], market });
    expect((await send('POST', '/api/v1/watchlists', { symbols: ['KO'], market })).status).toBe(200);
    expect((await send('GET', `/api/v1/watchlists?market=${market}`)).json).toEqual({
      watchlists: { [market]: ['equity:KO'] },
    });
    expect((await send('GET', '/api/v1/watchlists?market=XXXX')).status).toBe(400);
    const removed = await send('DELETE', `/api/v1/watchlists/ko?market=${market}`);
    expect([removed.status, removed.json.watchlists[market]]).toEqual([200, undefined]);
    expect((await send('DELETE', `/api/v1/watchlists/KO?market=${market}`)).status).toBe(404);
    for (const symbol of ['KO', 'SAP.DE'])
      expect((await send('DELETE', `/api/v1/watchlists/${symbol}`)).status).toBe(200);
  });

  it.each([
    ['/api/v1/sessions', { kind: 'lunch' }, 'kind', 'pre_market, open, afternoon, close'],
    ['/api/v1/sessions', { stakeUsd: '-5' }, 'stakeUsd', 'US dollars as text'],
    ['/api/v1/sessions', { symbls: ['AAPL'] }, 'symbls', 'no such field'],
    ['/api/v1/decisions', { symbol: 'AAPL', horizonDays: 0 }, 'horizonDays', 'a whole number from 1 to 250'],
    ['/api/v1/decisions', {}, 'symbol', 'string'],
    ['/api/v1/decisions', { symbol: 'A\u0000' }, 'symbol', 'whole Unicode text'],
    ['/api/v1/events', { type: 'earnings', reason: 'x' }, 'event.symbols', 'a list of 1 to 1000 symbols'],
    ['/settings', { key: 'quality_tier', value: 'golden' }, 'value', 'one of budget, balanced, premium'],
    ['/settings', { key: 'no_such', value: 1 }, 'key', 'quality_tier'],
    ['/api/v1/models', { id: 'x', provider: 'openai', quality: 11 }, 'quality', 'at most 10'],
    ['/api/v1/decisions', '{nonsense', 'body', 'one JSON document'],
  ])('refuses bad input to %s %j by field %s with the accepted form', async (path, body, field, accepted) => {
    const answer = await send('POST', path, body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const error = answer.json.errors.find((one: Json) => one.field === field);
    expect(error?.message).toContain(accepted);
  });

  it('refuses foreign hosts, foreign origins, other content types and oversized bodies', async () => {
    const foreign = await new Promise<number>((resolve, reject) => {
      const url = new URL(`${api.url}/api/v1/sessions`);
      request(url, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
    expect(foreign).toBe(421);
    expect((await send('POST', '/api/v1/sessions', {}, { origin: 'http://evil.example' })).status).toBe(403);
    const plain = await send('POST', '/api/v1/sessions', '{}', { 'content-type': 'text/plain' });
    expect(plain.status).toBe(415);
    expect((await send('POST', '/settings', { key: 'x'.repeat(2_000_000), value: 1 })).status).toBe(413);
  });

  it('reports its health and its figures', async () => {
    expect((await send('GET', '/healthz')).json).toEqual({ status: 'ok' });
    expect((await send('GET', '/readyz')).json).toEqual({ status: 'ready' });
    const figures = await (await fetch(`${api.url}/metrics`)).text();
    expect(figures).toContain('conclave_http_requests_total{operation="readyz",status="200"} 1');
    expect((await send('GET', '/api/v1/track')).json.n).toBe(0);
    expect((await send('GET', '/api/v1/providers')).json.providers[0].name).toBe('house');
  });

  it('does not bind an address that others can reach without a token', async () => {
    await expect(apiServer({ host: '0.0.0.0' })).rejects.toThrow('there is no API token');
  });
});
