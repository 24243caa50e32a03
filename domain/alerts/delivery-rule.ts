// When a way out is broken: what should have left by it has been tried for minutes, or was given up.
import type { AlertVerdict } from './verdict';

const FIRST_WAIT_SECONDS = 10;
const LONGEST_WAIT_SECONDS = 3_600;
/** About two days of trying. */
const MOST_ATTEMPTS = 56;

/** About five minutes of trying: a receiver that starts anew is back by then. */
export const FAILING_ATTEMPTS = 6;

/** Seconds until the next attempt; null after the last. */
export const waitAfter = (attempts: number): number | null =>
  attempts >= MOST_ATTEMPTS
    ? null
    : Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** Math.min(attempts - 1, 20));

/** What alerts, decisions and reports together say of one way out. */
export interface ChannelFact {
  readonly channel: string;
  readonly waiting: number;
  /** Most attempts that failed for one that waits; 0: none failed. */
  readonly attempts: number;
  /** Given up since something last left by it. */
  readonly givenUp: number;
  /** Of the newest that waits or was given up; a status or an error code. */
  readonly lastError: string | null;
}

export const isFailing = ({ attempts, givenUp }: ChannelFact): boolean =>
  attempts >= FAILING_ATTEMPTS || givenUp > 0;

/** `3 wait after up to 8 attempts, 2 given up: the receiver answered 500` */
export const channelText = ({ waiting, attempts, givenUp, lastError }: ChannelFact): string => {
  const tried = attempts > 0 ? ` after up to ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}` : '';
  const parts = [
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'}${tried}`] : []),
    ...(givenUp > 0 ? [`${givenUp} given up`] : []),
  ];
  if (parts.length === 0) return 'nothing waits';
  return `${parts.join(', ')}${lastError === null ? '' : `: ${lastError}`}`;
};

/** @param configured ways that are no longer among these are not named, which ends their alerts */
export const failingChannels = (
  facts: readonly ChannelFact[],
  configured: readonly string[],
): readonly AlertVerdict[] =>
  facts
    .filter(({ channel }) => configured.includes(channel))
    .map((fact) => ({
      kind: 'delivery',
      episode: `delivery:${fact.channel}`,
      firing: isFailing(fact),
      severity: 'critical',
      title: `Nothing is known to arrive by ${fact.channel}: ${channelText(fact)}`,
      details: { ...fact },
    }));
