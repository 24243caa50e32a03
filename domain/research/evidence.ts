// What models may read of documents from outside (requirement K4): equal space for each source, nothing that reads
// like instructions, and, where two sources or more are asked, only words that two independent ones say. So one
// poisoned source cannot put a word into a brief. Figures come from the data feed and need no corroboration.
import type { SourceItem } from './brief';
import { plainText, readsLikeInstructions } from './instruction-marks';
import { numbersIn } from './text-numbers';

/** Sources of documents that anyone may write begin so: `rss:<host of the feed>`. */
export const DOCUMENT_PREFIX = 'rss:';

export interface Withheld {
  /** Documents that read like orders to a model. */
  readonly instructions: number;
  /** Documents of which no second source says anything. */
  readonly uncorroborated: number;
}

export interface Evidence {
  /** What models may read, in the order given. */
  readonly items: readonly SourceItem[];
  readonly withheld: Withheld;
  /** Independent sources of documents; with one there is nothing to compare. */
  readonly documentSources: number;
}

const MAX_TITLE_CHARS = 200;
const MAX_TEXT_CHARS = 600;
/** All documents together; each source gets an equal part. */
const MAX_CHARS = 9_000;
const MAX_ITEMS = 18;

/** Second-level labels under which names are given out (`co.uk`, `com.au`): the owner is one label further left. */
const SHARED_SUFFIX = /^(co|com|net|org|gov|edu|ac|or|ne|go)$/;

/**
 * Who is behind a source: the registrable part of the feed's host, so that subdomains of one owner count once. A
 * local address is its own owner.
 */
export const ownerOf = (source: string): string => {
  const host = source.slice(DOCUMENT_PREFIX.length).toLowerCase();
  if (/^[\d.:[\]]+$/.test(host) || !host.includes('.')) return host;
  const labels = host.replace(/:\d+$/, '').split('.');
  const depth = labels.length > 2 && SHARED_SUFFIX.test(labels.at(-2)!) ? 3 : 2;
  return labels.slice(-depth).join('.');
};

const isDocument = ({ source }: SourceItem): boolean => source.startsWith(DOCUMENT_PREFIX);

/** Takes from each owner in turn, so that none crowds out the others. The order within an owner stays. */
export const inTurns = (items: readonly SourceItem[], limit: number): readonly SourceItem[] => {
  const queues = new Map<string, SourceItem[]>();
  for (const item of items) {
    const owner = ownerOf(item.source);
    const queue = queues.get(owner);
    if (queue) queue.push(item);
    else queues.set(owner, [item]);
  }
  const taken: SourceItem[] = [];
  for (let round = 0; taken.length < Math.min(limit, items.length); round += 1)
    taken.push(...[...queues.values()].flatMap((queue) => queue[round] ?? []));
  return taken.slice(0, limit);
};

interface Sentence {
  readonly owner: string;
  readonly item: SourceItem;
  readonly words: readonly string[];
  readonly content: ReadonlySet<string>;
  /** Negations and figures: what may not differ between two that say the same. */
  readonly sense: string;
}

