// Money: the month's budget and when it ends, spending by day, model and category, what sharing saved.
import { get, put } from '../api.js';
import { chart } from '../chart.js';
import { card, code, element, empty, table, tile } from '../element.js';
import { usd, whole } from '../format.js';

const limitForm = (again) => {
  const amount = element('input', { id: 'limit', inputmode: 'decimal', placeholder: '20', required: true });
  const reason = element('input', { id: 'reason', placeholder: 'why', required: true });
  const note = element('p', { class: 'soft', role: 'status' });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await put('/api/v1/budget', { scope: 'month', limitUsd: amount.value.trim(), reason: reason.value });
      await again();
    } catch (error) {
      note.textContent = error.message;
    }
  };
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', {}, 'Limit a month in USD', amount),
    element('label', { class: 'wide' }, 'Reason (kept)', reason),
    element('button', {}, 'Set limit'),
    note,
  );
};

const dayChart = (days) => {
  let sum = 0;
  const total = days.map(({ spentUsd }) => (sum += Number(spentUsd)));
  return chart({
    label: `Spending by day, ${usd(sum)} in ${days.length} days`,
    data: [
      days.map(({ day }) => Date.parse(day) / 1000),
      days.map(({ spentUsd }) => Number(spentUsd)),
      total,
    ],
    scales: { x: { time: true } },
    series: [
      { label: 'day', value: '{YYYY}-{MM}-{DD}' },
      { label: 'USD that day' },
      { label: 'USD in total' },
    ],
  });
};

const spendTable = (rows) =>
  table(
    [
      ['', (row) => row.group],
      ['Calls', (row) => whole(row.calls), 'number'],
      ['Spent', (row) => usd(row.spentUsd), 'number'],
      ['Held', (row) => usd(row.heldUsd), 'number'],
      ['Tokens in / out', (row) => `${whole(row.inputTokens)} / ${whole(row.outputTokens)}`, 'number'],
    ],
    rows,
  );

const noSpend = () =>
  empty(
    'Nothing has been billed. House models are free; billed calls appear here once a provider has a key, such as ',
    code('OPENAI_API_KEY'),
    '.',
  );

const capsCard = (caps) =>
  caps.length > 0 &&
  card(
    'Open caps',
    table(
      [
        ['Cap', (row) => `${row.scope} ${row.key} ${row.period}`],
        ['Limit', (row) => usd(row.limitUsd), 'number'],
        ['Spent', (row) => usd(row.spentUsd), 'number'],
        ['Held', (row) => usd(row.heldUsd), 'number'],
        ['Left', (row) => usd(row.remainingUsd), 'number'],
      ],
      caps,
    ),
  );

export const moneyPage = async ({ again }) => {
  const [budget, byModel, byCategory, cache] = await Promise.all([
    get('/api/v1/budget'),
    get('/api/v1/spend?by=model&unbilled=true'),
    get('/api/v1/spend?by=category'),
    get('/api/v1/cache'),
  ]);
  return [
    element('h1', {}, 'Money'),
    element(
      'p',
      { class: 'lead' },
      `Every call is reserved before it is made and booked after. UTC month ${budget.month}.`,
    ),
    element(
      'div',
      { class: 'tiles' },
      tile('spent this month', usd(budget.spentUsd)),
      tile('limit', budget.limitUsd === null ? 'none' : usd(budget.limitUsd)),
      tile('a day, on average', usd(budget.ratePerDayUsd)),
      tile('at month end', usd(budget.atMonthEndUsd)),
      tile('budget ends', budget.endsOn ?? (budget.limitUsd === null ? 'no limit' : 'not this month')),
      tile('saved by sharing', usd(cache.metrics[0]?.costSavedUsd ?? '0')),
    ),
    card('Spending by day', budget.days.length === 0 ? noSpend() : dayChart(budget.days)),
    card("The month's limit", limitForm(again)),
    capsCard(budget.caps),
    element(
      'div',
      { class: 'grid' },
      card('By model', byModel.rows.length === 0 ? noSpend() : spendTable(byModel.rows)),
      card('By category', byCategory.rows.length === 0 ? noSpend() : spendTable(byCategory.rows)),
    ),
  ].filter(Boolean);
};
