// The guard in front of every source: addresses, redirects, size, time, and failures as data.
import { isPublicAddress } from '../../sources/address-guard';
import { createGuardedFetch, type GuardedFetch, kindOfStatus } from '../../sources/fetch';
import { SourceFailure } from '../../sources/port';
import { whileCollecting } from '../support/collecting';
import { type LocalServer, noSignal, startLocalServer } from './local-server';

let server: LocalServer;
let other: LocalServer;
let open: GuardedFetch;
/** For what hangs: the others may take their time on a busy machine. */
let impatient: GuardedFetch;

beforeAll(async () => {
  other = await startLocalServer(() => ({ body: 'secret of the network' }));
  server = await startLocalServer((path) => {
    if (path === '/hang') return { hang: true };
    if (path === '/drip') return { drip: true };
    if (path === '/loop') return { status: 302, headers: { location: '/loop' } };
    if (path === '/out') return { status: 302, headers: { location: `${other.url}/` } };
    if (path === '/file') return { status: 302, headers: { location: 'file:///etc/hostname' } };
    if (path === '/moved') return { status: 301, headers: { location: '/ok' } };
    if (path === '/ok') return { body: { ok: true } };
    if (path === '/big') return { body: 'x'.repeat(5_000) };
    if (path === '/text') return { body: 'not json' };
    const status = /^\/status\/(\d+)$/.exec(path)?.[1];
    return status ? { status: Number(status), body: 'echo of a key' } : null;
  });
  open = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 60_000, maxBytes: 1_000 });
  impatient = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 400 });
});

afterAll(async () => {
  await Promise.all([open.close(), impatient.close()]);
  await Promise.all([server.close(), other.close()]);
});

const get = (path: string, fetch = open) =>
  fetch.text({
    source: 'test',
    url: path.startsWith('http') ? path : `${server.url}${path}`,
    signal: noSignal(),
  });

describe('the guarded fetch', () => {
  test('reaches a private address only where the operator configured that base', async () => {
    await expect(open.json({ source: 'test', url: `${server.url}/ok`, signal: noSignal() })).resolves.toEqual(
      {
        ok: true,
      },
    );
    const guarded = createGuardedFetch();
    for (const url of [
      `${server.url}/ok`,
      `http://localhost:${server.port}/ok`,
      `http://[::1]:${server.port}/ok`,
    ]) {
      await expect(get(url, guarded)).rejects.toMatchObject({ kind: 'refused', offline: false });
    }
    await guarded.close();
  });

  test('follows redirects within limits and checks each hop again', async () => {
    await expect(get('/moved')).resolves.toMatchObject({ status: 200, url: `${server.url}/ok` });
    await expect(get('/loop')).rejects.toMatchObject({ kind: 'refused', message: 'too many redirects' });
    await expect(get('/out')).rejects.toMatchObject({ kind: 'refused' });
    await expect(get('/file')).rejects.toMatchObject({ kind: 'refused' });
    expect(other.asked).toEqual([]);
  });

  test('ends a request that hangs or is too large', async () => {
    await expect(get('/hang', impatient)).rejects.toMatchObject({ kind: 'unreachable', offline: true });
    await expect(get('/big')).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/larger than 1000 bytes/),
    });
  });

  test.each(['/hang', '/drip'])('keeps its time limit on %s while memory is cleaned', async (path) => {
    const asked = whileCollecting(() => get(path, impatient));
    await expect(asked).rejects.toMatchObject({ kind: 'unreachable', offline: true });
  });

  test('keeps the time limit of its caller while memory is cleaned', async () => {
    const asked = whileCollecting(() =>
      open.text({ source: 'test', url: `${server.url}/drip`, signal: AbortSignal.timeout(400) }),
    );
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('turns statuses into kinds and never repeats the body of an error', async () => {
    for (const status of [401, 403, 404, 410, 429, 500, 503]) {
      const failure = await get(`/status/${status}`).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SourceFailure);
      expect(failure).toMatchObject({ kind: kindOfStatus(status), offline: false });
      expect((failure as Error).message).not.toContain('echo');
    }
    expect([404, 429, 403, 503].map(kindOfStatus)).toEqual([
      'not_found',
      'rate_limited',
      'refused',
      'unreachable',
    ]);
  });

  test('says that an answer is no JSON', async () => {
    const asked = open.json({ source: 'test', url: `${server.url}/text`, signal: noSignal() });
    await expect(asked).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('notices at once that nothing listens, and passes on that the caller gave up', async () => {
    const closed = await startLocalServer(() => null);
    await closed.close();
    const local = createGuardedFetch({ operatorBases: [closed.url] });
    await expect(get(`${closed.url}/`, local)).rejects.toMatchObject({ kind: 'unreachable', offline: true });
    const gaveUp = AbortSignal.abort(new Error('no longer wanted'));
    await expect(local.text({ source: 'test', url: closed.url, signal: gaveUp })).rejects.toThrow(
      'no longer wanted',
    );
    await local.close();
  });

  test('tells public addresses from private, local, mapped and reserved ones', () => {
    const secluded = ['10.1.2.3', '127.0.0.1', '169.254.169.254', '192.168.0.1', '100.64.0.1', '0.0.0.0'];
    const six = ['::1', 'fe80::1', 'fc00::1', '::ffff:10.0.0.1', '::ffff:169.254.169.254'];
    expect([...secluded, ...six].filter(isPublicAddress)).toEqual([]);
    expect(['93.184.216.34', '2606:2800:220:1::1'].every(isPublicAddress)).toBe(true);
  });
});
