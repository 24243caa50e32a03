// A stored decision under another strategy or other weights, from its stored answers: nothing is asked or paid.
import { post } from '../api.js';
import { badge, card, element, formNote, onSubmit, option, table } from '../element.js';
import { decimal, words } from '../format.js';

const STRATEGIES = ['weighted_vote', 'calibrated_confidence', 'consensus', 'cascade', 'uncertainty_adjusted'];

const WEIGHTS = [
  ['stored', 'as they were'],
  ['equal', 'equal'],
  ['now', 'earned by now'],
];

const shift = (from, to) => {
  if (from === null || to === null) return '–';
  const change = to - from;
  return `${change > 0 ? '+' : ''}${change.toFixed(3)}`;
};

const resultOf = ({ original, replay, strategies, outcome }) => [
  element(
    'p',
    {},
    element('b', {}, `${words(replay.strategy)}: ${words(replay.status)}, p ${decimal(replay.probability)}`),
    ` instead of ${decimal(original.probability)} by ${words(original.strategy)}. `,
    outcome ? badge(`it came out ${outcome}`, 'good') : badge('not resolved yet'),
  ),
  element('ul', { class: 'why' }, ...replay.reasoning.map((reason) => element('li', {}, reason))),
  table(
    [
      ['Strategy', (row) => words(row.strategy), 'name'],
      ['Says', (row) => words(row.status)],
      ['p', (row) => decimal(row.probability), 'number'],
      ['Against the decision', (row) => shift(original.probability, row.probability), 'number'],
    ],
    strategies,
  ),
];

export const replayCard = ({ decisionId, strategy, shadow }) => {
  const names = [...new Set([...STRATEGIES, ...shadow.map((row) => row.strategy)])];
  const chosen = element('select', {}, ...names.map((name) => option(name, words(name), name === strategy)));
  const weights = element('select', {}, ...WEIGHTS.map(([value, text]) => option(value, text)));
  const result = element('div', { id: 'replayed', 'aria-live': 'polite' });
  const note = formNote();
  const run = async () => {
    const body = { strategy: chosen.value, weights: weights.value };
    result.replaceChildren(
      ...resultOf(await post(`/api/v1/decisions/${encodeURIComponent(decisionId)}/replay`, body)),
    );
  };
  return card(
    'Replay under another strategy',
    element('p', { class: 'soft' }, 'From the stored answers: nothing is asked, paid or written.'),
    element(
      'form',
      { class: 'row', onsubmit: onSubmit(note, run) },
      element('label', {}, 'Strategy', chosen),
      element('label', {}, 'Weights', weights),
      element('button', {}, 'Replay'),
      note,
    ),
    result,
  );
};
