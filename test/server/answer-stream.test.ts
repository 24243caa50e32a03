// Events of runs whose answers land one by one: each answer exactly once, however often a listener is cut off.
import fc from 'fast-check';
import { type RunLook, runEvents } from '../../server/answer-stream';
import { decodeSeen } from '../../server/session-watch';
import { sharedLooks } from '../../server/shared-looks';

const PLACES = 20;

const look = (places: readonly number[], end: unknown = null): RunLook => ({
  landed: places.map((place) => ({ place, event: 'answer', data: { place } })),
  progress: end === null ? { done: places.length } : null,
  end,
});

it('come exactly once, whatever the order of arrival and wherever the stream is cut', () => {
  const all = Array.from({ length: PLACES }, (_unused, place) => place);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(all, { minLength: PLACES }),
      fc.array(fc.record({ upTo: fc.nat(PLACES), received: fc.nat(PLACES) }), { maxLength: 8 }),
      (arrival, cuts) => {
        const got: number[] = [];
        let lastId: string | undefined;
        const whole = { upTo: PLACES, received: Number.POSITIVE_INFINITY };
        for (const { upTo, received } of [...cuts.sort((a, b) => a.upTo - b.upTo), whole]) {
          const seen = decodeSeen(lastId);
          const events = runEvents(look(arrival.slice(0, upTo)), seen, '');
          // The connection breaks off behind so many events.
          for (const { id, event, data } of events.slice(0, received)) {
            if (event !== 'answer') continue;
            got.push((data as { place: number }).place);
            lastId = id;
          }
        }
        expect(got.sort((a, b) => a - b)).toEqual(all);
      },
    ),
  );
});

it('repeat no unchanged progress, and end when the run has', () => {
  const seen = new Set<number>();
  const [answer, progress] = runEvents(look([3]), seen, '');
  expect([answer?.event, progress?.event]).toEqual(['answer', 'progress']);
  expect(runEvents(look([3]), seen, JSON.stringify(progress?.data))).toEqual([]);
  expect(runEvents(look([3, 4], { status: 'agreed' }), seen, '').map(({ event }) => event)).toEqual([
    'answer',
    'end',
  ]);
});

describe('looks at a run', () => {
  it('are shared by all who watch it, and taken anew for who comes later', async () => {
    jest.useFakeTimers();
    const asked: string[] = [];
    const look = sharedLooks(async (id) => asked.push(id), 100);
    const [first] = await Promise.all([...Array.from({ length: 300 }, () => look('a')), look('b')]);
    expect([first, asked]).toEqual([1, ['a', 'b']]);
    await jest.advanceTimersByTimeAsync(99);
    expect(await look('a')).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await look('a')).toBe(3);
    jest.useRealTimers();
  });

  it('that fail are not kept', async () => {
    jest.useFakeTimers();
    let fails = true;
    const look = sharedLooks(async () => {
      if (fails) throw new Error('no worker');
      return 'there';
    }, 100);
    await expect(look('a')).rejects.toThrow('no worker');
    fails = false;
    await jest.advanceTimersByTimeAsync(100);
    expect(await look('a')).toBe('there');
    jest.useRealTimers();
  });
});
