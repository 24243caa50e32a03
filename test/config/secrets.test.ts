// Secrets by reference: variable, file that a variable names, or file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSecret } from '../../config/secrets';

const folder = mkdtempSync(join(tmpdir(), 'conclave-secrets-'));
const file = join(folder, 'key');
writeFileSync(file, 'from-file\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['a variable', 'A_KEY', { A_KEY: ' direct ' }, 'direct'],
  ['the file that NAME_FILE names', 'A_KEY', { A_KEY_FILE: file }, 'from-file'],
  ['the variable before the file', 'A_KEY', { A_KEY: 'direct', A_KEY_FILE: file }, 'direct'],
  ['a file', `file:${file}`, {}, 'from-file'],
  ['nothing where the variable is empty', 'A_KEY', { A_KEY: '  ' }, null],
  ['nothing where the file is missing', 'file:/nowhere/key', {}, null],
])('reads %s', (_what, name, env, value) => {
  expect(readSecret(name, env)).toBe(value);
});
