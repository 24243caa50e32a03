// The way to Temporal: a proxy that `https_proxy` names is for servers elsewhere.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connection } from '@temporalio/client';
import { temporalConnection } from '../../config/temporal-connection';

test('an API key encrypts, and nothing is said of what is not set', () => {
  const place = { address: 'desk.tmprl.cloud:7233', tls: false };
  expect(temporalConnection({ ...place, apiKey: 'k' })).toEqual({
    ...{ address: place.address, tls: true, apiKey: 'k' },
  });
  expect(temporalConnection({ ...place, apiKey: null })).toEqual({ address: place.address });
});

describe('where a proxy is set', () => {
  let proxy: Server;
  let asked: string[] = [];
  const before = process.env.https_proxy;
  beforeAll(async () => {
    proxy = createServer().on('connect', ({ url }, socket) => {
      asked.push(url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    process.env.https_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    if (before === undefined) delete process.env.https_proxy;
    else process.env.https_proxy = before;
    await new Promise((resolve) => proxy.close(resolve));
  });

  const reach = async (address: string): Promise<readonly string[]> => {
    asked = [];
    const connection = Connection.lazy(temporalConnection({ address }));
    const ask = () => connection.workflowService.getSystemInfo({});
    await expect(connection.withDeadline(Date.now() + 500, ask)).rejects.toThrow();
    await connection.close();
    return asked;
  };

  test.each(['127.0.0.1:9', 'localhost:9', '[::1]:9'])('%s is asked itself', async (address) => {
    expect(await reach(address)).toEqual([]);
  });
});
