// A soak: a stack of real processes with hosted and house members works for a long time, a session at regular
// intervals, while the memory of each process is watched; at the end the invariants are asked.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slopeOf } from '../../bench/support/line-fit';
import { loadAverage, residentMib } from '../../bench/support/process-use';
import { connectClient } from '../../client/connect';
import { openDatabase } from '../../db/database';
import type { Violation } from '../../db/invariants';
import { ensureStack, stackStatus } from '../../stack/stack';
import { endStack, type StackPlace, stackPlace } from '../support/running-stack';
import { hostedKeys, hostedRequest } from './hosted-request';
import { violationsOf } from './judge';
import { startProviderProcess } from './provider-process';
import { registryRates } from './registry-rates';
import { runSession, type SessionEnd } from './sessions';

export interface SoakOptions {
  readonly minutes: number;
  readonly everySeconds: number;
  readonly symbols: number;
  readonly say: (text: string) => void;
}

export interface MemoryOfPart {
  readonly firstMib: number;
  readonly lastMib: number;
  /** By least squares over the second half, when caches have filled. */
  readonly slopeMibPerHour: number;
}

export interface SoakReport {
  readonly minutes: number;
  readonly sessions: number;
  readonly decisions: number;
  readonly load: { readonly least: number; readonly most: number };
  readonly memory: Readonly<Record<string, MemoryOfPart>>;
  readonly databaseMib: { readonly first: number; readonly last: number };
  readonly temporalMib: { readonly first: number; readonly last: number };
  readonly restarts: number;
  readonly violations: readonly Violation[];
}

interface Sample {
  readonly minutes: number;
  readonly load: number;
  readonly mib: Readonly<Record<string, number>>;
}

const SAMPLE_MS = 10_000;
const MIB = 1_024 ** 2;
/** Longest time one session may take. */
const SESSION_MS = 300_000;
const MINUTES_PER_HOUR = 60;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const sampleOf = async (place: StackPlace, startedMs: number): Promise<Sample> => {
  const status = await stackStatus(place.config);
  const parts = status?.parts ?? [];
  return {
    minutes: (Date.now() - startedMs) / 60_000,
    load: loadAverage(),
    mib: Object.fromEntries([
      ...(status ? [['supervisor', residentMib(status.supervisorPid)] as const] : []),
      ...parts.flatMap(({ name, pid }) => (pid === null ? [] : [[name, residentMib(pid)] as const])),
    ]),
  };
};

const memoryOf = (samples: readonly Sample[]): SoakReport['memory'] =>
  Object.fromEntries(
    Object.keys(samples[0]?.mib ?? {}).map((name) => {
      const points = samples.flatMap(({ minutes, mib }) =>
        mib[name] === undefined ? [] : [{ x: minutes / MINUTES_PER_HOUR, y: mib[name] }],
      );
      const memory: MemoryOfPart = {
        firstMib: points[0]?.y ?? 0,
        lastMib: points.at(-1)?.y ?? 0,
        slopeMibPerHour: slopeOf(points.slice(Math.floor(points.length / 2))),
      };
      return [name, memory];
    }),
  );

/** The server's storage with its write-ahead log. */
const temporalMib = (home: string): number =>
  ['temporal.db', 'temporal.db-wal'].reduce((sum, name) => {
    const stat = statSync(join(home, 'temporal', name), { throwIfNoEntry: false });
    return sum + (stat?.size ?? 0) / MIB;
  }, 0);

/** Runs sessions for `minutes` and reports. The processes it started are ended in any case. */
export const runSoak = async (options: SoakOptions): Promise<SoakReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-soak-'));
  const provider = await startProviderProcess({
    folder,
    seed: 1,
    delayMs: 150,
    behaviour: { rates: registryRates() },
  });
  const place = stackPlace(join(folder, 'home'), {
    ...{ workers: 1, api: true, lingerSeconds: 600, durable: true },
    env: hostedKeys(provider, 'soak'),
  });
  try {
    const stack = await ensureStack({ ...place, onProgress: options.say });
    const client = await connectClient({ databaseUrl: stack.databaseUrl, temporal: stack.temporal });
    const db = openDatabase(stack.databaseUrl, { poolSize: 2, applicationName: 'soak' });
    const databaseMib = async (): Promise<number> => {
      const [row] = await db.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes');
      return row!.bytes / MIB;
    };
    const startedMs = Date.now();
    const endMs = startedMs + options.minutes * 60_000;
    const samples: Sample[] = [];
    let over = false;
    const watching = (async () => {
      while (!over) {
        samples.push(await sampleOf(place, startedMs));
        await pause(SAMPLE_MS);
      }
    })();
    const first = { database: await databaseMib(), temporal: temporalMib(place.home) };
    const ends: SessionEnd[] = [];
    while (Date.now() < endMs) {
      const nextMs = Date.now() + options.everySeconds * 1_000;
      const end = await runSession(
        client,
        hostedRequest(
          `soak-${ends.length}`,
          { prefix: 'SOAK', count: options.symbols },
          ends.length % 2 === 0,
        ),
        SESSION_MS,
      );
      ends.push(end);
      options.say(`${ends.length} ${end.problem ?? 'ended'} ${JSON.stringify(samples.at(-1)?.mib ?? {})}`);
      await pause(Math.max(0, Math.min(nextMs, endMs) - Date.now()));
    }
    over = true;
    await watching;
    await client.stores.ledger.sweepUncertain(0);
    const violations = await violationsOf({ client, db, calls: provider.calls(), ends });
    const loads = samples.map(({ load }) => load);
    const status = await stackStatus(place.config);
    const report: SoakReport = {
      minutes: (Date.now() - startedMs) / 60_000,
      sessions: ends.length,
      decisions: ends.length * options.symbols,
      load: { least: Math.min(...loads), most: Math.max(...loads) },
      memory: memoryOf(samples),
      databaseMib: { first: first.database, last: await databaseMib() },
      temporalMib: { first: first.temporal, last: temporalMib(place.home) },
      restarts: (status?.parts ?? []).reduce((sum, part) => sum + part.restarts, 0),
      violations,
    };
    await db.close();
    await client.close();
    await stack.release();
    return report;
  } finally {
    provider.stop();
    await endStack(place);
    rmSync(folder, { recursive: true, force: true });
  }
};
