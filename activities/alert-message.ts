// An alert as what is logged, posted and mailed.
import type { AlertMoment } from '../db/alert-delivery-store';
import type { AlertRow } from '../db/alert-store';
import type { OutgoingMessage } from './alert-channels';
import type { Logger } from './dependencies';

export interface AlertOccasion {
  readonly alert: AlertRow;
  readonly moment: AlertMoment;
}

const sentence = ({ alert, moment }: AlertOccasion): string =>
  moment === 'raised' ? alert.title : `Over: ${alert.title}`;

export const logAlert = (logger: Pick<Logger, 'info' | 'warn'>, occasion: AlertOccasion): void => {
  const { alert, moment } = occasion;
  const { id, kind, episode, severity } = alert;
  const write = moment === 'raised' && severity !== 'info' ? logger.warn : logger.info;
  write.call(logger, { alertId: id, kind, episode, severity, moment }, `alert: ${sentence(occasion)}`);
};

const mailText = (occasion: AlertOccasion): string => {
  const { alert } = occasion;
  return [
    sentence(occasion),
    '',
    `Raised:   ${alert.raisedAt}`,
    ...(alert.resolvedAt ? [`Over:     ${alert.resolvedAt}`] : []),
    `Severity: ${alert.severity}`,
    `Episode:  ${alert.episode}`,
    '',
    ...Object.entries(alert.details).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  ].join('\n');
};

export const alertMessage = (occasion: AlertOccasion): OutgoingMessage => {
  const { alert, moment } = occasion;
  const { id, kind, episode, severity, title, details, raisedAt, resolvedAt } = alert;
  return {
    id: `alert-${id}-${moment}`,
    event: {
      type: `alert.${moment}`,
      timestamp: (moment === 'raised' ? raisedAt : resolvedAt) ?? raisedAt,
      data: { id, kind, episode, severity, title, details, raisedAt, resolvedAt },
    },
    subject: sentence(occasion),
    text: mailText(occasion),
  };
};
