// What is counted as open when the server that knows it does not answer.
import { createOpenWork } from '../../stack/open-work';

test('while Temporal does not answer, the last count stands', async () => {
  const answers: (number | Error)[] = [2, new Error('away'), new Error('away'), 0, new Error('away')];
  const openWork = createOpenWork(async () => {
    const next = answers.shift();
    if (typeof next !== 'number') throw next;
    return next;
  });
  const counts: number[] = [];
  while (answers.length > 0) counts.push(await openWork());
  expect(counts).toEqual([2, 2, 2, 0, 0]);
});
