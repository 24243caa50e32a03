// A region is lost: Postgres, Temporal and workers of the first are killed at once while sessions run. The standby
// of the second is promoted, Temporal and workers start on it, and every session must end as if nothing had
// happened. The tables and Temporal's histories are of one instant, because one Postgres holds both.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { liveDecisionMs } from '../../bench/support/live-decision';
import { quantile } from '../../bench/support/quantiles';
import { freePorts, makeSchemas } from '../../bench/support/temporal-server';
import { startSession } from '../../client/sessions';
import { type Database, openDatabase } from '../../db/database';
import type { Violation } from '../../db/invariants';
import { type HomePaths, prepareHome } from '../../stack/home';
import type { SessionRequest } from '../../workflows/contracts/session';
import { cleanEnvironment } from '../support/test-stack';
import { startDistance } from './distance';
import { hostedKeys, hostedRequest } from './hosted-request';
import { violationsOf } from './judge';
import { type ProviderProcess, startProviderProcess } from './provider-process';
import { type Region, startRegion } from './region';
import { promote, type RegionPostgres, startFollowedPostgres } from './region-postgres';
import { registryRates } from './registry-rates';
import { runAll, runSession } from './sessions';

export interface LostRegionOptions {
  readonly sessions: number;
  readonly symbols: number;
  /** Of each region. */
  readonly workers: number;
  /** Between the two servers of Postgres. */
  readonly roundTripMs: number;
  /** Folder with the programs of the Temporal server. */
  readonly programs: string;
  readonly say: (text: string) => void;
}

export interface LostRegionReport {
  readonly sessions: number;
  readonly decisions: number;
  readonly roundTripMs: number;
  /** Median of decisions asked one by one in the first region, by house members with the brief in the cache. */
  readonly decisionMs: number;
  /** Stored when the region was lost. */
  readonly decisionsBefore: number;
  /** Answers that the first region had stored and the second does not have. */
  readonly lostAnswers: number;
  /** Sessions of which the same request, made again in the second region, began another. */
  readonly begunAnew: number;
  /** Milliseconds from the loss to a Postgres that takes writes, to Temporal and workers, to the next answer. */
  readonly afterLossMs: {
    readonly promoted: number;
    readonly started: number;
    readonly answered: number | null;
  };
  readonly violations: readonly Violation[];
}

type Both<T> = Readonly<Record<'first' | 'second', T>>;

/** The region is lost when this share of the decisions is stored. */
const SHARE_BEFORE = 1 / 3;
const TIMED_DECISIONS = 5;
const SESSION_MS = 600_000;

const environmentOf = (home: string, provider: ProviderProcess): NodeJS.ProcessEnv => ({
  ...cleanEnvironment(home),
  CONCLAVE_CONFIG: 'none',
  // A local Ollama would add members that the provider does not play.
  OLLAMA_HOST: '127.0.0.1:1',
  ...hostedKeys(provider, 'region'),
});

const countDecisions = async (db: Database): Promise<number> => {
  const [row] = await db.query<{ readonly n: number }>('select count(*)::int as n from ensemble_decisions');
  return row!.n;
};

const answerKeys = async (db: Database): Promise<ReadonlySet<string>> => {
  const rows = await db.query<{ readonly key: string }>('select key from answers');
  return new Set(rows.map(({ key }) => key));
};

const medianDecisionMs = async ({ client }: Region): Promise<number> => {
  await liveDecisionMs(client, 'RGWARM', 'region-warm');
  const times: number[] = [];
  for (let at = 0; at < TIMED_DECISIONS; at += 1)
    times.push(await liveDecisionMs(client, 'RGWARM', `region-timed-${at}`));
  return quantile(times, 0.5);
};

/** Begins all sessions and kills the region when enough is stored. */
const loseUnderLoad = async (
  region: Region,
  postgres: RegionPostgres,
  requests: readonly SessionRequest[],
) => {
  const db = openDatabase(postgres.url, { poolSize: 1, applicationName: 'region' });
  const earlier = await countDecisions(db);
  const begun = await Promise.all(requests.map((request) => startSession(region.client, request)));
  const enough = requests.reduce((sum, { subjects }) => sum + subjects.length, 0) * SHARE_BEFORE;
  while ((await countDecisions(db)) - earlier < enough) await delay(100);
  const decisions = (await countDecisions(db)) - earlier;
  const answers = await answerKeys(db);
  const atMs = Date.now();
  await Promise.all([postgres.kill(), region.kill()]);
  await Promise.allSettled([db.close(), region.client.close()]);
  return { sessionIds: begun.map(({ sessionId }) => sessionId), decisions, answers, atMs };
};

