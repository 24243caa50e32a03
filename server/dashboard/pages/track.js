// The track record: who has surely earned what, how well forecasts are calibrated, strategies side by side.
import { get } from '../api.js';
import { chart, chartColour } from '../chart.js';
import { card, code, element, empty, table } from '../element.js';
import { decimal, whole } from '../format.js';
import { currentWorld, worldChoice } from './worlds.js';

const rankingCard = (ranking) =>
  card(
    'Ranking',
    element(
      'p',
      { class: 'soft' },
      'Skill against the simple mean of all, by the lower 90 % bound; equal bands cannot be told apart.',
    ),
    table(
      [
        ['Model', (row) => row.member],
        ['Band', (row) => row.band, 'number'],
        ['n', (row) => whole(row.n), 'number'],
        ['Skill', (row) => decimal(row.skill, 4), 'number'],
        ['90 % bounds', (row) => `${decimal(row.lower, 4)} to ${decimal(row.upper, 4)}`, 'number'],
        ['Skill per dollar', (row) => decimal(row.skillPerUsd, 4), 'number'],
      ],
      ranking,
    ),
  );

/** Outcome rate against forecast, with the line of perfect calibration. */
const curve = ({ model, n, brier, bins }) => {
  const x = [...new Set([0, 1, ...bins.map((bin) => bin.forecast)])].sort((a, b) => a - b);
  const outcome = x.map((value) => bins.find((bin) => bin.forecast === value)?.outcome ?? null);
  return card(
    model,
    element('p', { class: 'soft' }, `n ${whole(n)} · Brier ${decimal(brier)}`),
    chart({
      label: `Calibration of ${model}: ${bins.map((bin) => `${decimal(bin.forecast, 2)} came true ${decimal(bin.outcome, 2)} (n ${bin.n})`).join(', ')}`,
      data: [x, outcome, x],
      scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
      series: [
        { label: 'forecast' },
        { label: 'came true', spanGaps: true, points: { size: 7 } },
        { label: 'perfect', stroke: chartColour('--soft'), dash: [4, 4], width: 1, points: { show: false } },
      ],
    }),
  );
};

const strategiesCard = (strategies) =>
  card(
    'Strategies on the same answers',
    table(
      [
        ['Strategy', (row) => row.strategy.replaceAll('_', ' ')],
        ['n', (row) => whole(row.n), 'number'],
        ['Brier', (row) => decimal(row.brier, 4), 'number'],
        ['Simple mean', (row) => decimal(row.meanOfMembersBrier, 4), 'number'],
      ],
      strategies,
    ),
  );

const nothing = () =>
  card(
    null,
    empty(
      'Nothing has resolved in this world yet. A forecast made today is scored after its horizon (5 trading days by default). To see what your members would have earned on recorded questions: ',
      code('conclave backtest --help'),
    ),
  );

export const trackPage = async ({ again }) => {
  const record = await get(`/api/v1/track?world=${encodeURIComponent(currentWorld())}`);
  return [
    element('h1', {}, 'Track record'),
    element(
      'p',
      { class: 'lead' },
      `${whole(record.n)} scored forecasts. Lower Brier scores are better; 0.25 is a coin's.`,
    ),
    element('form', { class: 'row toolbar' }, worldChoice(again)),
    ...(record.n === 0
      ? [nothing()]
      : [
          rankingCard(record.ranking),
          element('div', { class: 'grid' }, ...record.calibration.map(curve)),
          strategiesCard(record.strategies),
        ]),
  ];
};
