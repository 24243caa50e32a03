// Secrets by reference: variable, file that a variable names, or file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { redact } from '../../config/redact';
import { absoluteSecret, readSecret, secretFileEnvironment, sharedSecretName } from '../../config/secrets';

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

test.each([
  ['a file that a variable names', 'DESK_LLM_FILE', 'canary.file.one', 'DESK_LLM'],
  ['a variable of any name', 'DESK_LLM', 'canary.variable.two', 'DESK_LLM'],
])('what was read from %s never gets through again', (_what, variable, secret, name) => {
  const path = join(folder, 'canary');
  writeFileSync(path, `${secret}\n`);
  expect(redact(`echo: ${secret}`)).toContain(secret);
  readSecret(name, { [variable]: variable.endsWith('_FILE') ? path : secret });
  expect(redact(`echo: ${secret}; see ${path}`)).toBe(`echo: [redacted]; see ${path}`);
});

test('of a list each key, and of an address its password, is known', () => {
  const path = join(folder, 'list');
  writeFileSync(path, 'new:canaryA+1111111111\nold:canaryB+2222222222\n');
  readSecret(`file:${path}`);
  readSecret('MAIL', { MAIL: 'smtp://me:canary%2Fthree@127.0.0.1:25' });
  readSecret('DB', { DB: 'postgres://desk:postgres@127.0.0.1:5432/%zz' });
  readSecret('ODD', { ODD: 'smtp://me:%zz-canary@127.0.0.1' });
  expect(redact('Postgres of postgres')).toBe('Postgres of postgres');
  expect(redact('canaryA+1111111111, canaryB+2222222222, canary/three')).toBe(
    '[redacted], [redacted], [redacted]',
  );
});

test('a path in a configuration file begins at that file, unless it is absolute or in the home folder', () => {
  const names = ['file:keys/openai', 'file:/run/key', 'file:~/key', 'A_KEY'];
  expect(names.map((name) => absoluteSecret(name, '/desk'))).toEqual([
    'file:/desk/keys/openai',
    'file:/run/key',
    'file:~/key',
    'A_KEY',
  ]);
});

test('tables that machines share name a file by whom it is for, not by its folder', () => {
  const names = ['file:/run/gw-a/key', 'file:gw-a/key', 'file:~/key', 'A_KEY'];
  const shared = ['file:gw/key', 'file:gw/key', 'file:gw/key', 'A_KEY'];
  expect(names.map((name) => sharedSecretName(name, 'gw'))).toEqual(shared);
});

test('a variable that names a file from where the command is typed names it from elsewhere too', () => {
  const env = { A_KEY_FILE: 'key', B_KEY_FILE: file, C_KEY_FILE: 'gone', D_FILE: '', A_KEY: 'key' };
  expect(secretFileEnvironment(env, folder)).toEqual({ A_KEY_FILE: file });
  expect(secretFileEnvironment({ A_KEY_FILE: relative(process.cwd(), file) })).toEqual({ A_KEY_FILE: file });
});
