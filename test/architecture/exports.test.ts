// No dead code: what is exported is read by another file. What only tests read is used by its own file too, or its
// tests alone keep it alive.
import { exportsOf, readNamesOf } from '../support/exported-names';
import { readSources, type SourceFile } from '../support/source-files';

const FOLDERS = [
  'domain',
  'workflows',
  'activities',
  'providers',
  'sources',
  'db',
  'workers',
  'stack',
  'client',
  'server',
  'cli',
  'config',
  'prompts',
];
/** Read by programs rather than by imports: workflow types by their names, tables by the migration generator. */
const LISTS_READ_WHOLE = ['workflows/index', 'db/schema/'];
/** Loaded by Temporal by its path and this name. */
const LOADED_BY_NAME = [
  'workers/bundle-failures#failureConverter',
  'client/encoded-failures#failureConverter',
];
/** Beside the product itself; what only they use is not dead, as they are commands people run. */
const OTHER_READERS = ['bench', 'test/chaos'];

const keyOf = (target: string, name: string): string => `${target}#${name}`;

/** Whether one of these files reads a name of another: by import, or as a member where it is loaded whole. */
const readersIn = (files: readonly SourceFile[]): ((file: string, name: string) => boolean) => {
  const names = new Set<string>();
  const whole = new Map<string, string[]>();
  for (const { target, name, text } of files.flatMap((file) =>
    readNamesOf(file).map((read) => ({ ...read, text: file.text })),
  ))
    for (const file of [target, `${target}/index`])
      if (name !== null) names.add(keyOf(file, name));
      else whole.set(file, [...(whole.get(file) ?? []), text]);
  return (file, name) =>
    names.has(keyOf(file, name)) || (whole.get(file) ?? []).some((text) => text.includes(name));
};

const product = readSources(FOLDERS);
const readBySources = readersIn([...product, ...readSources(OTHER_READERS)]);
const isRead = (file: string, name: string): boolean =>
  readBySources(file, name) || LOADED_BY_NAME.includes(keyOf(file, name));

const isReadWhole = ({ path }: SourceFile): boolean => LISTS_READ_WHOLE.some((one) => path.startsWith(one));

/** Beyond its own declaration. */
const isUsedInside = ({ text }: SourceFile, name: string): boolean =>
  (text.match(new RegExp(`(?<![\\w$.])${name.replace('$', '\\$')}(?![\\w$])`, 'g')) ?? []).length > 1;

const withoutEnding = ({ path }: SourceFile): string => path.replace(/\.tsx?$/, '');

const readByTests = readersIn(readSources(['test']));

/** Types are left out: they come with what they describe, for callers to name their own values by. */
const unreadIn = (file: SourceFile): readonly string[] =>
  isReadWhole(file)
    ? []
    : exportsOf(file)
        .filter(({ name, isType }) => !isType && !isRead(withoutEnding(file), name))
        .map(({ name }) => name);

const inProduct = product.flatMap((file) => unreadIn(file).map((name) => ({ file, name })));

test('nothing is kept alive by its tests alone', () => {
  const dead = inProduct.filter(({ file, name }) => !isUsedInside(file, name));
  expect(dead.map(({ file, name }) => `${file.path}: ${name}`)).toEqual([]);
});

test('nothing is exported that no other file reads', () => {
  const unread = inProduct.filter(({ file, name }) => !readByTests(withoutEnding(file), name));
  expect(unread.map(({ file, name }) => `${file.path}: ${name}`)).toEqual([]);
});

test('exports and their readers are really found', () => {
  expect(product.flatMap(exportsOf).length).toBeGreaterThan(1500);
  expect(inProduct.length).toBeGreaterThan(10);
});
