// Dated events ahead: one line for a window, and none whose day nothing names.
import { earningsAhead, knownUpcoming } from '../../domain/research/upcoming';

describe('earnings ahead', () => {
  const today = '2026-01-28';

  test('are a line for each day from today on', () => {
    expect(earningsAhead({ earningsDates: ['2026-01-27', today] }, today)).toEqual([`${today}: earnings`]);
  });

  test.each([
    ['2026-01-28', '2026-02-02', ['2026-01-28 to 2026-02-02 (estimated): earnings']],
    ['2026-02-02', '2026-02-02', ['2026-02-02 (estimated): earnings']],
    ['2026-01-20', '2026-01-27', []],
  ])('expected from %s to %s are one', (from, to, expected) => {
    expect(earningsAhead({ earningsDates: [], earningsWindow: { from, to } }, today)).toEqual(expected);
  });
});

describe('events ahead of a brief', () => {
  const upcoming = ['2026-04-21: earnings'];
  const texts = ['The board meets on May 5, 2026.\nThe split follows on 12 June.'];
  const known = (...told: readonly string[]) => knownUpcoming(told, { upcoming, texts });

  test('are those whose day a source names, in whatever form', () => {
    const told = ['Q1 report on 21 April 2026', '2026-05-05: board meeting', '2026-06-12: split'];
    expect(known(...told)).toEqual({ upcoming: told, madeUp: [] });
  });

  test('are without those whose day may be made up, and with what the sources know', () => {
    const madeUp = ['2026-12-03: Q4 earnings', 'Between 2026-04-21 and 2026-04-29: guidance'];
    expect(known(...madeUp, '2026-05-05: board meeting')).toEqual({
      upcoming: ['2026-04-21: earnings', '2026-05-05: board meeting'],
      madeUp,
    });
  });

  test('are without lines that name no day, which say nothing false', () => {
    expect(known('There is no data.', 'A new plant in 2027')).toEqual({ upcoming, madeUp: [] });
  });
});
