// One chaos run: a stack of real processes, sessions over it, seeded kills meanwhile, and then the judgement.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient } from '../../client/connect';
import { type Database, openDatabase } from '../../db/database';
import type { Violation } from '../../db/invariants';
import { MICRO_PER_USD } from '../../domain/money/micro-usd';
import { seededRandom } from '../../domain/track/random';
import { hashPriceFile } from '../../sources/price-file';
import { ensureStack } from '../../stack/stack';
import { countRunning } from '../../stack/temporal-check';
import type { SessionRequest } from '../../workflows/contracts/session';
import { writeGeneratedTape } from '../support/generated-tape';
import { endStack, stackPlace } from '../support/running-stack';
import { everyFewSeconds, type FaultTarget, shuffled, spreadOver, strikeUntil } from './faults';
import { HOSTED_MEMBERS, hostedKeys } from './hosted-request';
import { p95ResumeMs, type Resume, resumesAfter, violationsOf } from './judge';
import { startProviderProcess } from './provider-process';
import { registryRates } from './registry-rates';
import { runAll, runSession } from './sessions';

export interface ChaosOptions {
  readonly seed: number;
  readonly sessions: number;
  readonly faults: readonly FaultTarget[];
  /** Kills in all, spread over the sessions; null: one every few seconds. */
  readonly kills: number | null;
  /** Longest time one session may take. */
  readonly minutes: number;
  /** Milliseconds after which slow calls get a second one, and every fifth call is slow; null: no hedging. */
  readonly hedgeAfterMs: number | null;
  /** Keeps the data folder, for looking into it. */
  readonly keep: boolean;
  readonly say: (text: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly sessions: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly hits: number;
  /** True when a kill did not hit or did not come, or a kind of fault never came: the run proves nothing. */
  readonly void: boolean;
  readonly violations: readonly Violation[];
  readonly p95ResumeMs: number | null;
  /** Kill by kill, in their order. */
  readonly resumes: readonly Resume[];
  readonly providerCalls: number;
  /** Second calls beside slow ones. */
  readonly hedges: number;
  readonly wallMs: number;
}

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'] as const;
/** Two hosted ones of two providers, and one that costs nothing. */
const AS_OF = ['2025-09-15', '2025-09-16', '2025-09-17', '2025-09-18', '2025-09-19'] as const;
const WIDTH = 4;
/** Workflows that must have ended once every session has. */
const DRAINED = ['marketSession', 'ensembleDecision', 'researchSession', 'sessionTrigger'];

const BACKGROUND_FAULTS = [
  { share: 0.03, fault: 'server_error' },
  { share: 0.03, fault: 'reset_after_billing' },
  { share: 0.03, fault: 'malformed_answer' },
  { share: 0.02, fault: 'rate_limited', settings: { retryAfterMs: '300' } },
] as const;

/** Long enough for a hedge, and for the decision to end before its loser. */
const SLOW_CALLS = { share: 0.2, fault: 'slow_headers', settings: { everyMs: 5_000 } } as const;
/** Chosen members leave others who may stand in; named ones do not. */
const HEDGED_SETTINGS = { ensemble_size: 2, shadow_share: 0 } as const;

const requestOf = (
  index: number,
  { seed, hedgeAfterMs }: ChaosOptions,
  prices: SessionRequest['prices'],
): SessionRequest => ({
  market: 'XNYS',
  kind: 'pre_market',
  date: AS_OF[index % AS_OF.length]!,
  replay: true,
  subjects: SYMBOLS.map((symbol) => `equity:${symbol}`),
  members: hedgeAfterMs === null ? HOSTED_MEMBERS : null,
  strategy: null,
  stakeMicroUsd: 25 * MICRO_PER_USD,
  template: 'swing',
  researchKind: 'complete',
  refresh: index % 3 === 0,
  prices,
  horizonDays: 5,
  requestKey: `chaos-${seed}-${index}`,
});

const untilQuiet = async (running: () => Promise<number>, withinMs: number): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if ((await running().catch(() => 1)) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

/** A loser ends after its decision; one whose worker was killed never does. */
const LOSERS_END_MS = 15_000;
const openReservations = async (db: Database): Promise<number> =>
  (await db.query(`select key from ledger where status = 'reserved'`)).length;

/** Runs one seed to its report. The processes it started are ended in any case. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport> => {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'conclave-chaos-'));
  const provider = await startProviderProcess({
    folder,
    seed: options.seed,
    delayMs: 150,
    behaviour: {
      rates: registryRates(),
      // Chosen members are the registry's: what a server lists besides has no price here.
      models: [],
      mix: [
        ...(options.faults.includes('provider') ? BACKGROUND_FAULTS : []),
        ...(options.hedgeAfterMs === null ? [] : [SLOW_CALLS]),
      ],
    },
  });
  const place = stackPlace(join(folder, 'home'), {
    workers: 2,
    lingerSeconds: 600,
    durable: true,
    env: hostedKeys(provider, 'chaos'),
  });
  try {
    const stack = await ensureStack({ ...place, onProgress: options.say });
    const client = await connectClient({ databaseUrl: stack.databaseUrl, temporal: stack.temporal });
    const db = openDatabase(stack.databaseUrl, { poolSize: 2, applicationName: 'chaos' });
    for (const scope of ['month', 'market_session', 'provider'] as const)
      await client.stores.caps.setLimit({
        ...{ scope, key: '*', limitMicroUsd: 50 * MICRO_PER_USD, policy: 'stop' },
        reason: 'chaos run',
      });
    if (options.hedgeAfterMs !== null)
      for (const [key, value] of Object.entries({ ...HEDGED_SETTINGS, hedge_after: options.hedgeAfterMs }))
        await client.stores.settings.set({ key, category: 'decision', value });
    const tape = join(folder, 'prices.csv');
    writeGeneratedTape(tape, SYMBOLS);
    const prices = { path: tape, hash: await hashPriceFile(tape) };
    const requests = Array.from({ length: options.sessions }, (_, index) =>
      requestOf(index, options, prices),
    );
    let open = 0;
    let ended = 0;
    let done = false;
    const random = seededRandom(options.seed);
    const striking = strikeUntil(
      { config: place.config, provider, random, openSessions: () => open },
      shuffled(options.faults, options.seed),
      options.kills === null
        ? everyFewSeconds(random)
        : spreadOver(options.kills, options.sessions, () => ended, random),
      () => done || options.faults.length === 0,
    );
    const ends = await runAll(requests, WIDTH, async (request) => {
      open += 1;
      const end = await runSession(client, request, options.minutes * 60_000);
      open -= 1;
      ended += 1;
      options.say(`${request.requestKey} ${end.problem ?? 'ended'}`);
      return end;
    });
    done = true;
    const kills = await striking;
    await untilQuiet(() => countRunning(stack.temporal, DRAINED), 60_000);
    await untilQuiet(() => openReservations(db), LOSERS_END_MS);
    // What the watch would do in its time: reservations that no one will ever settle are uncertain.
    await client.stores.ledger.sweepUncertain(0);
    const calls = provider.calls();
    const violations = await violationsOf({ client, db, calls, ends });
    const hedges = (await db.query(`select key from ledger where feature = 'hedge' and status <> 'void'`))
      .length;
    const resumes = await resumesAfter(db, kills);
    await db.close();
    await client.close();
    await stack.release();
    return {
      seed: options.seed,
      sessions: ends.length,
      kills: Object.fromEntries(
        options.faults.map((target) => [target, kills.filter((kill) => kill.target === target).length]),
      ),
      hits: kills.filter(({ hit }) => hit).length,
      void:
        kills.some(({ hit }) => !hit) ||
        kills.length < (options.kills ?? 0) ||
        options.faults.some((target) => !kills.some((kill) => kill.target === target)),
      violations,
      p95ResumeMs: p95ResumeMs(resumes),
      resumes,
      providerCalls: calls.length,
      hedges,
      wallMs: Date.now() - started,
    };
  } finally {
    provider.stop();
    await endStack(place);
    if (options.keep) options.say(`kept ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
};
