// Every way to write an address that must not be reached, through the guarded fetch over real sockets: a local
// server stands at all of them, and must never be asked.
import type { LookupAddress } from 'node:dns';
import { isPublicAddress, type Resolve } from '../../sources/address-guard';
import { createGuardedFetch, type GuardedFetch } from '../../sources/fetch';
import { SourceFailure } from '../../sources/port';
import { type LocalServer, noSignal, startLocalServer } from './local-server';

/** Hosts, each with what it is; the port of the local server is appended where one may stand. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '127.0.0.1.', 'localhost', 'LOCALHOST.'],
  decimal: ['2130706433', '2130706433.', '2852039166', '167772161', '3232235777'],
  octal: ['0177.0.0.1', '017700000001', '00000177.0.0.01', '0251.0376.0251.0376'],
  hexadecimal: ['0x7f000001', '0x7f.0x0.0x0.0x1', '0x7f.1', '0xA9FEA9FE', '0x7F.0.0x1'],
  'wide or escaped digits': ['１２７.0.0.1', '①②⑦.0.0.1', '127。0。0。1', '%31%32%37.0.0.1', '1２7．0．0．1'],
  'wide or escaped names': ['ⓛocalhost', 'ｌｏｃａｌｈｏｓｔ', 'local%68ost', 'loc\u00ADalhost'],
  private: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  'shared (CGNAT)': ['100.64.0.1', '100.127.255.254', '100.100.100.200'],
  'link-local and metadata': [
    '169.254.169.254',
    '169.254.0.1',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[fe80::a9fe:a9fe]',
  ],
  'names of one’s own network': [
    'metadata.google.internal',
    'printer.local',
    'metadata',
    'nas.home.arpa',
    'a.localhost',
  ],
  'unspecified and broadcast': ['0.0.0.0', '0', '0.1.2.3', '255.255.255.255', '[::]'],
  multicast: ['224.0.0.1', '239.255.255.250', '[ff02::1]', '[ff0e::1]'],
  reserved: [
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '[2001:db8::1]',
  ],
  'IPv6 loopback and private': [
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[0000::0001]',
    '[fc00::1]',
    '[fdff::1]',
    '[fec0::1]',
  ],
  'mapped IPv4': ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:169.254.169.254]', '[::FFFF:0a00:0001]'],
  'compatible and translated IPv4': ['[::127.0.0.1]', '[::7f00:1]', '[::a9fe:a9fe]', '[::ffff:0:127.0.0.1]'],
  'NAT64, 6to4 and Teredo': [
    '[64:ff9b::7f00:1]',
    '[64:ff9b::169.254.169.254]',
    '[64:ff9b:1::a]',
    '[2002:7f00:1::1]',
    '[2002:a9fe:a9fe::]',
    '[2001:0:1::1]',
  ],
  'outside the public block': ['[100::1]', '[4000::1]', '[5f00::1]', '[1::1]', '[e000::1]'],
};

/** Whole URLs that are refused for their form. */
const FORMS: readonly string[] = [
  'file:///etc/passwd',
  'file://localhost/etc/passwd',
  'gopher://127.0.0.1:70/_x',
  'ftp://example.org/x',
  'data:text/plain,hello',
  'javascript:alert(1)',
  'ws://example.org/',
  'jar:http://example.org!/x',
  'http:///',
  'http://',
  '//example.org/x',
  '/relative',
  'http://[fe80::1%25eth0]/',
  'http://[::1/',
  'http://127.0.0.256/',
  'http://4294967296/',
  'http://xn--a/',
  'http://example.org:99999/',
  'http://user@example.org/',
  'http://user:word@example.org/',
  'http://:word@example.org/',
  'http://example.org:22/',
  'http://example.org:6379/',
  `http://example.org/${'x'.repeat(5_000)}`,
];

let server: LocalServer;
let other: LocalServer;
const resolved: string[] = [];
/** What the rebinding names answer, look-up by look-up. */
const answers = new Map<string, LookupAddress[][]>();

const resolve: Resolve = (host, _options, callback) => {
  resolved.push(host);
  const left = answers.get(host);
  const found = left && left.length > 1 ? left.shift() : left?.[0];
  if (found) callback(null, found);
  else callback(Object.assign(new Error(`no ${host} here`), { code: 'ENOTFOUND' }), []);
};

/** Bytes of UTF-8 as a header carries them. */
const onTheWire = (text: string): string => Buffer.from(text).toString('latin1');

const address = (text: string): LookupAddress => ({ address: text, family: text.includes(':') ? 6 : 4 });

const outcome = async (fetch: GuardedFetch, url: string): Promise<string> => {
  try {
    return `answered ${(await fetch.text({ source: 'test', url, signal: noSignal() })).text}`;
  } catch (error) {
    return error instanceof SourceFailure ? error.kind : String(error);
  }
};

let guarded: GuardedFetch;
let configured: GuardedFetch;
/** For what hangs: the others may take their time on a busy machine. */
let impatient: GuardedFetch;

