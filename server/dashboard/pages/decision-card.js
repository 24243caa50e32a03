// One decision with its why, its members and what each strategy would have said.
import { badge, card, element, link, table } from '../element.js';
import { decimal, duration, instant, percent, subjectName, usd } from '../format.js';

const TONES = { decided: 'good', abstained: 'warn', no_consensus: 'warn', parked: 'warn', expired: 'bad' };

export const statusBadge = (status) => badge(status.replace('_', ' '), TONES[status] ?? '');

export const actionText = (decision) =>
  decision.action === 'hold' ? 'hold' : `${decision.action} ${usd(decision.sizeUsd)}`;

export const memberRow = (member) => {
  const p = member.probability;
  return element(
    'div',
    { class: 'member', title: member.model },
    element('span', {}, member.model),
    p === null
      ? element('span', { class: 'soft' }, member.failure ?? member.status)
      : element('meter', { min: 0, max: 1, value: p, 'aria-label': `${member.model} ${p.toFixed(3)}` }),
    element('span', { class: 'number' }, p === null ? '' : p.toFixed(3)),
  );
};

export const whyList = (reasons) =>
  element('ul', { class: 'why' }, ...reasons.map((reason) => element('li', {}, reason)));

export const decisionCard = (decision) =>
  card(
    null,
    element(
      'h2',
      {},
      link(`#/decisions/${encodeURIComponent(decision.decisionId)}`, subjectName(decision.subject)),
      ' ',
      statusBadge(decision.status),
    ),
    element(
      'p',
      { class: 'soft' },
      `p ${decimal(decision.probability)} · ${actionText(decision)} · ${decision.quorum.answered} of ${decision.quorum.asked} members · ${usd(decision.costUsd)}`,
    ),
    element('div', { class: 'members' }, ...decision.members.map(memberRow)),
    element('details', {}, element('summary', {}, 'Why'), whyList(decision.why)),
  );

const facts = (decision) => [
  ['probability', decimal(decision.probability)],
  ['action', actionText(decision)],
  [`strategy, stage ${decision.stage}`, decision.strategy.replaceAll('_', ' ')],
  [`members, ${decision.quorum.needed} needed`, `${decision.quorum.answered} of ${decision.quorum.asked}`],
  ['stake', usd(decision.stakeUsd)],
  ['cost', usd(decision.costUsd)],
];

export const decisionDetail = (decision) =>
  [
    element('h1', {}, subjectName(decision.subject), ' ', statusBadge(decision.status)),
    element(
      'p',
      { class: 'lead' },
      instant(decision.createdAt),
      ` · world ${decision.world} · mode ${decision.mode}${decision.synthetic ? ' · synthetic data' : ''}`,
    ),
    element(
      'div',
      { class: 'tiles' },
      ...facts(decision).map(([label, value]) =>
        element('div', { class: 'tile' }, element('b', {}, value), element('span', {}, label)),
      ),
    ),
    decision.degradations.length > 0 &&
      element('p', { class: 'notice' }, `Made while degraded: ${decision.degradations.join('; ')}`),
    card('Why and why not', whyList(decision.why)),
    card(
      'Members',
      table(
        [
          ['Model', (row) => row.model],
          ['Provider', (row) => row.provider],
          [
            'Answer',
            (row) => (row.probability === null ? (row.failure ?? 'failed') : decimal(row.probability)),
            'number',
          ],
          ['Weight', (row) => decimal(row.weight), 'number'],
          ['Cost', (row) => usd(row.costUsd), 'number'],
          ['Time', (row) => duration(row.latencyMs), 'number'],
        ],
        decision.members,
      ),
    ),
    element(
      'div',
      { class: 'grid' },
      card(
        'The same answers under each strategy',
        table(
          [
            ['Strategy', (row) => row.strategy.replaceAll('_', ' ')],
            ['Says', (row) => row.status.replace('_', ' ')],
            ['p', (row) => decimal(row.probability), 'number'],
          ],
          decision.shadow,
        ),
      ),
      card(
        'Candidates',
        table(
          [
            ['Model', (row) => row.model],
            ['Taken', (row) => (row.taken ? 'yes' : 'no')],
            ['Because', (row) => row.why],
          ],
          decision.candidates,
        ),
      ),
    ),
    decision.disagreement &&
      card(
        'Disagreement',
        element(
          'p',
          {},
          `spread ${percent(decision.disagreement.stdP)} · Jensen-Shannon ${decimal(decision.disagreement.jensenShannon)} · uncertainty ${decimal(decision.disagreement.uncertainty)}`,
        ),
      ),
    element(
      'p',
      { class: 'links' },
      decision.workflowUrl && link(decision.workflowUrl, 'The workflow in Temporal'),
      decision.briefId && link(`#/research/${encodeURIComponent(decision.briefId)}`, 'The brief it rests on'),
      link('#/decisions', 'All decisions'),
    ),
  ].filter(Boolean);
