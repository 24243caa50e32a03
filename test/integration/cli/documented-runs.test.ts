// The commands of the README and the operations handbook, run in their order on one stack without internet: what the
// documents show must work as it stands there. test/docs/ looks at those that are left out here.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetPath } from '../../../config/package-root';
import { type DocumentedCommand, documentedCommands } from '../../docs/documented-commands';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { endStack, type StackPlace, stackPlace } from '../../support/running-stack';
import { typeCommand } from '../../support/typed-command';

jest.setTimeout(300_000);

/** Why a documented command is not run here. */
const LEFT_OUT: readonly (readonly [reason: string, pattern: RegExp])[] = [
  ['runs until someone ends it', /^(up|start|mcp)\b/],
  ['ends the stack that the others need; test/integration/stack', /^down\b/],
  [
    'names a file of the reader; its own tests bring one',
    /\.csv|\.backup|\.archive|--recorded|^competition replay/,
  ],
  ['names an id of the reader', /"?<|review:|task:ab|desk:|^review (approve|reject)/],
  ['needs prices of the day, from the web', /^(session|research|decide|panel (?!--list))\b/],
  ['needs models of several providers', /^tournament/],
];

const reasonFor = ({ words }: DocumentedCommand): string | undefined =>
  LEFT_OUT.find(([, pattern]) => pattern.test(words.slice(1).join(' ')))?.[0];

const documented = ['README.md', 'docs/operations.md']
  .flatMap((name) => documentedCommands(name, readFileSync(assetPath(name), 'utf8')))
  .filter(({ words, file, line }) => {
    const text = readFileSync(assetPath(file), 'utf8').split('\n')[line - 1] ?? '';
    return words[0] === 'conclave' && text.startsWith('conclave ');
  });
const toRun = documented.filter((command) => reasonFor(command) === undefined);

let server: ProviderServer;
let place: StackPlace;
const home = mkdtempSync(join(tmpdir(), 'conclave-documents-'));

beforeAll(async () => {
  server = await startProviderServer();
  const env = {
    OPENAI_API_KEY: 'sk-documents',
    OPENAI_BASE_URL: `${server.as('openai')}/v1`,
    // Empty: Ollama is looked for where it usually is, and is no fault where it is not.
    OLLAMA_HOST: '',
  };
  place = stackPlace(home, { env, api: true });
  Object.assign(process.env, place.env);
});

afterAll(async () => {
  await endStack(place);
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

test('most commands are run', () => {
  expect(toRun.length).toBeGreaterThan(40);
  expect(toRun.length).toBeGreaterThan(documented.length / 2);
});

test.each(toRun.map((command) => [`${command.file}:${command.line}`, command] as const))(
  '%s works',
  async (_place, { words }) => {
    const { code, json } = await typeCommand(words.slice(1));
    expect([words.join(' '), code, code === 0 ? null : json]).toEqual([words.join(' '), 0, null]);
  },
);

test('prune counts, takes into an archive, and puts back', async () => {
  const file = join(home, 'old.archive');
  const day = await typeCommand(['prune', '--kinds', 'requests', '--before', '2020-01-01', '--dry-run']);
  expect(day).toMatchObject({ code: 0, json: { dryRun: true, archive: null, kinds: [{ rows: 0 }] } });
  const taken = await typeCommand(['prune', '--archive', file]);
  expect(taken).toMatchObject({ code: 0, json: { dryRun: false, archive: file } });
  expect(taken.json.kinds).toHaveLength(9);
  const back = await typeCommand(['prune', '--put-back', file]);
  expect(back).toMatchObject({ code: 0, json: { file, rows: 0, present: 0 } });
  expect(await typeCommand(['prune', '--archive', file])).toMatchObject({
    ...{ code: 2, json: { error: { message: `"${file}" exists already` } } },
  });
  expect(await typeCommand(['prune', '--kinds', 'ledger'])).toMatchObject({ code: 2 });
});
