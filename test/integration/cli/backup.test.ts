// Backup and restore as people do them: from the stack that runs, into a new data folder.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../../db/database';
import { findViolations } from '../../../db/invariants';
import { withDatabaseAlone } from '../../../stack/database-alone';
import { conclave } from '../../support/conclave-cli';
import { GENERATED_AS_OF, writeGeneratedTape } from '../../support/generated-tape';
import { type RunningStack, runningStack, stackPlace } from '../../support/running-stack';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'conclave-backup-cli-'));
const FILE = join(folder, 'desk.backup');
const TAPE = join(folder, 'tape.csv');

let running: RunningStack;

beforeAll(async () => {
  writeGeneratedTape(TAPE, ['AAPL']);
  running = await runningStack();
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a session is saved while the stack runs, and found whole in a new data folder', async () => {
  const session = ['session', '--symbols', 'AAPL', '--prices', TAPE, '--as-of', GENERATED_AS_OF, '--json'];
  const { sessionId } = (await conclave(session, running.place)).json<{ sessionId: string }>();
  const saved = await conclave(['backup', FILE, '--json'], running.place);
  expect(saved.code).toBe(0);

  const place = stackPlace(join(folder, 'restored'));
  const restored = await conclave(['restore', FILE, '--json'], place);
  expect(restored.stderr).toContain('starting Postgres');
  expect(restored.json().rows).toBe(saved.json().rows);

  await withDatabaseAlone(place, async (url) => {
    const db = openDatabase(url, { poolSize: 1 });
    const [found] = await db.query<{ status: string }>('select status from market_sessions where id = $1', [
      sessionId,
    ]);
    expect(found).toEqual({ status: 'finished' });
    expect(await findViolations(db, { drainSeconds: 0 })).toEqual([]);
    await db.close();
  });
});

it('a file that is there already is not written over', async () => {
  const result = await conclave(['backup', TAPE], running.place);
  expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('exists already') });
});

it('what is no backup is refused with exit code 2', async () => {
  const file = join(folder, 'other');
  writeFileSync(file, 'symbol,time\n');
  const result = await conclave(['restore', file], stackPlace(join(folder, 'unused')));
  expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('no whole backup') });
});

it('nothing is restored into the data folder of a running stack', async () => {
  const result = await conclave(['restore', FILE], running.place);
  expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining('conclave down') });
});
