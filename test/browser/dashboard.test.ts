// The dashboard in a real browser: every page, a session started from it, hostile text, narrow screens.
import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContext, Page, Request, Route } from 'playwright-core';
import { CONCLAVE_QUEUE } from '../../workflows/contracts/task-queues';
import { type ApiServer, apiServer } from '../support/api-server';
import { openBrowser } from '../support/chromium';
import { COLOUR_RULES, seriousFindings } from './accessibility';
import { badDay, HALT_REASON, WARNING_ALERT, WARNINGS, WORST_ALERT } from './bad-day';
import { describeWithBrowser } from './browser';
import { INJECTIONS } from './injections';
import { replayCompetition } from './replayed-competition';

const PAGES = [
  'today',
  'decisions',
  'reviews',
  'track',
  'competition',
  'panels',
  'experiments',
  'money',
  'research',
  'providers',
  'reports',
  'alerts',
  'settings',
] as const;

/** Small enough to be played in seconds, long enough that forecasts of five days resolve. */
const COMPETITION = {
  name: 'three-weeks',
  symbols: ['AAPL', 'MSFT'],
  models: ['house-drift', 'house-momentum'],
  from: '2025-08-04',
  to: '2025-08-22',
};

/** The empty page between two visits has no storage. */
const showWorld = (world: string): string =>
  `if (location.protocol === 'http:') sessionStorage.setItem('conclave-world', '${world}')`;

const SHOW_SYNTHETIC = showWorld('synthetic');

/** Folder for pictures to look at; none are made without it. */
const PICTURES = process.env.CONCLAVE_TEST_PICTURES;

let api: ApiServer;
let browser: Browser;
let replayWorld: string;
let panelId: string;
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
  await page.waitForSelector('main:not([aria-busy]) h1');
};

const picture = async (page: Page, name: string): Promise<void> => {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
};

/** The second key must follow soon: both are on their way before the first has been answered. */
const pressBoth = async (page: Page, first: string, second: string): Promise<void> => {
  await Promise.all([page.keyboard.press(first), page.keyboard.press(second)]);
};

const newestDecision = async () => {
  const { decisions } = await api.running.client.stores.decisions.list({ world: 'synthetic', limit: 1 });
  return decisions[0];
};

const aDecision = async (): Promise<string> =>
  `decisions/${encodeURIComponent((await newestDecision())?.id ?? 'none')}`;

const aBrief = async (): Promise<string> => {
  const [brief] = await api.running.client.stores.briefs.list({ world: 'synthetic', limit: 1 });
  return `research/${encodeURIComponent(brief?.id ?? 'none')}`;
};

/** One that has ended; the members of this stack cannot read a task in words. */
const aTournament = async (): Promise<string> => {
  const { tournaments, taskTexts } = api.running.client.stores;
  const id = 'tournament:shown';
  await tournaments.open({
    ...{ id, world: 'live', taskType: 'risk_review', promptId: await taskTexts.put('Ship it today?') },
    ...{ options: ['approve', 'reject'], declaredDefault: 'reject', timeoutMs: 1_000, budgetMicroUsd: null },
  });
  const member = (model: string, verdict: string) => ({
    ...{ model, provider: 'local', standsInFor: null, status: 'answered' as const, failure: null, verdict },
    ...{ probability: null, confidence: 0.8, reasons: ['Read the filing'], costMicroUsd: 0, latencyMs: 5 },
  });
  await tournaments.judge(id, {
    ...{ status: 'agreed', verdict: 'reject', confidence: 'high', median: null, costMicroUsd: 0 },
    ...{ why: ['Three of three agree'], members: ['a', 'b', 'c'].map((name) => member(name, 'reject')) },
  });
  return `reviews/${encodeURIComponent(id)}`;
};

/** A dispute over a decision on record, once it waits in a review of this id. */
const waitingReview = async (reviewId: string, decisionId: string) => {
  const { client } = api.running;
  const input = {
    ...{ world: 'synthetic', targetKind: 'decision', targetId: decisionId },
    ...{ options: ['approve', 'reject'], declaredDefault: 'reject', timeoutMs: 3_600_000 },
  };
  const handle = await client.temporal.workflow.start('review', {
    ...{ workflowId: reviewId, taskQueue: CONCLAVE_QUEUE, args: [input] },
  });
  while ((await client.stores.reviews.get(reviewId)) === null) await new Promise(setImmediate);
  return handle;
};

