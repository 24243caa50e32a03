// The list of commands says what the commands' own files say, and naming one loads only that one.
import type { Command } from 'commander';
import { COMMANDS } from '../../cli/command-list';
import { createProgram } from '../../cli/main';
import { typeCommand } from '../support/typed-command';

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

const INTERFACE =
  'up session research decide panel event models providers budget estimate recommend spend settings watchlist outcomes rank backtest competition schedules cache doctor init config completion token'.split(
    ' ',
  );

it('has every command of the interface, once', () => {
  const names = COMMANDS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(INTERFACE));
});

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  return text;
};

it('gives every command a help with examples, of commands and options that there are', () => {
  const program = createProgram();
  for (const command of program.commands) {
    const examples = [...helpOf(command).matchAll(/\$ (?:\w+=\S+ )*conclave (.+)/g)].map(
      ([, words]) => words!,
    );
    expect([command.name(), examples.length > 0]).toEqual([command.name(), true]);
    for (const example of examples) {
      const words = example.replace(/"[^"]*"/g, 'text').split(/\s+/);
      let named: Command = program;
      for (const word of words) named = named.commands.find((each) => each.name() === word) ?? named;
      const byDefault = named.commands.flatMap(({ options }) => options);
      const known = [...named.options, ...byDefault, ...(named.parent?.options ?? [])].map(
        ({ long }) => long,
      );
      for (const option of words.filter((word) => word.startsWith('--')))
        expect([example, known.includes(option.split('=')[0]!)]).toEqual([example, true]);
    }
  }
});

const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

it('gives every command a description and the option --json', () => {
  for (const command of leaves(createProgram())) {
    const options = command.options.map(({ long }) => long);
    expect([command.name(), options]).toEqual([command.name(), expect.arrayContaining(['--json'])]);
    expect(command.description()).toMatch(/\S/);
  }
});

it.each([
  [['spend', '--nope'], "unknown option '--nope'"],
  [['recomend', 'forecast'], "unknown command 'recomend'"],
  [['budget', 'set', 'month'], "missing required argument 'usd'"],
])('gives programs one document and exit code 2 for %j', async (words, message) => {
  const err = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { code, json } = await typeCommand(words);
  const shown = err.mock.calls.join('');
  err.mockRestore();
  expect([code, json.error.code]).toEqual([2, 'wrong_use']);
  expect(json.error.message).toContain(message);
  expect(shown).toContain(message);
});
