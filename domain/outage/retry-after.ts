// How long to wait before the next attempt. A provider's Retry-After is never undercut; beyond a cap the work
// goes elsewhere and that provider is left alone until then (F2).

export interface RetrySettings {
  /** First back-off without a Retry-After. */
  readonly baseMs: number;
  /** Longest back-off without a Retry-After. */
  readonly maxBackoffMs: number;
  /** Longest Retry-After that is waited for; beyond it the work fails over. */
  readonly longestWaitMs: number;
}

export const DEFAULT_RETRY_SETTINGS: RetrySettings = {
  baseMs: 500,
  maxBackoffMs: 8_000,
  longestWaitMs: 15_000,
};

/** A year; larger figures are a provider's mistake, and dates beyond it overflow calendars. */
const LONGEST_BELIEVED_MS = 366 * 86_400_000;

const finite = (ms: number): number | null =>
  Number.isFinite(ms) ? Math.min(LONGEST_BELIEVED_MS, Math.max(0, Math.ceil(ms))) : null;

/**
 * Reads every form of the header to milliseconds from `nowMs`: seconds (`"20"`, `"1.5"`), milliseconds
 * (`"1500ms"`, or the value of `retry-after-ms`), a duration (`"2m30s"`), an HTTP date or an ISO instant.
 * Null when absent or unreadable; 0 when negative or past. At most a year.
 */
export const parseRetryAfterMs = (
  headers: { readonly retryAfter?: string | null; readonly retryAfterMs?: string | null },
  nowMs: number,
): number | null => {
  const ms = headers.retryAfterMs?.trim();
  if (ms && /^-?\d+(\.\d+)?$/.test(ms)) return finite(Number(ms));
  const text = headers.retryAfter?.trim();
  if (!text) return null;
  if (/^-?\d+(\.\d+)?$/.test(text)) return finite(Number(text) * 1000);
  const millis = /^(\d+(?:\.\d+)?)\s*ms$/i.exec(text);
  if (millis) return finite(Number(millis[1]));
  const span = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/i.exec(text);
  if (span)
    return finite(((Number(span[1] ?? 0) * 60 + Number(span[2] ?? 0)) * 60 + Number(span[3] ?? 0)) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : finite(date - nowMs);
};

export type RetryVerdict =
  /** Wait so long on this provider, then try again. */
  | { readonly type: 'wait'; readonly delayMs: number }
  /** Too long: go elsewhere; this provider is not called for `leaveAloneMs`. */
  | { readonly type: 'too_long'; readonly leaveAloneMs: number };

/**
 * The wait before attempt `attempt + 1` (attempts count from 1). Without a Retry-After: exponential back-off
 * with full jitter above half (`random` in [0, 1)), so that callers do not come back together. With one: at
 * least that, plus up to a tenth.
 */
export const retryDelayMs = (
  question: { readonly attempt: number; readonly retryAfterMs: number | null; readonly random: number },
  settings: RetrySettings = DEFAULT_RETRY_SETTINGS,
): RetryVerdict => {
  const { attempt, retryAfterMs, random } = question;
  const backoff = Math.min(
    settings.maxBackoffMs,
    settings.baseMs * 2 ** Math.min(30, Math.max(0, attempt - 1)),
  );
  const jittered = Math.ceil(backoff * (0.5 + random / 2));
  if (retryAfterMs === null) return { type: 'wait', delayMs: jittered };
  if (retryAfterMs > settings.longestWaitMs) return { type: 'too_long', leaveAloneMs: retryAfterMs };
  const spreadMs = Math.ceil(retryAfterMs * 0.1 * random);
  return { type: 'wait', delayMs: Math.max(jittered, retryAfterMs + spreadMs) };
};
