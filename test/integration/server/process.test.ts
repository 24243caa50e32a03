// The API as the supervisor runs it: started with the stack, serving the page, ended with the stack.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ensureStack, stopStack } from '../../../stack/stack';
import { testConfig } from '../../support/test-stack';

const YAML = `ports: { postgres: 0, temporal: 0, temporalUi: 0, api: 0 }
stack: { workers: 0, api: true, lingerSeconds: 5, durable: false }
`;

/** Asks again until the process listens. */
const untilServed = async (url: string): Promise<Response> => {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer) return answer;
    await setTimeout(100);
  }
};

describe('the API process', () => {
  it('serves with the stack and ends with it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'conclave-api-'));
    const place = testConfig(home, YAML);
    const stack = await ensureStack(place);
    try {
      expect(stack.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect((await untilServed(`${stack.apiUrl}/readyz`)).status).toBe(200);
      const page = await fetch(`${stack.apiUrl}/`);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await page.text()).toContain('<title>Conclave</title>');
    } finally {
      await stack.release();
      await stopStack(place.config);
    }
    await expect(fetch(`${stack.apiUrl}/healthz`)).rejects.toThrow('fetch failed');
    rmSync(home, { recursive: true, force: true });
  }, 120_000);
});
