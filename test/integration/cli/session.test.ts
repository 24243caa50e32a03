// A whole market session as a user starts it: a process, one JSON document, decided subjects, nothing from the
// future.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../../client/give-up';
import { CONCLAVE, conclave } from '../../support/conclave-cli';
import { GENERATED_AS_OF, writeGeneratedTape } from '../../support/generated-tape';
import { type RunningStack, runningStack } from '../../support/running-stack';
import { describeWithShared } from '../../support/shared-data';

jest.setTimeout(120_000);

interface Member {
  readonly model: string;
  readonly provider: string;
  readonly status: string;
  readonly probability: number | null;
  readonly weight: number | null;
  readonly costUsd: string | null;
  readonly latencyMs: number;
}

interface SessionDocument {
  readonly sessionId: string;
  readonly date: string;
  readonly synthetic: boolean;
  readonly subjects: readonly {
    readonly subject: string;
    readonly research: {
      readonly briefId: string;
      readonly cache: string;
      readonly asOf: string;
      readonly sources: readonly { readonly source: string; readonly publicAt: string }[];
    };
    readonly decision: {
      readonly status: string;
      readonly stage: string;
      readonly probability: number;
      readonly sizeUsd: string;
      readonly quorum: { readonly asked: number; readonly answered: number };
      readonly members: readonly Member[];
      readonly costUsd: string;
    };
  }[];
  readonly totals: { readonly costUsd: string; readonly providerCalls: number; readonly wallMs: number };
}

const MONEY = /^\d+\.\d{6}$/;
const anyMoney = expect.stringMatching(MONEY);
const share = expect.any(Number);

const MEMBER = {
  model: expect.any(String),
  status: 'answered',
  failure: null,
  problem: null,
  standsInFor: null,
  probability: share,
  weight: share,
  costUsd: anyMoney,
  latencyMs: expect.any(Number),
};

/** The document; later issues may add fields. */
const SUBJECT = {
  subject: expect.stringMatching(/^equity:[A-Z.]+$/),
  research: {
    briefId: expect.any(String),
    cache: expect.stringMatching(/^(miss|hit|joined|restarted)$/),
    quality: expect.any(Number),
    costUsd: anyMoney,
    asOf: expect.any(String),
    sources: expect.any(Array),
  },
  decision: {
    decisionId: expect.any(String),
    status: 'decided',
    strategy: 'weighted_vote',
    stage: 'full',
    probability: share,
    action: expect.stringMatching(/^(buy|sell|hold)$/),
    sizeUsd: anyMoney,
    why: expect.arrayContaining([expect.any(String)]),
    disagreement: { stdP: share, jensenShannon: share, uncertainty: share },
    quorum: { asked: expect.any(Number), answered: expect.any(Number), needed: expect.any(Number) },
    members: expect.any(Array),
    costUsd: anyMoney,
  },
};

const TOTALS = {
  costUsd: anyMoney,
  savedUsd: anyMoney,
  providerCalls: expect.any(Number),
  wallMs: expect.any(Number),
};

const expectWhole = (document: SessionDocument, symbols: readonly string[]): void => {
  expect(document).toMatchObject({
    market: 'XNYS',
    kind: 'pre_market',
    mode: 'normal',
    totals: TOTALS,
    sessionId: expect.stringMatching(/^session:/),
  });
  expect(document.subjects.map(({ subject }) => subject)).toEqual(
    symbols.map((symbol) => `equity:${symbol}`),
  );
  for (const subject of document.subjects) {
    expect(subject).toMatchObject(SUBJECT);
    const { members } = subject.decision;
    expect(members.length).toBeGreaterThanOrEqual(5);
    for (const member of members) expect(member).toMatchObject(MEMBER);
    expect(members.every(({ provider }) => provider === 'house')).toBe(true);
    expect(new Set(members.map(({ probability }) => probability)).size).toBeGreaterThanOrEqual(4);
    expect(members.reduce((sum, { weight }) => sum + (weight ?? 0), 0)).toBeCloseTo(1, 9);
  }
};

let running: RunningStack;
const folder = mkdtempSync(join(tmpdir(), 'conclave-session-'));

beforeAll(async () => {
  running = await runningStack();
});

afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Of a worker that is still on its way, or was away for a while. */
const WORKER_NOTES = /^(Waiting for a worker|No worker takes work|A worker takes work again).*\n/gm;

const run = async (...args: readonly string[]): Promise<SessionDocument> => {
  const result = await conclave(['session', '--json', '--stake', '25', ...args], running.place);
  expect(result.stderr.replace(WORKER_NOTES, '')).toBe('');
  expect(result.code).toBe(0);
  return result.json<SessionDocument>();
};

/** Dates of the bars and documents that the members read. */
const datesRead = async (document: SessionDocument): Promise<readonly string[]> => {
  const { stores } = running.client;
  const dates = document.subjects.map(async ({ research }) => {
    const brief = await stores.briefs.get(research.briefId);
    const series = await stores.series.get(brief!.seriesId!);
    return [...series!.bars.map(({ date }) => date), ...brief!.sources.map(({ publicAt }) => publicAt)];
  });
  return (await Promise.all(dates)).flat();
};

