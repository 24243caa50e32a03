// A trade as it stands when it is written down. Between sizing and recording others may have taken the room under a
// cap, an event may have made its research stale, and a machine that was off may have let the deadline pass or the price
// go by: what is recorded must still hold then.
import { type MicroUsd, usdText } from '../money/micro-usd';
import { FORECAST_REUSE_MS } from '../outage/forecast-reuse';
import type { IsoInstant } from '../world';
import { AWAITING_REVIEW } from './review';
import type { SizingCaps } from './sizing-input';

/** What recording may change of a decision. */
export interface SizedTrade<Status extends string> {
  readonly status: Status;
  readonly probability: number | null;
  readonly action: 'buy' | 'sell' | 'hold';
  readonly sizeMicroUsd: MicroUsd;
  readonly why: readonly string[];
}

/** A market event, as people are told of it. */
export interface EventNamed {
  readonly type: string;
  readonly reason: string;
}

/** From its pricing on, which nothing bounds where there is no deadline: as long as a forecast may stand in for a call. */
const TRADE_GOOD_MS = FORECAST_REUSE_MS;

interface RecordingMoment {
  readonly now: IsoInstant;
  /** When its price was looked up. Null: on a day that is replayed, where no time passes meanwhile. */
  readonly pricedAt: IsoInstant | null;
  /** Null: none. */
  readonly deadlineAt: IsoInstant | null;
  /** With what is held now. Null: nothing was sized. */
  readonly caps: SizingCaps | null;
  /** Covers the brief that the decision rests on; null: none came. */
  readonly event: EventNamed | null;
  /** Why the desk opens no position now; null: it may. */
  readonly halted: string | null;
}

const roomOf = (caps: SizingCaps): readonly [MicroUsd, string] => {
  const position = caps.positionMicroUsd - caps.heldPositionMicroUsd;
  const cluster = caps.clusterMicroUsd - caps.heldClusterMicroUsd;
  return position <= cluster
    ? [Math.max(0, position), 'cap per position']
    : [Math.max(0, cluster), 'cap per event cluster'];
};

/** The size that fits, and why it is less than what was wanted; null: it is not. */
export const fitted = (
  wantedMicroUsd: MicroUsd,
  caps: SizingCaps,
): { readonly sizeMicroUsd: MicroUsd; readonly why: string | null } => {
  const [room, bound] = roomOf(caps);
  if (wantedMicroUsd <= room) return { sizeMicroUsd: wantedMicroUsd, why: null };
  const why = `Cut from ${usdText(wantedMicroUsd)} to ${usdText(room)}: trades made meanwhile use the ${bound}`;
  return { sizeMicroUsd: room, why };
};

/** Why nothing may be traded on a brief that an event covers. */
export const coveredText = ({ type, reason }: EventNamed): string =>
  `After its research came ${type} (${reason}); nothing is traded`;

/** A disputed trade that could no longer be approved is put to nobody. */
const unparked = <Status extends string>(trade: SizedTrade<Status>): SizedTrade<Status | 'no_consensus'> => ({
  ...trade,
  status: 'no_consensus',
  why: trade.why.filter((line) => !line.startsWith(AWAITING_REVIEW)),
});

/** What rests on no brief that counts for anything, having no answer and awaiting none, is not told of the event. */
const underEvent = <Status extends string>(
  trade: SizedTrade<Status>,
  event: EventNamed,
): SizedTrade<Status | 'no_consensus'> => {
  const isParked = trade.status === 'parked';
  if (trade.probability === null && !isParked) return trade;
  const told = isParked ? unparked(trade) : trade;
  return { ...told, action: 'hold', sizeMicroUsd: 0, why: [coveredText(event), ...told.why] };
};

const expired = <Status extends string>(trade: SizedTrade<Status>, why: string): SizedTrade<'expired'> => ({
  status: 'expired',
  probability: null,
  action: 'hold',
  sizeMicroUsd: 0,
  why: [`${why}; nothing is traded`, ...trade.why],
});

/** Why the trade comes too late; null: it does not. */
const lateWhy = ({
  now,
  deadlineAt,
  pricedAt,
}: Omit<RecordingMoment, 'caps' | 'event' | 'halted'>): string | null => {
  const nowMs = Date.parse(now);
  if (deadlineAt !== null && nowMs >= Date.parse(deadlineAt))
    return 'The deadline passed before the decision could be recorded';
  return pricedAt !== null && nowMs - Date.parse(pricedAt) > TRADE_GOOD_MS
    ? `It was priced at ${pricedAt}, more than ${TRADE_GOOD_MS / 60_000} minutes before it could be recorded`
    : null;
};

/** Why nothing may be traded once a person has stopped the desk. */
export const haltedText = (reason: string): string =>
  `The desk was halted before it could be recorded (${reason}); nothing is traded`;

/** The trade as it may be recorded; what is no trade changes by nothing but the event that it is told of. */
export const tradeAtRecording = <Status extends string>(
  trade: SizedTrade<Status>,
  { caps, event, halted, ...moment }: RecordingMoment,
): SizedTrade<Status | 'expired' | 'no_consensus'> => {
  if (trade.sizeMicroUsd === 0) return event ? underEvent(trade, event) : trade;
  const late = lateWhy(moment);
  if (late !== null) return expired(trade, late);
  if (event) return underEvent(trade, event);
  if (halted !== null)
    return { ...trade, action: 'hold', sizeMicroUsd: 0, why: [haltedText(halted), ...trade.why] };
  if (caps === null) return trade;
  const { sizeMicroUsd, why } = fitted(trade.sizeMicroUsd, caps);
  if (why === null) return trade;
  const action = sizeMicroUsd === 0 ? 'hold' : trade.action;
  return { ...trade, action, sizeMicroUsd, why: [why, ...trade.why] };
};
