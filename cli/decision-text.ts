// A decision in words: what it came to, what each member said and why, and why it is traded or not.
import type { ExplainedDecision } from '../client/stored-decisions';
import { dollarText } from '../domain/money/micro-usd';
import { answeredBy, participationText, problemOf } from './answered-by';
import { MADE_UP } from './made-up';

const MODEL_WIDTH = 34;

const shown = (probability: number | null): string =>
  probability === null ? '' : `, p ${probability.toFixed(4)}`;

/** One line of a list of decisions. */
export const decisionLine = ({
  subject,
  status,
  probability,
  action,
  sizeUsd,
  synthetic,
}: Pick<
  ExplainedDecision,
  'subject' | 'status' | 'probability' | 'action' | 'sizeUsd' | 'synthetic'
>): string =>
  `${subject}: ${status}${shown(probability)}, ${action} ${dollarText(sizeUsd)}${synthetic ? ` · ${MADE_UP}` : ''}`;

/** One decision whole. */
export const decisionText = (decision: ExplainedDecision): string =>
  [
    decisionLine(decision),
    ...(decision.statement ? [decision.statement] : []),
    `${decision.strategy} · ${decision.stage} · ${participationText(decision.quorum)}`,
    ...(decision.quorum.asked === 0 ? [] : [answeredBy(decision.members)]),
    ...decision.members.flatMap((member) => [
      `  ${member.model.padEnd(MODEL_WIDTH)} ${member.probability?.toFixed(4) ?? member.failure}${problemOf(member)}`,
      ...member.reasons.map((reason) => `      ${reason}`),
    ]),
    ...decision.why.map((reason) => `- ${reason}`),
    ...decision.degradations.map((what) => `! ${what}`),
  ].join('\n');
