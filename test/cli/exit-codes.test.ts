import { EXIT, exitOf } from '../../cli/output';

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
