// How numbers, money and instants are written.
import { element } from './element.js';

const ZONES = {
  XNYS: 'America/New_York',
  XETR: 'Europe/Berlin',
  XLON: 'Europe/London',
  XPAR: 'Europe/Paris',
  XTKS: 'Asia/Tokyo',
  CRYPTO: 'UTC',
  PREDICTION: 'UTC',
};

/** Dollars: cents where that is enough, more places for the price of a call. */
export const usd = (given) => {
  if (given === null || given === undefined) return '–';
  const amount = Number(given);
  const places = amount !== 0 && Math.abs(amount) < 0.1 ? 4 : 2;
  const text = Math.abs(amount).toLocaleString('en-US', {
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  });
  return `${amount < 0 ? '-' : ''}$${text}`;
};

export const percent = (share) =>
  share === null || share === undefined ? '–' : `${(share * 100).toFixed(1)} %`;

export const decimal = (value, places = 3) =>
  value === null || value === undefined ? '–' : value.toFixed(places);

export const whole = (value) => (value === null || value === undefined ? '–' : value.toLocaleString('en-US'));

/** An instant in the exchange's zone, named (else in the reader's), with UTC on hover. */
export const instant = (iso, market) => {
  if (!iso) return element('span', {}, '–');
  const zone = ZONES[market];
  const text = new Date(iso).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    ...(zone ? { timeZone: zone } : {}),
  });
  return element('time', { datetime: iso, title: `${iso.slice(0, 19).replace('T', ' ')} UTC` }, text);
};

/** A share of the whole with its sign, as returns are written. */
export const signedPercent = (share) =>
  share === null || share === undefined ? '–' : `${share > 0 ? '+' : ''}${(share * 100).toFixed(2)} %`;

export const duration = (ms) => {
  if (ms === null || ms === undefined) return '–';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
};

/** `equity:AAPL` is shown as AAPL. */
export const subjectName = (subject) => String(subject).replace(/^equity:/, '');

/** Names of statuses, strategies and kinds as words. */
export const words = (name) => String(name).replaceAll('_', ' ');
