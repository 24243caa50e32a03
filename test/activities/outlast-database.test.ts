// Paid work is stored even while Postgres restarts, and a real mistake is not tried again.
import { isDatabaseDown, outlastDatabase } from '../../activities/outlast-database';

const failing = (times: number, error: unknown) => {
  let calls = 0;
  const work = async (): Promise<string> => {
    calls += 1;
    if (calls <= times) throw error;
    return 'stored';
  };
  return { work, calls: () => calls };
};

const withCode = (code: string): Error => Object.assign(new Error('failed'), { code });
/** Four tries fit in, however busy the machine is. */
const LONG = { everyMs: 1, longestMs: 60_000 };
const SHORT = { everyMs: 1, longestMs: 20 };

test.each([
  '57P01',
  '57P03',
  '08006',
  '53300',
  '25006',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
])('work that fails with %s is tried again until it is stored', async (code) => {
  const { work, calls } = failing(3, withCode(code));
  await expect(outlastDatabase(work, LONG)).resolves.toBe('stored');
  expect(calls()).toBe(4);
});

test('a connection that was cut off counts as a restart', () => {
  expect(isDatabaseDown(new Error('Connection terminated unexpectedly'))).toBe(true);
});

test.each(['23505', '23514', '42P01', 'ENOENT'])(
  'work that fails with %s is not tried again',
  async (code) => {
    const { work, calls } = failing(3, withCode(code));
    await expect(outlastDatabase(work, LONG)).rejects.toMatchObject({ code });
    expect(calls()).toBe(1);
  },
);

test('a Postgres that stays away ends the tries', async () => {
  const { work, calls } = failing(1_000, withCode('57P03'));
  await expect(outlastDatabase(work, SHORT)).rejects.toMatchObject({ code: '57P03' });
  expect(calls()).toBeLessThan(1_000);
});

test('tries that take long end as soon as short ones', async () => {
  const { work, calls } = failing(1_000, new Error('Query read timeout'));
  const slow = async (): Promise<string> => {
    await new Promise((resolve) => setTimeout(resolve, 25));
    return work();
  };
  await expect(outlastDatabase(slow, { everyMs: 1, longestMs: 50 })).rejects.toThrow('Query read timeout');
  expect(calls()).toBeLessThanOrEqual(4);
});
