// What a workflow is told while calls are under way: soon, together, and never after the activity's end.
import { landedTeller } from '../../activities/landed-calls';
import type { LandedCall } from '../../workflows/contracts/calls';

const call = (key: string): LandedCall => ({
  key,
  result: null,
  failed: { kind: 'no_data', costMicroUsd: 0, latencyMs: 0, sends: 0, message: key },
});

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('what lands within moments is told together, within a tenth of a second of the first', async () => {
  const told: string[][] = [];
  const teller = landedTeller(async (calls) => void told.push(calls.map(({ key }) => key)));
  teller.tell(call('a'));
  await jest.advanceTimersByTimeAsync(20);
  teller.tell(call('b'));
  expect(told).toEqual([]);
  await jest.advanceTimersByTimeAsync(80);
  expect(told).toEqual([['a', 'b']]);
  teller.tell(call('c'));
  await jest.advanceTimersByTimeAsync(100);
  expect(told).toEqual([['a', 'b'], ['c']]);
});

it('what the end of the activity says is not told before it, and a telling under way is waited for', async () => {
  const told: number[] = [];
  let arrive = (): void => undefined;
  const teller = landedTeller(
    (calls) =>
      new Promise((resolve) => {
        told.push(calls.length);
        arrive = resolve;
      }),
  );
  teller.tell(call('a'));
  await jest.advanceTimersByTimeAsync(100);
  teller.tell(call('b'));
  let closed = false;
  const closing = teller.close().then(() => {
    closed = true;
  });
  await jest.advanceTimersByTimeAsync(1_000);
  expect([told, closed]).toEqual([[1], false]);
  arrive();
  await closing;
  expect(told).toEqual([1]);
});

it('a telling that fails costs nothing but itself', async () => {
  let tries = 0;
  const teller = landedTeller(() => {
    tries += 1;
    return Promise.reject(new Error('the workflow is gone'));
  });
  for (const key of ['a', 'b']) {
    teller.tell(call(key));
    await jest.advanceTimersByTimeAsync(100);
  }
  await teller.close();
  expect(tries).toBe(2);
});

it('what waits is told at once where the activity ends without a result', async () => {
  const told: number[] = [];
  const teller = landedTeller(async (calls) => void told.push(calls.length));
  teller.tell(call('a'));
  await teller.close(true);
  expect(told).toEqual([1]);
});