const firstAnswerMs = async (db: Database, afterMs: number): Promise<number | null> => {
  const [row] = await db.query<{ readonly at: string | null }>(
    'select min(created_at) as at from answers where created_at > $1',
    [new Date(afterMs).toISOString()],
  );
  return row?.at ? Date.parse(row.at) - afterMs : null;
};

interface Setting extends LostRegionOptions {
  readonly paths: Both<HomePaths>;
  readonly provider: ProviderProcess;
  /** What ends a part, noted as soon as it runs. */
  readonly onEnd: (end: () => Promise<void>) => void;
}

const enterRegion = async (setting: Setting, which: keyof Both<never>, databaseUrl: string) => {
  const { programs, workers, provider, onEnd } = setting;
  const paths = setting.paths[which];
  const env = environmentOf(paths.root, provider);
  const region = await startRegion({ programs, paths, databaseUrl, workers, env });
  onEnd(region.kill);
  return region;
};

const startDatabases = async ({ paths, roundTripMs, programs, onEnd }: Setting) => {
  const [first, second] = (await freePorts(2)) as [number, number];
  const distance = await startDistance(first, roundTripMs);
  onEnd(distance.end);
  const servers = await startFollowedPostgres({
    ...{ paths, ports: { first, second }, followAt: distance.port },
  });
  onEnd(servers.standby.kill);
  onEnd(servers.primary.kill);
  await makeSchemas(programs, new URL(servers.primary.url));
  return servers;
};

const run = async (setting: Setting): Promise<LostRegionReport> => {
  const { sessions, symbols, roundTripMs, provider, say } = setting;
  const { primary, standby } = await startDatabases(setting);
  const first = await enterRegion(setting, 'first', primary.url);
  const decisionMs = await medianDecisionMs(first);
  say(`the first region runs, a decision takes ${Math.round(decisionMs)} ms`);
  const requests = Array.from({ length: sessions }, (_, index) =>
    hostedRequest(`region-${index}`, { prefix: `RG${index}X`, count: symbols }),
  );
  const lost = await loseUnderLoad(first, primary, requests);
  say(`lost with ${lost.decisions} of ${sessions * symbols} decisions`);
  await promote(standby);
  const promoted = Date.now() - lost.atMs;
  const db = openDatabase(standby.url, { poolSize: 2, applicationName: 'region' });
  const kept = await answerKeys(db);
  const { client } = await enterRegion(setting, 'second', standby.url);
  const started = Date.now() - lost.atMs;
  say(`promoted after ${promoted} ms, the second region runs after ${started} ms`);
  const ends = await runAll(requests, sessions, (request) => runSession(client, request, SESSION_MS));
  await client.stores.ledger.sweepUncertain(0);
  const again = new Set(ends.map(({ sessionId }) => sessionId));
  const report: LostRegionReport = {
    ...{ sessions, decisions: sessions * symbols, roundTripMs, decisionMs, decisionsBefore: lost.decisions },
    lostAnswers: [...lost.answers].filter((key) => !kept.has(key)).length,
    begunAnew: lost.sessionIds.filter((id) => !again.has(id)).length,
    afterLossMs: { promoted, started, answered: await firstAnswerMs(db, lost.atMs) },
    violations: await violationsOf({ client, db, calls: provider.calls(), ends }),
  };
  await db.close();
  await client.close();
  return report;
};

/** Runs it to its report. The processes it started are ended in any case. */
export const runLostRegion = async (options: LostRegionOptions): Promise<LostRegionReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-region-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const paths = {
      first: await prepareHome(join(folder, 'first')),
      second: await prepareHome(join(folder, 'second')),
    };
    const provider = await startProviderProcess({
      ...{ folder, seed: 1, delayMs: 150, behaviour: { rates: registryRates() } },
    });
    ends.push(async () => provider.stop());
    return await run({ ...options, paths, provider, onEnd: (end) => void ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
};
