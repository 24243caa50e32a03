// What is added by adding one file is listed by a script: the stored lists are what the script writes today.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/source-files';

const LISTS = [
  'domain/ensemble/strategy-names.ts',
  'domain/ensemble/strategy-list.ts',
  'providers/kind-list.ts',
];
const FOLDERS = ['domain/ensemble/strategies', 'providers/kinds', 'scripts'];

let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'conclave-lists-'));
  for (const folder of FOLDERS) cpSync(join(PROJECT_ROOT, folder), join(copy, folder), { recursive: true });
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const writeLists = (): void => {
  const { status, stderr } = spawnSync(process.execPath, [join(copy, 'scripts', 'list-modules.mjs')], {
    encoding: 'utf8',
  });
  expect(`${status} ${stderr}`).toBe('0 ');
};

test('the stored lists fit the folders', () => {
  writeLists();
  for (const list of LISTS)
    expect(readFileSync(join(copy, list), 'utf8')).toBe(readFileSync(join(PROJECT_ROOT, list), 'utf8'));
});

test('a new file is in the lists after the script has run', () => {
  writeFileSync(join(copy, 'domain/ensemble/strategies/loudest-voice.ts'), '');
  writeLists();
  expect(readFileSync(join(copy, LISTS[0]!), 'utf8')).toContain("'loudest_voice'");
  expect(readFileSync(join(copy, LISTS[1]!), 'utf8')).toContain(
    "import { loudestVoice } from './strategies/loudest-voice';",
  );
});
