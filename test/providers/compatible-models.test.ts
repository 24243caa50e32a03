// The list of a server's models, over real HTTP: it is read within its time, and from the configured address alone.
import { compatibleModels } from '../../providers/compatible-models';
import { type LocalServer, noSignal, startLocalServer } from '../sources/local-server';
import { whileCollecting } from '../support/collecting';

let server: LocalServer;
let other: LocalServer;
beforeAll(async () => {
  other = await startLocalServer(() => ({ body: { data: [{ id: 'elsewhere' }] } }));
  server = await startLocalServer((path) => {
    if (path === '/drip/models') return { drip: true };
    if (path === '/moved/models') return { status: 302, headers: { location: `${other.url}/models` } };
    return path === '/v1/models' ? { body: { data: [{ id: 'here' }] } } : null;
  });
});
afterAll(() => Promise.all([server.close(), other.close()]));

const listOf = (path: string, signal = noSignal()) =>
  compatibleModels(
    {
      ...{ name: 'desk', keyName: null, baseUrl: `${server.url}${path}`, models: [], free: null },
      readKey: () => 'a-key',
    },
    signal,
  );

test('is what the server says', async () => {
  expect(await listOf('/v1')).toMatchObject([{ providerModel: 'here' }]);
});

test('is given up when its time is over, whenever memory is cleaned', async () => {
  expect(await whileCollecting(() => listOf('/drip', AbortSignal.timeout(400)))).toBeNull();
});

test('is not fetched from where the server redirects to', async () => {
  expect(await listOf('/moved')).toBeNull();
  expect(other.asked).toEqual([]);
});
