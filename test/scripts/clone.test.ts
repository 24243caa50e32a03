// A clone's own scripts, in a folder that looks like one: two set-ups at once, and a command whose build is missing or
// is not of its sources.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assetPath } from '../../config/package-root';

let clone: string;

const put = (name: string, text: string): void => writeFileSync(join(clone, name), text);

beforeEach(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), 'conclave-clone-')));
  for (const folder of ['.git', 'bin', 'cli', 'dist/cli', 'scripts'])
    mkdirSync(join(clone, folder), { recursive: true });
  for (const file of ['bin/conclave.js', 'scripts/build-state.mjs', 'scripts/one-at-a-time.mjs'])
    cpSync(assetPath(...file.split('/')), join(clone, file));
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

describe('a set-up', () => {
  /** Says `in` when its turn has come and ends with its input. */
  const WORK = `import { readFileSync } from 'node:fs';
    import { oneAtATime } from './one-at-a-time.mjs';
    oneAtATime(() => { process.stdout.write('in'); readFileSync(0); process.stdout.write('out'); });`;

  const started: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => {
    for (const each of started.splice(0)) each.kill('SIGKILL');
  });

  const start = (): ChildProcessWithoutNullStreams => {
    put('scripts/work.mjs', WORK);
    const child = spawn(process.execPath, [join(clone, 'scripts', 'work.mjs')]);
    started.push(child);
    return child;
  };

  const heard = async (stream: EventEmitter): Promise<string> => String((await once(stream, 'data'))[0]);

  it('waits for one that is under way, says so, and goes on when that has ended', async () => {
    const first = start();
    expect(await heard(first.stdout)).toBe('in');
    const second = start();
    expect(await heard(second.stderr)).toContain(`waiting for process ${first.pid}`);
    const turn = heard(second.stdout);
    const firstOut = heard(first.stdout);
    first.stdin.end();
    expect([await firstOut, await turn]).toEqual(['out', 'in']);
    const ended = once(second, 'exit');
    second.stdin.end();
    expect((await ended)[0]).toBe(0);
    expect(readdirSync(clone).filter((name) => name.startsWith('.preparing'))).toEqual([]);
  }, 30_000);

  it('is not kept waiting by one that was killed', async () => {
    const first = start();
    await heard(first.stdout);
    const killed = once(first, 'exit');
    first.kill('SIGKILL');
    await killed;
    expect(existsSync(join(clone, '.preparing'))).toBe(true);
    const second = start();
    expect(await heard(second.stdout)).toBe('in');
    const ended = once(second, 'exit');
    second.stdin.end();
    expect((await ended)[0]).toBe(0);
  }, 30_000);

  it('goes on at once in a child of the one that is under way', () => {
    put(
      'scripts/outer.mjs',
      `import { spawnSync } from 'node:child_process';
      import { oneAtATime } from './one-at-a-time.mjs';
      oneAtATime(() => spawnSync(process.execPath, ['scripts/work.mjs'], { stdio: ['ignore', 'inherit', 'inherit'] }));`,
    );
    put('scripts/work.mjs', WORK);
    const run = spawnSync(process.execPath, ['scripts/outer.mjs'], { cwd: clone, encoding: 'utf8' });
    expect([run.stdout, run.stderr]).toEqual(['inout', '']);
  });
});

describe('the command', () => {
  const command = () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'bin', 'conclave.js'), 'x'], {
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  const build = (): void => {
    put('cli/main.ts', '1');
    put(
      'dist/cli/main.js',
      'exports.main = async ([, , word]) => { process.stdout.write(word); return 3; };',
    );
    const mark = `import('${join(clone, 'scripts', 'build-state.mjs')}').then((m) => m.markBuilt(m.sourceDigest()))`;
    expect(spawnSync(process.execPath, ['-e', mark]).status).toBe(0);
  };

  const RAN = { status: 3, stdout: 'x', stderr: '' };
  const LATER = new Date(Date.now() + 60_000);

  it('says what to run before the first build', () => {
    expect(command()).toEqual({ status: 1, stdout: '', stderr: expect.stringContaining('`npm start`') });
  });

  it('runs a build of the present sources without a word, also where a file was only touched', () => {
    build();
    expect(command()).toEqual(RAN);
    utimesSync(join(clone, 'cli', 'main.ts'), LATER, LATER);
    expect(command()).toEqual(RAN);
  });

  it('runs an older build with a word on stderr, in a clone', () => {
    build();
    put('cli/main.ts', '2');
    utimesSync(join(clone, 'cli', 'main.ts'), LATER, LATER);
    expect(command()).toEqual({ ...RAN, stderr: expect.stringContaining('`npm run build`') });
    rmSync(join(clone, '.git'), { recursive: true });
    expect(command()).toEqual(RAN);
  });
});
