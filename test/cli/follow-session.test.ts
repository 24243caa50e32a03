// Following a session on a terminal: a picture that cannot be drawn, or takes for ever, is no reason to end or to be
// deaf, and the end tells what became of the decisions. The client is a stand-in: no stack, no clock.
import { createProgram } from '../../cli/main';
import { EXIT } from '../../cli/output';
import { followSession } from '../../cli/run-session';
import type { ConclaveClient } from '../../client/connect';

const ID = 'session:live:XNYS:2026-11-20:pre_market';

let mockClient: ConclaveClient;
jest.mock('../../cli/with-client', () => ({
  withClient: (work: (attached: object) => Promise<unknown>) => work({ client: mockClient }),
}));

interface Desk {
  readonly result?: Promise<unknown>;
  readonly query?: () => Promise<unknown>;
  readonly failures?: readonly (string | null)[];
}

const deskOf = ({ result = Promise.resolve(), query = async () => ({}), failures = [] }: Desk) => {
  const session = { id: ID, subjects: ['equity:AAPL'], costMicroUsd: 0, savedMicroUsd: 0, world: 'live' };
  const decision = {
    ...{ id: 'd', subject: 'equity:AAPL', status: 'abstained', probability: null, details: {}, why: [] },
    ...{ sizeMicroUsd: 0, costMicroUsd: 0, quorum: {}, stage: 'full', action: 'hold', degradations: [] },
    members: failures.map((failure) => ({ failure, costMicroUsd: null })),
  };
  return {
    stores: {
      sessions: { get: async () => session },
      decisions: { list: async () => ({ decisions: [decision], next: null }) },
    },
    temporal: {
      connection: { withAbortSignal: (_signal: unknown, work: () => unknown) => work() },
      workflow: { getHandle: () => ({ result: () => result, query }) },
    },
  } as unknown as ConclaveClient;
};

const wasTerminal = process.stderr.isTTY;
beforeEach(() => {
  process.stderr.isTTY = true;
  for (const stream of [process.stderr, process.stdout])
    jest.spyOn(stream, 'write').mockImplementation(() => true);
});
afterEach(() => {
  process.stderr.isTTY = wasTerminal;
  jest.restoreAllMocks();
});

test('a look that fails while a worker is away does not end the command', async () => {
  let end: (value?: unknown) => void = () => undefined;
  const result = new Promise((resolve) => {
    end = resolve;
  });
  let looks = 0;
  const query = async () => {
    looks += 1;
    if (looks === 2) end();
    throw new Error('no worker answers');
  };
  await expect(followSession(deskOf({ result, query }), ID)).resolves.toBe('ended');
  expect(looks).toBeGreaterThanOrEqual(2);
});

test('an interrupt is heard while a look takes for ever', async () => {
  const never = new Promise<never>(() => undefined);
  const looking = new Promise<void>((began) => {
    const query = () => {
      began();
      return never;
    };
    mockClient = deskOf({ result: never, query });
  });
  const following = followSession(mockClient, ID);
  await looking;
  process.emit('SIGINT');
  await expect(following).resolves.toBe('interrupted');
});

test.each([
  ['unavailable', EXIT.providerUnavailable],
  ['auth', EXIT.notAuthorised],
  ['budget', EXIT.budgetReached],
  [null, EXIT.ok],
])('session --follow ends with the code of the session: failure %s gives %i', async (failure, code) => {
  mockClient = deskOf({ failures: [failure, failure] });
  const before = process.exitCode;
  await createProgram().parseAsync(['node', 'conclave', 'session', '--follow', ID, '--json']);
  expect(process.exitCode).toBe(code);
  process.exitCode = before;
});
