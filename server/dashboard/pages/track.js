// The track record: who has surely earned what, how well forecasts are calibrated, what each member adds, whether
// agreement goes with being right, strategies side by side.
import { get } from '../api.js';
import { chart, chartColour } from '../chart.js';
import { card, code, element, empty, intervalBar, option, table } from '../element.js';
import { decimal, percent, usd, whole, words } from '../format.js';
import { currentWorld, worldChoice } from './worlds.js';

const WINDOWS = ['24h', '7d', '30d', 'all'];

/** Two standard errors, as an interval of about 95 %. */
const SE = 1.96;

/** A scale that holds all intervals and zero. */
const scaleOf = (rows) => ({
  from: Math.min(0, ...rows.map(({ low }) => low)),
  to: Math.max(0, ...rows.map(({ high }) => high)),
});

const withBars = (rows, intervalOf) => {
  const intervals = rows.map(intervalOf);
  const scale = scaleOf(intervals);
  return new Map(rows.map((row, index) => [row, intervalBar({ ...intervals[index], ...scale })]));
};

const rankingCard = (ranking) => {
  const bars = withBars(ranking, ({ member, skill, lower, upper }) => ({
    ...{ low: lower, value: skill, high: upper },
    label: `${member}: skill ${decimal(skill, 4)}, between ${decimal(lower, 4)} and ${decimal(upper, 4)}`,
  }));
  return card(
    'Ranking',
    element(
      'p',
      { class: 'soft' },
      'Skill against the simple mean of all, by the lower 90 % bound; equal bands cannot be told apart.',
    ),
    table(
      [
        ['Model', (row) => row.member, 'name'],
        ['Band', (row) => row.band, 'number'],
        ['n', (row) => whole(row.n), 'number'],
        ['Skill', (row) => decimal(row.skill, 4), 'number'],
        ['90 % bounds', (row) => `${decimal(row.lower, 4)} to ${decimal(row.upper, 4)}`, 'number'],
        ['Interval', (row) => bars.get(row), 'wide'],
        ['Skill per dollar', (row) => decimal(row.skillPerUsd, 4), 'number'],
      ],
      ranking,
    ),
  );
};

/** Outcome rate against forecast, with the line of perfect calibration. */
const curve = ({ model, n, brier, debiasedEce, decomposition, bins }) => {
  const x = [...new Set([0, 1, ...bins.map((bin) => bin.forecast)])].sort((a, b) => a - b);
  const outcome = x.map((value) => bins.find((bin) => bin.forecast === value)?.outcome ?? null);
  return card(
    model,
    element(
      'p',
      { class: 'soft' },
      `n ${whole(n)} · Brier ${decimal(brier)} · calibration error ${decimal(debiasedEce)} · resolution ${decimal(decomposition.resolution)}`,
    ),
    chart({
      label: `Calibration of ${model}: ${bins.map((bin) => `${decimal(bin.forecast, 2)} came true ${decimal(bin.outcome, 2)} (n ${bin.n})`).join(', ')}`,
      data: [x, outcome, x],
      scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
      series: [
        { label: 'forecast', format: (value) => decimal(value, 2) },
        {
          label: 'came true',
          format: (value) => decimal(value, 2),
          spanGaps: true,
          points: { size: 7 },
        },
        {
          label: 'perfect',
          format: (value) => decimal(value, 2),
          stroke: chartColour('--soft'),
          dash: [4, 4],
          width: 1,
          points: { show: false },
        },
      ],
    }),
  );
};

const contributionCard = ({ n, members }) => {
  const bars = withBars(members, ({ model, value, standardError }) => ({
    ...{ low: value - SE * standardError, value, high: value + SE * standardError },
    label: `${model} adds ${decimal(value, 4)}, give or take ${decimal(SE * standardError, 4)}`,
  }));
  return card(
    'What each member adds',
    element(
      'p',
      { class: 'soft' },
      `Shapley values of minus the Brier score on ${whole(n)} questions: above 0, the pool is better with the member than without.`,
    ),
    table(
      [
        ['Model', (row) => row.model, 'name'],
        ['n', (row) => whole(row.n), 'number'],
        ['Adds', (row) => decimal(row.value, 4), 'number'],
        ['Interval', (row) => bars.get(row), 'wide'],
        ['Lost without it', (row) => decimal(row.leaveOneOut, 4), 'number'],
        ['Profit', (row) => usd(row.pnlMicroUsd / 1e6), 'number'],
      ],
      members,
    ),
  );
};

