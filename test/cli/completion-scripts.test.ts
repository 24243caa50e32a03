// Completion: each shell that is installed reads its script and is asked what it offers; those that are not are skipped.
import { completionScript, SHELLS } from '../../cli/completion-scripts';
import { createProgram } from '../../cli/main';
import { hasShell, offeredBy } from '../support/completing-shells';

const program = createProgram();

const commandsOf = (path: readonly string[]): readonly string[] => {
  const command = path.reduce((at, name) => at.commands.find((each) => each.name() === name)!, program);
  return command.commands.map((each) => each.name()).sort();
};

const withoutOptions = (words: readonly string[]) => words.filter((word) => !word.startsWith('-'));

/** Two commands have this name; each has options of its own. */
const optionsOf = (path: readonly string[]): readonly string[] => {
  const command = path.reduce((at, name) => at.commands.find((each) => each.name() === name)!, program);
  return [...command.options.flatMap(({ long }) => long ?? []), '--help'].sort();
};

describe.each(SHELLS)('%s', (shell) => {
  const script = completionScript(shell, program);
  const testWhere = hasShell(shell) ? test : test.skip;
  const offers = (line: string) => offeredBy(shell, script, line);

  testWhere.each([
    ['conclave rec', ['recommend']],
    ['conclave budget s', ['set', 'show']],
    ['conclave budget set --r', ['--reason']],
    ['conclave models rate gpt-4o 9 --ta', ['--task']],
    ['conclave spend --b', ['--by']],
    ['conclave completion ', [...SHELLS].sort()],
    ['conclave rank --by ', ['agreement', 'calibration', 'context', 'contribution', 'skill']],
  ])('completes "%s" to %j', (line, expected) => {
    const words = offers(line);
    expect(line.endsWith(' ') ? withoutOptions(words) : words).toEqual(expected);
  });

  testWhere('offers every command, and of two of one name the options of the one that stands there', () => {
    expect(withoutOptions(offers('conclave '))).toEqual(commandsOf([]));
    expect(offers('conclave replay --')).toEqual(optionsOf(['replay']));
    expect(offers('conclave competition replay --')).toEqual(optionsOf(['competition', 'replay']));
  });
});

test.each(SHELLS)('the script for %s names every command and its option --json', (shell) => {
  const text = completionScript(shell, program);
  for (const command of program.commands) expect(text).toContain(command.name());
  expect(text).toContain('json');
});
