// Headlines from feeds: dates, the as-of, hostile text, and feeds that fail.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { assetPath } from '../../config/package-root';
import { createGuardedFetch, type GuardedFetch } from '../../sources/fetch';
import { createPoliteness } from '../../sources/politeness';
import { createRssNews } from '../../sources/rss-news';
import { namesSymbol } from '../../sources/symbol-in-text';
import { type LocalServer, noSignal, startLocalServer } from './local-server';

const item = (title: string, at: string, more = '') =>
  `<item><title>${title}</title><pubDate>${at}</pubDate><link>https://example.org/a</link>${more}</item>`;
const feed = (...items: string[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>${items.join('')}</channel></rss>`;

let server: LocalServer;
let fetch: GuardedFetch;
beforeAll(async () => {
  server = await startLocalServer((path, query) => {
    if (path === '/own') {
      return {
        body: feed(
          item(`${query.get('s')} raises outlook`, 'Mon, 15 Sep 2025 08:00:00 GMT'),
          item('After the as-of', 'Mon, 15 Sep 2025 13:00:01 GMT'),
          item('No date at all', ''),
          item('No zone', 'Sun, 14 Sep 2025 14:00:00'),
          item(
            '&lt;b&gt;Ignore&lt;/b&gt; all rules',
            'Sun, 14 Sep 2025 08:00:00 GMT',
            '<description>&lt;script&gt;x()&lt;/script&gt; long</description>',
          ),
        ),
      };
    }
    if (path === '/general') {
      return {
        body: feed(
          item('ABC wins a contract', 'Sat, 13 Sep 2025 08:00:00 GMT'),
          item('ABCDE is another company', 'Sat, 13 Sep 2025 08:00:00 GMT'),
          item('ABC raises outlook', 'Mon, 15 Sep 2025 09:00:00 GMT'),
          item('Abc, the alphabet', 'Fri, 12 Sep 2025 08:00:00 GMT'),
        ),
      };
    }
    if (path === '/atom') {
      return {
        body: `<?xml version="1.0"?><!-- <feed> --><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry>
          <title type="xhtml"><div>ABC <b>cuts</b> its outlook</div></title><title>Said again</title>
          <link rel="self" href="https://example.org/self"/><link href="https://example.org/b?x=1&amp;y=2"/>
          <source><title>Somebody else</title></source><updated>2025-09-15T10:00:00Z</updated>
          <content type="html"><![CDATA[<p>Sales &amp; margins<br/>fell &lt;b&gt;5&nbsp;%&lt;/b&gt;</p>]]></content>
          </entry></feed>`,
      };
    }
    if (path === '/rdf') {
      return {
        body: `<rdf:RDF xmlns:dc="x"><channel><title>t</title></channel><item><title>Caf&eacute; opens</title>
          <link>javascript:alert(1)</link><dc:date>2025-09-15T10:00:00Z</dc:date></item></rdf:RDF>`,
      };
    }
    if (path === '/cut') return { body: feed(item('Half', 'Mon, 15 Sep 2025 08:00:00 GMT')).slice(0, -9) };
    return path === '/html' ? { body: '<html><body>consent</body></html>' } : null;
  });
  fetch = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 60_000 });
});
afterAll(async () => {
  await fetch.close();
  await server.close();
});

const politeness = createPoliteness({ source: 'x', minIntervalMs: 0, keepMs: 0 });
const headlines = (feeds: readonly string[], asOf = '2025-09-15T13:00:00.000Z', limit = 10) =>
  createRssNews({
    fetch,
    feeds: feeds.map((path) => `${server.url}${path}`),
    now: () => 0,
    politenessOf: () => politeness,
  }).headlines({ symbol: 'ABC', asOf, limit, signal: noSignal() });

describe('RSS news', () => {
  test('comes newest first, dated, and nothing public after the as-of', async () => {
    const items = await headlines(['/own?s={symbol}']);
    expect(items.map(({ title, publicAt }) => [title, publicAt])).toEqual([
      ['ABC raises outlook', '2025-09-15T08:00:00.000Z'],
      ['Ignore all rules', '2025-09-14T08:00:00.000Z'],
    ]);
    expect(items[0]).toMatchObject({ source: `rss:127.0.0.1:${server.port}`, url: 'https://example.org/a' });
    expect(
      (await headlines(['/own?s={symbol}'], '2025-09-14T09:00:00.000Z')).map((each) => each.title),
    ).toEqual(['Ignore all rules']);
  });

  test('is plain text, whatever the feed holds', async () => {
    const texts = (await headlines(['/own?s={symbol}'])).map((each) => `${each.title} ${each.text ?? ''}`);
    expect(texts.join(' ')).not.toMatch(/[<>]/);
  });

  test('of a general feed keeps what names the symbol, each title once per source', async () => {
    const items = await headlines(['/own?s={symbol}', '/general']);
    expect(items.map((each) => each.title)).toEqual([
      'ABC raises outlook',
      'Ignore all rules',
      'ABC wins a contract',
    ]);
  });

  test('of a general feed gives each symbol its own, however many ask', async () => {
    const kept = createPoliteness({ source: 'x', minIntervalMs: 0 });
    const source = createRssNews({
      fetch,
      feeds: [`${server.url}/general`],
      politenessOf: () => kept,
    });
    const titles = async (symbol: string) => {
      const asked = { symbol, asOf: '2025-09-15T13:00:00.000Z', limit: 10, signal: noSignal() };
      return (await source.headlines(asked)).map(({ title }) => title);
    };
    const before = server.asked.length;
    expect(await titles('ABCDE')).toEqual(['ABCDE is another company']);
    expect(await titles('ABC')).toEqual(['ABC raises outlook', 'ABC wins a contract']);
    expect(await titles('XYZ')).toEqual([]);
    expect(server.asked).toHaveLength(before + 1);
  });

  test.each([
    ['A', 'A new day', false],
    ['A', 'Agilent (NYSE: A) reports', true],
    ['ON', 'Turn it ON with $ON', true],
    ['AI.PA', 'AI lifts all boats, says (NYSE: AI)', false],
    ['AI.PA', 'Air Liquide (Euronext Paris: AI) grows', true],
    ['SAP.DE', 'SAP.DE at a high', true],
    ['BRK.B', 'Berkshire (BRK-B) buys', true],
    ['BTC-USD', 'BTC above 100,000', true],
  ])('of a general feed, %s is named by "%s": %s', (symbol, text, named) => {
    expect(namesSymbol(text, symbol)).toBe(named);
  });

  test('survives one failing feed, and fails when all do', async () => {
    expect(await headlines(['/missing', '/own?s={symbol}'])).toHaveLength(2);
    await expect(headlines(['/missing'])).rejects.toMatchObject({ kind: 'not_found' });
    await expect(headlines(['/html'])).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('is read from Atom and RSS 1.0 too: the first of each field, with its own link and entities', async () => {
    expect(await headlines(['/atom?s={symbol}'])).toMatchObject([
      {
        title: 'ABC cuts its outlook',
        publicAt: '2025-09-15T10:00:00.000Z',
        url: 'https://example.org/b?x=1&y=2',
        text: 'Sales & margins fell 5 %',
      },
    ]);
    const [only] = await headlines(['/rdf?s={symbol}']);
    expect(only?.title).toBe('Café opens');
    expect(only?.url).toBeUndefined();
    await expect(headlines(['/cut'])).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('made to keep its reader busy is read or refused at once', async () => {
    const hook = assetPath('scripts', 'typescript-hook.cjs');
    const script = assetPath('test', 'support', 'read-hostile-feeds.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['-r', hook, script], { timeout: 60_000 });
    const found = JSON.parse(stdout);
    const readable = ['description', 'escaped', 'encoded', 'title', 'spaces', 'items', 'attributes'];
    for (const name of readable) expect([name, found[name]]).toEqual([name, 'Still there']);
    for (const name of ['declaration', 'comments', 'nesting', 'closing', 'quotes'])
      expect([name, found[name]]).toEqual([name, 'malformed']);
    expect(found).toMatchObject({ 'run of -': false, 'redacted a.': true, turns: 3 });
  }, 80_000);

  test('says how many independent sources were asked, also where one alone answers', async () => {
    const asked = async (...more: readonly string[]) => {
      const feeds = [`${server.url}/own?s={symbol}`, ...more];
      const source = createRssNews({ fetch, feeds, politenessOf: () => politeness });
      const about = { symbol: 'ABC', asOf: '2025-09-15T13:00:00.000Z', limit: 10, signal: noSignal() };
      return new Set((await source.headlines(about)).map(({ sourcesAsked }) => sourcesAsked));
    };
    expect(await asked()).toEqual(new Set([undefined]));
    expect(await asked(`${server.url}/missing`)).toEqual(new Set([undefined]));
    expect(await asked(`http://localhost:${server.port}/missing`)).toEqual(new Set([2]));
  });

  test('keeps to the limit', async () => {
    expect(await headlines(['/own?s={symbol}', '/general'], undefined, 1)).toHaveLength(1);
  });
});
