// Experiments: two arms on the same questions, with an interval that holds however often one looks.
import { get, post } from '../api.js';
import { badge, card, code, element, empty } from '../element.js';
import { instant, usd, whole } from '../format.js';

const TONES = { running: 'warn', decided: 'good', stopped: '', budget_reached: 'bad' };

const SHOWN_ARM = 140;

const short = (arm) => (arm.length > SHOWN_ARM ? `${arm.slice(0, SHOWN_ARM)}…` : arm);

const signed = (value) => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(4)}`;

const resultText = (experiment) => {
  if (experiment.better !== 'undecided') return `${experiment.better} is better`;
  return experiment.difference === null ? 'no block of questions has resolved yet' : 'undecided so far';
};

const tiles = (experiment) =>
  element(
    'div',
    { class: 'tiles' },
    ...[
      ['result', resultText(experiment)],
      [
        'Brier a − b, above 0: b is better',
        experiment.difference === null
          ? '–'
          : `${signed(experiment.difference)} [${signed(experiment.low)}, ${signed(experiment.high)}]`,
      ],
      [
        'questions asked / answered by both / scored',
        [experiment.asked, experiment.answered, experiment.scored].map(whole).join(' / '),
      ],
      ['independent blocks', whole(experiment.blocks)],
      ['cost of budget', `${usd(experiment.costUsd)} of ${usd(experiment.budgetUsd)}`],
    ].map(([label, value]) =>
      element('div', { class: 'tile' }, element('b', {}, value), element('span', {}, label)),
    ),
  );

const stopForm = (experiment, again) => {
  const reason = element('input', { required: true, maxlength: 2000 });
  const note = element('p', { class: 'soft', role: 'status' });
  const submit = async (event) => {
    event.preventDefault();
    try {
      await post(`/api/v1/experiments/${encodeURIComponent(experiment.experimentId)}/stop`, {
        reason: reason.value.trim(),
      });
      await again();
    } catch (error) {
      note.textContent = error.message;
    }
  };
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', { class: 'wide' }, 'Why stop', reason),
    element('button', { class: 'quiet' }, 'Stop'),
    note,
  );
};

const experimentCard = (experiment, again) =>
  card(
    null,
    element(
      'h2',
      {},
      experiment.name,
      ' ',
      badge(experiment.status.replaceAll('_', ' '), TONES[experiment.status]),
    ),
    element(
      'p',
      { class: 'soft' },
      `${experiment.kind} · world ${experiment.world} · ${experiment.category ?? 'all categories'}${experiment.model ? ` · ${experiment.model}` : ''} · since `,
      instant(experiment.createdAt),
    ),
    element('p', {}, element('b', {}, 'a '), short(experiment.a)),
    element('p', {}, element('b', {}, 'b '), short(experiment.b)),
    tiles(experiment),
    experiment.note && element('p', {}, experiment.note),
    ['running', 'budget_reached'].includes(experiment.status) && stopForm(experiment, again),
  );

const FIELDS = [
  ['name', 'What it is to find out', true],
  ['a', 'a', true],
  ['b', 'b', true],
  ['model', 'Model, for prompts', false],
  ['budgetUsd', 'Budget in USD, not for strategies', false],
];

const createForm = (again) => {
  const kind = element(
    'select',
    {},
    ...['strategy', 'model', 'tier', 'prompt'].map((one) => element('option', { value: one }, one)),
  );
  const inputs = FIELDS.map(([name, label, required]) => [
    name,
    label,
    element('input', { required, id: `experiment-${name}` }),
  ]);
  const note = element('p', { class: 'soft', role: 'status' });
  const submit = async (event) => {
    event.preventDefault();
    const given = inputs
      .map(([name, , input]) => [name, input.value.trim()])
      .filter(([, value]) => value !== '');
    try {
      await post('/api/v1/experiments', { kind: kind.value, ...Object.fromEntries(given) });
      await again();
    } catch (error) {
      note.textContent = error.message;
    }
  };
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', {}, 'Compare', kind),
    ...inputs.map(([, label, input]) => element('label', {}, label, input)),
    element('button', {}, 'Create'),
    note,
  );
};

export const experimentsPage = async ({ again }) => {
  const { experiments } = await get('/api/v1/experiments?limit=50');
  return [
    element('h1', {}, 'Experiments'),
    element(
      'p',
      { class: 'lead' },
      'Both arms answer the same questions. The interval holds at every look, and a verdict ends the experiment.',
    ),
    ...experiments.map((experiment) => experimentCard(experiment, again)),
    experiments.length === 0 &&
      card(
        null,
        empty(
          'No experiment yet. Create one below, or run ',
          code(
            'conclave experiment create --kind strategy --a weighted_vote --b consensus --name "consensus?"',
          ),
          '.',
        ),
      ),
    card('New experiment', createForm(again)),
  ].filter(Boolean);
};
