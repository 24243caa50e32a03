import { benchNames } from '../../bench/main';
import { FIGURES, medianOf, shownTable, tableOf } from '../../bench/table';

const round = (p50Ms: number, floorP50Ms: number) => ({ cache: { p50Ms, floorP50Ms } });

test('a line has the median, the spread and the ratio to the floor of the same round', () => {
  const [line] = tableOf([round(4, 2), round(9, 3), round(1, 1)]);
  expect(line).toEqual({
    name: 'cached brief, p50',
    unit: 'ms',
    median: 4,
    spread: [1, 9],
    floor: 2,
    floorName: 'bare select',
    ratio: 2,
  });
});

test('a rate is beneath its floor, and its ratio still says how many times the floor it takes', () => {
  const reservations = { reservedAndSettledPerSecond: 500, plainInsertsPerSecond: 2_000 };
  expect(tableOf([{ reservations }])[0]).toMatchObject({ median: 500, floor: 2_000, ratio: 4 });
});

test('what was not measured has no line, and a failed bench does not hide the others', () => {
  const lines = tableOf([{ ...round(4, 2), gate: { error: 'no server' } }]);
  expect(lines.map(({ name }) => name)).toEqual(['cached brief, p50']);
});

test('the median of an even number lies between the two in the middle', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
});

test('every figure is of a bench that there is', () => {
  const names = FIGURES.map(({ value }) => value.split('.')[0]);
  expect(benchNames()).toEqual(expect.arrayContaining(names));
});

test('the table of text has its columns under their heads', () => {
  const [heads, rule, line] = shownTable(tableOf([round(4, 2)])).split('\n');
  expect(rule).toMatch(/^-+( {2}-+){6}$/);
  expect(line!.indexOf('2 bare select')).toBe(heads!.indexOf('floor'));
});
