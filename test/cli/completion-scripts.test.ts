// Completion: bash is asked what it would offer; every shell's script names every command.
import { execFileSync, spawnSync } from 'node:child_process';
import { completionScript, SHELLS } from '../../cli/completion-scripts';
import { createProgram } from '../../cli/main';

const program = createProgram();
const script = completionScript('bash', program);

/** What bash offers behind a line, whose last word is being typed. */
const offered = (line: readonly string[]): readonly string[] =>
  execFileSync(
    'bash',
    [
      '-c',
      `${script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _conclave; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      ...line,
    ],
    { encoding: 'utf8' },
  )
    .split('\n')
    .filter(Boolean);

test.each([
  [['conclave', 'rec'], ['recommend']],
  [
    ['conclave', 'budget', 's'],
    ['show', 'set'],
  ],
  [['conclave', 'budget', 'set', '--r'], ['--reason']],
  [['conclave', 'models', 'rate', 'gpt-4o', '9', '--ta'], ['--task']],
  [['conclave', 'spend', '--b'], ['--by']],
])('bash completes %j to %j', (line, expected) => {
  expect(offered(line)).toEqual(expected);
});

test.each(SHELLS)('the script for %s names every command and its option --json', (shell) => {
  const text = completionScript(shell, program);
  for (const command of program.commands) expect(text).toContain(command.name());
  expect(text).toContain('json');
});

test('the script for bash is without a fault of grammar', () => {
  expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
});
