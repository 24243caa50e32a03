// Loads that many share: one read for all who ask at once, none kept of what failed, bounded.
import { sharedLoad } from '../../activities/shared-loads';

test('those who ask at once, and later, share one load', async () => {
  let loads = 0;
  const get = sharedLoad(async (id) => {
    loads += 1;
    return id;
  });
  await Promise.all([get('a'), get('a'), get('a')]);
  expect(await get('a')).toBe('a');
  expect(loads).toBe(1);
});

test('a load that failed or found nothing is made again', async () => {
  const outcomes = [Promise.reject(new Error('down')), Promise.resolve(null), Promise.resolve('there')];
  const get = sharedLoad(() => outcomes.shift()!);
  await expect(get('a')).rejects.toThrow('down');
  expect(await get('a')).toBeNull();
  expect(await get('a')).toBe('there');
  expect(await get('a')).toBe('there');
});

test('the one used longest ago makes room', async () => {
  const loaded: string[] = [];
  const get = sharedLoad(async (id) => {
    loaded.push(id);
    return id;
  }, 2);
  for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await get(id);
  expect(loaded).toEqual(['a', 'b', 'c', 'b']);
});
