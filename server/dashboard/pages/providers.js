// Providers: who can be called, how they fare, which breakers are open, and the models they serve.
import { get, post } from '../api.js';
import { badge, card, code, element, empty, formNote, link, modeTone, onSubmit, table } from '../element.js';
import { decimal, duration, instant, percent, words } from '../format.js';

/** What each mode means for whoever reads the page. */
const MEANINGS = {
  degraded: 'Some providers are out. The others decide, with smaller positions and a larger edge asked for.',
  conservative:
    'Too few members are left for a whole decision. Only small stakes are opened, and members must be nearer to agree.',
  cached:
    'No language model answers. Stored forecasts stand in where they still fit, only small stakes are opened, and providers are tried again by themselves.',
  halted: 'No language model is called and nothing new is traded until someone lifts it, below or by ',
};

const modeLead = ({ mode, reason, enteredAt }) => [
  element(
    'p',
    { class: 'lead' },
    'Mode ',
    badge(mode, modeTone(mode)),
    ...(enteredAt ? [' since ', instant(enteredAt), `. Reason then: ${reason}`] : [` ${reason}`]),
  ),
  MEANINGS[mode] &&
    element(
      'p',
      { class: modeTone(mode) === 'bad' ? 'notice error' : 'notice' },
      MEANINGS[mode],
      mode === 'halted' && code('conclave providers resume --reason WHY'),
    ),
];

/** The kill switch, or what lifts it; either wants a reason, which is kept with it. */
const switchForm = ({ mode, manual }, again) => {
  const [action, label] = mode === 'halted' && manual ? ['resume', 'Resume'] : ['halt', 'Halt everything'];
  const reason = element('input', { id: 'mode-reason', required: true, maxlength: 500, autocomplete: 'off' });
  const note = formNote();
  const submit = onSubmit(note, async () => {
    await post(`/api/v1/providers/${action}`, { reason: reason.value.trim() });
    await again();
  });
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element(
      'label',
      { class: 'wide' },
      action === 'halt' ? 'Why no model may be called (kept)' : 'Why to go on',
      reason,
    ),
    element('button', { class: action === 'halt' ? 'quiet' : '' }, label),
    note,
  );
};

const price = (model) => {
  if (model.price)
    return `$${(model.price.inputPer1M / 1e6).toFixed(2)} / $${(model.price.outputPer1M / 1e6).toFixed(2)}`;
  return model.local || model.statistical ? 'free' : 'unknown';
};

const useBadge = (model, off) => {
  if (off.has(model.provider)) return badge('provider switched off');
  if (!model.hasKey) return badge(`needs ${model.keyName}`);
  if (!model.installed) return badge(model.local ? 'not installed' : 'no longer served');
  return price(model) === 'unknown' ? badge('no price', 'warn') : badge('usable', 'good');
};

const providerBadge = ({ name, enabled, ready, keyName }, health) => {
  if (!enabled) return badge('switched off', 'warn');
  if (!ready) return badge(`needs ${keyName}`, 'warn');
  const check = health.find(({ provider, model }) => provider === name && model === '*');
  return check?.consecutiveFailures > 0 ? badge('does not answer', 'bad') : badge('ready', 'good');
};

const providersTable = ({ providers, health }) =>
  table(
    [
      ['Provider', (row) => row.name],
      ['Kind', (row) => row.kind],
      ['State', (row) => providerBadge(row, health)],
      ['From', (row) => row.origin],
    ],
    providers,
  );

/** One failure is not yet an outage; it is not well either. */
const healthBadge = ({ available, consecutiveFailures, lastFailure }) => {
  if (!available) return badge(words(lastFailure ?? 'out'), 'bad');
  return consecutiveFailures > 0 ? badge('failed last', 'warn') : badge('available', 'good');
};

const healthTable = (health) =>
  table(
    [
      ['Provider', (row) => row.provider],
      ['Model', (row) => (row.model === '*' ? 'all' : row.model)],
      ['State', healthBadge],
      ['Availability', (row) => percent(row.availability), 'number'],
      ['Usual time', (row) => duration(row.averageResponseTimeMs), 'number'],
      ['Seen', (row) => instant(row.lastCheckAt)],
    ],
    health,
  );

const BREAKER_TONES = { open: 'bad', half_open: 'warn', closed: 'good' };

/** After its time has come, an open breaker lets the next call of its model through. */
const retryText = ({ status, retryAt }) => {
  if (status === 'closed') return '–';
  return status === 'open' && Date.parse(retryAt) > Date.now() ? instant(retryAt) : 'at its next call';
};

const breakerTable = (breakers) =>
  table(
    [
      ['Breaker', (row) => `${row.provider} · ${row.model}`],
      ['State', (row) => badge(words(row.status), BREAKER_TONES[row.status])],
      ['Tried again', retryText],
    ],
    breakers,
  );

const breakersOf = (breakers) => {
  const away = ['open', 'half_open'].flatMap((status) => breakers.filter((row) => row.status === status));
  const closed = breakers.filter(({ status }) => status === 'closed');
  return [
    away.length === 0
      ? empty('No breaker is open. One opens after two failed calls in a row, and lets a call through later.')
      : breakerTable(away),
    closed.length > 0 &&
      element('details', {}, element('summary', {}, `${closed.length} closed`), breakerTable(closed)),
  ];
};

/** `off`: names of providers that are switched off. */
const modelsTable = (models, off) =>
  table(
    [
      ['Model', (row) => row.id],
      ['Provider', (row) => row.provider],
      ['Quality', (row) => decimal(row.quality, 1), 'number'],
      ['USD per 1M in / out', price, 'number'],
      ['Speed', (row) => row.speed.replace('_', ' ')],
      ['Use', (row) => useBadge(row, off)],
    ],
    models,
  );

export const page = async ({ again }) => {
  const [state, { models }] = await Promise.all([get('/api/v1/providers'), get('/api/v1/models')]);
  const off = new Set(state.providers.filter(({ enabled }) => !enabled).map(({ name }) => name));
  const withoutKey = models.filter(({ hasKey }) => !hasKey);
  return [
    element('h1', {}, 'Providers'),
    ...modeLead(state.mode),
    card(null, switchForm(state.mode, again)),
    element(
      'div',
      { class: 'grid' },
      card(
        'Configured',
        providersTable(state),
        state.providers.length < 3 &&
          empty(
            'Set one key and restart to let a language model take part, such as ',
            code('OPENAI_API_KEY'),
            '. Check it with ',
            code('conclave doctor'),
            '.',
          ),
      ),
      card('Breakers', ...breakersOf(state.breakers)),
    ),
    card(
      'Health',
      state.health.length === 0
        ? empty(
            'No calls have been observed yet. Start a session on the page ',
            link('#/today', 'Today'),
            '.',
          )
        : healthTable(state.health),
    ),
    card(
      `Models (${models.length})`,
      modelsTable(
        models.filter(({ hasKey }) => hasKey),
        off,
      ),
      withoutKey.length > 0 &&
        element(
          'details',
          {},
          element('summary', {}, `${withoutKey.length} without a key`),
          modelsTable(withoutKey, off),
        ),
    ),
  ];
};
