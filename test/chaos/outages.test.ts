// Long outages in proportion: every decision ends as its mode and deadline say, none hangs, none is silently
// neutral, and recovery is no second outage.
import { findViolations } from '../../db/invariants';
import { DEFAULT_BREAKER_SETTINGS } from '../../domain/outage/breaker';
import type { DecisionResult } from '../../workflows/contracts/decision';
import { type OutageDesk, openOutageDesk } from './outage-desk';

jest.setTimeout(400_000);

/** A day in thirty seconds. */
const HASTE = 2_880;
const DAY_MS = 86_400_000;
/** Half an hour in ten seconds. */
const HALF_HOUR_HASTE = 180;
/** Decisions under way side by side while one provider is out. */
const LANES = 4;
/** More than half an hour wastes calls on the provider that is out. */
const LEAST_DECISIONS = 40;
/** Long after the day and the recovery, also on a machine that is busy. */
const AMPLE_MS = 280_000;
const scaled = (ms: number): number => ms / HASTE;

let desk: OutageDesk;
beforeAll(async () => {
  desk = await openOutageDesk({
    callDeadlineMs: 20_000,
    // Ten minutes would be a fifth of a second, and all of this machine's time.
    waits: { firstMs: 250, longestMs: 1_500 },
  });
}, 120_000);
afterAll(() => desk.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const out = (...providers: readonly string[]) =>
  desk.server.set({
    mix: providers.map((provider) => ({ share: 1, fault: 'server_error' as const, match: { provider } })),
  });

/** Looks at the providers until the work is done, and returns the modes that were met. */
const looking = async <T>(
  work: Promise<T>,
): Promise<{ readonly done: T; readonly modes: ReadonlySet<string> }> => {
  const modes = new Set<string>();
  let ended = false;
  const finished = work.finally(() => {
    ended = true;
  });
  while (!ended) {
    modes.add((await desk.look()).mode);
    await Promise.race([pause(100), finished.catch(() => undefined)]);
  }
  return { done: await finished, modes };
};

const untilMode = async (mode: string): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while ((await desk.look()).mode !== mode) {
    if (Date.now() > deadline) throw new Error(`the mode is not ${mode} after 20 s`);
    await pause(50);
  }
};

/** No decision may carry a probability that nobody gave. */
const honest = (results: readonly DecisionResult[]): void => {
  for (const result of results) {
    const answered = result.members.filter(({ status }) => status === 'answered').length;
    if (result.status === 'decided') expect(answered).toBeGreaterThanOrEqual(result.quorum.needed);
    else expect(result).toMatchObject({ probability: null, action: 'hold', sizeMicroUsd: 0 });
  }
};

const sound = async (): Promise<void> =>
  expect(
    await findViolations(desk.db, {
      drainSeconds: 0,
      providerLog: desk.server.calls().map(({ callKey }) => callKey),
    }),
  ).toEqual([]);

/**
 * Calls that the breaker lets through to a provider that is out for so long: each lane's and its retry before it
 * opens, two in the first windows, which are shorter than a lease, then one for each lease of a probe.
 */
const mostWasted = (clockMs: number): number =>
  2 * LANES + 2 + Math.ceil(clockMs / DEFAULT_BREAKER_SETTINGS.probeLeaseMs);

