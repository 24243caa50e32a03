// A decision and a report as what is posted and mailed.
import { createHash } from 'node:crypto';
import type { DecisionRecord } from '../db/decision-record';
import { formatUsd, usdText } from '../domain/money/micro-usd';
import type { ReportDocument } from '../domain/report/report-document';
import { reportTitle } from '../domain/report/report-sections';
import { renderReport } from '../domain/report/report-text';
import type { OutgoingMessage } from './alert-channels';

/** Ids of decisions hold what headers and mail addresses may not. */
const messageId = (kind: string, ref: string): string =>
  `${kind}-${createHash('sha256').update(ref).digest('hex').slice(0, 32)}`;

const percent = (probability: number | null): string =>
  probability === null ? 'none' : `${(probability * 100).toFixed(1)} %`;

const decisionTitle = ({ subject, status, action, probability }: DecisionRecord): string =>
  status === 'decided' ? `${subject}: ${action} at ${percent(probability)}` : `${subject}: ${status}`;

const decisionText = (decision: DecisionRecord): string =>
  [
    decisionTitle(decision),
    '',
    `Decision:    ${decision.id}`,
    `Recorded:    ${decision.createdAt}`,
    `World:       ${decision.world}${decision.synthetic ? ' (made-up data)' : ''}`,
    `Probability: ${percent(decision.probability)}`,
    `Action:      ${decision.action}, ${usdText(decision.sizeMicroUsd)}`,
    `Cost:        ${usdText(decision.costMicroUsd)}`,
    '',
    ...decision.why,
    ...decision.degradations.map((degradation) => `Note: ${degradation}`),
  ].join('\n');

/** What another program needs to act on; members and candidates are at `GET /api/v1/decisions/ID`. */
const decisionData = (decision: DecisionRecord): Readonly<Record<string, unknown>> => {
  const { id, world, sessionId, subject, category, propositionId, briefId, status, strategy } = decision;
  const { stage, probability, action, why, quorum, mode, degradations, price, priceAt } = decision;
  return {
    ...{ decisionId: id, world, sessionId, subject, category, propositionId, briefId, status, strategy },
    ...{ stage, probability, action, sizeUsd: formatUsd(decision.sizeMicroUsd), why, quorum, mode },
    ...{ degradations, price, priceAt, costUsd: formatUsd(decision.costMicroUsd) },
    ...{ synthetic: decision.synthetic, createdAt: decision.createdAt },
  };
};

export const decisionMessage = (decision: DecisionRecord): OutgoingMessage => ({
  id: messageId('decision', decision.id),
  event: { type: 'decision.recorded', timestamp: decision.createdAt, data: decisionData(decision) },
  subject: decisionTitle(decision),
  text: decisionText(decision),
});

export const reportMessage = (report: ReportDocument): OutgoingMessage => ({
  id: messageId('report', `${report.world}/${report.day}`),
  event: { type: 'report.made', timestamp: report.madeAt, data: { ...report } },
  subject: reportTitle(report),
  text: renderReport(report, 'md'),
});