beforeAll(async () => {
  other = await startLocalServer((path) =>
    path === '/in' ? { status: 302, headers: { location: `${server.url}/secret` } } : { body: 'secret' },
  );
  server = await startLocalServer((path, query) => {
    if (path === '/to') return { status: 307, headers: { location: onTheWire(query.get('url')!) } };
    if (path === '/drip') return { drip: true };
    if (path === '/moving') return { status: 302, drip: true, headers: { location: '/secret' } };
    return { body: path === '/huge' ? 'x'.repeat(2_000_000) : 'secret' };
  });
  guarded = createGuardedFetch({ resolve, timeoutMs: 60_000 });
  const ofOperator = { resolve, operatorBases: [server.url], maxBytes: 100_000 };
  configured = createGuardedFetch({ ...ofOperator, timeoutMs: 60_000 });
  impatient = createGuardedFetch({ ...ofOperator, timeoutMs: 300 });
});
afterAll(async () => {
  await Promise.all([guarded, configured, impatient].map((fetch) => fetch.close()));
  await Promise.all([server.close(), other.close()]);
});
beforeEach(() => {
  resolved.length = 0;
});

const hosts = Object.entries(HOSTS).flatMap(([what, each]) => each.map((host) => [what, host] as const));

describe('the guard of outgoing requests', () => {
  it('knows at least 60 forms of addresses', () => {
    expect(new Set([...hosts.map(([, host]) => host), ...FORMS]).size).toBeGreaterThanOrEqual(100);
  });

  it.each(hosts)('refuses %s: %s, directly and by redirect', async (_what, host) => {
    const url = `http://${host}:${server.port}/`;
    expect(await outcome(guarded, url)).toBe('refused');
    // At a port of the web, too, and without asking a resolver: the form alone is enough.
    expect(await outcome(guarded, `http://${host}/`)).toBe('refused');
    const before = server.asked.length;
    expect(await outcome(configured, `${server.url}/to?url=${encodeURIComponent(`http://${host}/`)}`)).toBe(
      'refused',
    );
    expect(server.asked.length).toBe(before + 1);
    expect(resolved).toEqual([]);
  });

  it.each(FORMS)('refuses the form %.60s, directly', async (url) => {
    expect(await outcome(guarded, url)).toBe('refused');
    expect(resolved).toEqual([]);
  });

  it.each(FORMS.filter((url) => url !== '/relative' && url !== 'http:///' && url !== 'http://'))(
    'refuses a redirect to %.60s',
    async (url) => {
      expect(await outcome(configured, `${server.url}/to?url=${encodeURIComponent(url)}`)).not.toMatch(
        /^answered/,
      );
      expect(resolved.filter((host) => host !== 'example.org')).toEqual([]);
    },
  );

  it.each([
    ['one private address', ['10.0.0.1']],
    ['a private address behind a public one', ['93.184.216.34', '127.0.0.1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['a compatible address', ['::7f00:1']],
    ['the metadata address', ['169.254.169.254']],
    ['no address', []],
  ])('refuses a name that resolves to %s', async (_what, found) => {
    answers.set('poisoned.example.org', [found.map(address)]);
    expect(await outcome(guarded, 'http://poisoned.example.org/')).toBe('refused');
    expect(resolved.length).toBeGreaterThan(0);
  });

  it('asks a resolver once per connection, so that a name cannot change between check and use', async () => {
    // The first answer is the one that is connected to: refused there, a second look is never taken.
    answers.set('rebind.example.org', [[address('127.0.0.1')], [address('93.184.216.34')]]);
    expect(await outcome(guarded, `http://rebind.example.org:8080/`)).toBe('refused');
    expect(resolved).toEqual(['rebind.example.org']);
    const before = server.asked.length;
    answers.set('again.example.org', [[address('93.184.216.34')], [address('127.0.0.1')]]);
    // Whatever the first connection comes to here, the second finds the private address and is refused: by a fetch of
    // its own, which does not take the first connection again.
    await outcome(impatient, 'http://again.example.org/');
    expect(await outcome(configured, 'http://again.example.org/')).toBe('refused');
    expect(server.asked.length).toBe(before);
  });

  it('does not let another base redirect into one that the operator configured', async () => {
    const both = createGuardedFetch({ operatorBases: [server.url, other.url] });
    const before = server.asked.length;
    expect(await outcome(both, `${other.url}/in`)).toBe('refused');
    expect(server.asked.length).toBe(before);
    expect(await outcome(both, `${server.url}/to?url=/secret`)).toMatch(/^answered/);
    await both.close();
  });

  it('ends bodies that are huge or slow, behind redirects as well', async () => {
    expect(await outcome(configured, `${server.url}/huge`)).toBe('refused');
    expect(await outcome(configured, `${server.url}/to?url=/huge`)).toBe('refused');
    expect(await outcome(impatient, `${server.url}/drip`)).toBe('unreachable');
    expect(await outcome(impatient, `${server.url}/moving`)).toBe('unreachable');
  });

  it('lets public addresses through', () => {
    const open = [
      '93.184.216.34',
      '8.8.8.8',
      '2606:2800:220:1::1',
      '2a00:1450:4001:800::200e',
      '::ffff:8.8.8.8',
    ];
    expect(open.filter((one) => !isPublicAddress(one))).toEqual([]);
    expect(['', 'localhost', '1.2.3', 'fe80::1%eth0', '::1%lo'].filter(isPublicAddress)).toEqual([]);
  });
});
