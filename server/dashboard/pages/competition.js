// Competitions: who has earned what on paper, the curve of every account, its orders and what the rules are.
import { get } from '../api.js';
import { chart, DATES } from '../chart.js';
import { badge, card, code, element, empty, link, table, tiles } from '../element.js';
import { decimal, percent, signedPercent, usd, whole, words } from '../format.js';
import { chooseWorld } from './worlds.js';

const SHOWN_ORDERS = 25;

const nothing = () =>
  card(
    null,
    empty(
      'No competition yet. Let house models replay a past period from a file of daily prices, free of charge: ',
      code(
        'conclave competition replay --prices bars.csv.gz --from 2025-06-10 --to 2025-09-30 --symbols AAPL,MSFT --models house-drift,house-momentum',
      ),
      '. Or let models trade from now on: ',
      code('conclave competition create --help'),
      '.',
    ),
  );

const boardColumns = [
  ['Account', (row) => `${row.rank}. ${row.account}`, 'name'],
  ['Equity', (row) => usd(row.equityUsd), 'number'],
  ['Return', (row) => signedPercent(row.return), 'number'],
  ['After model cost', (row) => signedPercent(row.returnAfterModelCost), 'number'],
  ['Sharpe', (row) => decimal(row.sharpe, 2), 'number'],
  ['Drawdown', (row) => percent(row.maxDrawdown), 'number'],
  ['Hits', (row) => percent(row.hitRate), 'number'],
  ['Trips', (row) => whole(row.roundTrips), 'number'],
  ['Brier', (row) => decimal(row.brier), 'number'],
];

const orderColumns = [
  ['Account', (row) => row.account, 'name'],
  ['Order', (row) => `${row.side} ${whole(row.filledQuantity ?? row.quantity)} ${row.symbol}`, 'day'],
  ['Placed', (row) => row.placedOn, 'day'],
  ['Filled', (row) => row.filledOn ?? badge(words(row.status), 'warn'), 'day'],
  ['At', (row) => usd(row.fillUsd), 'number'],
  ['Realised', (row) => usd(row.realizedUsd), 'number'],
  ['Why', (row) => row.note ?? row.reason],
];

/** Equity of each account by day; accounts in the order of the board. */
const curves = ({ board, snapshots }) => {
  const dates = [...new Set(snapshots.map(({ date }) => date))].sort();
  const place = new Map(dates.map((date, index) => [date, index]));
  const lines = board.map(({ account }) => {
    const line = dates.map(() => null);
    for (const one of snapshots)
      if (one.account === account) line[place.get(one.date)] = Number(one.equityUsd);
    return line;
  });
  return chart({
    label: `Equity by day, ${dates[0]} to ${dates.at(-1)}: ${board.map((row) => `${row.account} ${signedPercent(row.return)}`).join(', ')}`,
    data: [dates.map((date) => Date.parse(date) / 1000), ...lines],
    height: 300,
    dates: true,
    scales: { x: { time: true } },
    axes: [
      DATES,
      { size: 70, values: (_, ticks) => ticks.map((tick) => `$${tick.toLocaleString('en-US')}`) },
    ],
    series: [
      { label: 'day' },
      ...board.map(({ account }) => ({
        label: account,
        points: { show: false },
        format: usd,
      })),
    ],
  });
};

const rulesText = ({ market, symbols, rules }) =>
  `${market}, ${symbols.join(', ')} · ${usd(rules.startCashUsd)} each · fees ${rules.feeBps} bp, slippage ${rules.slippageBps} bp · at most ${percent(rules.maxPositionShare)} in one symbol`;

const detail = (one) => [
  element(
    'h1',
    {},
    one.competitionId,
    ' ',
    badge(words(one.status), one.status === 'finished' ? 'good' : 'warn'),
    one.synthetic && ' ',
    one.synthetic && badge('synthetic data', 'warn'),
  ),
  element(
    'p',
    { class: 'lead' },
    `world ${one.world ?? 'none yet'} · ${one.from} to ${one.to ?? 'open end'} · ${rulesText(one)}`,
  ),
  tiles([
    ['leads', one.board[0]?.account ?? '–'],
    ['its return', signedPercent(one.board[0]?.return)],
    ['accounts', whole(one.board.length)],
    ['research sessions for all', whole(one.research.sessions)],
    ['reads of them', whole(one.research.reads)],
    ['research saved by sharing', percent(one.research.savedShare)],
  ]),
  card('Equity', one.snapshots.length === 0 ? empty('No day has been valued yet.') : curves(one)),
  card('Leaderboard', table(boardColumns, one.board)),
  one.refused.length > 0 &&
    card(
      'No longer traded',
      table(
        [
          ['Account', (row) => row.account],
          ['Symbol', (row) => row.symbol],
          ['Because', (row) => row.reason],
        ],
        one.refused,
      ),
    ),
  card(
    'Orders, newest first',
    one.orders.length === 0
      ? empty('No order yet.')
      : table(orderColumns, one.orders.slice(-SHOWN_ORDERS).reverse()),
    one.orders.length > SHOWN_ORDERS &&
      element('p', { class: 'soft' }, `The last ${SHOWN_ORDERS} of ${whole(one.orders.length)}.`),
  ),
  card(
    'How to read this',
    element('ul', { class: 'why' }, ...one.notes.map((note) => element('li', {}, note))),
  ),
];

const others = (competitions, shown) =>
  competitions.length > 1 &&
  element(
    'p',
    { class: 'links' },
    'Others: ',
    ...competitions
      .filter(({ competitionId }) => competitionId !== shown)
      .map(({ competitionId }) => link(`#/competition/${encodeURIComponent(competitionId)}`, competitionId)),
  );

const recordLink = ({ world }) =>
  world &&
  element(
    'p',
    {},
    element('a', { href: '#/track', onclick: () => chooseWorld(world) }, 'The track record of this world'),
  );

export const page = async ({ argument }) => {
  const { competitions } = await get('/api/v1/competitions');
  const shown = argument || competitions[0]?.competitionId;
  if (!shown)
    return [
      element('h1', {}, 'Competition'),
      element('p', { class: 'lead' }, 'Models trade paper accounts from shared research, under equal rules.'),
      nothing(),
    ];
  const one = await get(`/api/v1/competitions/${encodeURIComponent(shown)}`);
  return [...detail(one), recordLink(one), others(competitions, shown)];
};
