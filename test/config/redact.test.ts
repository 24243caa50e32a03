// Redaction: nothing of the shape or value of a secret gets through, and ordinary text does.
import fc from 'fast-check';
import { knowSecret, redact, redactDeep, secretValues } from '../../config/redact';
import { PROVIDER_KINDS } from '../../providers/kind-list';

test.each([
  ['Incorrect API key provided: sk-proj-abcdEFGH1234567890.', 'sk-proj-abcdEFGH1234567890'],
  ['x-api-key: sk-ant-api03-AAAAbbbbCCCC', 'sk-ant-api03-AAAAbbbbCCCC'],
  ['bad key xai-1234567890abcdef', 'xai-1234567890abcdef'],
  ['Authorization: Bearer abcdefgh12345678', 'abcdefgh12345678'],
  ['postgres://me:hunter22@db:5432/x refused', 'hunter22'],
  ['{"api_key":"plainvalue99"}', 'plainvalue99'],
  ['AIzaSyA1234567890abcdefghijklmn', 'AIzaSyA1234567890'],
])('%j loses its secret', (text, secret) => {
  expect(redact(text, { values: [] })).not.toContain(secret);
});

test('an address keeps what helps to find the mistake', () => {
  expect(redact('postgres://me:hunter22@db:5432/x', { values: [] })).toBe(
    'postgres://me:[redacted]@db:5432/x',
  );
});

test.each([
  'decision:equity:AAPL:2025-09-15',
  'task-queue of 12 tokens',
  'risk-averse and high-stakes',
  'p = 0.61',
])('%j stays as it is', (text) => expect(redact(text, { values: [] })).toBe(text));

test('known values never survive, wherever they stand', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[A-Za-z0-9!%]{8,30}$/),
      fc.string(),
      fc.string(),
      (value, before, after) => {
        expect(redact(`${before}${value}${after}`, { values: [value] })).not.toContain(value);
      },
    ),
  );
});

test('values of variables with secret names are known, others are not', () => {
  const env = {
    OPENAI_API_KEY: 'first-value',
    DATABASE_URL: 'postgres://a:b@c/d',
    HOME: '/home/ada',
    MY_TOKEN: 'abc',
  };
  expect([...secretValues(env)].sort()).toEqual(['first-value', 'postgres://a:b@c/d']);
});

test('a provider’s name in place of a key is no secret, but it is one as a password', () => {
  for (const { kind } of PROVIDER_KINDS) {
    expect(secretValues({ SOME_API_KEY: kind })).not.toContain(kind);
    knowSecret(kind, 'SOME_API_KEY');
    expect(redact(`provider-${kind} answered`)).toBe(`provider-${kind} answered`);
  }
  expect(secretValues({ DB_PASSWORD: 'ollama' })).toContain('ollama');
  expect(secretValues({ OPENAI_API_KEY: 'ollama1' })).toContain('ollama1');
});

test('data is redacted at every depth and keeps its form', () => {
  const data = { a: [{ text: 'Bearer abcdefgh12345678' }], n: 3, e: new Error('sk-abcdefghijklmnop') };
  expect(redactDeep(data, { values: [] })).toEqual({
    a: [{ text: 'Bearer [redacted]' }],
    n: 3,
    e: { name: 'Error', message: '[redacted]' },
  });
});
