// Decisions while one of three providers fails now and then: how many are decided, and what the failing one is
// asked more than once for.
import { findViolations, type Violation } from '../../db/invariants';
import type { DecisionResult } from '../../workflows/contracts/decision';
import { openOutageDesk } from './outage-desk';

export interface FlakyOptions {
  readonly decisions: number;
  /** More are made until the failing provider has had so many calls: an open breaker lets few through. */
  readonly leastCalls?: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

export interface FlakyReport {
  readonly seed: number;
  readonly decisions: number;
  readonly decided: number;
  readonly decidedShare: number;
  /** At the provider that fails: calls it received, answers it gave. */
  readonly calls: number;
  readonly answered: number;
  readonly callsPerAnswer: number;
  readonly violations: readonly Violation[];
  readonly wallMs: number;
}

const FLAKY = 'openai';
/** 30 % answers of the kind 5xx and 10 % resets, at one of three. */
const FAULTS = [
  { share: 0.2, fault: 'server_error', match: { provider: FLAKY } },
  { share: 0.1, fault: 'overloaded', match: { provider: FLAKY } },
  { share: 0.1, fault: 'reset', match: { provider: FLAKY } },
] as const;
/** Decisions side by side, as a market session runs them. */
const WIDTH = 12;

/** A decision every few seconds, as on a desk: else the first breaker window would outlast the run. */
const HASTE = 200;

const decideAll = async (
  decide: (index: number) => Promise<DecisionResult>,
  calls: () => number,
  { decisions, leastCalls = 0, say }: FlakyOptions,
): Promise<readonly DecisionResult[]> => {
  const results: DecisionResult[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < decisions || calls() < leastCalls) {
      const index = next;
      next += 1;
      results.push(await decide(index));
      if (results.length % 100 === 0) say(`${results.length} of ${decisions}`);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
  return results;
};

export const runFlakyProvider = async (options: FlakyOptions): Promise<FlakyReport> => {
  const desk = await openOutageDesk({ callDeadlineMs: 60_000 });
  const started = Date.now();
  try {
    desk.hasten(HASTE);
    desk.server.set({ mix: FAULTS, seed: options.seed, delayMs: 20 });
    const callsAtFlaky = () => desk.server.calls().filter(({ provider }) => provider === FLAKY);
    const results = await decideAll(
      async (index) => (await desk.start(index)).result(),
      () => callsAtFlaky().length,
      options,
    );
    const decided = results.filter(({ status }) => status === 'decided').length;
    const atFlaky = callsAtFlaky();
    const answered = atFlaky.filter(({ outcome }) => outcome === 'answered').length;
    return {
      ...{ seed: options.seed, decisions: results.length, decided },
      decidedShare: decided / results.length,
      calls: atFlaky.length,
      answered,
      callsPerAnswer: atFlaky.length / Math.max(1, answered),
      violations: await findViolations(desk.db, {
        drainSeconds: 0,
        providerLog: desk.server.calls().map(({ callKey }) => callKey),
      }),
      wallMs: Date.now() - started,
    };
  } finally {
    await desk.close();
  }
};
