// Sources are given up after four tries; an absent Postgres never is.
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { finalAtLast } from '../../activities/final-at-last';
import { SourceFailure } from '../../sources/port';

const failingWith = (error: unknown, attempt: number): Promise<unknown> => {
  const activity = finalAtLast(() => Promise.reject(error));
  return new MockActivityEnvironment({ attempt }).run(activity).catch((failure: unknown) => failure);
};
const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

test.each([1, 4, 400])('a Postgres that is away is waited for at attempt %i', async (attempt) => {
  expect(await failingWith(refused, attempt)).toBe(refused);
});

test('a source that fails is tried four times', async () => {
  const failure = new SourceFailure('yahoo', 'unreachable', 'Connection terminated by yahoo');
  expect(await failingWith(failure, 3)).toBe(failure);
  expect(await failingWith(failure, 4)).toMatchObject({
    nonRetryable: true,
    type: 'SourceFailure',
    message: 'Connection terminated by yahoo',
  });
});

test('a failure that has a type keeps it, and bad input stays what it is', async () => {
  const typed = ApplicationFailure.create({ message: 'none', type: 'NoData', nonRetryable: true });
  expect(await failingWith(typed, 4)).toMatchObject({ nonRetryable: true, type: 'NoData', message: 'none' });
  const range = new RangeError('days');
  expect(await failingWith(range, 4)).toBe(range);
});

test('an attempt without an end has failed', async () => {
  const hanging = finalAtLast(() => new Promise<never>(() => undefined), 20);
  await expect(new MockActivityEnvironment({ attempt: 1 }).run(hanging)).rejects.toThrow('no end within');
  await expect(new MockActivityEnvironment({ attempt: 4 }).run(hanging)).rejects.toMatchObject({
    nonRetryable: true,
  });
});
