// The dashboard in a real browser: every page, a session started from it, hostile text, narrow screens.
import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { CONCLAVE_QUEUE } from '../../workflows/contracts/task-queues';
import { type ApiServer, apiServer } from '../support/api-server';
import { describeWithBrowser, openBrowser } from './browser';

const PAGES = [
  'today',
  'decisions',
  'reviews',
  'experiments',
  'track',
  'money',
  'research',
  'providers',
  'settings',
] as const;

/** What a model might write to take over a page that trusts it. */
const HOSTILE = [
  '<script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  '"><svg onload=window.pwned=1>',
  "javascript:window.pwned=1//'",
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '</title><script src="http://192.0.2.1/x.js"></script>',
  '<style>@import url(http://192.0.2.1/x.css)</style>',
  '{{constructor.constructor("window.pwned=1")()}}',
] as const;

/** The empty page between two visits has no storage. */
const SHOW_SYNTHETIC =
  "if (location.protocol === 'http:') sessionStorage.setItem('conclave-world', 'synthetic')";

/** A record with a curve, which a fresh stack cannot have yet. */
const RECORD = {
  n: 400,
  ranking: [
    {
      member: 'gpt-6-sol',
      band: 1,
      n: 200,
      clusters: 40,
      skill: 0.012,
      lower: 0.004,
      upper: 0.02,
      skillPerUsd: 0.4,
    },
    {
      member: 'house-logistic',
      band: 2,
      n: 200,
      clusters: 40,
      skill: -0.01,
      lower: -0.02,
      upper: 0.001,
      skillPerUsd: null,
    },
  ],
  calibration: ['gpt-6-sol', 'house-logistic'].map((model) => ({
    model,
    n: 200,
    brier: 0.21,
    bins: [0.12, 0.31, 0.48, 0.66, 0.88].map((forecast) => ({
      n: 40,
      forecast,
      outcome: 0.1 + 0.8 * forecast,
    })),
  })),
  strategies: [{ strategy: 'weighted_vote', n: 200, brier: 0.2, meanOfMembersBrier: 0.21 }],
};

/** Folder for pictures to look at; none are made without it. */
const PICTURES = process.env.CONCLAVE_TEST_PICTURES;

let api: ApiServer;
let browser: Browser;
const foreign: string[] = [];
const complaints: string[] = [];

