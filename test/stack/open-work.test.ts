// What counts as open when the server that knows it does not answer.
import { createOpenWork } from '../../stack/open-work';

const answersOf = async (...answers: (number | Error)[]): Promise<readonly boolean[]> => {
  const hasOpenWork = createOpenWork(async () => {
    const next = answers.shift();
    if (typeof next !== 'number') throw next;
    return next;
  });
  const given: boolean[] = [];
  while (answers.length > 0) given.push(await hasOpenWork());
  return given;
};

test('while Temporal does not answer, the last count stands', async () => {
  const away = new Error('away');
  expect(await answersOf(2, away, away, 0, away)).toEqual([true, true, true, false, false]);
});

test('until Temporal has answered once, work may be open', async () => {
  expect(await answersOf(new Error('away'), 0)).toEqual([true, false]);
});
