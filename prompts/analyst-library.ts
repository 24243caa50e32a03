// Analysts are Markdown files with a small front matter: the project's own beside this file, and whatever
// users put into their folders. Each is checked as a whole, so that a broken file is named before anything runs.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { assetPath } from '../config/package-root';
import { prompt } from './prompt-library';

const ANALYST_GROUPS = ['fundamental', 'market', 'personality'] as const;
export type AnalystGroup = (typeof ANALYST_GROUPS)[number];

/** What an analyst reads: daily bars, key figures, headlines. */
const ANALYST_NEEDS = ['bars', 'facts', 'news'] as const;
export type AnalystNeed = (typeof ANALYST_NEEDS)[number];

export interface AnalystPrompt {
  readonly id: string;
  readonly name: string;
  readonly group: AnalystGroup;
  readonly needs: readonly AnalystNeed[];
  /** The way of thinking, in the second person. */
  readonly text: string;
  /** First 12 hex digits of the SHA-256 of the common rules and the file. */
  readonly version: string;
  /** `built in`, or the path of the user's file. */
  readonly origin: string;
}

/** The panel's own analysts that are shown first, in this order; others follow by the names of their files. */
const SHOWN_FIRST: readonly string[] = [
  'fundamentals',
  'valuation',
  'technicals',
  'sentiment',
  'news',
  'graham',
  'buffett',
  'ackman',
  'wood',
  'munger',
  'burry',
  'lynch',
  'fisher',
  'druckenmiller',
  'damodaran',
  'jhunjhunwala',
  'pabrai',
];

const FORM =
  'accepted: a file that begins with --- / id: my-analyst / name: My analyst / group: fundamental, market or personality / needs: [bars, facts, news] / ---, and then the instructions';
const ID = /^[a-z][a-z0-9-]{0,39}$/;
const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/;
const FIELDS = ['id', 'name', 'group', 'needs'];
/** Longer instructions would outweigh the brief. */
const LONGEST_TEXT = 20_000;

const wrong = (file: string, what: string): RangeError =>
  new RangeError(`analyst file ${file}: ${what}; ${FORM}`);

const fieldsOf = (file: string, yaml: string): Readonly<Record<string, unknown>> => {
  let fields: unknown;
  try {
    fields = parse(yaml);
  } catch {
    throw wrong(file, 'the front matter is not YAML');
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw wrong(file, 'the front matter is not a list of fields');
  const unknown = Object.keys(fields).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw wrong(file, `the field "${unknown}" is unknown`);
  return fields as Readonly<Record<string, unknown>>;
};

const needsOf = (file: string, value: unknown): readonly AnalystNeed[] => {
  const needs = value ?? [];
  if (!Array.isArray(needs)) throw wrong(file, 'needs is not a list');
  return needs.map((need: unknown) => {
    const found = ANALYST_NEEDS.find((known) => known === need);
    if (!found) throw wrong(file, `needs has "${String(need)}"`);
    return found;
  });
};

/**
 * Reads one analyst's file.
 * @param file its path, for errors and as the origin
 * @throws RangeError naming the file, what is wrong with it and the accepted form
 */
export const parseAnalyst = (file: string, content: string, origin = file): AnalystPrompt => {
  const [, yaml, body] = FRONT_MATTER.exec(content) ?? [];
  if (yaml === undefined || body === undefined) throw wrong(file, 'there is no front matter');
  const { id, name, group, needs } = fieldsOf(file, yaml);
  if (typeof id !== 'string' || !ID.test(id))
    throw wrong(file, 'id is not 1 to 40 small letters, digits and hyphens');
  if (typeof name !== 'string' || name.trim() === '') throw wrong(file, 'name is empty');
  const known = ANALYST_GROUPS.find((each) => each === group);
  if (!known) throw wrong(file, `group is "${String(group ?? '')}"`);
  const text = body.trim();
  if (text === '') throw wrong(file, 'there are no instructions after the front matter');
  if (text.length > LONGEST_TEXT) throw wrong(file, `the instructions exceed ${LONGEST_TEXT} characters`);
  const version = createHash('sha256')
    .update(`${prompt('analyst').text}\n${content}`)
    .digest('hex');
  return {
    id,
    name: name.trim(),
    group: known,
    needs: needsOf(file, needs),
    text,
    version: version.slice(0, 12),
    origin,
  };
};

const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort();

const readFolder = (folder: string): readonly AnalystPrompt[] =>
  existsSync(folder)
    ? namesIn(folder).map((name) =>
        parseAnalyst(join(folder, name), readFileSync(join(folder, name), 'utf8')),
      )
    : [];

/** An order of its own for each file: the named ones first. */
const placeOf = (name: string): number => {
  const place = SHOWN_FIRST.indexOf(basename(name, '.md'));
  return place < 0 ? SHOWN_FIRST.length : place;
};

const builtIn = (): readonly AnalystPrompt[] => {
  const folder = assetPath('prompts', 'analysts');
  return [...namesIn(folder)]
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map((name) => parseAnalyst(name, readFileSync(join(folder, name), 'utf8'), 'built in'));
};

/**
 * The panel's own analysts and those of the users' folders (absent folders hold none). A user's file with the
 * id of a built-in one replaces it.
 * @throws RangeError for a file that is not an analyst, or an id that two users' files have
 */
export const analystLibrary = (folders: readonly string[] = []): readonly AnalystPrompt[] => {
  const own = new Map<string, AnalystPrompt>();
  for (const analyst of folders.flatMap(readFolder)) {
    const other = own.get(analyst.id);
    if (other) throw wrong(analyst.origin, `the id "${analyst.id}" is also that of ${other.origin}`);
    own.set(analyst.id, analyst);
  }
  const shipped = builtIn();
  const ids = new Set(shipped.map(({ id }) => id));
  return [
    ...shipped.map((analyst) => own.get(analyst.id) ?? analyst),
    ...[...own.values()].filter(({ id }) => !ids.has(id)),
  ];
};

/**
 * The analysts of these ids, in the order given; all for null.
 * @throws RangeError naming an id that nobody has, and those that exist
 */
export const chooseAnalysts = (
  library: readonly AnalystPrompt[],
  ids: readonly string[] | null,
): readonly AnalystPrompt[] => {
  if (ids === null) return library;
  return [...new Set(ids)].map((id) => {
    const found = library.find((analyst) => analyst.id === id);
    if (found) return found;
    throw new RangeError(
      `analyst "${id}" is unknown; accepted: ${library.map((analyst) => analyst.id).join(', ')}`,
    );
  });
};
