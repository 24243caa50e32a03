// Analysts as files: the seventeen shipped ones are whole, users add their own without code, and a file that is
// none is named with what is wrong.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analystLibrary, chooseAnalysts, parseAnalyst } from '../../prompts/analyst-library';
import { HOUSE_ANALYSTS } from '../../providers/house/analysts';

const FILE = `---
id: contrarian
name: The contrarian
group: market
needs: [bars]
---
Take the other side.
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'analysts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

test('seventeen analysts are shipped, in three groups, each with a house analyst behind it', () => {
  const shipped = analystLibrary();
  expect(shipped).toHaveLength(17);
  expect(shipped.map(({ id }) => id)).toEqual(HOUSE_ANALYSTS.map(({ id }) => id));
  const count = (group: string) => shipped.filter((analyst) => analyst.group === group).length;
  expect([count('fundamental'), count('market'), count('personality')]).toEqual([2, 3, 12]);
  expect(new Set(shipped.map(({ version }) => version)).size).toBe(17);
});

test('a file in a folder of the user is one more analyst', () => {
  write('contrarian.md', FILE);
  const added = analystLibrary([folder]).at(-1);
  expect(added).toMatchObject({
    id: 'contrarian',
    group: 'market',
    needs: ['bars'],
    text: 'Take the other side.',
  });
  expect(analystLibrary([folder])).toHaveLength(18);
});

test('a file with the id of a shipped analyst replaces it, and has another version', () => {
  write('mine.md', FILE.replace('contrarian', 'graham'));
  const [before, after] = [analystLibrary(), analystLibrary([folder])].map((library) =>
    library.find(({ id }) => id === 'graham'),
  );
  expect(after?.name).toBe('The contrarian');
  expect(after?.version).not.toBe(before?.version);
});

test('a folder that does not exist holds no analysts', () => {
  expect(analystLibrary([join(folder, 'none')])).toHaveLength(17);
});

test('a changed word is a changed version', () => {
  expect(parseAnalyst('a', FILE).version).not.toBe(parseAnalyst('a', FILE.replace('other', 'same')).version);
});

test.each([
  ['no front matter', 'Take the other side.', /there is no front matter/],
  ['broken YAML', FILE.replace('id: contrarian', 'id: [oops'), /is not YAML/],
  ['a missing id', FILE.replace('id: contrarian\n', ''), /id is not/],
  ['an id with blanks', FILE.replace('contrarian', 'The One'), /id is not/],
  ['a missing name', FILE.replace('name: The contrarian\n', ''), /name is empty/],
  ['an unknown group', FILE.replace('group: market', 'group: wizards'), /group is "wizards"/],
  ['an unknown need', FILE.replace('[bars]', '[tea-leaves]'), /needs has "tea-leaves"/],
  ['an unknown field', FILE.replace('needs:', 'wants:'), /the field "wants" is unknown/],
  ['no instructions', FILE.replace('Take the other side.', ''), /no instructions/],
])('%s is refused with the file, the fault and the accepted form', (_what, text, message) => {
  write('broken.md', text);
  expect(() => analystLibrary([folder])).toThrow(message);
  expect(() => analystLibrary([folder])).toThrow(/broken\.md.*accepted: a file that begins with ---/s);
});

test('two files of one id are refused, and so is an analyst that nobody has', () => {
  mkdirSync(join(folder, 'more'));
  write('a.md', FILE);
  write('b.md', FILE);
  expect(() => analystLibrary([folder])).toThrow(/is also that of/);
  expect(() => chooseAnalysts(analystLibrary(), ['graham', 'merlin'])).toThrow(
    /analyst "merlin" is unknown; accepted: fundamentals, /,
  );
  expect(chooseAnalysts(analystLibrary(), ['wood', 'graham', 'wood']).map(({ id }) => id)).toEqual([
    'wood',
    'graham',
  ]);
});
