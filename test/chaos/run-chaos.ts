// One chaos run: a stack of real processes, sessions over it, seeded kills meanwhile, and then the judgement.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClient } from '../../client/connect';
import { openDatabase } from '../../db/database';
import type { Violation } from '../../db/invariants';
import { MICRO_PER_USD } from '../../domain/money/micro-usd';
import { seededRandom } from '../../domain/track/random';
import { hashPriceFile } from '../../sources/price-file';
import { ensureStack } from '../../stack/stack';
import { countRunning } from '../../stack/temporal-check';
import type { SessionRequest } from '../../workflows/contracts/session';
import { writeGeneratedTape } from '../support/generated-tape';
import { endStack, stackPlace } from '../support/running-stack';
import { type FaultTarget, shuffled, strikeUntil } from './faults';
import { p95ResumeMs, type Resume, resumesAfter, violationsOf } from './judge';
import { startProviderProcess } from './provider-process';
import { registryRates } from './registry-rates';
import { runAll, runSession } from './sessions';

export interface ChaosOptions {
  readonly seed: number;
  readonly sessions: number;
  readonly faults: readonly FaultTarget[];
  /** Longest time one session may take. */
  readonly minutes: number;
  /** Keeps the data folder, for looking into it. */
  readonly keep: boolean;
  readonly say: (text: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  readonly sessions: number;
  readonly kills: Readonly<Record<string, number>>;
  readonly hits: number;
  /** True when a kill did not hit, or a kind of fault never came: the run proves nothing. */
  readonly void: boolean;
  readonly violations: readonly Violation[];
  readonly p95ResumeMs: number | null;
  /** Kill by kill, in their order. */
  readonly resumes: readonly Resume[];
  readonly providerCalls: number;
  readonly wallMs: number;
}

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA'] as const;
/** Two hosted ones of two providers, and one that costs nothing. */
const MEMBERS = ['gpt-4o-mini', 'deepseek-chat', 'house-momentum'] as const;
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

const requestOf = (index: number, seed: number, prices: SessionRequest['prices']): SessionRequest => ({
  market: 'XNYS',
  kind: 'pre_market',
  date: AS_OF[index % AS_OF.length]!,
  replay: true,
  subjects: SYMBOLS.map((symbol) => `equity:${symbol}`),
  members: MEMBERS,
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

/** Runs one seed to its report. The processes it started are ended in any case. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosReport> => {
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'conclave-chaos-'));
  const provider = await startProviderProcess({
    folder,
    seed: options.seed,
    delayMs: 150,
    behaviour: { rates: registryRates(), mix: options.faults.includes('provider') ? BACKGROUND_FAULTS : [] },
  });
  const place = stackPlace(join(folder, 'home'), {
    workers: 2,
    lingerSeconds: 600,
    durable: true,
    env: {
      OPENAI_API_KEY: 'sk-chaos-openai',
      OPENAI_BASE_URL: provider.as('openai'),
      DEEPSEEK_API_KEY: 'sk-chaos-deepseek',
      DEEPSEEK_BASE_URL: provider.as('deepseek'),
    },
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
    const tape = join(folder, 'prices.csv');
    writeGeneratedTape(tape, SYMBOLS);
    const prices = { path: tape, hash: await hashPriceFile(tape) };
    const requests = Array.from({ length: options.sessions }, (_, index) =>
      requestOf(index, options.seed, prices),
    );
    let open = 0;
    let done = false;
    const striking = strikeUntil(
      { config: place.config, provider, random: seededRandom(options.seed), openSessions: () => open },
      shuffled(options.faults, options.seed),
      () => done || options.faults.length === 0,
    );
    const ends = await runAll(requests, WIDTH, async (request) => {
      open += 1;
      const end = await runSession(client, request, options.minutes * 60_000);
      open -= 1;
      options.say(`${request.requestKey} ${end.problem ?? 'ended'}`);
      return end;
    });
    done = true;
    const kills = await striking;
    await untilQuiet(() => countRunning(stack.temporal, DRAINED), 60_000);
    // What the watch would do in its time: reservations that no one will ever settle are uncertain.
    await client.stores.ledger.sweepUncertain(0);
    const calls = provider.calls();
    const violations = await violationsOf({ client, db, calls, ends });
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
        options.faults.some((target) => !kills.some((kill) => kill.target === target)),
      violations,
      p95ResumeMs: p95ResumeMs(resumes),
      resumes,
      providerCalls: calls.length,
      wallMs: Date.now() - started,
    };
  } finally {
    provider.stop();
    await endStack(place);
    if (options.keep) options.say(`kept ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
};
