// Headlines from RSS and Atom feeds. Feed text comes from strangers: tags are stripped and lengths cut here,
// and whoever reads it downstream treats it as data.
import { decodeHTML } from 'entities';
import { knownItems } from '../domain/market/as-of';
import { parseSymbol } from '../domain/market/market';
import type { SourceItem } from '../domain/research/brief';
import { DOCUMENT_PREFIX, inTurns, ownerOf } from '../domain/research/evidence';
import { feedInstant } from './feed-date';
import { type FeedItem, readFeed } from './feed-reader';
import type { GuardedFetch } from './fetch';
import type { Politeness } from './politeness';
import { type NewsSource, SourceFailure } from './port';
import { namesSymbol } from './symbol-in-text';
import { feedSymbol } from './yahoo-symbol';

const SOURCE = 'rss';
const MAX_TITLE_CHARS = 300;
const MAX_TEXT_CHARS = 1_000;

/** Feeds asked when none is configured; `{symbol}` is replaced. */
const DEFAULT_NEWS_FEEDS = [
  'https://feeds.finance.yahoo.com/rss/2.0/headline?s={symbol}&region=US&lang=en-US',
] as const;

export interface RssOptions {
  readonly fetch: GuardedFetch;
  /** The limits towards a feed's host: one that cannot be reached is left alone, and the others are not. */
  readonly politenessOf: (host: string) => Politeness;
  /** URLs with `{symbol}` where the symbol goes; one without it is a general feed, searched for the symbol. */
  readonly feeds?: readonly string[];
  readonly now?: () => number;
}

/** Far above any list of headlines; it is read in one go, while nothing else in the process runs. */
const MAX_FEED_BYTES = 2_000_000;

/** The text without `<...>`; in time that grows with its length, whatever it holds. */
const withoutTags = (text: string): string => {
  let kept = '';
  for (let at = 0; ; ) {
    const start = text.indexOf('<', at);
    const end = start < 0 ? -1 : text.indexOf('>', start);
    if (end < 0) return kept + text.slice(at);
    kept += `${text.slice(at, start)} `;
    at = end + 1;
  }
};

const plain = (text: string, maxChars: number): string =>
  withoutTags(text)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxChars);

const safeLink = (link: string): string | undefined =>
  URL.canParse(link) && /^https?:$/.test(new URL(link).protocol) ? link : undefined;

/**
 * An item whose date names no instant is dropped: when it became public cannot be told, and a guess may be hours early.
 */
const itemOf = (item: FeedItem, feedHost: string, fetchedAt: string): SourceItem | null => {
  const publicAt = feedInstant(item.date);
  const title = plain(item.title, MAX_TITLE_CHARS);
  if (publicAt === null || title === '') return null;
  const url = safeLink(item.link);
  // HTML within XML: once its tags are gone its entities are read, which may spell tags again.
  const text = plain(decodeHTML(withoutTags(item.text)), MAX_TEXT_CHARS);
  return {
    source: `${DOCUMENT_PREFIX}${feedHost}`,
    title,
    publicAt,
    fetchedAt,
    ...(url === undefined ? {} : { url }),
    ...(text === '' || text === title ? {} : { text }),
  };
};

/** Of a feed's address for any symbol. */
const hostOf = (template: string): string => new URL(template.replaceAll('{symbol}', 'x')).host;

/** Independent sources among the feeds: hosts of one owner are one. */
const ownersOf = (feeds: readonly string[]): number =>
  new Set(feeds.map((feed) => ownerOf(`${DOCUMENT_PREFIX}${hostOf(feed)}`))).size;

const newestFirst = (a: SourceItem, b: SourceItem): number => Date.parse(b.publicAt) - Date.parse(a.publicAt);

const parseFeed = (url: string, xml: string): readonly FeedItem[] => {
  try {
    return readFeed(xml);
  } catch {
    throw new SourceFailure(SOURCE, 'malformed', `${new URL(url).host} did not answer with RSS or Atom`);
  }
};

/** News of a symbol over all feeds, newest first, each title once per source, every source
 * in turn up to the limit. One failing feed does not hide the others. */
export const createRssNews = (options: RssOptions): NewsSource => {
  const feeds = options.feeds ?? DEFAULT_NEWS_FEEDS;
  const sourcesAsked = ownersOf(feeds);
  const now = options.now ?? Date.now;

  const read = async (
    template: string,
    symbol: string,
    signal: AbortSignal,
  ): Promise<readonly SourceItem[]> => {
    const asked = feedSymbol(hostOf(template), symbol);
    const url = template.replaceAll('{symbol}', encodeURIComponent(asked));
    // Of a general feed all symbols share one answer, so what is kept is the feed, not what one of them found in it.
    const items = await options.politenessOf(hostOf(template)).run(url, signal, async () => {
      const { text } = await options.fetch.text({ source: SOURCE, url, signal, maxBytes: MAX_FEED_BYTES });
      const fetchedAt = new Date(now()).toISOString();
      const host = new URL(url).host;
      const found = parseFeed(url, text).map((item) => itemOf(item, host, fetchedAt));
      return found.filter((item): item is SourceItem => item !== null);
    });
    return template.includes('{symbol}')
      ? items
      : items.filter(({ title, text }) => namesSymbol(`${title} ${text ?? ''}`, symbol));
  };

  const headlines: NewsSource['headlines'] = async (request) => {
    const symbol = parseSymbol(request.symbol);
    const answers = await Promise.allSettled(feeds.map((feed) => read(feed, symbol, request.signal)));
    request.signal.throwIfAborted();
    const good = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (good.length === 0 && failed) throw failed.reason;
    const known = knownItems(good.flat(), request.asOf).toSorted(newestFirst);
    // Of one source's equal titles the earliest stays: the others repeat it. Another source's confirms it.
    const byTitle = new Map(
      known.map((item) => [`${ownerOf(item.source)} ${item.title.toLowerCase()}`, item]),
    );
    const chosen = inTurns([...byTitle.values()].toSorted(newestFirst), request.limit).toSorted(newestFirst);
    return sourcesAsked > 1 ? chosen.map((item) => ({ ...item, sourcesAsked })) : chosen;
  };
  return { name: SOURCE, headlines };
};
