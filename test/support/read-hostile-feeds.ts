// A process that reads feeds and texts made to keep a reader busy, and prints what it found. A pattern that goes back
// over its text needs minutes for each of them: whoever starts this ends it long before.
import { redact } from '../../config/redact';
import { inTurns } from '../../domain/research/evidence';
import { readsLikeInstructions } from '../../domain/research/instruction-marks';
import { createPoliteness } from '../../sources/politeness';
import { createRssNews } from '../../sources/rss-news';

const SIZE = 300_000;
const DATE = '<pubDate>Mon, 15 Sep 2025 08:00:00 GMT</pubDate>';
const cdata = (text: string) => `<![CDATA[${text}]]>`;
const item = (inner: string) => `<item><title>Still there</title>${DATE}${inner}</item>`;
const feed = (inner: string) => `<rss version="2.0"><channel>${inner}</channel></rss>`;
const oneItem = (inner: string) => feed(item(inner));

const FEEDS: Readonly<Record<string, string>> = {
  description: oneItem(`<description>${cdata('<'.repeat(SIZE))}</description>`),
  escaped: oneItem(`<description>${'&lt;'.repeat(SIZE)}</description>`),
  encoded: oneItem(`<content:encoded>${cdata('<p>\n'.repeat(SIZE))}</content:encoded>`),
  title: feed(`<item>${DATE}<title>${cdata(`Still there ${'<'.repeat(SIZE)}`)}</title></item>`),
  spaces: oneItem(`<description>${' '.repeat(SIZE)}x</description>`),
  items: feed(item('').repeat(SIZE / 20)),
  attributes: oneItem(`<link ${'a="b" c '.repeat(SIZE / 8)}/>`),
  declaration: feed(`${item('')}<!${'a'.repeat(SIZE)}`),
  comments: feed(`${item('')}${'<!--'.repeat(SIZE)}`),
  nesting: feed(`${item('')}${'<a>'.repeat(SIZE)}`),
  closing: feed(`${item('')}${'<a>'.repeat(200)}${'</b>'.repeat(SIZE)}`),
  quotes: feed(`${item('')}${`<a b='"'`.repeat(SIZE / 4)}`),
};

const read = async (text: string): Promise<string> => {
  const news = createRssNews({
    fetch: {
      text: async ({ url }) => ({ status: 200, headers: {}, text, url }),
      json: async () => null,
      close: async () => undefined,
    },
    politenessOf: () => createPoliteness({ source: 'x', minIntervalMs: 0 }),
    feeds: ['http://feed.example/{symbol}'],
  });
  const asked = { symbol: 'ABC', asOf: '2025-09-16T00:00:00.000Z', limit: 5 };
  try {
    const [first] = await news.headlines({ ...asked, signal: new AbortController().signal });
    return first?.title.slice(0, 11) ?? 'nothing';
  } catch (error) {
    return (error as { kind?: string }).kind ?? String(error);
  }
};

const main = async (): Promise<void> => {
  const found: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(FEEDS)) found[name] = await read(text);
  for (const sign of ['-', '#', '"', '{', 'p_yes ', 'a '])
    found[`run of ${sign}`] = readsLikeInstructions(sign.repeat(SIZE));
  for (const part of ['a.', 'eyJ-', '-----BEGIN PRIVATE KEY-----', '://', 'password'])
    found[`redacted ${part}`] = redact(part.repeat(SIZE / part.length)).length > SIZE / 2;
  const many = Array.from({ length: SIZE }, (_, index) => ({
    source: 'rss:feed.example',
    title: `${index}`,
    publicAt: '2025-09-15T08:00:00.000Z',
    fetchedAt: '2025-09-15T08:00:00.000Z',
  }));
  found.turns = inTurns(many, 3).length;
  process.stdout.write(JSON.stringify(found));
};

void main();
