// Choice of ports.
import { createServer, type Server } from 'node:net';
import { assertPortFree, choosePort, isPortFree, type PortWish } from '../../stack/ports';

let occupied: Server;
let busy: number;
beforeAll(async () => {
  occupied = createServer();
  await new Promise<void>((resolve) => occupied.listen(0, '127.0.0.1', resolve));
  busy = (occupied.address() as { port: number }).port;
});
afterAll(() => new Promise((resolve) => occupied.close(resolve)));

const wish = (more: Partial<PortWish>): PortWish => ({
  setting: 'ports.api',
  configured: null,
  remembered: undefined,
  usual: busy,
  taken: [],
  ...more,
});

test('a configured port that is in use is an error with its name', async () => {
  await expect(choosePort(wish({ configured: busy }))).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining('ports.api'),
  });
});

test('a port that was taken since it was chosen is an error that names it and who wanted it', async () => {
  await expect(assertPortFree(busy, 'the API')).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringMatching(new RegExp(`${busy}.*the API`)),
  });
  await expect(assertPortFree(await choosePort(wish({})), 'the API')).resolves.toBeUndefined();
});

test('the usual port gives way to a free one where it is in use', async () => {
  const port = await choosePort(wish({}));
  expect(port).not.toBe(busy);
  expect(await isPortFree(port)).toBe(true);
  // Linux lends ports from 32768 on to outgoing connections: one of those could be gone before it is bound.
  expect(port).toBeLessThan(32_768);
});

test('the remembered port is taken again, unless another part has it', async () => {
  const remembered = await choosePort(wish({ configured: 0 }));
  expect(await choosePort(wish({ remembered }))).toBe(remembered);
  expect(await choosePort(wish({ remembered, taken: [remembered] }))).not.toBe(remembered);
});
