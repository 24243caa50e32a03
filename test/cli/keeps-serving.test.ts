// Whether `conclave start` goes on after its session.
import { keepsServing } from '../../cli/commands/start';
import { CliError, EXIT } from '../../cli/output';
import { typeCommand } from '../support/typed-command';

const mockHeld: string[] = [];
let mockFailure: Error;
jest.mock('../../stack/stack', () => ({
  ensureStack: async () => ({
    ...{ databaseUrl: '', api: null, temporal: { address: '', namespace: '', uiUrl: null } },
    ...{ lost: new Promise(() => undefined), release: async () => void mockHeld.push('released') },
  }),
  stopStack: async () => undefined,
  stackStatus: async () => null,
}));
jest.mock('../../cli/with-client', () => ({
  openClient: async () => ({ close: async () => undefined }),
  unlessStopped: async (error: unknown) => error,
}));
jest.mock('../../cli/addresses', () => ({ addressLines: () => [], isKeptByOther: async () => false }));
jest.mock('../../cli/commands/up', () => ({
  registerUp: () => undefined,
  holdStack: async () => {
    mockHeld.push('held');
    return 0;
  },
}));
jest.mock('../../cli/run-session', () => ({
  ...jest.requireActual('../../cli/run-session'),
  runSession: async () => {
    throw mockFailure;
  },
}));

test('start goes on serving whatever its session ended with, unless the session was interrupted', () => {
  const codes = [EXIT.ok, EXIT.budgetReached, EXIT.notAuthorised, EXIT.providerUnavailable];
  expect(codes.map((code) => keepsServing({}, code))).toEqual([true, true, true, true]);
  expect(keepsServing({}, EXIT.interrupted)).toBe(false);
});

test('with --once it ends after its board', () => {
  expect(Object.values(EXIT).some((code) => keepsServing({ once: true }, code))).toBe(false);
});

describe('a session that could not run at all', () => {
  const fails = (exitCode: 1 | 5) => {
    mockFailure = new CliError({ code: 'no_worker', message: 'No worker', fix: 'Start one.', exitCode });
  };
  beforeEach(() => {
    mockHeld.length = 0;
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterEach(() => jest.restoreAllMocks());

  test('is said, and start goes on serving', async () => {
    fails(1);
    const { code, json } = await typeCommand(['start', '--symbols', 'AAPL']);
    expect([code, json.error.code, mockHeld]).toEqual([0, 'no_worker', ['held']]);
  });

  test('ends start with its code under --once', async () => {
    fails(5);
    const { code } = await typeCommand(['start', '--once', '--symbols', 'AAPL']);
    expect([code, mockHeld]).toEqual([5, ['released']]);
  });
});
