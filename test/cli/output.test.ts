// What every command prints and how it ends.

import { createLiveText } from '../../cli/live-tree';
import {
  CliError,
  createProgress,
  describeFailure,
  EXIT,
  note,
  printJson,
  printText,
  runAction,
  wrongUse,
} from '../../cli/output';
import { ConfigError } from '../../config/config-error';
import { StackError } from '../../stack/stack-error';

afterEach(() => {
  process.exitCode = undefined;
  jest.restoreAllMocks();
});

test.each([
  [wrongUse('--stake is negative', 'Give dollars'), 'wrong_use', 2],
  [new RangeError('symbol "?" is unknown'), 'wrong_use', 2],
  [new StackError({ code: 'port_in_use', message: 'm', fix: 'f' }), 'port_in_use', 1],
  [new ConfigError([{ where: 'conclave.yaml:1', setting: 'a', message: 'is wrong' }]), 'config_invalid', 2],
  [new CliError({ code: 'cap', message: 'm', fix: 'f', exitCode: EXIT.budgetReached }), 'cap', 3],
  [new Error('surprise'), 'failed', 1],
  ['thrown text', 'failed', 1],
])('%s ends with its code', (error, code, exitCode) => {
  const failure = describeFailure(error);
  expect(failure.document.error.code).toBe(code);
  expect(failure.document.error.fix).not.toBe('');
  expect(failure.exitCode).toBe(exitCode);
});

test('a failure with --json is one document on stdout', async () => {
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await runAction(async (_options: { json?: boolean }) => {
    throw wrongUse('no', 'yes');
  })({ json: true });
  expect(JSON.parse(written.join(''))).toEqual({ error: { code: 'wrong_use', message: 'no', fix: 'yes' } });
  expect(process.exitCode).toBe(2);
});

test('a failure without --json is one paragraph on stderr without secrets', async () => {
  const written: string[] = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await runAction(async () => {
    throw new Error('key sk-abcdefghijklmnopqr refused');
  })();
  expect(written.join('')).toMatch(/^conclave: key \[redacted\] refused\. Run .*\n$/);
  expect(process.exitCode).toBe(1);
});

test('what a terminal would obey is shown, never sent', async () => {
  const written: string[] = [];
  const write = (text: unknown): boolean => written.push(String(text)) > 0;
  jest.spyOn(process.stdout, 'write').mockImplementation(write);
  jest.spyOn(process.stderr, 'write').mockImplementation(write);
  const thesis = 'buy\u001b]52;c;aGk=\u0007\u001b[2A\u009b2K\r\u202esell\u2066\u007f\ttab\r\nline';
  printText(thesis);
  note(thesis);
  createProgress().update(thesis);
  await runAction(async () => {
    throw new Error(thesis);
  })();
  const isTTY = { isTTY: true, rows: 40, columns: 400, write } as unknown as NodeJS.WriteStream;
  createLiveText(isTTY).draw(thesis);
  for (const text of written) {
    expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(text).toContain('buy␛]52;c;aGk=␇␛[2A<U+009B>2K␍<U+202E>sell<U+2066>␡\ttab\nline');
  }
  expect(written).toHaveLength(5);
  written.length = 0;
  printJson({ thesis });
  expect(written.join('')).toMatch(/^[\n -~]*$/);
  expect(JSON.parse(written.join(''))).toEqual({ thesis });
});
