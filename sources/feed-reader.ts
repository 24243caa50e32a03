// Items of RSS (0.9x, 1.0, 2.0) and Atom feeds. A feed may hold anything: of each field only so much is kept as a
// headline can need, before anything looks at it.
import { decodeHTMLStrict } from 'entities';
import { type Attributes, MalformedXml, readXml } from './xml-reader';

/** As the feed says it, not yet rid of tags; empty where it says nothing. */
export interface FeedItem {
  readonly title: string;
  readonly date: string;
  readonly link: string;
  readonly text: string;
}

/** Characters kept of a field; the markup around a text may well be longer than the text. */
const MAX_FIELD_CHARS = 20_000;

const ROOTS: ReadonlySet<string> = new Set(['rss', 'rdf:RDF', 'feed']);
const PARENTS: ReadonlySet<string> = new Set(['channel', 'rdf:RDF', 'feed']);
const ITEMS: ReadonlySet<string> = new Set(['item', 'entry']);

/** The elements that say a field; the first of them that says anything counts. */
const FIELDS: Readonly<Record<keyof FeedItem, readonly string[]>> = {
  title: ['title', 'dc:title'],
  date: ['pubDate', 'dc:date', 'published', 'updated'],
  link: ['link'],
  text: ['description', 'content'],
};
const WANTED: ReadonlySet<string> = new Set(Object.values(FIELDS).flat());

/** The address of an Atom link, which is an attribute; empty for links to something else. */
const atomLink = (attributes: Attributes): string =>
  (attributes.get('rel') ?? 'alternate') === 'alternate'
    ? decodeHTMLStrict(attributes.get('href') ?? '')
    : '';

const itemOf = (said: ReadonlyMap<string, string>): FeedItem => {
  const field = (name: keyof FeedItem): string =>
    FIELDS[name].map((element) => said.get(element)?.trim() ?? '').find((value) => value !== '') ?? '';
  return { title: field('title'), date: field('date'), link: field('link'), text: field('text') };
};

/** What the elements of one item say. */
const createItem = () => {
  const said = new Map<string, string>();
  /** The field that is open; null for what is not wanted, and for what was said before. */
  let field: string | null = null;
  const say = (more: string): void => {
    const before = field === null ? null : (said.get(field) ?? '');
    if (field !== null && before !== null)
      said.set(field, before + more.slice(0, MAX_FIELD_CHARS - before.length));
  };
  return {
    begin: (name: string, attributes: () => Attributes): void => {
      field = WANTED.has(name) && (said.get(name) ?? '').trim() === '' ? name : null;
      if (field === 'link') say(atomLink(attributes()));
    },
    say,
    end: (): void => {
      field = null;
    },
    item: (): FeedItem => itemOf(said),
  };
};

/**
 * The items of a feed, in its order.
 * @throws MalformedXml for what is no XML, or no feed
 */
export const readFeed = (xml: string): readonly FeedItem[] => {
  const items: FeedItem[] = [];
  const path: string[] = [];
  let item: ReturnType<typeof createItem> | null = null;
  /** Elements that are open around the item's fields. */
  let depth = 0;
  let hasRoot = false;

  readXml(xml, {
    open: (name, attributes) => {
      if (path.length === 0 && !ROOTS.has(name)) throw new MalformedXml(`<${name}> is no feed`);
      hasRoot = true;
      // Tags within a field part its words.
      if (item !== null && path.length === depth) item.begin(name, attributes);
      else if (item !== null) item.say(' ');
      else if (ITEMS.has(name) && PARENTS.has(path.at(-1) ?? '')) {
        item = createItem();
        depth = path.length + 1;
      }
      path.push(name);
    },
    text: (text, isCdata) => {
      if (item === null || path.length <= depth) return;
      const cut = text.slice(0, MAX_FIELD_CHARS);
      item.say(isCdata ? cut : decodeHTMLStrict(cut));
    },
    close: () => {
      path.pop();
      if (item !== null && path.length === depth) item.end();
      if (item === null || path.length >= depth) return;
      items.push(item.item());
      item = null;
    },
  });
  if (!hasRoot) throw new MalformedXml('there is no feed');
  return items;
};
