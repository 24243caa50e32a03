// `npm run screenshots`: a picture of every page at 1280 and 360 pixels into docs/screenshots/, taken from a stack
// of its own with made-up prices and language models played by the test provider server.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { assetPath } from '../../config/package-root';
import { hasBrowser, openBrowser } from '../support/chromium';
import { seriousFindings } from './accessibility';
import { type FilledStack, filledStack } from './filled-stack';
import { smallPng } from './small-png';

/** What fits into 100 KB. */
const MOST_BYTES = 100_000;

const IDLE_MS = 3_000;

/** Wide in light, narrow in dark. */
const VIEWS = [
  { width: 1280, colorScheme: 'light', mostRows: 1_100 },
  { width: 360, colorScheme: 'dark', mostRows: 1_400 },
] as const;

type View = (typeof VIEWS)[number];

/** Name of the picture, address, and the world that it shows. */
const shotsOf = ({ decisionId, panelId, tournamentId, replayWorld }: FilledStack) =>
  [
    ['today', 'today', 'synthetic'],
    ['decisions', 'decisions', 'synthetic'],
    ['decision', `decisions/${encodeURIComponent(decisionId)}`, 'synthetic'],
    ['reviews', 'reviews', 'synthetic'],
    ['tournament', `reviews/${encodeURIComponent(tournamentId)}`, 'synthetic'],
    ['track', 'track', replayWorld],
    ['competition', 'competition', replayWorld],
    ['panels', 'panels', 'synthetic'],
    ['panel', `panels/${encodeURIComponent(panelId)}`, 'synthetic'],
    ['experiments', 'experiments', 'synthetic'],
    ['money', 'money', 'synthetic'],
    ['research', 'research', 'synthetic'],
    ['providers', 'providers', 'synthetic'],
    ['reports', 'reports', 'synthetic'],
    ['alerts', 'alerts', 'synthetic'],
    ['settings', 'settings', 'synthetic'],
  ] as const;

const open = async (page: Page, url: string, world: string): Promise<void> => {
  await page.goto('about:blank');
  await page.addInitScript(
    `if (location.protocol === 'http:') sessionStorage.setItem('conclave-world', ${JSON.stringify(world)})`,
  );
  await page.goto(url);
  await page.waitForSelector('main:not([aria-busy]) h1');
  // A page that follows a stream is never idle.
  await page.waitForLoadState('networkidle', { timeout: IDLE_MS }).catch(() => undefined);
};

/** Ends in the scheme of the view. */
const findingsInBothSchemes = async (page: Page, where: string, own: 'light' | 'dark') => {
  const findings: string[] = [];
  for (const colorScheme of own === 'light' ? (['dark', 'light'] as const) : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    findings.push(...(await seriousFindings(page, `${where} ${colorScheme}`)));
  }
  return findings;
};

const shoot = async (
  browser: Browser,
  stack: FilledStack,
  { width, colorScheme, mostRows }: View,
  folder: string,
) => {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme,
    timezoneId: 'Etc/UTC',
  });
  const page = await context.newPage();
  const findings: string[] = [];
  for (const [name, address, world] of shotsOf(stack)) {
    await open(page, `${stack.url}/#/${address}`, world);
    if (name === 'decision') {
      await page.getByLabel('Strategy').selectOption('consensus');
      await page.click('button:has-text("Replay")');
      await page.waitForSelector('#replayed table');
    }
    findings.push(...(await findingsInBothSchemes(page, `${name} ${width}`, colorScheme)));
    const png = smallPng(await page.screenshot({ fullPage: true }), mostRows);
    if (png.length > MOST_BYTES)
      throw new Error(`${name} at ${width} is ${png.length} bytes; at most ${MOST_BYTES}`);
    writeFileSync(join(folder, `${name}-${width}.png`), png);
  }
  await context.close();
  if (findings.length > 0) throw new Error(`serious findings of axe:\n${findings.join('\n')}`);
};

const main = async (): Promise<void> => {
  if (!hasBrowser()) throw new Error('there is no browser at /usr/bin/chromium');
  const folder = assetPath('docs', 'screenshots');
  mkdirSync(folder, { recursive: true });
  const stack = await filledStack();
  const browser = await openBrowser();
  try {
    for (const view of VIEWS) await shoot(browser, stack, view, folder);
  } finally {
    await browser.close();
    await stack.close();
  }
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