const postElsewhere = async (path: string, body: unknown): Promise<Record<string, string>> => {
  const answer = await fetch(`${api.url}/api/v1${path}`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  });
  expect([path, answer.ok]).toEqual([path, true]);
  return (await answer.json()) as Record<string, string>;
};

/** What turning to the tab does, and an open page by itself every 20 seconds. */
const turnTo = (page: Page): Promise<unknown> =>
  page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

describeWithBrowser('the dashboard', () => {
  beforeAll(async () => {
    // A worker that stands still for a while on a busy machine is no reason to refuse what a page asks for.
    api = await apiServer({ workerWaitMs: 900_000 });
    browser = await openBrowser();
    replayWorld = await replayCompetition(api.running.place, COMPETITION);
  }, 600_000);

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
    // What each of them said stands below its name.
    expect(await page.locator('h3:text("house-") + ul.why li').count()).toBeGreaterThan(0);
    await picture(page, 'decision-1280');
    await page.setViewportSize({ width: 360, height: 800 });
    await picture(page, 'decision-360');
    await page.context().close();
  }, 120_000);

  it('replays a decision under another strategy and other weights, as the API says it', async () => {
    const page = await newPage(1280);
    await visit(page, await aDecision());
    await page.getByLabel('Strategy').selectOption('uncertainty_adjusted');
    await page.getByLabel('Weights').selectOption('equal');
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/replay')),
      page.click('button:has-text("Replay")'),
    ]);
    const { replay, original } = (await answer.json()) as Record<string, { readonly probability: number }>;
    expect(replay?.probability).not.toBe(original?.probability);
    await page
      .getByText(`uncertainty adjusted: decided, p ${replay?.probability.toFixed(3)}`, { exact: true })
      .waitFor();
    expect(await page.locator('#replayed tbody tr').count()).toBe(5);
    await picture(page, 'decision-replayed-1280');
    await page.context().close();
  }, 60_000);

  it("shows times in the exchange's zone, and in UTC on hover", async () => {
    const page = await newPage(1280, { timezoneId: 'Asia/Tokyo' });
    await visit(page, await aDecision());
    const time = page.locator('main time').first();
    const instant = new Date(String(await time.getAttribute('datetime')));
    expect(await time.getAttribute('title')).toBe(
      `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    );
    const hour = instant.toLocaleString('en-GB', {
      ...{ timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit' },
    });
    expect(await time.textContent()).toMatch(new RegExp(`${hour} GMT-[45]$`));
    await page.context().close();
  }, 60_000);

  it('asks a panel from the page and shows every analyst', async () => {
    const page = await newPage(1280);
    await page.addInitScript(SHOW_SYNTHETIC);
    await visit(page, 'panels');
    let streams = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/stream')) streams += 1;
    });
    await page.getByLabel('Symbols').fill('AAPL MSFT');
    await page.click('button:has-text("Ask the panel")');
    await page.waitForSelector('h1 .badge:has-text("complete")', { timeout: 60_000 });
    expect(streams).toBeLessThanOrEqual(1);
    expect(await page.locator('h2:has-text("Analysts") + .scroll tbody tr').count()).toBeGreaterThan(10);
    // What each analyst said can be opened by keys.
    const said = page.locator('h2:text("What they said") + details');
    await said.locator('summary').press('Enter');
    expect(await said.locator('ul.why li').first().isVisible()).toBe(true);
    panelId = decodeURIComponent(new URL(page.url()).hash.replace('#/panels/', ''));
    expect(await api.running.client.stores.panels.get(panelId)).toMatchObject({ status: 'complete' });
    await visit(page, 'panels');
    expect(await page.textContent(`a[href="#/panels/${encodeURIComponent(panelId)}"]`)).toBe('AAPL, MSFT');
    await page.context().close();
  }, 90_000);

  it('goes on with a list that is longer than a page', async () => {
    const page = await newPage(1280);
    await page.addInitScript(SHOW_SYNTHETIC);
    await page.route('**/api/v1/*limit=50*', (route) =>
      route.continue({ url: route.request().url().replace('limit=50', 'limit=1') }),
    );
    for (const [name, subjects] of [
      ['decisions', '.card > div td:first-child'],
      ['research', 'h2:has-text("Briefs") + div td:first-child'],
    ] as const) {
      await visit(page, name);
      expect(await page.locator(subjects).count()).toBe(1);
      await page.click('button:has-text("Show more")');
      await page.locator(subjects).nth(1).waitFor();
      expect(new Set(await page.locator(subjects).allTextContents())).toEqual(new Set(['AAPL', 'MSFT']));
    }
    await page.context().close();
  }, 60_000);

  it('goes on with the sessions where there are more than the first ones', async () => {
    const page = await newPage(1280);
    const session = (date: string) => ({
      ...{ sessionId: `session:live:XNYS:${date}:open`, world: 'live', market: 'XNYS', date, kind: 'open' },
      ...{ status: 'finished', mode: 'normal', synthetic: false, subjects: [], note: null, wallMs: 1 },
      ...{ costUsd: '0.000000', savedUsd: '0.000000', startedAt: `${date}T14:30:00.000Z` },
      ...{ scheduledAt: null, lateSeconds: null, workflowUrl: null },
    });
    const [newer, older] = [session('2026-11-19'), session('2026-11-18')];
    await page.route('**/api/v1/sessions?*limit=20', (route) =>
      route.fulfill({ json: { sessions: [newer], next: 'a-page-further' } }),
    );
    await page.route('**/api/v1/sessions?*limit=100', (route) =>
      route.fulfill({ json: { sessions: [newer, older], next: null } }),
    );
    await visit(page, 'today');
    expect(await page.locator('td:has-text("XNYS 2026-11-18")').count()).toBe(0);
    await page.click('button:has-text("Show more")');
    await page.locator('td:has-text("XNYS 2026-11-18")').first().waitFor();
    await page.locator('button:has-text("Show more")').waitFor({ state: 'hidden' });
    await page.context().close();
  }, 60_000);

  it('shows a session that began elsewhere on a page left open, and how it ended, and keeps what is typed', async () => {
    const page = await newPage(1280);
    await visit(page, 'today');
    await page.fill('#symbols', 'NVDA');
    const { sessionId } = await postElsewhere('/sessions', { symbols: ['JPM'] });
    await turnTo(page);
    const row = page.locator(`tr:has(a[href="#/today/${encodeURIComponent(String(sessionId))}"])`);
    await row.locator('.badge.good:has-text("finished")').waitFor({ timeout: 60_000 });
    // As it was made, or on its board where all was over before the page looked.
    await page
      .locator('#decided h2:has-text("JPM"), .card:has(h2:has-text("Latest board")) td:has-text("JPM")')
      .first()
      .waitFor();
    expect(await page.locator('#symbols').inputValue()).toBe('NVDA');
    await page.context().close();
  }, 120_000);

  it('shows every page without errors at 1280 and 360 pixels, in light and dark, without a serious finding of axe', async () => {
    const serious: unknown[] = [];
    const detail = [
      await aDecision(),
      `panels/${encodeURIComponent(panelId)}`,
      await aBrief(),
      await aTournament(),
      `competition/${COMPETITION.name}`,
    ];
    for (const width of [1280, 360]) {
      const page = await newPage(width);
      await page.addInitScript(SHOW_SYNTHETIC);
      for (const name of [...PAGES, ...detail]) {
        await visit(page, name);
        // A failure, not the notice of an alert that the worker's own rules may raise meanwhile.
        expect(await page.locator('.error[role="alert"]').count()).toBe(0);
        const overflow = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect([name, width, overflow]).toEqual([name, width, 0]);
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          // Every rule once wide in light and once narrow in dark; what colours can change in all four.
          const rules = (width === 1280) === (colorScheme === 'light') ? [] : COLOUR_RULES;
          serious.push(...(await seriousFindings(page, `${name} ${width} ${colorScheme}`, rules)));
          await picture(page, `${name.replace(/[^a-z]+/gi, '-').slice(0, 30)}-${width}-${colorScheme}`);
        }
      }
      await page.context().close();
    }
    expect(serious).toEqual([]);
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
  }, 900_000);

  it('draws the calibration of resolved forecasts, and says in words what each curve shows', async () => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [360, 'dark'],
    ] as const) {
      const page = await newPage(width, { colorScheme });
      await page.addInitScript(showWorld(replayWorld));
      await visit(page, 'track');
      await page.waitForSelector('.chart canvas >> nth=1');
      const answer = await fetch(`${api.url}/api/v1/calibration?world=${replayWorld}`);
      const { models } = (await answer.json()) as {
        readonly models: readonly {
          readonly model: string;
          readonly bins: readonly { readonly forecast: number; readonly outcome: number }[];
        }[];
      };
      expect(models.map(({ model }) => model)).toEqual(expect.arrayContaining(COMPETITION.models));
      for (const { model, bins } of models) {
        const words = await page
          .locator(`.chart[aria-label^="Calibration of ${model}"]`)
          .getAttribute('aria-label');
        for (const { forecast, outcome } of bins)
          expect(words).toContain(`${forecast.toFixed(2)} came true ${outcome.toFixed(2)}`);
      }
      expect(await seriousFindings(page, `track ${width}`)).toEqual([]);
      await picture(page, `track-full-${width}`);
      await page.context().close();
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  it('draws the equity of every account of a competition, with its leaderboard', async () => {
    const page = await newPage(1280);
    await visit(page, `competition/${COMPETITION.name}`);
    await page.waitForSelector('.chart canvas');
    const accounts = await page.locator('h2:has-text("Leaderboard") + .scroll tbody tr').count();
    expect(accounts).toBeGreaterThan(COMPETITION.models.length);
    expect(await page.locator('.u-legend .u-series').count()).toBe(accounts + 1);
    // Without a pointer on the chart, the legend has the last day and its values.
    expect(await page.textContent('.u-legend')).toContain(COMPETITION.to);
    expect(await page.locator('.u-legend .u-value:text-matches("^[–-]+$")').count()).toBe(0);
    await picture(page, 'competition-full-1280');
    await page.context().close();
  }, 60_000);

  it('goes from page to page by keys alone', async () => {
    const page = await newPage(1280);
    // The day of the decisions, should midnight have passed since.
    await page.clock.setFixedTime((await newestDecision())!.createdAt);
    await visit(page, 'today');
    const funnel = page.locator('.card', { hasText: 'Why it traded today, or not' });
    expect(await funnel.locator('td').allTextContents()).toEqual(
      expect.arrayContaining(['considered', 'sized']),
    );
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
    await pressBoth(page, 'g', 'm');
    await page.waitForSelector('h1:has-text("Money")');
    // The way past the links of the head stays on the page.
    await page.locator('#skip').focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('page');
    expect(page.url()).toContain('#/money');
    await pressBoth(page, 'g', 'Shift+Slash');
    await page.waitForSelector('dialog[open]');
    expect(await seriousFindings(page, 'keys')).toEqual([]);
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    // Letters that are typed into a field stay there.
    await page.locator('#reason').focus();
    await page.keyboard.type('gt');
    expect(await page.locator('#reason').inputValue()).toBe('gt');
    expect(page.url()).toContain('#/money');
    await page.context().close();
  }, 60_000);

  it('shows in a replay the report of the day that it has come to, and leads on from a day that it has not', async () => {
    const page = await newPage(1280);
    await page.addInitScript(showWorld(replayWorld));
    await visit(page, 'reports');
    expect(await page.textContent('h1')).toMatch(/^Report of 2025-0[89]-\d\d$/);
    expect(await page.textContent('.lead')).toContain(`World ${replayWorld}`);
    await visit(page, 'reports/2026-01-05');
    expect(await page.textContent('main .error')).toContain('accepted: a day up to 2025-');
    // The browser itself notes that the server refused.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('400')));
    await page.getByLabel('World').selectOption('live');
    await page.waitForSelector('.lead:has-text("World live")');
    await page.context().close();
  }, 60_000);

  it('changes a setting from the page, and leaves what is typed in the others', async () => {
    const page = await newPage(1280);
    await visit(page, 'settings');
    await page.fill('[aria-label="consensus_threshold"]', '0.71');
    await page.selectOption('[aria-label="quality_tier"]', 'premium');
    await page.fill('label:has-text("Reason of the next change") input', 'earnings week');
    await page.click('[aria-label="Save quality_tier"]');
    await page.waitForSelector('[aria-label="Reset quality_tier"]');
    await page.waitForSelector('h2:has-text("Changes") + div td:has-text("quality tier")');
    expect(await page.inputValue('[aria-label="consensus_threshold"]')).toBe('0.71');
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      'Save quality_tier',
    );
    expect((await api.running.client.stores.settings.get('quality_tier'))?.value).toBe('premium');
    await page.waitForSelector('h2:has-text("Changes") + div td:has-text("earnings week")');
    expect(await page.inputValue('label:has-text("Reason of the next change") input')).toBe('');
    await page.click('[aria-label="Reset quality_tier"]');
    await page.waitForSelector('[aria-label="Reset quality_tier"]', { state: 'detached' });
    expect(await api.running.client.stores.settings.get('quality_tier')).toBeNull();
    // One that was narrowed goes from the page with its value.
    const narrowed = { data: { key: 'strategy.politics', value: 'weighted_vote' } };
    expect((await page.request.put(`${api.url}/api/v1/settings`, narrowed)).status()).toBe(200);
    await visit(page, 'settings');
    await page.click('[aria-label="Reset strategy.politics"]');
    await page.waitForSelector('[aria-label="Save strategy.politics"]', { state: 'detached' });
    await page.waitForSelector(
      'h2:has-text("Changes") + div tr:nth-child(2) td:has-text("strategy.politics")',
    );
    await page.context().close();
  }, 60_000);

  it('changes the watchlist from the page, and says what is no symbol', async () => {
    const { watchlists } = api.running.client.stores;
    const before = await watchlists.list();
    const page = await newPage(360);
    await visit(page, 'today');
    await page.fill('#symbols', 'NVDA');
    await page.fill('[name="watch"]', 'A$%');
    await page.click('button:has-text("Add")');
    await page.waitForSelector('[role="status"]:has-text("accepted")');
    await page.fill('[name="watch"]', 'ko, SAP.DE');
    await page.click('button:has-text("Add")');
    await page.waitForSelector('[aria-label="Remove KO from XNYS"]');
    expect(await page.inputValue('#symbols')).toBe('NVDA');
    expect(await page.evaluate('document.activeElement.name')).toBe('watch');
    expect(await watchlists.list('XNYS')).toContainEqual({ market: 'XNYS', subject: 'equity:KO' });
    for (const entry of ['KO from XNYS', 'SAP.DE from XETR']) {
      await page.click(`[aria-label="Remove ${entry}"]`);
      await page.waitForSelector(`[aria-label="Remove ${entry}"]`, { state: 'detached' });
    }
    expect(await watchlists.list()).toEqual(before);
    await page.context().close();
  }, 60_000);

  it('approves a dispute from the page with a name and a reason, and shows who decided', async () => {
    const { decisions } = api.running.client.stores;
    const [decision] = (await decisions.list({ world: 'synthetic', limit: 1 })).decisions;
    const handle = await waitingReview(`review:${decision!.id}`, decision!.id);
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

  it('decides nothing by Enter, and shows what was decided elsewhere without taking what is typed', async () => {
    const { decisions } = api.running.client.stores;
    const [here, elsewhere] = (await decisions.list({ world: 'synthetic', limit: 2 })).decisions;
    const kept = await waitingReview('review:kept', here!.id);
    const gone = await waitingReview('review:gone', elsewhere!.id);
    const page = await newPage(1280);
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    await visit(page, 'reviews');
    const cardOf = (id: string) =>
      page.locator(
        `.card:has(form):has(a[href="#/decisions/${encodeURIComponent(id)}"]:text("The whole decision"))`,
      );
    const card = cardOf(here!.id);
    await card.getByLabel('Your name').fill('Bea');
    await card.getByLabel('Why').fill('too concentrated');
    await card.getByLabel('Why').press('Enter');
    const answer = { verdict: 'reject', reviewer: 'Cy', reason: 'seen elsewhere' };
    await postElsewhere('/reviews/review:gone/decide', answer);
    await turnTo(page);
    await cardOf(elsewhere!.id).waitFor({ state: 'detached' });
    await page.waitForSelector('text=seen elsewhere');
    expect(await card.getByLabel('Why').inputValue()).toBe('too concentrated');
    await card.locator('button[value="reject"]').click();
    await page.waitForSelector('text=Nothing waits for you');
    expect(await kept.result()).toMatchObject({ verdict: 'reject', reviewer: 'Bea' });
    expect(await gone.result()).toMatchObject({ verdict: 'reject', reviewer: 'Cy' });
    expect(posts).toHaveLength(1);
    await page.context().close();
  }, 60_000);

  it('asks nobody about a dispute whose answer stands, and names no default that will not come', async () => {
    await waitingReview('review:held', (await newestDecision())!.id);
    const page = await newPage(1280);
    const pending = 'The answer approve of Ann stands, and is being carried out';
    let holds = false;
    const answerHeld = async (route: Route): Promise<void> => {
      const response = await route.fetch();
      const { reviews } = (await response.json()) as { reviews: { status: string }[] };
      const answered = reviews.map((each) => (each.status === 'waiting' ? { ...each, pending } : each));
      await route.fulfill({ response, json: { reviews: holds ? answered : reviews } });
    };
    // A page that is left before its answer came needs none.
    await page.route(/\/api\/v1\/reviews(\?|$)/, (route) => answerHeld(route).catch(() => undefined));
    const text = (): Promise<string | null> => page.textContent('main');
    await visit(page, 'today');
    expect(await text()).toContain('Waits for you');
    await page.waitForSelector('#status:has-text("1 to decide")');
    await visit(page, 'reviews');
    expect(await text()).toContain(', then it becomes reject');
    holds = true;
    await turnTo(page);
    await page.waitForSelector(`text=${pending}`);
    expect(await text()).not.toContain('then it becomes');
    expect(await page.locator('button[value="approve"]').count()).toBe(0);
    await visit(page, 'today');
    expect(await text()).not.toContain('Waits for you');
    await page.waitForSelector('#status:has-text("mode")');
    expect(await page.textContent('#status')).not.toContain('to decide');
    const answer = { verdict: 'approve', reviewer: 'Ann', reason: 'checked' };
    await postElsewhere('/reviews/review:held/decide', answer);
    await page.context().close();
  }, 60_000);

  it('sends a form once however often it is clicked, and after a lost answer as the same request', async () => {
    const page = await newPage(1280);
    const keys: (string | undefined)[] = [];
    await page.route('**/api/v1/experiments', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      const answer = await route.fetch();
      await (keys.length === 1 ? route.abort() : route.fulfill({ response: answer }));
    });
    await visit(page, 'experiments');
    const create = async (name: string): Promise<void> => {
      await page.getByLabel('What it is to find out').fill(name);
      await page.getByLabel('Arm a').fill('weighted_vote');
      await page.getByLabel('Arm b').fill('consensus');
      await page.locator('button:has-text("Create")').dblclick();
    };
    await create('Sent once');
    await page.waitForSelector('[role="status"]:has-text("does not answer")');
    // The browser itself notes that no answer came.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('ERR_FAILED')));
    await create('Sent once');
    await page.waitForSelector('h2:has-text("Sent once")');
    await create('Another one');
    await page.waitForSelector('h2:has-text("Another one")');
    const [lost, again, other] = keys;
    expect(keys).toHaveLength(3);
    expect([again === lost, other === lost]).toEqual([true, false]);
    const { experiments } = api.running.client.stores;
    const names = (await experiments.list(50)).map(({ name }) => name);
    expect(names.filter((name) => ['Sent once', 'Another one'].includes(name))).toHaveLength(2);
    for (const { id } of await experiments.list(2))
      await postElsewhere(`/experiments/${encodeURIComponent(id)}/stop`, { reason: 'the test is over' });
    await page.context().close();
  }, 60_000);

  it('creates an experiment from the page, says what is wrong with one, and stops it with a reason', async () => {
    const page = await newPage(1280);
    await visit(page, 'experiments');
    await page.getByLabel('What it is to find out').fill('Page against page');
    await page.getByLabel('Arm a').fill('weighted_vote');
    await page.getByLabel('Arm b').fill('best');
    await page.click('button:has-text("Create")');
    await page.getByText('b is "best"; accepted: ').waitFor();
    // The browser itself notes that the server refused.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('400')));
    await page.getByLabel('Arm b').fill('consensus');
    await page.click('button:has-text("Create")');
    await page.waitForSelector('h2:has-text("Page against page")');
    await picture(page, 'experiments-1280');
    await page.getByLabel('Why stop').fill('seen enough');
    await page.click('button:has-text("Stop")');
    // Others that were stopped before stand on the same page.
    await page.waitForSelector('h2:has-text("Page against page") .badge:has-text("stopped")');
    const [experiment] = await api.running.client.stores.experiments.list(1);
    expect(experiment).toMatchObject({ status: 'stopped', note: 'seen enough', kind: 'strategy' });
    await page.context().close();
  }, 60_000);

  it('runs nothing that a model wrote, and calls nothing outside', async () => {
    expect(new Set(INJECTIONS).size).toBeGreaterThanOrEqual(100);
    const page = await newPage(1280);
    await page.addInitScript(SHOW_SYNTHETIC);
    let at = 0;
    const poison = (value: unknown): unknown => {
      if (
        typeof value === 'string' &&
        !/^\d|^\/|^(decision|session|equity|panel|three-weeks)\b/.test(value)
      ) {
        at += 1;
        return INJECTIONS[at % INJECTIONS.length];
      }
      if (Array.isArray(value)) return value.map(poison);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, poison(one)]));
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
    const shown = new Set<string>();
    for (const name of [
      ...PAGES,
      await aDecision(),
      await aBrief(),
      `panels/${encodeURIComponent(panelId)}`,
      `competition/${COMPETITION.name}`,
    ]) {
      await visit(page, name);
      expect(await page.evaluate("'pwned' in window")).toBe(false);
      expect(await page.locator('main script, main iframe, main img, main svg, main style').count()).toBe(0);
      expect(await page.locator('main a[href^="javascript:"], main [onerror], main [onload]').count()).toBe(
        0,
      );
      const text = (await page.textContent('main')) ?? '';
      for (const one of INJECTIONS) if (text.includes(one)) shown.add(one);
    }
    expect(shown.size).toBeGreaterThanOrEqual(100);
    expect(foreign).toEqual([]);
    await page.context().close();
  }, 120_000);

  it('halts everything and goes on, each for a reason, from the page of providers', async () => {
    const page = await newPage(1280);
    await visit(page, 'providers');
    await page.fill('#mode-reason', 'costs ran away');
    await page.click('button:has-text("Halt everything")');
    await page.waitForSelector('main .lead:has-text("costs ran away")');
    await page.fill('#mode-reason', 'bill understood');
    await page.click('button:has-text("Resume")');
    await page.waitForSelector('button:has-text("Halt everything")');
    expect((await api.running.client.stores.modes.current())?.manual ?? false).toBe(false);
    await page.context().close();
  }, 60_000);

  it('says of each model whether it can be asked, and why not', async () => {
    const page = await newPage(1280);
    const models = [
      ['served', {}],
      ['ended', { installed: false }],
      ['not-pulled', { installed: false, local: true, price: null }],
      ['unpriced', { price: null }],
      ['at-home', { local: true, price: null }],
    ] as const;
    const priced = { inputPer1M: 1_000_000, outputPer1M: 2_000_000 };
    const one = {
      ...{ provider: 'anyone', hasKey: true, quality: 8, speed: 'fast', local: false, statistical: false },
      ...{ origin: 'seed', installed: true, price: priced },
    };
    await page.route('**/api/v1/models', (route) =>
      route.fulfill({ json: { models: models.map(([id, more]) => ({ ...one, id, ...more })) } }),
    );
    await visit(page, 'providers');
    const uses = models.map(([id]) =>
      page
        .locator('tr', { has: page.getByText(id, { exact: true }) })
        .locator('.badge')
        .textContent(),
    );
    expect(await Promise.all(uses)).toEqual([
      ...['usable', 'no longer served', 'not installed', 'no price', 'usable'],
    ]);
    await page.context().close();
  }, 60_000);

  it('draws the board of a session anew when it has ended, and one that could not be read', async () => {
    const page = await newPage(1280);
    const answer = await fetch(`${api.url}/api/v1/sessions?world=synthetic&limit=1`);
    const { sessions } = (await answer.json()) as { readonly sessions: readonly object[] };
    const startedAt = new Date(Date.now() - 2 * 3_600_000).toISOString();
    let status = 'running';
    let isBroken = false;
    let note = 'half of it';
    await page.route('**/api/v1/sessions?*', (route) => {
      const here = route.request().url().includes('world=live');
      return route.fulfill({
        json: {
          sessions: here ? sessions.map((one) => ({ ...one, status, startedAt, note })) : [],
          next: null,
        },
      });
    });
    await page.route('**/api/v1/decisions?*', (route) =>
      isBroken ? route.abort() : route.fulfill({ json: { decisions: [], next: null } }),
    );
    await visit(page, 'today');
    const board = page.locator('.card:has(h2:has-text("Latest board")) .notice');
    expect(await board.textContent()).toBe('half of it');
    [status, note, isBroken] = ['finished', 'all of it', true];
    const failed = page.waitForEvent('requestfailed');
    await turnTo(page);
    await failed;
    isBroken = false;
    await turnTo(page);
    await board.filter({ hasText: 'all of it' }).waitFor();
    await page.context().close();
  }, 60_000);

  it('gets over answers that fail, and says what failed', async () => {
    const page = await newPage(1280);
    await page.addInitScript(SHOW_SYNTHETIC);
    const once = { times: 1 };
    const refused = (status: number, detail: string) => (route: Route) =>
      route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ detail }) });
    await page.route('**/api/v1/schedules', refused(503, 'Temporal does not answer'), once);
    await visit(page, 'today');
    expect(await page.textContent('.card:has(h2:text("Runs by itself"))')).toContain(
      'Temporal does not answer',
    );

    await page.route('**/api/v1/panels?*', refused(503, 'Postgres does not answer'), once);
    await visit(page, 'panels');
    expect(await page.textContent('main .error')).toContain('Postgres does not answer');
    await turnTo(page);
    await page.waitForSelector('button:has-text("Ask the panel")');

    // Under way when the page opens, and over by the time its stream is there.
    const address = await aDecision();
    const underWay = { decisionId: 'decision:under-way', status: 'running', stage: 'research', members: [] };
    await page.route(`**/api/v1/${address}`, (route) => route.fulfill({ json: underWay }), once);
    const stream = '**/api/v1/decisions/decision*under-way/stream';
    await page.route(stream, async (route) => {
      await route.fulfill({ contentType: 'text/event-stream', body: 'event: end\ndata: {}\n\n' });
    });
    // Of several routes the last one is asked first: the stream is cut once.
    await page.route(stream, (route) => route.abort(), once);
    await visit(page, address);
    await page.waitForSelector('h1:not(:has-text("under way"))');
    expect(await page.locator('h1 .badge').count()).toBe(1);

    await page.route('**/api/v1/panels?*', (route) =>
      route.request().headers().authorization
        ? refused(401, 'The token is unknown or revoked')(route)
        : route.continue(),
    );
    await page.evaluate("sessionStorage.setItem('conclave-token', 'mistyped')");
    await visit(page, 'panels').catch(() => undefined);
    await page.waitForSelector('[role="alert"]:has-text("The token is unknown or revoked")');
    expect(await page.evaluate("sessionStorage.getItem('conclave-token')")).toBeNull();
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !/503|401|ERR_FAILED/.test(text)));
    await page.context().close();
  }, 60_000);

  it('says what a bad day means and what to do about it', async () => {
    const end = await badDay(api.running.client);
    const page = await newPage(360, { colorScheme: 'dark' });
    const texts = (selector: string): Promise<string[]> => page.locator(selector).allTextContents();
    const see = async (name: string): Promise<void> => {
      await visit(page, name);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([name, overflow]).toEqual([name, 0]);
      expect(await seriousFindings(page, name)).toEqual([]);
      await picture(page, `bad-day-${name}`);
    };
    await see('today');
    // The worker's own rules may ring as well, so only the order and the number are known.
    const named = await texts('main .notice.error li');
    expect(named.length).toBeLessThan(1 + WARNINGS);
    expect(named[0]).not.toContain(WARNING_ALERT);
    expect(await page.textContent('main .notice.error a')).toMatch(/^All \d+ open alerts$/);
    await page.waitForSelector('#status .badge.bad:has-text("mode halted")');
    await see('providers');
    expect(await page.textContent('main .lead')).toContain(HALT_REASON);
    expect(await page.textContent('main .notice')).toContain('conclave providers resume --reason WHY');
    const breaker = (model: string) => page.locator(`main tr:has-text("openai · ${model}")`);
    expect(await breaker('gpt-4o').first().locator('time').count()).toBe(1);
    expect(await breaker('gpt-4o-mini').textContent()).toContain('openat its next call');
    expect(await breaker('gpt-4-turbo').textContent()).toContain('half open');
    await see('alerts');
    expect(await texts('h2:has-text("Open") + .scroll td.title')).toContain(WORST_ALERT);
    const severities = await texts('h2:has-text("Open") + .scroll .badge');
    expect(severities.lastIndexOf('critical')).toBeLessThan(severities.indexOf('warning'));
    expect(await texts('h2:has-text("Over") + .scroll td.title')).toContain('Was slow for a while');
    await see('reviews');
    const expired = await page.textContent('h2:has-text("Over") + .scroll tr:has(.badge:text("timed out"))');
    expect(expired).toContain('nobody in time');
    expect(expired).toContain('the declared default is reject');
    const spends: string[] = [];
    // What the page goes by, whatever month it is once it has been looked at.
    const budget = page.waitForResponse((response) => response.url().endsWith('/api/v1/budget'));
    page.on('request', (request) => {
      if (request.url().includes('/api/v1/spend')) spends.push(request.url());
    });
    await see('money');
    const { month } = (await (await budget).json()) as { readonly month: string };
    expect(spends.map((url) => new URL(url).searchParams.get('from'))).toEqual(
      Array.from({ length: 2 }, () => `${month}-01`),
    );
    expect(await page.textContent('main .notice.error')).toContain('No billed call is made until');
    await end();
    await page.context().close();
  }, 90_000);

  it('loads in less than 300 KB', async () => {
    const page = await newPage(1280);
    const finished: Request[] = [];
    page.on('requestfinished', (request) => finished.push(request));
    await visit(page, 'today');
    await page.waitForSelector('#status:has-text("mode")');
    const sizes = await Promise.all(finished.map((request) => request.sizes()));
    const bytes = sizes.reduce(
      (sum, { responseBodySize: body, responseHeadersSize: head }) => sum + body + head,
      0,
    );
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(300_000);
    await page.context().close();
  }, 60_000);
});