it('one provider out for half an hour: every decision is decided and says so, few calls go there, and it returns', async () => {
  desk.hasten(HALF_HOUR_HASTE);
  out('openai');
  desk.server.clear();
  const begunMs = Date.now();
  const halfHour = begunMs + 10_000;
  const during: DecisionResult[] = [];
  const lane = async (first: number): Promise<void> => {
    for (let index = first; Date.now() < halfHour || index < LEAST_DECISIONS; index += LANES)
      during.push(await (await desk.start(index)).result());
  };
  const { modes } = await looking(Promise.all(Array.from({ length: LANES }, (_, first) => lane(first))));
  const most = mostWasted((Date.now() - begunMs) * HALF_HOUR_HASTE);
  expect(during.length).toBeGreaterThanOrEqual(LEAST_DECISIONS);
  expect(new Set(during.map(({ status }) => status))).toEqual(new Set(['decided']));
  honest(during);
  expect(modes).toContain('degraded');
  expect(during.flatMap(({ degradations }) => degradations).join()).toContain('Made in mode degraded');
  const wasted = desk.server.calls().filter(({ provider }) => provider === 'openai').length;
  console.info(`${wasted} calls to the provider that is out, at most ${most}, in ${during.length} decisions`);
  expect(wasted).toBeLessThanOrEqual(most);
  out();
  await untilMode('normal');
  desk.server.clear();
  for (let index = 0; index < 4; index += 1) await (await desk.start(10_000 + index)).result();
  const answered = desk.server.calls().filter(({ provider }) => provider === 'openai');
  expect(answered.map(({ outcome }) => outcome)).toContain('answered');
  await sound();
});

it('all providers out for a day: what has a later deadline waits and is decided, the rest expires or abstains', async () => {
  desk.hasten(HASTE);
  out('openai', 'anthropic', 'deepseek');
  desk.server.clear();
  // Another question than before: no stored forecast fits it.
  const start = (index: number, changes: object) =>
    desk.start(20_000 + index, { horizonDays: 10, ...changes });
  const waiting = await Promise.all(
    Array.from({ length: 8 }, (_, index) => start(index, { deadlineAt: inMs(AMPLE_MS) })),
  );
  // Work of a market session does not come back all at once.
  const ramped = await Promise.all(
    Array.from({ length: 3 }, (_, index) =>
      start(100 + index, { sessionId: 'session-of-the-outage', deadlineAt: inMs(AMPLE_MS) }),
    ),
  );
  const late = await Promise.all(
    Array.from({ length: 4 }, (_, index) => start(200 + index, { deadlineAt: inMs(scaled(DAY_MS / 3)) })),
  );
  const impatient = await Promise.all(Array.from({ length: 4 }, (_, index) => start(300 + index, {})));
  const results = (handles: readonly { result(): Promise<DecisionResult> }[]) =>
    Promise.all(handles.map((handle) => handle.result()));
  await untilMode('cached');
  // The question of the half hour, answered minutes ago: those forecasts stand in, and the result says so.
  const stoodIn = await results(
    await Promise.all(Array.from({ length: 4 }, (_, index) => start(400 + index, { horizonDays: 5 }))),
  );
  expect(stoodIn.map(({ status, mode }) => `${status} in ${mode}`)).toEqual(
    Array.from({ length: 4 }, () => 'decided in cached'),
  );
  const day = await looking(Promise.all([results(late), results(impatient), pause(scaled(DAY_MS))]));
  const [expired, abstained] = day.done;
  expect(new Set(expired.map(({ status }) => status))).toEqual(new Set(['expired']));
  expect(new Set(abstained.map(({ status }) => status))).toEqual(new Set(['abstained']));
  const duringOutage = desk.server.calls().length;
  console.info(`${duringOutage} calls to three providers in a day without any`);
  // A breaker lets one probe through per window of five minutes: 288 a day and model, each sent twice at most.
  expect(duringOutage).toBeLessThan(3 * 2 * 288);
  out();
  desk.server.clear();
  const recovery = await looking(Promise.all([results(waiting), results(ramped)]));
  const recovered = recovery.done.flat();
  expect(new Set(recovered.map(({ status }) => status))).toEqual(new Set(['decided']));
  honest([...expired, ...abstained, ...stoodIn, ...recovered]);
  // A call is cut off and made again where this process stood still for longer than a heartbeat may take.
  const failed = desk.server.calls().filter(({ outcome }) => !['answered', 'abandoned'].includes(outcome));
  expect(failed).toEqual([]);
  await untilMode('normal');
  await sound();
});
