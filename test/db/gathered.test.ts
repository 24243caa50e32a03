// Bursts as one batch: who goes along with whom, and that one's bad data is no one else's failure.
import { DatabaseError } from 'pg';
import { gathered } from '../../db/gathered';

const dataError = (): DatabaseError => {
  const error = new DatabaseError('violates check', 1, 'error');
  error.code = '23514';
  return error;
};

describe('gathered', () => {
  it('runs what comes in one turn together, and what comes meanwhile as the next batch', async () => {
    const batches: number[][] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const double = gathered(async (items: readonly number[]) => {
      batches.push([...items]);
      if (batches.length === 1) await held;
      return items.map((item) => item * 2);
    });
    const first = [double(1), double(2)];
    await new Promise((resolve) => setImmediate(resolve));
    const second = [double(3), double(4), double(5)];
    release();
    expect(await Promise.all([...first, ...second])).toEqual([2, 4, 6, 8, 10]);
    expect(batches).toEqual([
      [1, 2],
      [3, 4, 5],
    ]);
  });

  it('fails alone whose data is wrong', async () => {
    const run = gathered(async (items: readonly number[]) => {
      if (items.includes(2)) throw dataError();
      return items;
    });
    const outcomes = await Promise.allSettled([run(1), run(2), run(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('tells everyone when the database is gone, once, and goes on afterwards', async () => {
    let runs = 0;
    const run = gathered(async (items: readonly number[]) => {
      runs += 1;
      if (runs === 1) throw new Error('connect ECONNREFUSED');
      return items;
    });
    const outcomes = await Promise.allSettled([run(1), run(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(runs).toBe(1);
    expect(await run(3)).toBe(3);
  });

  it('keeps a batch within its bound', async () => {
    const sizes: number[] = [];
    const run = gathered(async (items: readonly number[]) => {
      sizes.push(items.length);
      return items;
    }, 2);
    await Promise.all([run(1), run(2), run(3)]);
    expect(sizes).toEqual([2, 1]);
  });
});