const verdictOf = ({ interval }) => {
  if (!interval) return 'too few to say';
  if (interval[0] > 0) return 'agreement goes with being right';
  return interval[1] < 0 ? 'agreement goes with being wrong' : 'agreement says nothing sure';
};

const agreementCard = ({ categories }) =>
  card(
    'Agreement and quality',
    element(
      'p',
      { class: 'soft' },
      'Rank correlation between how near the members are and how good their mean is, with its 90 % interval.',
    ),
    categories.length === 0
      ? empty('No question with two answers has resolved yet.')
      : table(
          [
            ['Category', (row) => row.category, 'name'],
            ['n', (row) => whole(row.n), 'number'],
            ['Correlation', (row) => decimal(row.rho), 'number'],
            [
              'Interval',
              (row) => (row.interval ? row.interval.map((one) => decimal(one)).join(' to ') : '–'),
              'number',
            ],
            ['Wrong side, in consensus', (row) => percent(row.wrongSideInside), 'number'],
            ['Wrong side, else', (row) => percent(row.wrongSideOutside), 'number'],
            ['So', verdictOf],
          ],
          categories,
        ),
  );

const strategiesCard = (strategies) =>
  strategies.length > 0 &&
  card(
    'Strategies on the same answers',
    table(
      [
        ['Strategy', (row) => words(row.strategy), 'name'],
        ['n', (row) => whole(row.n), 'number'],
        ['Brier', (row) => decimal(row.brier, 4), 'number'],
        ['Simple mean', (row) => decimal(row.meanOfMembersBrier, 4), 'number'],
      ],
      strategies,
    ),
  );

const nothing = () =>
  empty(
    'Nothing has resolved in this world yet. A forecast made today is scored after its horizon (5 trading days by default). A competition over a past period fills a world of its own at once: ',
    code('conclave competition replay --help'),
    '. To see what your members would have earned on recorded questions: ',
    code('conclave backtest --help'),
  );

const nothingInWindow = () => empty('Nothing has resolved in this window. Choose a longer one above.');

const windowChoice = (chosen) => {
  const select = element(
    'select',
    { id: 'window' },
    ...WINDOWS.map((one) => option(one, one === 'all' ? 'all time' : one, one === chosen)),
  );
  select.addEventListener('change', () => {
    location.hash = `#/track/${select.value}`;
  });
  return element('label', {}, 'The record of the last', select);
};

const filled = ([record, calibration, contribution, agreement]) => [
  rankingCard(record.ranking),
  element('h2', {}, 'Calibration'),
  element('div', { class: 'grid' }, ...calibration.models.map(curve)),
  contribution.members.length > 0 && contributionCard(contribution),
  agreementCard(agreement),
  strategiesCard(record.strategies),
];

export const page = async ({ argument, again }) => {
  const chosen = WINDOWS.includes(argument) ? argument : 'all';
  const world = `world=${encodeURIComponent(currentWorld())}`;
  const views = await Promise.all(
    ['track', 'calibration', 'contribution', 'agreement'].map((view) =>
      get(`/api/v1/${view}?${world}&window=${chosen}`),
    ),
  );
  const [record] = views;
  return [
    element('h1', {}, 'Track record'),
    element(
      'p',
      { class: 'lead' },
      `${whole(record.n)} scored forecasts. Lower Brier scores are better; 0.25 is a coin's.`,
    ),
    element('form', { class: 'row toolbar' }, await worldChoice(again), windowChoice(chosen)),
    ...(record.n === 0 ? [card(null, chosen === 'all' ? nothing() : nothingInWindow())] : filled(views)),
  ];
};
