// Market events and what each makes stale (A7). They arrive from people and other programs, so that every
// field is checked here, once, for the signal, the HTTP and the CLI path alike.
import { isoInstantOf } from '../market/iso-date';
import { SUBJECT_KINDS, type Subject } from '../market/subject';
import { isStorableInstant, UNSTORABLE_TEXT, unstorableText } from '../storable';
import type { IsoInstant, WorldId } from '../world';
import { normaliseSubject } from './cache-key';

export type EventScopeKind = 'symbols' | 'everything';

/** Built-in types; the scope of a custom type comes with each event. */
const EVENT_SCOPES = {
  earnings: 'symbols',
  major_news: 'symbols',
  market_crash: 'everything',
  rate_change: 'everything',
  geopolitical: 'everything',
} as const satisfies Readonly<Record<string, EventScopeKind>>;

export type EventScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'symbols'; readonly subjects: readonly Subject[] };

export interface MarketEvent {
  /** Chosen by the sender; the same id counts once. */
  readonly id: string;
  readonly type: string;
  readonly scope: EventScope;
  readonly reason: string;
  /** When it happened, as the sender says; the instant of receipt when it says nothing. */
  readonly at: IsoInstant;
  /** Null covers every world. */
  readonly world: WorldId | null;
}

export interface EventReading {
  /** Used for `at` when the event has none. */
  readonly receivedAt: IsoInstant;
  /** Used for `id` when the event has none (CLI); without it an id is required. */
  readonly fallbackId?: string;
}

const fail = (field: string, value: unknown, accepted: string): never => {
  throw new RangeError(`event.${field} is ${JSON.stringify(value) ?? 'missing'}; accepted: ${accepted}`);
};

const text = (
  input: Readonly<Record<string, unknown>>,
  field: string,
  accepted: string,
  pattern: RegExp,
): string => {
  const value = input[field];
  if (typeof value !== 'string' || !pattern.test(value)) return fail(field, value, accepted);
  return value;
};

const readSubject = (value: unknown, index: number): Subject => {
  const field = `symbols[${index}]`;
  const accepted = 'a symbol such as AAPL, or a subject such as market:kalshi/TICKER';
  if (typeof value !== 'string' || value.trim() === '' || value.length > 200)
    return fail(field, value, accepted);
  const prefixed = SUBJECT_KINDS.some((kind) => value.trim().toLowerCase().startsWith(`${kind}:`));
  if (!prefixed && !/^[\p{L}\p{N}.^=_\-\s]+$/u.test(value)) return fail(field, value, accepted);
  return normaliseSubject(prefixed ? value.trim() : `equity:${value}`);
};

const readSubjects = (value: unknown): readonly Subject[] => {
  if (!Array.isArray(value) || value.length === 0 || value.length > 1000)
    return fail('symbols', value, 'a list of 1 to 1000 symbols, because this type covers named symbols only');
  return [...new Set(value.map(readSubject))].sort();
};

const declaredScope = (type: string, input: Readonly<Record<string, unknown>>): EventScopeKind => {
  const known = Object.hasOwn(EVENT_SCOPES, type)
    ? EVENT_SCOPES[type as keyof typeof EVENT_SCOPES]
    : undefined;
  const given = input.scope;
  if (given !== undefined && given !== 'symbols' && given !== 'everything')
    return fail('scope', given, 'symbols or everything');
  if (known !== undefined && given !== undefined && given !== known)
    return fail('scope', given, `${known}, which the type ${type} always has; leave it out`);
  return (
    known ??
    given ??
    fail(
      'scope',
      given,
      `symbols or everything, because ${type} is not one of ${Object.keys(EVENT_SCOPES).join(', ')}`,
    )
  );
};

const readAt = (value: unknown, receivedAt: IsoInstant): IsoInstant => {
  if (value === undefined || value === null) return receivedAt;
  const at = typeof value === 'string' ? isoInstantOf(value) : null;
  if (at !== null && isStorableInstant(at)) return at;
  return fail('at', value, 'an ISO instant with a zone, such as 2025-09-15T13:00:00Z');
};

const readWorld = (value: unknown): WorldId | null => {
  if (value === undefined || value === null) return null;
  const ok = typeof value === 'string' && /^(live|synthetic|replay:[0-9a-f]{12})$/.test(value);
  return ok
    ? value
    : fail('world', value, 'live, synthetic, replay:<12 hex digits>, or nothing for all worlds');
};

/**
 * Checks an event from outside, e.g. `{ id: "e1", type: "earnings", symbols: ["AAPL"], reason: "Q4" }`.
 * Optional: `at`, `world`, and `scope` where the type is a custom one.
 * @throws RangeError naming the field and the accepted form.
 */
export const parseMarketEvent = (input: unknown, reading: EventReading): MarketEvent => {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new RangeError('event is not an object; accepted: { id, type, symbols, reason }');
  const fields = input as Readonly<Record<string, unknown>>;
  const bad = unstorableText(fields);
  if (bad !== null) throw new RangeError(`event${bad === 'body' ? '' : `.${bad}`} ${UNSTORABLE_TEXT}`);
  const type = text(
    fields,
    'type',
    'a name of small letters, digits and _, such as earnings',
    /^[a-z][a-z0-9_]{0,63}$/,
  );
  const kind = declaredScope(type, fields);
  if (kind === 'everything' && Array.isArray(fields.symbols) && fields.symbols.length > 0)
    fail('symbols', fields.symbols, `nothing, because ${type} covers everything`);
  const withId =
    fields.id === undefined && reading.fallbackId !== undefined ? { id: reading.fallbackId } : fields;
  return {
    id: text(
      withId,
      'id',
      '1 to 200 characters without spaces, the same for every sending',
      /^[^\s\p{C}]{1,200}$/u,
    ),
    type,
    scope: kind === 'everything' ? { kind } : { kind, subjects: readSubjects(fields.symbols) },
    reason: text(
      fields,
      'reason',
      '1 to 2000 characters that say what happened',
      /^(?=[\s\S]*\S)[\s\S]{1,2000}$/,
    ).trim(),
    at: readAt(fields.at, reading.receivedAt),
    world: readWorld(fields.world),
  };
};

/** True when a brief about `subject` in `world` is stale after `event`. */
export const covers = (
  event: MarketEvent,
  at: { readonly world: WorldId; readonly subject: Subject },
): boolean =>
  (event.world === null || event.world === at.world) &&
  (event.scope.kind === 'everything' || event.scope.subjects.includes(normaliseSubject(at.subject)));