describe('a session over a generated tape', () => {
  const tape = join(folder, 'tape.csv');
  const doubled = join(folder, 'doubled.csv');
  const symbols = ['AAA', 'BBB', 'CCC'];
  const over = (file: string) =>
    run('--symbols', symbols.join(','), '--prices', file, '--as-of', GENERATED_AS_OF);
  let document: SessionDocument;

  beforeAll(async () => {
    writeGeneratedTape(tape, symbols);
    writeGeneratedTape(doubled, symbols, { future: 'doubled' });
    document = await over(tape);
  });

  test('prints the whole document with every subject decided by at least five house members', () => {
    expectWhole(document, symbols);
    expect(document.subjects.map(({ research }) => research.cache)).toEqual(['miss', 'miss', 'miss']);
    console.info(`session of ${symbols.length} subjects: ${document.totals.wallMs} ms`);
  });

  test('rests on nothing that was not public at the as-of instant', async () => {
    const dates = await datesRead(document);
    expect(dates.length).toBeGreaterThan(100);
    expect(dates.filter((date) => date >= '2025-09-15')).toEqual([]);
    expect(dates).toContain('2025-09-12');
  });

  test('decides the same when everything after the as-of instant is another', async () => {
    const other = await over(doubled);
    const view = ({ subjects }: SessionDocument) =>
      subjects.map(({ subject, decision }) => ({
        subject,
        probability: decision.probability,
        members: decision.members.map(({ model, probability }) => ({ model, probability })),
      }));
    expect(other.sessionId).not.toBe(document.sessionId);
    expect(view(other)).toEqual(view(document));
  });

  test('shares the briefs of an earlier session of the same tape', async () => {
    const again = await over(tape);
    expect(again.subjects.map(({ research }) => research.cache)).toEqual(['hit', 'hit', 'hit']);
    expect(again.subjects.map(({ research }) => research.briefId)).toEqual(
      document.subjects.map(({ research }) => research.briefId),
    );
  });
});

describe('a session without any network', () => {
  test('runs on the made-up tape, and says so wherever it shows', async () => {
    const json = await run('--symbols', 'AAPL,MSFT');
    expectWhole(json, ['AAPL', 'MSFT']);
    expect(json).toMatchObject({ synthetic: true, sessionId: expect.stringContaining(':synthetic:') });
    for (const { research } of json.subjects)
      expect(research).toMatchObject({
        synthetic: true,
        sources: [{ source: 'synthetic' }, ...research.sources.slice(1)],
      });
    const board = await conclave(['session', '--symbols', 'AAPL'], running.place);
    expect(board.stdout).toContain('SYNTHETIC DATA');
  });

  test('gives no address of a page that ends with the command, only what keeps it open', async () => {
    const once = await conclave(['start', '--once', '--symbols', 'AAPL'], running.place);
    expect(once).toMatchObject({ code: 0, stdout: expect.stringContaining('SYNTHETIC DATA') });
    expect(once.stdout + once.stderr).not.toMatch(/http:/);
    expect(once.stderr).toContain('`npm start` or `conclave up` keeps them open');
  });

  test('gives the addresses of a stack that another process keeps', async () => {
    const { env, home } = running.place;
    const up = spawn(process.execPath, [...CONCLAVE, 'up'], { env, cwd: home });
    const exited = new Promise((resolve) => up.once('exit', resolve));
    try {
      await new Promise<void>((resolve) => {
        up.stderr.on('data', (text: Buffer) => String(text).includes('Ctrl-C stops it') && resolve());
      });
      const board = await conclave(['start', '--once', '--symbols', 'AAPL'], running.place);
      expect(board.stdout).toMatch(/Temporal UI {2}http:.*\/workflows\//);
      expect(board.stderr).toMatch(/Temporal UI {2}http:/);
    } finally {
      up.kill('SIGKILL');
      await exited;
    }
  });

  test('is waited for until the wait is given up, and goes on then', async () => {
    const handle = await running.client.temporal.workflow.start('marketSession', {
      taskQueue: 'nobody',
      workflowId: 'session:given-up',
    });
    const { ended, giveUp } = waitFor(running.client, () => handle.result());
    await handle.describe();
    giveUp();
    await expect(ended).rejects.toMatchObject({ cause: { code: 1 } });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });

  test('was really cut off: what was tried was refused', () => {
    expect(running.place.networkTries().join('\n')).toMatch(/yahoo/);
  });
});

describeWithShared('data/market/nasdaq100-daily.csv.gz', 'a session over the recorded tape', (tape) => {
  test('prints the whole document with four decided subjects, nothing from the future', async () => {
    const symbols = ['AAPL', 'MSFT', 'NVDA', 'AMZN'];
    const document = await run(
      ...['--market', 'XNYS', '--symbols', symbols.join(','), '--prices', tape, '--as-of', '2025-09-15'],
    );
    expectWhole(document, symbols);
    expect(document).toMatchObject({ date: '2025-09-15', synthetic: false });
    const dates = await datesRead(document);
    expect(dates.filter((date) => date >= '2025-09-15')).toEqual([]);
  });
});
