// One decision with its why, its members and what each strategy would have said.
import { badge, card, element, empty, link, table, tiles } from '../element.js';
import { decimal, duration, instant, percent, subjectName, usd, words } from '../format.js';
import { replayCard } from './decision-replay.js';
import { whatWasSaid } from './what-was-said.js';

const TONES = { decided: 'good', abstained: 'warn', no_consensus: 'warn', parked: 'warn', expired: 'bad' };

export const statusBadge = (status) => badge(words(status), TONES[status] ?? '');

export const actionText = (decision) =>
  decision.action === 'hold' ? 'hold' : `${decision.action} ${usd(decision.sizeUsd)}`;

/** Why members, or those in whose place they were asked, did not answer. */
const problemsOf = (members) =>
  members
    .filter(({ problem }) => problem)
    .map(({ model, standsInFor, problem }) => `${standsInFor ?? model}: ${problem}`);

export const memberRow = (member) => {
  const p = member.probability;
  return element(
    'div',
    { class: 'member', title: [member.model, ...problemsOf([member])].join('\n') },
    element('span', {}, member.model),
    p === null
      ? element('span', { class: 'soft' }, member.failure ?? member.status)
      : element('meter', { min: 0, max: 1, value: p, 'aria-label': `${member.model} ${p.toFixed(3)}` }),
    element('span', { class: 'number' }, p === null ? '' : p.toFixed(3)),
  );
};

const whyList = (reasons) =>
  element('ul', { class: 'why' }, ...reasons.map((reason) => element('li', {}, reason)));

const membersText = ({ asked, answered }) =>
  asked === 0 ? 'nobody was asked' : `${answered} of ${asked} members`;

export const decisionCard = (decision) =>
  card(
    null,
    element(
      'h2',
      {},
      link(`#/decisions/${encodeURIComponent(decision.decisionId)}`, subjectName(decision.subject)),
      ' ',
      statusBadge(decision.status),
      decision.synthetic && ' ',
      decision.synthetic && badge('synthetic data', 'warn'),
    ),
    element(
      'p',
      { class: 'soft' },
      `p ${decimal(decision.probability)} · ${actionText(decision)} · ${membersText(decision.quorum)} · ${usd(decision.costUsd)}`,
    ),
    element('div', { class: 'members' }, ...decision.members.map(memberRow)),
    element('details', {}, element('summary', {}, 'Why'), whyList(decision.why)),
  );

const facts = (decision) => [
  ['probability', decimal(decision.probability)],
  ['action', actionText(decision)],
  [`strategy, stage ${decision.stage}`, words(decision.strategy)],
  decision.quorum.asked === 0
    ? ['members', 'nobody was asked']
    : [
        `members, ${decision.quorum.needed} needed`,
        `${decision.quorum.answered} of ${decision.quorum.asked}`,
      ],
  ['stake', usd(decision.stakeUsd)],
  ['cost', usd(decision.costUsd)],
];

const answerMeter = ({ model, probability }) =>
  probability === null
    ? ''
    : element('meter', {
        min: 0,
        max: 1,
        value: probability,
        'aria-label': `${model} ${decimal(probability)}`,
      });

const memberColumns = [
  ['Model', (row) => row.model, 'name'],
  ['Provider', (row) => row.provider],
  [
    'Answer',
    (row) => (row.probability === null ? words(row.failure ?? 'failed') : decimal(row.probability)),
    'number',
  ],
  ['', answerMeter, 'meter'],
  ['Weight', (row) => decimal(row.weight), 'number'],
  ['Cost', (row) => usd(row.costUsd), 'number'],
  ['Time', (row) => duration(row.latencyMs), 'number'],
];

const candidateColumns = [
  ['Model', (row) => row.model, 'name'],
  ['Asked', (row) => (row.taken ? badge('yes', 'good') : badge('no'))],
  ['Because', (row) => row.why],
];

const candidatesCard = (candidates) => {
  const left = candidates.filter(({ taken }) => !taken);
  return card(
    'Candidates',
    table(
      candidateColumns,
      candidates.filter(({ taken }) => taken),
    ),
    left.length > 0 &&
      element(
        'details',
        {},
        element('summary', {}, `${left.length} that were not asked, and why`),
        table(candidateColumns, left),
      ),
  );
};

const priceText = ({ price, priceAt, market }) =>
  price === null
    ? null
    : element('span', {}, ` · price of yes ${decimal(price)} at `, instant(priceAt, market));

const disagreementText = ({ stdP, jensenShannon, uncertainty }) =>
  `Members are ${percent(stdP)} apart (standard deviation of p), Jensen-Shannon ${decimal(jensenShannon)}; uncertainty ${decimal(uncertainty)}.`;

export const decisionDetail = (decision) =>
  [
    element('h1', {}, subjectName(decision.subject), ' ', statusBadge(decision.status)),
    element(
      'p',
      { class: 'lead' },
      instant(decision.createdAt, decision.market),
      ` · world ${decision.world} · mode ${decision.mode}${decision.synthetic ? ' · synthetic data' : ''}`,
      priceText(decision),
    ),
    decision.statement && element('p', {}, decision.statement),
    tiles(facts(decision)),
    decision.degradations.length > 0 &&
      element('div', { class: 'notice' }, 'Not as usual:', whyList(decision.degradations)),
    card(
      'Why and why not',
      whyList(decision.why),
      decision.disagreement && element('p', { class: 'soft' }, disagreementText(decision.disagreement)),
    ),
    card(
      'Members',
      decision.members.length === 0 ? empty('No model was asked.') : table(memberColumns, decision.members),
      problemsOf(decision.members).length > 0 && whyList(problemsOf(decision.members)),
      whatWasSaid(decision.members.map(({ model, reasons }) => [model, reasons])),
    ),
    decision.members.length > 0 && replayCard(decision),
    decision.candidates.length > 0 && candidatesCard(decision.candidates),
    element(
      'p',
      { class: 'links' },
      decision.workflowUrl && link(decision.workflowUrl, 'The workflow in Temporal'),
      decision.briefId && link(`#/research/${encodeURIComponent(decision.briefId)}`, 'The brief it rests on'),
      decision.sessionId && link(`#/today/${encodeURIComponent(decision.sessionId)}`, 'Its session'),
      link('#/decisions', 'All decisions'),
    ),
  ].filter(Boolean);
