// The list of commands says what the commands' own files say, and naming one loads only that one.
import { COMMANDS } from '../../cli/command-list';
import { createProgram } from '../../cli/main';

it('describes every command as the command itself does', () => {
  const own = createProgram().commands.map((command) => [command.name(), command.description()]);
  expect(own).toEqual(COMMANDS.map(({ name, about }) => [name, about]));
});

it.each([
  [['spend', '--by', 'model'], 'spend'],
  [['help', 'spend'], 'spend'],
  [['--help'], null],
  [[], null],
])('loads for %j only what it needs', (words, loaded) => {
  const withOptions = createProgram(words)
    .commands.filter((command) => command.options.length > 0 || command.commands.length > 0)
    .map((command) => command.name());
  expect(withOptions).toEqual(loaded === null ? [] : [loaded]);
});

it('knows every command of the interface', () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining(['up', 'session', 'research', 'decide', 'panel', 'event', 'models', 'providers']),
  );
});
