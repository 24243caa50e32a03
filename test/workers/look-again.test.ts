// The timer of a worker's looks at what servers of one's own have.
import { startLooking } from '../../workers/look-again';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('looks soon after the start and then each minute, until it is ended, one look that fails too', async () => {
  const looks: string[] = [];
  const end = startLooking(async () => {
    looks.push('look');
    if (looks.length === 1) throw new Error('the database is away');
  });
  await jest.advanceTimersByTimeAsync(3_000);
  expect(looks).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(117_000);
  expect(looks).toHaveLength(3);
  await end();
  await jest.advanceTimersByTimeAsync(600_000);
  expect(looks).toHaveLength(3);
});
