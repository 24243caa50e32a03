// Which requests of a browser are refused for the page that made it send them.
import { Hono } from 'hono';
import { hostCheck } from '../../server/host-check';
import { Refusal } from '../../server/problem';

const app = new Hono();
app.onError((error, c) => c.text(error.message, error instanceof Refusal ? (error.status as 403) : 500));
app.use(
  '*',
  hostCheck(new Set(['localhost']), ({ path }) => path === '/api/v1/codec/decode'),
);
app.get('*', (c) => c.text('served'));

const status = async (path: string, headers: Readonly<Record<string, string>>): Promise<number> =>
  (await app.request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } })).status;

test('what a page of another site embeds is refused, though it sends no origin', async () => {
  expect(await status('/api/v1/reports/2026-11-20', { 'sec-fetch-site': 'cross-site' })).toBe(403);
});

test.each(['same-origin', 'same-site', 'none'])('a request that is %s is served', async (site) => {
  expect(await status('/api/v1/reports/2026-11-20', { 'sec-fetch-site': site })).toBe(200);
});

test('links from elsewhere open the dashboard', async () => {
  expect(await status('/', { 'sec-fetch-site': 'cross-site' })).toBe(200);
});

test('a page that may call the codec still may, and no other', async () => {
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://cloud.example' };
  expect(await status('/api/v1/codec/decode', headers)).toBe(200);
  expect(await status('/api/v1/sessions', headers)).toBe(403);
});
