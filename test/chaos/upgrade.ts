// An upgrade under load: sessions run on workers of an earlier version, workers of this one join them, the old
// ones stop, and every session must end as if nothing had happened. Before that, the histories stored with the
// earlier version are replayed on this one's workflows.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient } from '../../client/connect';
import { nodeArguments, PACKAGE_ROOT } from '../../config/package-root';
import { openDatabase } from '../../db/database';
import type { Violation } from '../../db/invariants';
import { ensureStack, type StackHandle } from '../../stack/stack';
import { BUNDLE_PATH } from '../../workers/workflow-code';
import { replayFailures } from '../replay/replay-histories';
import { readHistories } from '../replay/stored-histories';
import { endStack, type StackPlace, stackPlace } from '../support/running-stack';
import { hostedKeys, hostedRequest } from './hosted-request';
import { violationsOf } from './judge';
import { startProviderProcess } from './provider-process';
import { registryRates } from './registry-rates';
import { runAll, runSession } from './sessions';
import { startWorkerProcess, type WorkerProcess } from './worker-process';

export interface UpgradeOptions {
  /** A commit or tag. */
  readonly from: string;
  readonly sessions: number;
  readonly say: (text: string) => void;
}

export interface UpgradeReport {
  readonly from: string;
  readonly sessions: number;
  readonly histories: number;
  /** Histories of the earlier version that this one's workflows cannot replay. */
  readonly replayFailures: Readonly<Record<string, string>>;
  /** Sessions that had ended when the new workers joined, and when the old ones stopped. */
  readonly endedWhenJoined: number;
  readonly endedWhenOldStopped: number;
  readonly violations: readonly Violation[];
}

const SYMBOLS = 3;
const WIDTH = 4;
const SESSION_MS = 300_000;

/** The earlier version's files, built, with the packages of this one. */
const buildEarlier = (from: string, folder: string): string => {
  const root = join(folder, 'earlier');
  mkdirSync(root);
  const archive = join(folder, 'earlier.tar');
  execFileSync('git', ['archive', '--output', archive, from], { cwd: PACKAGE_ROOT });
  execFileSync('tar', ['-xf', archive, '-C', root]);
  symlinkSync(join(PACKAGE_ROOT, 'node_modules'), join(root, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'ignore' });
  return root;
};

const startWorker = (
  args: readonly string[],
  { home, env }: StackPlace,
  stack: StackHandle,
  name: string,
): WorkerProcess => {
  const servers = { DATABASE_URL: stack.databaseUrl, TEMPORAL_ADDRESS: stack.temporal.address };
  return startWorkerProcess(args, { ...env, ...servers }, { home, name });
};

/** @throws when this version has not been built. */
const replayOf = async (earlier: string) => {
  if (!existsSync(BUNDLE_PATH)) throw new Error('there is no workflow bundle; run npm run build');
  const histories = readHistories(join(earlier, 'test', 'replay', 'histories'));
  return {
    histories: histories.length,
    failures: await replayFailures({ codePath: BUNDLE_PATH }, histories),
  };
};

/** Runs the upgrade to its report. The processes it started are ended in any case. */
export const runUpgrade = async ({ from, sessions, say }: UpgradeOptions): Promise<UpgradeReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-upgrade-'));
  say(`building ${from}`);
  const earlier = buildEarlier(from, folder);
  const { histories, failures } = await replayOf(earlier);
  say(`${histories} histories replayed, ${Object.keys(failures).length} failed`);
  const provider = await startProviderProcess({
    ...{ folder, seed: 1, delayMs: 150, behaviour: { rates: registryRates() } },
  });
  const place = stackPlace(join(folder, 'home'), {
    ...{ workers: 0, lingerSeconds: 600, durable: true },
    env: hostedKeys(provider, 'upgrade'),
  });
  const workers: WorkerProcess[] = [];
  try {
    // The set-up job of the new version comes first; the old workers then meet its schema.
    const stack = await ensureStack({ ...place, onProgress: say });
    const client = await connectClient({ databaseUrl: stack.databaseUrl, temporal: stack.temporal });
    const db = openDatabase(stack.databaseUrl, { poolSize: 2, applicationName: 'upgrade' });
    const old = startWorker([join(earlier, 'dist', 'workers', 'main.js')], place, stack, 'worker-old');
    workers.push(old);
    let ended = 0;
    let joined: number | null = null;
    let oldStopped: Promise<number> | null = null;
    const requests = Array.from({ length: sessions }, (_, index) =>
      hostedRequest(`upgrade-${index}`, { prefix: `UP${index}X`, count: SYMBOLS }),
    );
    const ends = await runAll(requests, WIDTH, async (request) => {
      const end = await runSession(client, request, SESSION_MS);
      ended += 1;
      say(`${request.requestKey} ${end.problem ?? 'ended'}`);
      if (joined === null && ended >= sessions / 3) {
        joined = ended;
        workers.push(startWorker(nodeArguments('workers/main'), place, stack, 'worker-new'));
      } else if (oldStopped === null && ended >= (2 * sessions) / 3) {
        const now = ended;
        oldStopped = old.end('SIGTERM').then(() => now);
      }
      return end;
    });
    const endedWhenOldStopped = await (oldStopped ?? Promise.resolve(0));
    await client.stores.ledger.sweepUncertain(0);
    const violations = await violationsOf({ client, db, calls: provider.calls(), ends });
    await db.close();
    await client.close();
    await stack.release();
    return {
      from,
      sessions: ends.length,
      histories,
      replayFailures: failures,
      endedWhenJoined: joined ?? 0,
      endedWhenOldStopped,
      violations,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
    provider.stop();
    await endStack(place);
    rmSync(folder, { recursive: true, force: true });
  }
};
