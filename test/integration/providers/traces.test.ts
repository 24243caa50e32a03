// Calls of models as traces, over a real database, real HTTP and a real receiver of OTLP.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTelemetry, type Telemetry } from '../../../workers/telemetry';
import { type CallHarness, callInput, createCallHarness } from '../../support/call-harness';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(60_000);

const CANARY = 'sk-canary-0b1d55-do-not-trace';
const VARIABLES = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_SERVICE_NAME'] as const;

interface Span {
  readonly name: string;
  readonly attributes: readonly {
    readonly key: string;
    readonly value: { readonly stringValue?: string; readonly intValue?: number };
  }[];
}

let test: TestDatabase;
let provider: ProviderServer;
let harness: CallHarness;
let receiver: Server;
const received: string[] = [];
const before = VARIABLES.map((name) => [name, process.env[name]] as const);

beforeAll(async () => {
  test = await freshTestDatabase(5);
  provider = await startProviderServer();
  const hosted = { name: 'openai', kind: 'openai-compatible' as const, readKey: () => CANARY };
  harness = await createCallHarness(test.url, [{ ...hosted, baseUrl: `${provider.as('openai')}/v1` }]);
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(`${request.url} ${Buffer.concat(chunks).toString()}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
}, STACK_START_MS);

afterAll(async () => {
  for (const [name, value] of before)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  receiver.close();
  await harness.close();
  await provider.close();
  await test.drop();
});

const spansOf = (): readonly Span[] =>
  received.flatMap((line) => {
    const body = JSON.parse(line.slice(line.indexOf(' ') + 1)) as {
      resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
    };
    return body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  });

const attributesOf = (span: Span | undefined): Record<string, unknown> =>
  Object.fromEntries(
    (span?.attributes ?? []).map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
  );

it('nothing is sent, and nothing loaded, until an endpoint is named', async () => {
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const off: Telemetry = startTelemetry();
  await harness.call(callInput('untraced'));
  await off.close();
  expect(received).toEqual([]);
});

it('every sending is a span by the GenAI names, with ids and counts, and neither prompt nor key', async () => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  process.env.OTEL_SERVICE_NAME = 'desk-of-a-test';
  const telemetry = startTelemetry();
  await harness.call(callInput('traced-1'));
  await harness.call(callInput('traced-1'));
  provider.set({ queue: [{ fault: 'bad_request' }] });
  await harness.call(callInput('traced-2'));
  await telemetry.close();

  const spans = spansOf();
  expect(spans.map(({ name }) => name)).toEqual(['chat gpt-4o-mini', 'chat gpt-4o-mini']);
  expect(attributesOf(spans[0])).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.response.model': expect.any(String),
    'gen_ai.usage.input_tokens': expect.any(Number),
    'gen_ai.usage.output_tokens': expect.any(Number),
    'conclave.call.key': 'traced-1',
    'conclave.feature': 'decision',
  });
  expect(attributesOf(spans[1])).toMatchObject({
    'error.type': 'bad_request',
    'conclave.call.key': 'traced-2',
  });
  const everything = received.join('\n');
  expect(everything).toContain('/v1/traces');
  expect(everything).toContain('desk-of-a-test');
  expect(everything).not.toContain('The harness answers');
  expect(everything).not.toContain(CANARY);
});
