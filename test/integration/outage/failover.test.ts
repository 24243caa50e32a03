// How long a decision waits for a provider that does not answer, and for one that takes long: its real workflow on a
// real Temporal server, real calls over HTTP, and a second provider that takes over or is asked beside the first.
import { setTimeout as pause } from 'node:timers/promises';
import { deskMember, type FailoverDesk, openFailoverDesk } from '../../support/failover-desk';
import type { QueuedFault } from '../../support/provider-server/faults';
import type { ProviderServer } from '../../support/provider-server/provider-server';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(120_000);

let desk: FailoverDesk;
beforeAll(async () => {
  desk = await openFailoverDesk();
}, STACK_START_MS);
afterAll(() => desk.close());

const isReached = ({ url }: ProviderServer): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

beforeEach(async () => {
  await desk.test.db.query('truncate breakers');
  for (const server of [desk.servers.first, desk.servers.second]) {
    // The fault `refuse` closes it for a moment, which may outlast its test.
    while (!(await isReached(server))) await pause(50);
    server.clear();
    server.set({ queue: [], delayMs: 0 });
  }
});

const DEADLINE_MS = 1_000;
/** A bound on what Temporal and a busy machine add: the figures themselves are printed, not tested. */
const SLACK_MS = 15_000;

const outcomes = (server: ProviderServer) => server.calls().map(({ outcome }) => outcome);

it.each([
  ['refuse', 0],
  ['black_hole', DEADLINE_MS],
  ['keep_alive_drip', DEADLINE_MS],
  ['drip', DEADLINE_MS],
] as const)('a decision whose provider answers with %s is taken over by the next', async (fault, heldMs) => {
  const { first, second, servers } = desk;
  const faults: QueuedFault[] = [{ fault, times: 2, match: { provider: first }, settings: { everyMs: 100 } }];
  servers.first.set({ queue: faults });
  // Who takes over is not cut off by the time that the first one has.
  const substitutes = [{ ...deskMember(second), deadlineMs: SLACK_MS }];
  const { result, wallMs } = await desk.decide({ callDeadlineMs: DEADLINE_MS, substitutes });
  console.info(`failover on ${fault}: decided after ${Math.round(wallMs)} ms`);
  expect(result.status).toBe('decided');
  expect(servers.second.calls().map(({ provider, outcome }) => [provider, outcome])).toEqual([
    [second, 'answered'],
  ]);
  expect(wallMs).toBeGreaterThanOrEqual(heldMs);
  expect(wallMs).toBeLessThan(heldMs + SLACK_MS);
});

it('a call of a provider with a time of its own is given up after that', async () => {
  const { first, second, servers } = desk;
  servers.first.set({ queue: [{ fault: 'black_hole', match: { provider: first } }] });
  const members = [{ ...deskMember(first), deadlineMs: 400 }];
  const { result, wallMs } = await desk.decide({ callDeadlineMs: 60_000, members });
  expect(result.members).toMatchObject([
    { model: `${second}/m`, problem: 'no complete reply within 400 ms', status: 'answered' },
  ]);
  expect(wallMs).toBeLessThan(400 + SLACK_MS);
});

it('a call whose provider nobody serves ends, says so, and the next one answers', async () => {
  const member = deskMember(`${desk.first}-gone`);
  const { result } = await desk.decide({ members: [member] });
  expect(result.members).toMatchObject([
    { model: `${desk.second}/m`, standsInFor: member.model, status: 'answered', sends: 1 },
  ]);
  expect(result.members[0]?.hops).toMatchObject([
    { model: member.model, failure: 'unavailable', costMicroUsd: 0 },
    { model: `${desk.second}/m`, failure: null },
  ]);
  expect(result.members[0]?.problem).toMatch(/^no worker takes its calls/);
});

it('a member whose models all failed says why, in words of our own', async () => {
  const answered = (provider: string) => ({ match: { provider }, settings: { text: 'sk-echo in the body' } });
  desk.servers.first.set({ queue: [{ fault: 'bad_request', ...answered(desk.first) }] });
  desk.servers.second.set({ queue: [{ fault: 'cut_by_length', times: 2, ...answered(desk.second) }] });
  const { result } = await desk.decide({});
  expect(result.members).toMatchObject([
    {
      model: `${desk.first}/m`,
      status: 'failed',
      failure: 'malformed',
      problem:
        'the provider refused the request as invalid (status 400); then the answer was cut at the output limit',
    },
  ]);
  expect(JSON.stringify(result)).not.toContain('sk-echo');
  // In the same room the answer would be cut, and billed, again.
  expect(outcomes(desk.servers.second)).toEqual(['cut_by_length']);
});

