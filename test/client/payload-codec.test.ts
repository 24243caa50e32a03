// What Temporal stores, encrypted: round trips, keys that change, keys that are wrong, keys that are malformed.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { dataConverter } from '../../client/data-converter';
import { PayloadKeyError, payloadCodec } from '../../client/payload-codec';
import { loadConfig } from '../../config/load';
import { type PayloadKey, parsePayloadKeys } from '../../config/payload-keys';
import { redact, secretValues } from '../../config/redact';

const key = (id: string): PayloadKey => ({ id, key: randomBytes(32) });
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value)!;
const bytesOf = (payload: Payload): string => Buffer.from(payload.data ?? []).toString('latin1');

describe('the codec of payloads', () => {
  it('gives back every value, with no byte of it readable in between', async () => {
    const codec = payloadCodec([key('a')]);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const [stored] = await codec.encode([payloadOf({ canary: 'AAPL-0.73', value })]);
        expect(bytesOf(stored!)).not.toContain('canary');
        const [read] = await codec.decode([stored!]);
        expect(defaultPayloadConverter.fromPayload(read!)).toEqual(
          JSON.parse(JSON.stringify({ canary: 'AAPL-0.73', value })),
        );
      }),
    );
  });

  it('never encrypts the same payload to the same bytes', async () => {
    const codec = payloadCodec([key('a')]);
    const stored = await codec.encode(Array.from({ length: 200 }, () => payloadOf('same')));
    expect(new Set(stored.map(bytesOf)).size).toBe(200);
  });

  it('reads what an older key encrypted, and encrypts with the first', async () => {
    const [old, fresh] = [key('2026-05'), key('2026-11')];
    const before = await payloadCodec([old]).encode([payloadOf('before')]);
    const rotated = payloadCodec([fresh, old]);
    const after = await rotated.encode([payloadOf('after')]);
    const read = await rotated.decode([...before, ...after]);
    expect(read.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual(['before', 'after']);
    await expect(payloadCodec([old]).decode(after)).rejects.toThrow(
      'encrypted with key "2026-11"; set are "2026-05". Add it to CONCLAVE_PAYLOAD_KEYS',
    );
  });

  it('reads plain payloads of before encryption, and leaves them plain without keys', async () => {
    const plain = payloadOf('plain');
    expect(await payloadCodec([key('a')]).decode([plain])).toEqual([plain]);
    expect(await payloadCodec([]).encode([plain])).toEqual([plain]);
    const stored = await payloadCodec([key('a')]).encode([plain]);
    await expect(payloadCodec([]).decode(stored)).rejects.toThrow('encrypted with key "a"; no key is set');
  });

  it('refuses another key of the same id, and payloads that were changed, cut or relabelled', async () => {
    const [mine, other] = [key('a'), key('b')];
    const [stored] = await payloadCodec([mine]).encode([payloadOf('x'.repeat(50))]);
    const told: string[] = [];
    const wrong = payloadCodec([key('a')], ({ message }) => void told.push(message));
    await expect(wrong.decode([stored!])).rejects.toThrow(PayloadKeyError);
    expect(told).toEqual([expect.stringMatching(/"a" cannot be read/)]);
    const codec = payloadCodec([mine, { id: 'b', key: mine.key }, other]);
    const data = Buffer.from(stored!.data!);
    for (const at of [0, 13, data.length - 1]) {
      const changed = Buffer.from(data);
      changed[at]! ^= 1;
      await expect(codec.decode([{ ...stored!, data: changed }])).rejects.toThrow(PayloadKeyError);
    }
    for (const length of [0, 5, 27, data.length - 1]) {
      await expect(codec.decode([{ ...stored!, data: data.subarray(0, length) }])).rejects.toThrow(
        PayloadKeyError,
      );
    }
    const relabelled = { ...stored!.metadata, 'encryption-key-id': Buffer.from('b') };
    await expect(codec.decode([{ ...stored!, metadata: relabelled }])).rejects.toThrow(PayloadKeyError);
  });
});

describe('the keys of payloads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-keys-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const text = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
  const env = (values: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ CONCLAVE_HOME: folder, ...values });

  it('come from the variable, the file it names, or the file of the configuration', async () => {
    const file = join(folder, 'keys');
    writeFileSync(file, `${text('new')}\n${text('old')}\n`);
    const [stored] = await dataConverter(`file:${file}`, {}).payloadCodecs![0]!.encode([payloadOf(1)]);
    for (const name of [`file:${file}`, null]) {
      const converter = dataConverter(name, { CONCLAVE_PAYLOAD_KEYS_FILE: file });
      expect(converter.failureConverterPath).toMatch(/encoded-failures/);
      await converter.payloadCodecs![0]!.decode([stored!]);
    }
    expect(dataConverter(null, {}).failureConverterPath).toBeUndefined();
    expect(
      loadConfig({ env: env({ CONCLAVE_PAYLOAD_KEYS_FILE: file }), cwd: folder }).temporal.payloadKeysName,
    ).toBe('CONCLAVE_PAYLOAD_KEYS');
  });

  it.each([
    ['no id', 'c2VjcmV0', /key 1: has no id before a colon/],
    ['a short key', 'a:c2VjcmV0', /key 1: "a" is 6 bytes long/],
    ['a long key', `a:${randomBytes(33).toString('base64')}`, /"a" is 33 bytes long/],
    ['an id with spaces', `${text('a')}, b b:x`, /key 2: has no id/],
    ['the same id twice', `${text('a')},${text('a')}`, /"a" stands twice/],
  ])('are refused at start with %s, without repeating them', (_what, value, message) => {
    expect(() => loadConfig({ env: env({ CONCLAVE_PAYLOAD_KEYS: value }), cwd: folder })).toThrow(message);
    expect(() => parsePayloadKeys('HERE', value)).toThrow(/accepted: ID:BASE64 of 32 bytes/);
    expect(() => parsePayloadKeys('HERE', value)).not.toThrow(/c2VjcmV0/);
  });

  it('never fall back to plain where the file that was named cannot be read', () => {
    const missing = env({ CONCLAVE_PAYLOAD_KEYS_FILE: join(folder, 'missing') });
    expect(() => loadConfig({ env: missing, cwd: folder })).toThrow(/cannot be read/);
    expect(() => dataConverter('file:/nowhere/keys', {})).toThrow(/cannot be read/);
  });

  it('are redacted one by one wherever they appear', () => {
    const [one, two] = [text('a'), text('b')];
    const values = secretValues({ CONCLAVE_PAYLOAD_KEYS: `${one},${two}` });
    const shown = redact(`key ${one.slice(2)} and ${two}`, { values });
    expect(shown).toBe('key [redacted] and b:[redacted]');
  });
});
