// Tournaments: agreement needs three valid answers on one side and close together; everything else is a dispute.
import fc from 'fast-check';
import { closedText, readReviewAnswer } from '../../domain/ensemble/review';
import {
  assertTournament,
  judgeTournament,
  LONGEST_REVIEW_MS,
  readTimeoutMs,
  type TournamentAnswer,
  verdictOfProbability,
} from '../../domain/ensemble/tournament';

const statement = (...probabilities: readonly number[]): readonly TournamentAnswer[] =>
  probabilities.map((probability, index) => ({
    model: `m${index}`,
    verdict: verdictOfProbability(probability),
    probability,
  }));

const verdicts = (...words: readonly string[]): readonly TournamentAnswer[] =>
  words.map((verdict, index) => ({ model: `m${index}`, verdict, probability: null }));

describe('a tournament about a statement', () => {
  it('agrees when four of five are within 0.10 of the median and all on one side', () => {
    const judged = judgeTournament(statement(0.7, 0.72, 0.75, 0.68, 0.95), 5);
    expect(judged).toMatchObject({ status: 'agreed', verdict: 'approve', median: 0.72 });
  });

  it('disputes when one is on the wrong side, however close', () => {
    const judged = judgeTournament(statement(0.52, 0.51, 0.53, 0.52, 0.49), 5);
    expect(judged).toMatchObject({ status: 'disputed', verdict: null });
    expect(judged.why.join(' ')).toContain('m4');
  });

  it('disputes at exactly a half, which takes no side', () => {
    expect(judgeTournament(statement(0.5, 0.5, 0.5), 3).status).toBe('disputed');
  });

  it('disputes when they are on one side and far apart', () => {
    expect(judgeTournament(statement(0.55, 0.75, 0.95), 3).status).toBe('disputed');
  });
});

describe('a tournament about a task in words', () => {
  it('agrees on the verdict of four in five and says who was missing', () => {
    const judged = judgeTournament(verdicts('reject', 'reject', 'reject', 'reject', 'approve'), 6);
    expect(judged).toMatchObject({ status: 'agreed', verdict: 'reject' });
    expect(judged.why).toContain('Partial: 5 of 6 models gave a valid answer');
  });

  it('disputes two against one', () => {
    expect(judgeTournament(verdicts('approve', 'approve', 'reject'), 3)).toMatchObject({
      status: 'disputed',
      verdict: null,
      why: ['The models dispute: 2 approve, 1 reject'],
    });
  });
});

it('never gives a verdict on fewer than three valid answers, however they agree', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 3, max: 9 }), (valid, asked) => {
      const words = judgeTournament(verdicts(...Array<string>(valid).fill('approve')), asked);
      const numbers = judgeTournament(statement(...Array<number>(valid).fill(0.9)), asked);
      for (const judged of [words, numbers])
        expect([judged.status, judged.verdict]).toEqual(['abstained', null]);
    }),
  );
});

it('gives the same verdict in whatever order the answers come', () => {
  const probability = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(probability, { minLength: 3, maxLength: 7 }), (ps) => {
      const answers = statement(...ps);
      expect(judgeTournament([...answers].reverse(), ps.length)).toEqual(judgeTournament(answers, ps.length));
    }),
  );
});

describe('what is asked of a tournament', () => {
  const wish = {
    models: ['a', 'b', 'c'],
    options: ['approve', 'reject'],
    declaredDefault: 'reject',
    timeoutMs: 60_000,
  };

  it.each([
    ['two models', { models: ['a', 'b'] }, 'models is ["a","b"]; accepted: 3 or more'],
    ['one model three times', { models: ['a', 'a', 'a'] }, 'accepted: 3 or more different'],
    ['one verdict', { options: ['approve'] }, 'options is ["approve"]; accepted: 2 to 8'],
    ['a verdict with spaces', { options: ['go now', 'stop'] }, 'accepted: 2 to 8 different words'],
    [
      'a default that is no verdict',
      { declaredDefault: 'maybe' },
      'default is "maybe"; accepted: approve, reject',
    ],
    ['no time at all', { timeoutMs: 0 }, 'timeout is 0 ms; accepted: from 1 second to 30 days'],
    ['more than a month', { timeoutMs: LONGEST_REVIEW_MS + 1 }, 'to 30 days'],
  ])('refuses %s', (_title, changes, message) => {
    expect(() => assertTournament(wish)).not.toThrow();
    expect(() => assertTournament({ ...wish, ...changes })).toThrow(message);
  });

  it('reads time-outs with a unit and refuses everything else', () => {
    expect(['90s', '30m', '12h', '3d'].map(readTimeoutMs)).toEqual([90e3, 1_800e3, 43_200e3, 259_200e3]);
    for (const text of ['', '3', '-1d', '0s', '1w', '31d', '1e3s'])
      expect(() => readTimeoutMs(text)).toThrow('accepted: such as 90s, 30m, 12h or 3d');
  });
});

describe('a person’s answer', () => {
  const options = ['approve', 'reject'];

  it('is read with its verdict, name and reason', () => {
    expect(readReviewAnswer({ verdict: 'approve', reviewer: ' Ann ', reason: 'checked' }, options)).toEqual({
      verdict: 'approve',
      reviewer: 'Ann',
      reason: 'checked',
    });
  });

  it.each([
    ['approve', 'answer is "approve"; accepted: {"verdict": "approve"'],
    [null, 'answer is null'],
    [{ verdict: 'yes', reviewer: 'Ann', reason: 'x' }, 'verdict is "yes"; accepted: approve, reject'],
    [{ verdict: 'approve', reason: 'x' }, 'reviewer is missing'],
    [{ verdict: 'approve', reviewer: 'Ann', reason: ' ' }, 'reason is " "; accepted: why'],
    [{ verdict: 'approve', reviewer: 'Ann', reason: 'x'.repeat(2_001) }, 'up to 2000 characters'],
    [{ verdict: 'approve', reviewer: 'Ann', reason: 'a\u0000b' }, 'reason holds a NUL or half a character'],
    [{ verdict: 'approve', reviewer: 'A\ud800', reason: 'x' }, 'reviewer holds a NUL or half a character'],
  ])('is refused when it is %j', (answer, message) => {
    expect(() => readReviewAnswer(answer, options)).toThrow(message);
  });

  it('is told, when it comes late, who decided what and when', () => {
    const review = {
      id: 'review:x',
      status: 'answered',
      verdict: 'approve',
      reviewer: 'Ann',
      closedAt: '2026-01-05T10:00:00.000Z',
    };
    expect(closedText(review)).toBe(
      'review review:x is decided: approve by Ann at 2026-01-05T10:00:00.000Z; nothing was changed',
    );
    expect(closedText({ ...review, status: 'timed_out', verdict: 'reject', reviewer: null })).toContain(
      'the declared default reject',
    );
  });
});