it('a call that nobody takes for long stays in the queue of a provider that is configured', async () => {
  const member = deskMember(desk.late);
  const { result } = await desk.decide({ members: [member] });
  expect(result.members).toMatchObject([{ model: member.model, standsInFor: null, status: 'answered' }]);
  expect(desk.servers.first.calls()).toHaveLength(1);
});

describe('a call that takes long', () => {
  const AFTER_MS = 300;
  const SLOW_MS = 6_000;
  /** Of a first call whose answer is to come after the second call began, on a busy machine too. */
  const FIRST_MS = 3_000;
  /** Of a second call whose answer is to come after the first one's end. */
  const SECOND_MS = 6_000;
  const PATIENT_MS = 30_000;
  const hedged = () => ({
    callDeadlineMs: PATIENT_MS,
    hedge: { afterMs: { [`${desk.first}/m`]: AFTER_MS } },
  });

  interface Booked {
    readonly key: string;
    readonly status: string;
    readonly feature: string;
    readonly outcome: string | null;
    readonly cost: number | null;
    readonly answered: boolean;
  }
  /** The ledger's rows of a decision, a hedge's last, and whether their answers are kept. */
  const booked = (decisionId: string): Promise<readonly Booked[]> =>
    desk.test.db.query<Booked>(
      `select l.key, l.status, l.feature, l.outcome, l.actual_micro_usd as cost,
         exists (select 1 from answers a where a.key = l.call_key and a.status = 'answered') as answered
       from ledger l where l.decision_id = $1 order by l.feature, l.reserved_at`,
      [decisionId],
    );
  /** What the providers themselves billed, by ledger key. */
  const bills = (): Readonly<Record<string, number>> =>
    Object.fromEntries(
      [desk.servers.first, desk.servers.second].flatMap((server) =>
        server.calls().map(({ callKey, costMicroUsd }) => [callKey, costMicroUsd]),
      ),
    );
  const billed = (rows: readonly Booked[]) => Object.fromEntries(rows.map(({ key, cost }) => [key, cost]));

  it('is waited for where hedging is off', async () => {
    desk.servers.first.set({ delayMs: 2 * AFTER_MS });
    const { result } = await desk.decide({ callDeadlineMs: PATIENT_MS });
    expect(result.members).toMatchObject([{ model: `${desk.first}/m`, standsInFor: null }]);
    expect([outcomes(desk.servers.first), outcomes(desk.servers.second)]).toEqual([['answered'], []]);
  });

  it('is answered by a second one, and its own late answer is paid, kept and not used', async () => {
    desk.servers.first.set({ delayMs: SLOW_MS });
    const { decisionId, result, wallMs } = await desk.decide(hedged());
    console.info(`hedged after ${AFTER_MS} ms: decided after ${Math.round(wallMs)} ms`);
    expect(wallMs).toBeLessThan(SLOW_MS);
    expect(outcomes(desk.servers.first)).toEqual(['pending']);
    const [one, other] = [`${desk.first}/m`, `${desk.second}/m`];
    expect(result.members).toMatchObject([{ model: other, standsInFor: one, status: 'answered', sends: 2 }]);
    expect(result.members[0]?.hops).toMatchObject([
      { model: one, failure: null, outrun: true },
      { model: other, failure: null, hedge: true },
    ]);
    expect(result.members[0]?.latencyMs).toBeGreaterThanOrEqual(AFTER_MS);
    expect(result.why.join('\n')).toContain('1 of 1 members took long and had a second call');
    await desk.callsEnded();
    const rows = await booked(decisionId);
    expect(rows).toMatchObject([
      { status: 'settled', feature: 'decision', outcome: 'answered', answered: true },
      { status: 'settled', feature: 'hedge', outcome: 'answered', answered: true },
    ]);
    expect(billed(rows)).toEqual(bills());
    expect(result.costMicroUsd).toBe(rows[1]?.cost);
  });

  it('that answers first after all keeps its seat, and the second one is paid', async () => {
    desk.servers.first.set({ delayMs: FIRST_MS });
    desk.servers.second.set({ delayMs: SECOND_MS });
    const { decisionId, result } = await desk.decide(hedged());
    expect(outcomes(desk.servers.second)).toEqual(['pending']);
    expect(result.members).toMatchObject([
      { model: `${desk.first}/m`, standsInFor: null, status: 'answered' },
    ]);
    expect(result.members[0]?.hops).toMatchObject([
      { model: `${desk.second}/m`, hedge: true, outrun: true },
      { model: `${desk.first}/m`, failure: null },
    ]);
    await desk.callsEnded();
    const rows = await booked(decisionId);
    expect(rows.map(({ status, answered }) => [status, answered])).toEqual([
      ['settled', true],
      ['settled', true],
    ]);
    expect(billed(rows)).toEqual(bills());
  });

  it('and never answers leaves its amount held, and counts against its breaker', async () => {
    desk.servers.first.set({ queue: [{ fault: 'black_hole' }] });
    const { decisionId, result } = await desk.decide({ ...hedged(), callDeadlineMs: 5_000 });
    expect(result.members).toMatchObject([{ model: `${desk.second}/m`, status: 'answered' }]);
    await desk.callsEnded();
    expect(await booked(decisionId)).toMatchObject([
      { status: 'uncertain', feature: 'decision', answered: false },
      { status: 'settled', feature: 'hedge', answered: true },
    ]);
    const { state } = (
      await desk.test.db.query<{ readonly state: { consecutiveFailures: number } }>(
        'select state from breakers where model = $1',
        [`${desk.first}/m`],
      )
    )[0]!;
    expect(state.consecutiveFailures).toBe(1);
  });

  it('has no second one where a cap has room for the first alone', async () => {
    const [{ reserved }] = (await desk.test.db.query<{ readonly reserved: number }>(
      'select max(reserved_micro_usd) as reserved from ledger',
    )) as [{ readonly reserved: number }];
    const limit = { scope: 'decision', key: '*', limitMicroUsd: Math.floor(1.5 * reserved) } as const;
    await desk.harness.stores.caps.setLimit({ ...limit, policy: 'stop', reason: 'a test' });
    desk.servers.first.set({ delayMs: FIRST_MS });
    const { decisionId, result } = await desk.decide(hedged());
    await desk.harness.stores.caps.removeLimit({ scope: 'decision', key: '*', reason: 'the test is over' });
    expect(result.status).toBe('decided');
    expect(result.members[0]?.hops).toMatchObject([
      { model: `${desk.second}/m`, failure: 'budget', hedge: true },
      { model: `${desk.first}/m`, failure: null },
    ]);
    expect(desk.servers.second.calls()).toEqual([]);
    expect(await booked(decisionId)).toHaveLength(1);
  });

  it.each([
    ['open', '2099-01-01T00:00:00.000Z'],
    ['open and may be probed', '2020-01-01T00:00:00.000Z'],
  ])('has no second one at a model whose breaker is %s', async (_state, until) => {
    const key = { provider: desk.second, model: `${desk.second}/m` };
    await desk.harness.stores.breakers.apply(key, { type: 'force_open', until });
    desk.servers.first.set({ delayMs: FIRST_MS });
    const { result } = await desk.decide(hedged());
    expect(result.members[0]?.hops).toMatchObject([
      { failure: 'breaker_open', hedge: true },
      { model: `${desk.first}/m`, failure: null },
    ]);
    expect(desk.servers.second.calls()).toEqual([]);
  });

  it('and fails leaves the seat to the second one that is under way', async () => {
    desk.servers.first.set({ queue: [{ fault: 'bad_request' }], delayMs: FIRST_MS });
    desk.servers.second.set({ delayMs: SECOND_MS });
    const { result } = await desk.decide(hedged());
    expect(result.members).toMatchObject([{ model: `${desk.second}/m`, status: 'answered' }]);
    expect(result.members[0]?.hops).toMatchObject([
      { model: `${desk.first}/m`, failure: 'bad_request' },
      { model: `${desk.second}/m`, failure: null, hedge: true },
    ]);
  });

  it('and fails once it is outrun is not made again, though its decision goes on', async () => {
    const { first, second, servers } = desk;
    const slow = { everyMs: 4_000 };
    servers.first.set({
      delayMs: 4_000,
      queue: [
        { fault: 'server_error', match: { model: 'm' } },
        { fault: 'slow_headers', match: { model: 'n' }, settings: slow },
      ],
    });
    const members = [deskMember(first), deskMember(first, 'n')];
    const { decisionId, result } = await desk.decide({ ...hedged(), members });
    expect(result.members.map(({ model }) => model)).toEqual([`${second}/m`, `${first}/n`]);
    expect(result.members[0]?.hops[0]).toMatchObject({ model: `${first}/m`, outrun: true });
    await desk.callsEnded();
    expect(outcomes(servers.first)).toEqual(expect.arrayContaining(['server_error', 'slow_headers']));
    expect(servers.first.calls()).toHaveLength(2);
    expect(await booked(decisionId)).toHaveLength(3);
  });
});
