// Every argument and option of every command that is a field of the API: what the one refuses the other refuses, in
// the same sentence behind the name, and what the one takes the other takes. Names are those of the field and of the
// option, so they are the one thing that may differ. Values are made from the field's schema; nothing is started.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Command } from 'commander';
import { createProgram } from '../../cli/main';
import { createApp } from '../../server/app';
import { type Answered, put, send } from '../support/api-request';
import { type CommandFields, commandFields } from '../support/command-fields';
import { fieldOf, listOf, type Place, sentFor, valuesFor } from '../support/field-values';
import { type OpenApi, type OperationAt, operationsOf } from '../support/open-api';
import { serverContextWithoutStores } from '../support/server-context';
import { typeCommand } from '../support/typed-command';

const PAST = 'reached behind the checks';
/** A command that is content with its words would start a stack now; none is there and none may be. */
jest.mock('../../stack/stack', () => ({
  stackStatus: async () => null,
  ensureStack: async () => {
    throw new Error('reached behind the checks');
  },
}));

const folder = mkdtempSync(join(tmpdir(), 'conclave-options-'));
const FILES = {
  prices: join(folder, 'week.csv'),
  symbols: join(folder, 'symbols.txt'),
  outcomes: join(folder, 'outcomes.csv'),
};
writeFileSync(FILES.symbols, 'AAPL\n');
writeFileSync(FILES.outcomes, 'proposition,outcome\np,yes\n');
const day = (date: number) => `AAPL,2025-06-0${date},1,2,0.5,1.5,100`;
writeFileSync(
  FILES.prices,
  `${['symbol,time,open,high,low,close,volume', ...[2, 3, 4, 5, 6].map(day)].join('\n')}\n`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TABLE = commandFields(FILES);

let app: OpenAPIHono;
let document: OpenApi;
let operations: ReadonlyMap<string, OperationAt>;

beforeAll(async () => {
  app = createApp(serverContextWithoutStores({ pricesFolder: folder }));
  const answer = await app.request('http://localhost/api/v1/openapi.json', {
    headers: { host: 'localhost' },
  });
  document = (await answer.json()) as OpenApi;
  operations = new Map(operationsOf(document).map((at) => [at.operation.operationId, at]));
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());

const leaves = (command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] => {
  const inner = command.commands.flatMap((each) => leaves(each, [...path, each.name()]));
  const acts = (command as unknown as { _actionHandler: unknown })._actionHandler != null;
  return acts ? [[path.join(' '), command], ...inner] : inner;
};

/** What takes a value; a flag cannot be given a wrong one. */
const takersOf = (command: Command): readonly string[] => [
  ...command.registeredArguments.map((argument) => argument.name()),
  ...command.options.filter((option) => option.required || option.optional).map((option) => option.long!),
];

const COMMANDS = new Map(leaves(createProgram()));

const entriesOf = (command: string) => TABLE.filter((entry) => entry.command === command);

test('every argument and option is a field of the API, or has a reason not to be', () => {
  const missing = [...COMMANDS].flatMap(([name, command]) => {
    const entries = entriesOf(name);
    if (entries.some(({ why }) => why)) return [];
    const known = new Set(entries.flatMap(({ fields, only }) => Object.keys({ ...fields, ...only })));
    return takersOf(command)
      .filter((each) => !known.has(each))
      .map((each) => `${name} ${each}`);
  });
  expect(missing).toEqual([]);
});

test('the table names nothing that is not there', () => {
  const stray = TABLE.flatMap(({ command, operation, fields = {}, only = {} }) => {
    const found = COMMANDS.get(command);
    if (!found) return [command];
    const takers = takersOf(found);
    return [
      ...(operation === undefined || operations.has(operation) ? [] : [`${command}: ${operation}`]),
      ...Object.keys({ ...fields, ...only })
        .filter((each) => !takers.includes(each))
        .map((each) => `${command} ${each}`),
    ];
  });
  expect(stray).toEqual([]);
});

const typed = async (name: string, given: Readonly<Record<string, string>>): Promise<Answered> => {
  const command = COMMANDS.get(name)!;
  const flags = new Set(command.options.filter((each) => each.isBoolean()).map(({ long }) => long));
  const options = Object.entries(given).filter(([key]) => key.startsWith('--'));
  const args = command.registeredArguments.flatMap((argument) => given[argument.name()] ?? []);
  const words = options.map(([key, value]) => (flags.has(key) ? key : `${key}=${value}`));
  const { code, json } = await typeCommand([...name.split(' '), ...words, '--', ...args]);
  return { refused: code === 2, message: json.error.message };
};

interface Pair {
  readonly entry: CommandFields;
  readonly taker: string;
  readonly field: string;
}

const PAIRS = TABLE.flatMap((entry) =>
  Object.entries(entry.fields ?? {}).map(([taker, field]): Pair => ({ entry, taker, field })),
);

/** What an address or a header cannot hold, what cuts a list of pairs in two, and an empty list that is refused. */
const isUnlike = ({ entry, taker }: Pair, place: Place, text: string): boolean =>
  ((place === 'path' || entry.needed?.[taker] !== undefined) && listOf(text).length === 0) ||
  (place === 'header' && text !== '' && text.trim() === '') ||
  (entry.before?.[taker] !== undefined && text.includes(','));

/** Without the place in a list or an object, and however its words are joined. */
const plainly = (name: string): string =>
  name
    .replace(/\[\d+\]$/, '')
    .split('.')
    .filter((part) => !/^\d+$/.test(part))
    .at(-1)!
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** Begins with one of the names, or with that of a list in the singular, and says what is accepted. */
const isWhole = (message: string, names: readonly string[]): boolean => {
  const first = plainly(/^\S+/.exec(message)![0]);
  const known = names.map(plainly).flatMap((name) => [name, name.replace(/s$/, '')]);
  return known.includes(first) && /; accepted\b/.test(message);
};

/** The one rule: the first word is the field's name or the option's; the rest of the sentence is the same. */
const behindName = (message: string): string => message.replace(/^\S+ /, '');

const isSame = (byApi: Answered, byCommand: Answered, { taker, field }: Pair): boolean => {
  if (!byApi.refused) return !byCommand.refused && byCommand.message === PAST;
  const names = field.split('.');
  return (
    byCommand.refused &&
    isWhole(byApi.message, names) &&
    isWhole(byCommand.message, [...names, taker]) &&
    behindName(byApi.message) === behindName(byCommand.message)
  );
};

const said = ({ refused, message }: Answered): string =>
  (refused ? message : `takes it: ${message}`).slice(0, 200);

const compared = async (pair: Pair): Promise<{ refusals: number; differ: readonly string[] }> => {
  const { entry, taker, field } = pair;
  const at = operations.get(entry.operation!)!;
  const taken = fieldOf(document, at, field);
  const differ: string[] = [];
  let refusals = 0;
  for (const text of valuesFor(document, taken.schema)) {
    if (isUnlike(pair, taken.place, text)) continue;
    const request = put(entry.send ?? {}, field.split('.'), sentFor(taken, text));
    const byApi = await send(app, at, request as Readonly<Record<string, unknown>>);
    const words = { ...entry.type, [taker]: `${entry.before?.[taker] ?? ''}${text}` };
    const byCommand = await typed(entry.command, words);
    if (byApi.refused) refusals += 1;
    if (!isSame(byApi, byCommand, pair))
      differ.push(`${JSON.stringify(text).slice(0, 40)}: API ${said(byApi)} | command ${said(byCommand)}`);
  }
  return { refusals, differ };
};

const named = PAIRS.map(
  (pair) => [`${pair.entry.command} ${pair.taker}`, `${pair.entry.operation} ${pair.field}`, pair] as const,
);

test.each(named)(
  '%s and %s are refused alike',
  async (_taker, _field, pair) => {
    const { differ, refusals } = await compared(pair);
    expect(differ).toEqual([]);
    expect(refusals).toBeGreaterThan(0);
  },
  60_000,
);