const newPage = async (width: number, more: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
  const context: BrowserContext = await browser.newContext({ viewport: { width, height: 800 }, ...more });
  const page = await context.newPage();
  page.on('request', (request) => {
    if (!request.url().startsWith(api.url) && request.url() !== 'about:blank') foreign.push(request.url());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return page;
};

const visit = async (page: Page, name: string): Promise<void> => {
  // A change of the hash alone would leave the page before in place until the new one is there.
  await page.goto('about:blank');
  await page.goto(`${api.url}/#/${name}`);
  await page.waitForSelector('main h1');
  await page.waitForLoadState('networkidle');
};

const picture = async (page: Page, name: string): Promise<void> => {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
};

describeWithBrowser('the dashboard', () => {
  beforeAll(async () => {
    api = await apiServer();
    browser = await openBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  it('starts a session from the page, shows its decisions as they are made, and opens one', async () => {
    const page = await newPage(1280);
    await visit(page, 'today');
    await picture(page, 'today-empty-1280');
    await page.fill('#symbols', 'AAPL, MSFT');
    await page.click('#start');
    await page.waitForSelector('#decided .card >> nth=1', { timeout: 60_000 });
    await picture(page, 'today-live-1280');
    await page.click('#decided .card h2 a >> nth=0');
    await page.waitForSelector('text=Why and why not');
    expect(await page.textContent('main')).toContain('house-');
    await picture(page, 'decision-1280');
    await page.setViewportSize({ width: 360, height: 800 });
    await picture(page, 'decision-360');
    await page.context().close();
  }, 120_000);

  it('shows every page without errors at 1280 and 360 pixels, in light and dark', async () => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [360, 'dark'],
    ] as const) {
      const page = await newPage(width, { colorScheme });
      await page.addInitScript(SHOW_SYNTHETIC);
      for (const name of PAGES) {
        await visit(page, name);
        expect(await page.locator('.error').count()).toBe(0);
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([name, width, overflow]).toEqual([name, width, 0]);
        await picture(page, `${name}-${width}`);
      }
      await page.context().close();
    }
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  }, 120_000);

  it('draws calibration curves with the chart library, and says in words what they show', async () => {
    for (const width of [1280, 360]) {
      const page = await newPage(width);
      await page.route('**/api/v1/track*', (route) => route.fulfill({ json: RECORD }));
      await visit(page, 'track');
      await page.waitForSelector('.chart canvas >> nth=1');
      expect(await page.locator('.chart').first().getAttribute('aria-label')).toContain(
        '0.48 came true 0.48',
      );
      await picture(page, `track-full-${width}`);
      await page.context().close();
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  it('changes a setting from the page', async () => {
    const page = await newPage(1280);
    await visit(page, 'settings');
    await page.selectOption('[aria-label="quality_tier"]', 'premium');
    await page.click('[aria-label="Save quality_tier"]');
    await page.waitForSelector('text=changed');
    expect((await api.running.client.stores.settings.get('quality_tier'))?.value).toBe('premium');
    await page.click('[aria-label="Reset quality_tier"]');
    await page.waitForSelector('[aria-label="Reset quality_tier"]', { state: 'detached' });
    expect(await api.running.client.stores.settings.get('quality_tier')).toBeNull();
    await page.context().close();
  }, 60_000);

  it('approves a dispute from the page with a name and a reason, and shows who decided', async () => {
    const { client } = api.running;
    const [decision] = (await client.stores.decisions.list({ world: 'synthetic', limit: 1 })).decisions;
    const reviewId = `review:${decision?.id}`;
    const input = {
      ...{ world: 'synthetic', targetKind: 'decision', targetId: decision?.id },
      ...{ options: ['approve', 'reject'], declaredDefault: 'reject', timeoutMs: 3_600_000 },
    };
    const handle = await client.temporal.workflow.start('review', {
      ...{ workflowId: reviewId, taskQueue: CONCLAVE_QUEUE, args: [input] },
    });
    while ((await client.stores.reviews.get(reviewId)) === null) await new Promise(setImmediate);
    const page = await newPage(1280);
    await visit(page, 'reviews');
    const form = page.locator('form', { has: page.locator('button[value="approve"]') });
    await form.getByLabel('Your name').fill('Ann');
    await form.getByLabel('Why').fill('read the filing');
    await picture(page, 'reviews-waiting-1280');
    await form.locator('button[value="approve"]').click();
    await page.waitForSelector('text=read the filing');
    await page.waitForSelector('text=Nothing waits for you');
    expect(await handle.result()).toMatchObject({ status: 'answered', verdict: 'approve', reviewer: 'Ann' });
    await picture(page, 'reviews-decided-1280');
    await page.context().close();
  }, 60_000);

  it('creates an experiment from the page, says what is wrong with one, and stops it with a reason', async () => {
    const page = await newPage(1280);
    await visit(page, 'experiments');
    await page.getByLabel('What it is to find out').fill('Page against page');
    await page.getByLabel('a', { exact: true }).fill('weighted_vote');
    await page.getByLabel('b', { exact: true }).fill('best');
    await page.click('button:has-text("Create")');
    await page.getByText('b is "best"; accepted: weighted_vote').waitFor();
    // The browser itself notes that the server refused.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('400')));
    await page.getByLabel('b', { exact: true }).fill('consensus');
    await page.click('button:has-text("Create")');
    await page.waitForSelector('h2:has-text("Page against page")');
    await picture(page, 'experiments-1280');
    await page.getByLabel('Why stop').fill('seen enough');
    await page.click('button:has-text("Stop")');
    await page.waitForSelector('.badge:has-text("stopped")');
    const [experiment] = await api.running.client.stores.experiments.list(1);
    expect(experiment).toMatchObject({ status: 'stopped', note: 'seen enough', kind: 'strategy' });
    await page.context().close();
  }, 60_000);

  it('runs nothing that a model wrote, and calls nothing outside', async () => {
    const page = await newPage(1280);
    await page.addInitScript(SHOW_SYNTHETIC);
    const poison = (value: unknown, index = { at: 0 }): unknown => {
      if (typeof value === 'string' && !/^\d|^\/|^(decision|session|equity):/.test(value)) {
        index.at += 1;
        return HOSTILE[index.at % HOSTILE.length];
      }
      if (Array.isArray(value)) return value.map((one) => poison(one, index));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poison(one, index)]));
    };
    const answerPoisoned = async (route: Route): Promise<void> => {
      const answer = await route.fetch();
      const type = answer.headers()['content-type'] ?? '';
      if (!type.includes('application/json')) return route.fulfill({ response: answer });
      await route.fulfill({ response: answer, json: poison(await answer.json()) });
    };
    // A page that is left before its answer came needs none.
    await page.route('**/api/v1/**', (route) => answerPoisoned(route).catch(() => undefined));
    foreign.length = 0;
    const [decision] = (await api.running.client.stores.decisions.list({ world: 'synthetic', limit: 1 }))
      .decisions;
    for (const name of [...PAGES, `decisions/${encodeURIComponent(decision?.id ?? 'none')}`]) {
      await visit(page, name);
      expect(await page.evaluate("'pwned' in window")).toBe(false);
      expect(await page.locator('main script, main iframe, main img, main svg, main style').count()).toBe(0);
      expect(await page.locator('main a[href^="javascript:"]').count()).toBe(0);
    }
    expect(await page.textContent('main')).toContain('<script>');
    expect(foreign).toEqual([]);
    await page.context().close();
  }, 120_000);

  it('loads in less than 300 KB', async () => {
    const page = await newPage(1280);
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      sizes.push(
        request
          .sizes()
          .then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
      );
    });
    await visit(page, 'today');
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(300_000);
    await page.context().close();
  }, 60_000);
});
