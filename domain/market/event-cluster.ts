// Which subjects stand or fall with one event, so that positions on them are bounded together (B8).
import { parseSubject, type Subject } from './subject';

const KALSHI = 'kalshi/';

/**
 * The beginning that the subjects of one event share. Kalshi names contracts `SERIES-EVENT-STRIKE`, where a strike may
 * hold a `-` of its own (`KXCPI-26JUN-T-0.1`), so that the first two parts are the event, or what holds it: for a cap,
 * too wide is safe and too narrow is not. Any other subject is an event of its own.
 */
export const eventClusterOf = (subject: Subject): string => {
  const { kind, name } = parseSubject(subject);
  if (kind !== 'market' || !name.startsWith(KALSHI)) return subject;
  const parts = name.slice(KALSHI.length).split('-');
  return parts.length < 3 ? subject : `${kind}:${KALSHI}${parts.slice(0, 2).join('-')}-`;
};