const SMALL_WORDS = new Set(
  'a an the of to in on at by for from with and or as is are was were be been has have had its it this that after over into than'.split(
    ' ',
  ),
);
const SENSE_WORDS =
  /^(not|no|never|none|nor|without|denies|denied|deny|false|fails|failed|unlikely|rumou?rs?|alleged\w*|cannot|can't|won't|\w+n't|neither|halts?|cancels?|cancelled|withdrawn|up|down|above|below|rises?|rose|falls?|fell|beats?|misses|missed|raises?|raised|cuts?|lowers?|lowered|gains?|drops?|buy|sell)$/;

const sentencesOf = (item: SourceItem): readonly Sentence[] =>
  [item.title, ...(item.text ?? '').split(/(?<=[.!?;])\s+/)].flatMap((text) => {
    const words =
      text.match(/[\p{L}\p{N}$€£%'&.,+-]+/gu)?.map((word) => word.replace(/^[.,'-]+|[.,'-]+$/g, '')) ?? [];
    const kept = words.filter(Boolean);
    const lower = kept.map((word) => word.toLowerCase());
    const sense = [
      ...lower.filter((word) => SENSE_WORDS.test(word)),
      ...numbersIn(text).map(({ value, percent }) => `${value}${percent ? '%' : ''}`),
    ];
    const content = new Set(lower.filter((word) => !SMALL_WORDS.has(word)));
    const owner = ownerOf(item.source);
    return kept.length === 0
      ? []
      : [{ owner, item, words: kept, content, sense: sense.toSorted().join(' ') }];
  });

/** The longest run of words that both say in the same order (Wagner and Fischer 1974), in the spelling of `a`. */
const sharedWords = (a: readonly string[], b: readonly string[]): readonly string[] => {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const same = (i: number, j: number): boolean => a[i]!.toLowerCase() === b[j]!.toLowerCase();
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i]![j] = same(i, j)
        ? 1 + lengths[i + 1]![j + 1]!
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const shared: string[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (same(i, j)) {
      shared.push(a[i]!);
      i += 1;
      j += 1;
    } else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i += 1;
    else j += 1;
  }
  return shared;
};

/** Two report the same when most of what either says is shared, and neither denies or counts otherwise. */
const SHARED_PART = 0.6;
const FEWEST_WORDS = 4;
const LONGEST_SENTENCE = 60;

const corroborated = (one: Sentence, other: Sentence): string | null => {
  if (one.owner === other.owner || one.sense !== other.sense) return null;
  const longer = Math.max(one.content.size, other.content.size);
  const common = [...one.content].filter((word) => other.content.has(word)).length;
  if (common < FEWEST_WORDS || common < SHARED_PART * longer) return null;
  const shared = sharedWords(one.words.slice(0, LONGEST_SENTENCE), other.words.slice(0, LONGEST_SENTENCE));
  const telling = shared.filter((word) => !SMALL_WORDS.has(word.toLowerCase())).length;
  return telling >= FEWEST_WORDS && telling >= SHARED_PART * longer ? shared.join(' ') : null;
};

interface Told {
  /** The document reduced to what another source says too; null where an earlier one has said it all. */
  readonly item: SourceItem | null;
  readonly corroborated: boolean;
}

const corroborate = (documents: readonly SourceItem[]): readonly Told[] => {
  const sentences = documents.flatMap(sentencesOf);
  const told = new Set<string>();
  return documents.map((item) => {
    const lines = sentences
      .filter((sentence) => sentence.item === item)
      .flatMap((sentence) => {
        const matches = sentences.flatMap((other) => corroborated(sentence, other) ?? []);
        return matches.toSorted((a, b) => b.length - a.length).slice(0, 1);
      });
    // Said once is enough: the second source's version says the same.
    const fresh = lines.filter((line) => !told.has(line.toLowerCase()) && told.add(line.toLowerCase()));
    const [title, ...rest] = fresh;
    const { text: _text, ...others } = item;
    const reduced =
      title === undefined
        ? null
        : { ...others, title, ...(rest.length > 0 ? { text: rest.join('. ') } : {}) };
    return { item: reduced, corroborated: lines.length > 0 };
  });
};

const cleaned = (item: SourceItem): SourceItem => ({
  ...item,
  title: plainText(item.title).slice(0, MAX_TITLE_CHARS),
  ...(item.text === undefined ? {} : { text: plainText(item.text).slice(0, MAX_TEXT_CHARS) }),
});

const charsOf = ({ title, text = '' }: SourceItem): number => title.length + text.length;

/** As many of each owner's documents as its equal part of the space holds. */
const withinSpace = (documents: readonly SourceItem[], owners: number): readonly SourceItem[] => {
  const used = new Map<string, number>();
  return documents.filter((item) => {
    const owner = ownerOf(item.source);
    const chars = (used.get(owner) ?? 0) + charsOf(item);
    used.set(owner, chars);
    return chars <= MAX_CHARS / Math.max(1, owners);
  });
};

/**
 * The evidence of a dossier's items. Where one source of documents is asked, its documents pass as they are, cleaned and
 * marked: there is nothing to compare them with, and the operator chose to rest on one.
 */
export const evidenceOf = (items: readonly SourceItem[]): Evidence => {
  const documents = items.filter(isDocument);
  const owners = new Set(documents.map(({ source }) => ownerOf(source))).size;
  const suspicious = (item: SourceItem): boolean =>
    readsLikeInstructions(`${item.title}\n${item.text ?? ''}`);
  const kept = new Set(withinSpace(inTurns(documents, MAX_ITEMS), owners));
  const honest = documents.filter((item) => kept.has(item) && !suspicious(item)).map(cleaned);
  // Where one speaks and others that were asked say nothing, there is nobody to confirm it.
  const asked = Math.max(owners, ...documents.map(({ sourcesAsked }) => sourcesAsked ?? 1));
  const told = asked > 1 ? corroborate(honest) : honest.map((item): Told => ({ item, corroborated: true }));
  const others = items.filter((item) => !isDocument(item) && !suspicious(item)).map(cleaned);
  return {
    items: [...others, ...told.flatMap(({ item }) => item ?? [])],
    withheld: {
      instructions: items.filter(suspicious).length,
      uncorroborated: told.filter((each) => !each.corroborated).length,
    },
    documentSources: owners,
  };
};
