// The commands of the README, docs/ and the dashboard, typed in their order on one stack without internet: what they show
// must work as it stands there. Files and ids of a reader get stand-ins, and prices of the day the made-up tape.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { main } from '../../../cli/main';
import { commandsToType } from '../../docs/who-runs';
import { CONCLAVE } from '../../support/conclave-cli';
import { writeGeneratedTape } from '../../support/generated-tape';
import { type ProviderServer, startProviderServer } from '../../support/provider-server/provider-server';
import { endStack, type StackPlace, stackPlace } from '../../support/running-stack';
import { typeCommand } from '../../support/typed-command';
import { type VirtualQuestions, writeVirtualQuestions } from '../../support/virtual-questions';

jest.setTimeout(300_000);

const KEYS = ['OPENAI', 'ANTHROPIC', 'XAI', 'DEEPSEEK'];
const QUESTIONS = 24;
const toType = commandsToType();

let server: ProviderServer;
let place: StackPlace;
let files: VirtualQuestions;
const home = mkdtempSync(join(tmpdir(), 'conclave-documents-'));
const reader = join(home, 'reader');
const before = process.cwd();

/** The files that a reader would bring, under the names that the documents use. */
const bringFiles = (): void => {
  files = writeVirtualQuestions(join(reader, 'forecasts'), QUESTIONS);
  const tape = join(home, 'bars.csv');
  writeGeneratedTape(tape, ['AAPL', 'MSFT']);
  for (const file of [files.questionsFile, files.forecastsFile, tape])
    writeFileSync(join(reader, `${basename(file)}.gz`), gzipSync(readFileSync(file)));
  writeFileSync(join(reader, 'outcomes.csv'), 'proposition,outcome\nlive/question:somebody-elses,yes\n');
};

beforeAll(async () => {
  server = await startProviderServer();
  mkdirSync(reader);
  bringFiles();
  const keys = KEYS.map((name) => [`${name}_API_KEY`, `sk-documents-${name}`]);
  const urls = KEYS.map((name) => [`${name}_BASE_URL`, `${server.as(name.toLowerCase())}/v1`]);
  // Empty: Ollama is looked for where it usually is, and is no fault where it is not.
  const env = Object.fromEntries([...keys, ...urls, ['OLLAMA_HOST', '']]);
  place = stackPlace(home, { env, api: true });
  Object.assign(process.env, place.env);
  process.chdir(reader);
});

afterAll(async () => {
  process.chdir(before);
  await endStack(place);
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

/** Ids of what earlier commands made, by the word that stands for them in the documents. */
const made = new Map<string, string>();

const remember = (command: string, json: Record<string, never>): void => {
  const note = (word: string, id: unknown) => typeof id === 'string' && made.set(word, id);
  if (command === 'session') note('<session id>', json.sessionId);
  if (command === 'decide') note('<decision id>', json.decisionId);
  if (command === 'ask') note('task:ab12cd34', json.runId);
  if (command === 'tournament') note('review:tournament:ab12cd34-0f9e8d7c', json.reviewId);
};

/** Stand-ins of a whole word. */
const STAND_INS: Readonly<Record<string, () => string>> = {
  '<row_id>': () => files.questions[0]!.rowId,
  'a,b,c': () => files.members.slice(0, 3).join(','),
  'system-a,system-b,system-c': () => files.members.slice(0, 3).join(','),
  'full=a,b,c': () => `full=${files.members.slice(0, 3).join(',')}`,
  'openai/MODEL': () => 'gpt-6-sol',
  'desk-llm/MODEL': () => 'gpt-6-sol',
  // A week of days in place of sixteen.
  '2025-09-30': () => '2025-06-17',
};

/** What reads prices of the day takes the made-up tape, as the README says; a session does so by itself. */
const WITHOUT_NETWORK = /^(research|decide|panel) (?!--)(?!.*--row)/;

const standIn = (words: readonly string[]): readonly string[] => {
  const said = words.map((word) => made.get(word) ?? STAND_INS[word]?.() ?? word);
  return WITHOUT_NETWORK.test(words.join(' ')) ? [...said, '--world', 'synthetic'] : said;
};

/** One provider differs, so that the tournament with its model is disputed and there is a review to decide. */
const setVerdicts = (words: readonly string[]): void => {
  const isTournament = words[0] === 'tournament';
  const verdictOf = (provider: string) => ({
    match: { provider },
    answer: {
      verdict: provider === 'anthropic' ? 'reject' : 'approve',
      confidence: 0.8,
      reasons: ['as asked'],
    },
  });
  server.set({ answers: isTournament ? KEYS.map((name) => verdictOf(name.toLowerCase())) : [] });
};

/** Prints text and no document. */
const PRINTS_TEXT = /--help$|^completion |^review$/;

/** What a command prints that has no document: its help, for the most part. */
const printed = async (words: readonly string[]): Promise<string> => {
  let text = '';
  const take = (part: string | Uint8Array): boolean => {
    text += String(part);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(take),
  );
  await main(['node', 'conclave', ...words]).finally(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return text;
};

/** A command that serves until it is ended, in a process of its own; resolves when it says `text`. */
const serving = (args: readonly string[], text: string): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...CONCLAVE, ...args], { env: place.env });
    let said = '';
    const take = (part: string): void => {
      said += part;
      if (said.includes(text)) resolve(child);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${said}`)));
  });

test('most commands are typed', () => {
  expect(toType.length).toBeGreaterThan(95);
});

test.each(toType.map((command) => [`${command.file}:${command.line}`, command] as const))(
  '%s works',
  async (_place, { words: [, ...words] }) => {
    setVerdicts(words);
    if (PRINTS_TEXT.test(words.join(' '))) return expect(await printed(words)).toMatch(/conclave/);
    const { code, json } = await typeCommand(standIn(words));
    expect([words.join(' '), code, code === 0 ? null : json]).toEqual([words.join(' '), 0, null]);
    // What `init` wrote would be the configuration of all that follows.
    rmSync(join(reader, 'conclave.yaml'), { force: true });
    return remember(words[0]!, json);
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

test('`npm start -- --once` ends after its board', async () => {
  const { code, json } = await typeCommand(['start', '--once']);
  expect([code, json.synthetic, json.subjects.length > 0]).toEqual([0, true, true]);
});

test('`up` serves until Ctrl-C, which stops the stack', async () => {
  const up = await serving(['up'], 'Ctrl-C stops it.');
  const ended = once(up, 'close');
  up.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  expect(await typeCommand(['down'])).toMatchObject({ code: 0, json: { stopped: false } });
});

test('`start` serves after its session, until `down`', async () => {
  const start = await serving(['start'], 'Ctrl-C stops it.');
  const ended = once(start, 'close');
  expect(await typeCommand(['down'])).toMatchObject({ code: 0, json: { stopped: true } });
  expect(await ended).toEqual([0, null]);
});
