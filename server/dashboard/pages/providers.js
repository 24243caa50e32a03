// Providers: who can be called, how they fare, which breakers are open, and the models they serve.
import { get } from '../api.js';
import { badge, card, code, element, empty, table } from '../element.js';
import { decimal, duration, instant, percent } from '../format.js';

const modeText = ({ mode, reason, enteredAt }) => [
  badge(mode, mode === 'normal' ? 'good' : 'warn'),
  ` ${reason} `,
  enteredAt && element('span', { class: 'soft' }, 'since ', instant(enteredAt)),
];

const price = (model) => {
  if (model.price)
    return `$${(model.price.inputPer1M / 1e6).toFixed(2)} / $${(model.price.outputPer1M / 1e6).toFixed(2)}`;
  return model.local || model.statistical ? 'free' : 'unknown';
};

const useBadge = (model) => {
  if (!model.hasKey) return badge(`needs ${model.keyName}`);
  const installed = !model.local || model.statistical || model.origin !== 'seed';
  return installed ? badge('usable', 'good') : badge('if installed');
};

const providersTable = (providers) =>
  table(
    [
      ['Provider', (row) => row.name],
      ['Kind', (row) => row.kind],
      ['State', (row) => (row.ready ? badge('ready', 'good') : badge(`needs ${row.keyName}`, 'warn'))],
      ['From', (row) => row.origin],
    ],
    providers,
  );

const healthTable = (health) =>
  table(
    [
      ['Provider', (row) => row.provider],
      ['Model', (row) => (row.model === '*' ? 'all' : row.model)],
      [
        'State',
        (row) => (row.available ? badge('available', 'good') : badge(row.lastFailure ?? 'out', 'bad')),
      ],
      ['Availability', (row) => percent(row.availability), 'number'],
      ['Usual time', (row) => duration(row.averageResponseTimeMs), 'number'],
      ['Seen', (row) => instant(row.lastCheckAt)],
    ],
    health,
  );

const breakerTable = (breakers) =>
  table(
    [
      ['Breaker', (row) => `${row.provider} · ${row.model}`],
      ['State', (row) => badge(row.status.replace('_', ' '), row.status === 'closed' ? 'good' : 'bad')],
      ['Tried again', (row) => (row.retryAt ? instant(row.retryAt) : '–')],
    ],
    breakers,
  );

const modelsTable = (models) =>
  table(
    [
      ['Model', (row) => row.id],
      ['Provider', (row) => row.provider],
      ['Quality', (row) => decimal(row.quality, 1), 'number'],
      ['USD per 1M in / out', price, 'number'],
      ['Speed', (row) => row.speed.replace('_', ' ')],
      ['Use', useBadge],
    ],
    models,
  );

export const page = async () => {
  const [state, { models }] = await Promise.all([get('/api/v1/providers'), get('/api/v1/models')]);
  const withoutKey = models.filter(({ hasKey }) => !hasKey);
  return [
    element('h1', {}, 'Providers'),
    element('p', { class: 'lead' }, 'Mode: ', ...modeText(state.mode)),
    element(
      'div',
      { class: 'grid' },
      card(
        'Configured',
        providersTable(state.providers),
        state.providers.length < 3 &&
          empty(
            'Set one key and restart to let a language model take part, such as ',
            code('OPENAI_API_KEY'),
            '. Check it with ',
            code('conclave doctor'),
            '.',
          ),
      ),
      card(
        'Breakers',
        state.breakers.length === 0
          ? empty('No breaker has ever opened. They open after two failed calls in a row.')
          : breakerTable(state.breakers),
      ),
    ),
    card(
      'Health',
      state.health.length === 0
        ? empty('No calls have been observed yet. Start a session on the page Today.')
        : healthTable(state.health),
    ),
    card(
      `Models (${models.length})`,
      modelsTable(models.filter(({ hasKey }) => hasKey)),
      withoutKey.length > 0 &&
        element(
          'details',
          {},
          element('summary', {}, `${withoutKey.length} without a key`),
          modelsTable(withoutKey),
        ),
    ),
  ];
};
