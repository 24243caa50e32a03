import { EXIT, exitOf, exitOfTask } from '../../cli/output';
import { exitOfSession } from '../../cli/run-session';

const decision = (...failures: readonly (string | null)[]) => ({
  members: failures.map((failure) => ({ failure })),
});

describe('the exit code of decisions', () => {
  it('is 0 when somebody answered, whoever else failed', () => {
    expect(exitOf([decision(null, 'unavailable'), decision('timed_out')])).toBe(EXIT.ok);
  });

  it('is 3 when a budget kept any member from being asked', () => {
    expect(exitOf([decision(null, null), decision(null, 'budget')])).toBe(EXIT.budgetReached);
  });

  it('is 3 when a budget refused a critique or a second vote, though every member answered', () => {
    expect(exitOf([{ ...decision(null, null), budgetReached: true }])).toBe(EXIT.budgetReached);
    expect(exitOf([{ ...decision(null, null), budgetReached: false }])).toBe(EXIT.ok);
  });

  it('is 5 when no provider could be used for any decision', () => {
    expect(exitOf([decision('unavailable', 'breaker_open'), decision('auth')])).toBe(
      EXIT.providerUnavailable,
    );
  });

  it('is 4 when every member was refused for its key, in all decisions', () => {
    expect(exitOf([decision('auth', 'auth'), decision('auth')])).toBe(EXIT.notAuthorised);
    expect(exitOf([decision('auth'), decision('auth', null)])).toBe(EXIT.ok);
    expect(exitOf([decision('auth', 'budget')])).toBe(EXIT.budgetReached);
  });

  it('is 0 for failures that are about the answer, and where nobody was asked', () => {
    expect(exitOf([decision('malformed', 'unavailable')])).toBe(EXIT.ok);
    expect(exitOf([decision()])).toBe(EXIT.ok);
    expect(exitOf([])).toBe(EXIT.ok);
  });
});

describe('the exit code of one task', () => {
  it.each([
    [null, EXIT.ok],
    ['budget', EXIT.budgetReached],
    ['auth', EXIT.notAuthorised],
    ['timed_out', EXIT.providerUnavailable],
    ['breaker_open', EXIT.providerUnavailable],
    ['malformed', EXIT.failed],
    ['refused_by_content_filter', EXIT.failed],
    ['context_too_long', EXIT.failed],
    ['halted', EXIT.failed],
  ])('%s is %i', (failure, code) => {
    expect(exitOfTask(failure)).toBe(code);
  });
});

describe('the exit code of a session', () => {
  it('is 1 where it had subjects and none has a decision', () => {
    expect(exitOfSession({ subjects: [], note: 'AAPL has no decision: no price' })).toBe(EXIT.failed);
  });

  it('is 0 where it had none', () => {
    expect(exitOfSession({ subjects: [], note: null })).toBe(EXIT.ok);
  });
});
