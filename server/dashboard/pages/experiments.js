// Experiments: two arms on the same questions, with an interval that holds however often one looks.
import { get, post } from '../api.js';
import {
  badge,
  card,
  code,
  element,
  empty,
  formNote,
  intervalBar,
  onSubmit,
  option,
  tiles,
} from '../element.js';
import { instant, usd, whole, words } from '../format.js';
import { cutNote } from './long-table.js';
import { currentWorld } from './worlds.js';

const LISTED = 50;

const TONES = { running: 'warn', decided: 'good', stopped: '', budget_reached: 'bad' };

const SHOWN_ARM = 140;

const short = (arm) => (arm.length > SHOWN_ARM ? `${arm.slice(0, SHOWN_ARM)}…` : arm);

const signed = (value) => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(4)}`;

const resultText = (experiment) => {
  if (experiment.better !== 'undecided') return `${experiment.better} is better`;
  return experiment.difference === null ? 'no block of questions has resolved yet' : 'undecided so far';
};

const intervalOf = ({ difference, low, high }) =>
  difference === null
    ? null
    : intervalBar({
        ...{ low, high, value: difference, from: Math.min(low, 0), to: Math.max(high, 0) },
        label: `Brier a minus b ${signed(difference)}, between ${signed(low)} and ${signed(high)}`,
      });

const facts = (experiment) =>
  tiles([
    [
      'Brier a − b, above 0: b is better',
      experiment.difference === null
        ? '–'
        : `${signed(experiment.difference)} [${signed(experiment.low)}, ${signed(experiment.high)}]`,
    ],
    ['questions asked', whole(experiment.asked)],
    ['answered by both', whole(experiment.answered)],
    ['scored, in independent blocks', `${whole(experiment.scored)}, ${whole(experiment.blocks)}`],
    [
      'cost of budget',
      experiment.kind === 'strategy' ? 'free' : `${usd(experiment.costUsd)} of ${usd(experiment.budgetUsd)}`,
    ],
  ]);

const stopForm = (experiment, again) => {
  const reason = element('input', { required: true, maxlength: 2000 });
  const note = formNote();
  const submit = onSubmit(note, async (_, headers) => {
    const path = `/api/v1/experiments/${encodeURIComponent(experiment.experimentId)}/stop`;
    await post(path, { reason: reason.value.trim() }, headers);
    await again();
  });
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
    element('h2', {}, experiment.name, ' ', badge(words(experiment.status), TONES[experiment.status])),
    element('p', {}, resultText(experiment)),
    element(
      'p',
      { class: 'soft' },
      `${experiment.kind} · world ${experiment.world} · ${experiment.category ?? 'all categories'}${experiment.model ? ` · ${experiment.model}` : ''} · since `,
      instant(experiment.createdAt),
    ),
    element('p', {}, element('b', {}, 'a '), short(experiment.a)),
    element('p', {}, element('b', {}, 'b '), short(experiment.b)),
    facts(experiment),
    intervalOf(experiment),
    experiment.note && element('p', {}, experiment.note),
    ['running', 'budget_reached'].includes(experiment.status) && stopForm(experiment, again),
  );

/** By kind: examples of both arms, and the fields that it alone has. */
const KINDS = {
  strategy: { a: 'weighted_vote', b: 'consensus', more: [] },
  model: { a: 'gpt-6-sol', b: 'gpt-6-luna', more: ['budgetUsd'] },
  tier: { a: 'balanced', b: 'budget', more: ['budgetUsd'] },
  prompt: { a: 'default', b: 'the other wording', more: ['model', 'budgetUsd'] },
};

const FIELDS = [
  ['name', 'What it is to find out'],
  ['a', 'Arm a'],
  ['b', 'Arm b'],
  ['model', 'Model of both'],
  ['budgetUsd', 'Budget in USD'],
];

const ALWAYS = ['name', 'a', 'b'];

const createForm = (again) => {
  const kind = element('select', {}, ...Object.keys(KINDS).map((one) => option(one)));
  const inputs = FIELDS.map(([name, label]) => {
    const input = element('input', { required: true, id: `experiment-${name}`, autocomplete: 'off' });
    return { name, input, place: element('label', { class: 'wide' }, label, input) };
  });
  const note = formNote();
  const fit = () => {
    const { more, ...arms } = KINDS[kind.value];
    for (const { name, input, place } of inputs) {
      const asked = ALWAYS.includes(name) || more.includes(name);
      place.hidden = !asked;
      input.disabled = !asked;
      input.placeholder = arms[name] ?? '';
    }
  };
  kind.addEventListener('change', fit);
  fit();
  const submit = onSubmit(note, async (_, headers) => {
    const given = inputs
      .filter(({ input }) => !input.disabled)
      .map(({ name, input }) => [name, input.value.trim()]);
    const world = currentWorld() === 'synthetic' ? { world: 'synthetic' } : {};
    await post('/api/v1/experiments', { kind: kind.value, ...world, ...Object.fromEntries(given) }, headers);
    await again();
  });
  return element(
    'form',
    { class: 'row', onsubmit: submit },
    element('label', {}, 'Compare', kind),
    ...inputs.map(({ place }) => place),
    element('button', {}, 'Create'),
    note,
  );
};

export const page = async ({ again }) => {
  const { experiments } = await get(`/api/v1/experiments?limit=${LISTED}`);
  return [
    element('h1', {}, 'Experiments'),
    element(
      'p',
      { class: 'lead' },
      'Both arms answer the same questions. The interval holds at every look, and a verdict ends the experiment.',
    ),
    ...experiments.map((experiment) => experimentCard(experiment, again)),
    cutNote(experiments, LISTED),
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
