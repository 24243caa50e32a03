// Money: the month's budget and when it ends, spending by day, model and category, what sharing saved.
import { get, put } from '../api.js';
import { chart, DATES } from '../chart.js';
import { card, element, empty, formNote, link, onSubmit, table, tile } from '../element.js';
import { usd, whole } from '../format.js';

const limitForm = (again) => {
  const amount = element('input', { id: 'limit', inputmode: 'decimal', placeholder: '20', required: true });
  const reason = element('input', { id: 'reason', placeholder: 'why', required: true });
  const note = formNote();
  const submit = onSubmit(note, async () => {
    await put('/api/v1/budget', { scope: 'month', limitUsd: amount.value.trim(), reason: reason.value });
    await again();
  });
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', {}, 'Limit a month in USD', amount),
    element('label', { class: 'wide' }, 'Reason (kept)', reason),
    element('button', {}, 'Set limit'),
    note,
  );
};

const DAY_MS = 86_400_000;

/** Every day of a month `YYYY-MM`, UTC. */
const daysOf = (month) => {
  const first = Date.parse(`${month}-01T00:00:00Z`);
  const days = [];
  for (let at = first; new Date(at).toISOString().startsWith(month); at += DAY_MS)
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
};

/** What is left of the limit day by day, then as it goes on at the present rate; without a limit, what is spent. */
const burnDown = ({ month, days, limitUsd, ratePerDayUsd, atMonthEndUsd, endsOn }) => {
  const all = daysOf(month);
  const today = new Date().toISOString().slice(0, 10);
  const spentOn = new Map(days.map(({ day, spentUsd }) => [day, Number(spentUsd)]));
  const shown = (spent) => (limitUsd === null ? spent : Math.max(0, Number(limitUsd) - spent));
  let sum = 0;
  const past = all.map((day) => {
    sum += spentOn.get(day) ?? 0;
    return day <= today ? shown(sum) : null;
  });
  const now = all.indexOf(today);
  const spentBy = (at) => Number(atMonthEndUsd) - (all.length - 1 - at) * Number(ratePerDayUsd);
  const ahead = all.map((_, at) => (at < now ? null : shown(at === now ? sum : spentBy(at))));
  const what = limitUsd === null ? 'spent' : 'left';
  const end = endsOn ? `the budget ends on ${endsOn}` : `${usd(atMonthEndUsd)} spent at the month's end`;
  return chart({
    label: `${what} in ${month}: ${usd(String(shown(sum)))} by ${today}; at the present rate ${end}`,
    data: [all.map((day) => Date.parse(day) / 1000), past, ahead],
    dates: true,
    scales: { x: { time: true }, y: { range: (_, low, high) => [Math.min(0, low), (high || 1) * 1.1] } },
    axes: [DATES, { size: 64, values: (_, ticks) => ticks.map((tick) => usd(String(tick))) }],
    series: [
      { label: 'day' },
      { label: what, format: usd, points: { show: true, size: 5 } },
      { label: 'at this rate', format: usd, dash: [4, 4], points: { show: false } },
    ],
  });
};

const SAVINGS = [
  ['sharedBriefsUsd', 'one brief for all who ask'],
  ['siblingModelUsd', 'research by a cheaper sibling of the model'],
  ['cascadeUsd', 'few models first, all only where they differ'],
  ['promptCacheUsd', 'prompt parts that the provider had cached'],
  ['similarQuestionsUsd', 'answers to the same question'],
];

const savingsCard = ({ saved }) =>
  card(
    'Saved this month',
    table(
      [
        ['By', ([, text]) => text, 'name'],
        ['Saved', ([key]) => usd(saved[key]), 'number'],
      ],
      SAVINGS,
    ),
  );

const spendTable = (what, rows) =>
  table(
    [
      [what, (row) => row.group, 'name'],
      ['Calls', (row) => whole(row.calls), 'number'],
      ['Spent', (row) => usd(row.spentUsd), 'number'],
      ['Held', (row) => usd(row.heldUsd), 'number'],
      ['Tokens in / out', (row) => `${whole(row.inputTokens)} / ${whole(row.outputTokens)}`, 'number'],
    ],
    rows,
  );

const noSpend = () =>
  empty(
    'Nothing has been billed. House models are free; calls of other models appear here once a provider has a key (',
    link('#/providers', 'Providers'),
    ' says which) and a session, a panel or a task has asked them.',
  );

const noCalls = () => empty('No call this month.');

/** What a spent limit means, and what to do about it. A month's cap is opened by its first call. */
const spentNotice = ({ limitUsd, spentUsd, caps }) => {
  if (limitUsd === null) return null;
  const cap = caps.find(({ scope, key }) => scope === 'month' && key === '*');
  const left = cap ? Number(cap.remainingUsd) : Number(limitUsd) - Number(spentUsd);
  if (left > 0) return null;
  const held = Number(cap?.heldUsd) > 0 ? `, ${usd(cap.heldUsd)} are held for calls without a bill yet` : '';
  return element(
    'p',
    { class: 'notice error' },
    `The month's limit of ${usd(limitUsd)} is reached: ${usd(spentUsd)} are spent${held}. No billed call is made until it is raised below, or until next month.`,
  );
};

const capsCard = (caps) =>
  caps.length > 0 &&
  card(
    'Open caps',
    table(
      [
        ['Cap', (row) => [row.scope, row.key === '*' ? '' : row.key, row.period].filter(Boolean).join(' ')],
        ['Limit', (row) => usd(row.limitUsd), 'number'],
        ['Spent', (row) => usd(row.spentUsd), 'number'],
        ['Held', (row) => usd(row.heldUsd), 'number'],
        ['Left', (row) => usd(row.remainingUsd), 'number'],
      ],
      caps,
    ),
  );

export const page = async ({ again }) => {
  const budget = await get('/api/v1/budget');
  const [byModel, byCategory] = await Promise.all([
    get(`/api/v1/spend?by=model&unbilled=true&from=${budget.month}-01`),
    get(`/api/v1/spend?by=category&from=${budget.month}-01`),
  ]);
  return [
    element('h1', {}, 'Money'),
    element(
      'p',
      { class: 'lead' },
      `Every call is reserved before it is made and booked after. UTC month ${budget.month}.`,
    ),
    spentNotice(budget),
    element(
      'div',
      { class: 'tiles' },
      tile('spent this month', usd(budget.spentUsd)),
      tile('limit', budget.limitUsd === null ? 'none' : usd(budget.limitUsd)),
      tile('a day, on average', usd(budget.ratePerDayUsd)),
      tile('at month end', usd(budget.atMonthEndUsd)),
      tile('budget ends', budget.endsOn ?? (budget.limitUsd === null ? 'no limit' : 'not this month')),
      tile('saved this month', usd(byModel.saved.totalUsd)),
    ),
    card('This month', budget.days.length === 0 ? noSpend() : burnDown(budget)),
    card("The month's limit", limitForm(again)),
    capsCard(budget.caps),
    element(
      'div',
      { class: 'grid' },
      card('By model, this month', byModel.rows.length === 0 ? noCalls() : spendTable('Model', byModel.rows)),
      card(
        'By category, this month',
        byCategory.rows.length === 0 ? noCalls() : spendTable('Category', byCategory.rows),
      ),
    ),
    savingsCard(byModel),
  ].filter(Boolean);
};
