// Bench of the dashboard in a real browser on a stack of its own: first paint and bytes of a first visit, and how
// long after a decision was stored its card stands on the screen of who watches the session.
import type { Browser, Page } from 'playwright-core';
import { startSession } from '../client/sessions';
import { hasBrowser, openBrowser } from '../test/support/chromium';
import { type BenchStack, withBenchStack } from './support/bench-stack';
import { quantile } from './support/quantiles';
import { benchSubjects, HOUSE_MEMBERS } from './support/run-session';

const VISITS = 7;
const SESSIONS = 3;
const SUBJECTS = 12;
/** A session that has not ended by then never will. */
const SESSION_TIMEOUT_MS = 120_000;

const PAGES = ['today', 'decisions', 'track', 'money', 'research', 'providers', 'settings'];

interface Visit {
  readonly firstPaintMs: number;
  readonly bytes: number;
}

const FIRST_PAINT = `new Promise((resolve) => {
  const look = (list) => {
    const found = list.getEntries().find(({ name }) => name === 'first-contentful-paint');
    if (found) resolve(found.startTime);
  };
  new PerformanceObserver(look).observe({ type: 'paint', buffered: true });
})`;

/** One visit with an empty cache: a context has its own. */
const firstVisit = async (browser: Browser, url: string): Promise<Visit> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    sizes.push(
      request
        .sizes()
        .then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
    );
  });
  await page.goto(url);
  await page.waitForSelector('main:not([aria-busy]) h1');
  await page.waitForLoadState('networkidle');
  const firstPaintMs = await page.evaluate<number>(FIRST_PAINT);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await context.close();
  return { firstPaintMs, bytes };
};

/** Notes when each card was put on the page and painted, by the subject in its title. */
const WATCH = `window.seen = {};
const note = () => requestAnimationFrame(() => {
  for (const link of document.querySelectorAll('#decided .card h2 a')) window.seen[link.textContent] ??= Date.now();
});
new MutationObserver(note).observe(document.getElementById('page'), { childList: true, subtree: true });`;

/** Milliseconds from each decision's row to its card on the screen. */
const delaysOf = async (
  { client }: BenchStack,
  page: Page,
  url: string,
  round: number,
): Promise<readonly number[]> => {
  const { sessionId, world } = await startSession(client, {
    ...{
      market: 'XNYS',
      kind: 'pre_market',
      date: null,
      replay: false,
      members: HOUSE_MEMBERS,
      prices: null,
    },
    ...{ strategy: null, stakeMicroUsd: null, template: 'swing', researchKind: 'complete', refresh: true },
    ...{
      horizonDays: 5,
      requestKey: `screen-${round}`,
      subjects: benchSubjects(SUBJECTS, `SCREEN${round}N`),
    },
  });
  await page.goto('about:blank');
  await page.goto(`${url}/#/today/${encodeURIComponent(sessionId!)}`);
  await page.waitForSelector('main:not([aria-busy]) h1');
  const begun = Date.now();
  await page.evaluate(WATCH);
  await page.waitForSelector(`#decided .card >> nth=${SUBJECTS - 1}`, { timeout: SESSION_TIMEOUT_MS });
  // The page's policy forbids what playwright would use to wait for a function.
  await page.evaluate(
    `new Promise((resolve) => {
      const look = () => Object.keys(window.seen).length === ${SUBJECTS} ? resolve() : requestAnimationFrame(look);
      look();
    })`,
  );
  const seen = await page.evaluate<Record<string, number>>('window.seen');
  const { decisions } = await client.stores.decisions.list({
    world: world!,
    sessionId: sessionId!,
    limit: SUBJECTS,
  });
  return decisions
    .map(({ subject, createdAt }) => ({
      at: Date.parse(createdAt),
      shownAt: seen[subject.replace('equity:', '')]!,
    }))
    .filter(({ at }) => at > begun)
    .map(({ at, shownAt }) => shownAt - at);
};

const pageBytes = async (browser: Browser, url: string): Promise<number> => {
  const each: number[] = [];
  for (const name of PAGES) each.push((await firstVisit(browser, `${url}/#/${name}`)).bytes);
  return Math.max(...each);
};

const measure = async (bench: BenchStack, browser: Browser): Promise<Record<string, unknown>> => {
  const url = bench.stack.apiUrl;
  if (!url) throw new Error('the stack serves no API; stack.api must be true');
  const page = await (await browser.newContext()).newPage();
  const delays: number[] = [];
  for (let round = 0; round < SESSIONS; round += 1) delays.push(...(await delaysOf(bench, page, url, round)));
  await page.close();
  const visits: Visit[] = [];
  for (let round = 0; round < VISITS; round += 1) visits.push(await firstVisit(browser, url));
  const paints = visits.map(({ firstPaintMs }) => firstPaintMs);
  return {
    visits: VISITS,
    firstPaintP50Ms: quantile(paints, 0.5),
    firstPaintMaxMs: Math.max(...paints),
    firstVisitBytes: Math.max(...visits.map(({ bytes }) => bytes)),
    largestPageBytes: await pageBytes(browser, url),
    decisionsWatched: delays.length,
    decisionOnScreenP50Ms: quantile(delays, 0.5),
    decisionOnScreenP95Ms: quantile(delays, 0.95),
    decisionOnScreenMaxMs: Math.max(...delays),
  };
};

/**
 * First paint (the browser's own first-contentful-paint) and bytes on the wire with an empty cache; milliseconds
 * from the storing of a decision to its card on screen, only of those stored while the page was watching.
 */
export const run = async (): Promise<Record<string, unknown>> => {
  if (!hasBrowser()) return { skipped: 'no browser at /usr/bin/chromium' };
  const browser = await openBrowser();
  try {
    return await withBenchStack({ name: 'dashboard' }, (bench) => measure(bench, browser));
  } finally {
    await browser.close();
  }
};
