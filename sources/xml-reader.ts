// Reads XML from strangers in time that grows with its length alone: every search goes on where the last one ended,
// and the first that finds nothing ends the reading. No entities are declared, no documents fetched.

/** What is met, in order. A tag closed in itself is opened and closed. */
export interface XmlHandler {
  open(name: string, attributes: () => Attributes): void;
  /** Text of the document: `isCdata` means that it stands as it is, else it may hold entities. */
  text(text: string, isCdata: boolean): void;
  close(name: string): void;
}

export type Attributes = ReadonlyMap<string, string>;

/** The text is no well-formed XML. */
export class MalformedXml extends Error {
  override readonly name = 'MalformedXml';
}

const MAX_DEPTH = 256;

/** Where `mark` begins. @throws MalformedXml where it is missing */
const find = (xml: string, mark: string, from: number): number => {
  const at = xml.indexOf(mark, from);
  if (at < 0) throw new MalformedXml(`${mark} is missing`);
  return at;
};

/** Where the tag that begins before `from` ends; what stands in quotes ends none. */
const tagEnd = (xml: string, from: number): number => {
  for (let at = from; at < xml.length; at += 1) {
    const sign = xml[at];
    if (sign === '>') return at;
    if (sign === '<') break;
    if (sign === '"' || sign === "'") at = find(xml, sign, at + 1);
  }
  throw new MalformedXml('a tag does not end');
};

const ATTRIBUTE = /\s([^\s=/"'<>]{1,60})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')/g;

const attributesOf = (tag: string): Attributes =>
  new Map(
    [...tag.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [name, double ?? single ?? '']),
  );

const NAME = /[^\s/>"'<=!?]{1,200}/y;

const nameAt = (xml: string, at: number): string => {
  NAME.lastIndex = at;
  const [name] = NAME.exec(xml) ?? [];
  if (name === undefined) throw new MalformedXml('a tag has no name');
  return name;
};

interface Reading {
  readonly xml: string;
  readonly handler: XmlHandler;
  /** Names of the elements that are open. */
  readonly open: string[];
}

const openTag = ({ xml, handler, open }: Reading, start: number): number => {
  const name = nameAt(xml, start + 1);
  const end = tagEnd(xml, start + 1 + name.length);
  if (open.length >= MAX_DEPTH) throw new MalformedXml('elements are nested too deeply');
  handler.open(name, () => attributesOf(xml.slice(start + 1 + name.length, end)));
  if (xml[end - 1] === '/') handler.close(name);
  else open.push(name);
  return end + 1;
};

const closeTag = ({ xml, handler, open }: Reading, start: number): number => {
  const name = nameAt(xml, start + 2);
  if (open.pop() !== name) throw new MalformedXml(`</${name}> closes what is not open`);
  handler.close(name);
  return tagEnd(xml, start + 2 + name.length) + 1;
};

/** What is no element: where its text begins behind the sign, and what ends it. */
const OTHERS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
] as const;

/** Reads what begins with the `<` at `start`. @returns where it ends */
const markup = (reading: Reading, start: number): number => {
  const { xml, handler } = reading;
  const other = OTHERS.find(([begin]) => xml.startsWith(begin, start));
  if (!other) return xml[start + 1] === '/' ? closeTag(reading, start) : openTag(reading, start);
  const [begin, end] = other;
  const from = start + begin.length;
  const at = find(xml, end, from);
  if (begin === '<![CDATA[') handler.text(xml.slice(from, at), true);
  return at + end.length;
};

/**
 * Reads the document and tells `handler` what it meets.
 * @throws MalformedXml, and what the handler throws
 */
export const readXml = (xml: string, handler: XmlHandler): void => {
  const reading: Reading = { xml, handler, open: [] };
  for (let at = 0; at < xml.length; ) {
    const start = xml.indexOf('<', at);
    const end = start < 0 ? xml.length : start;
    if (end > at) handler.text(xml.slice(at, end), false);
    at = start < 0 ? end : markup(reading, start);
  }
  if (reading.open.length > 0) throw new MalformedXml(`<${reading.open.at(-1)}> is not closed`);
};
