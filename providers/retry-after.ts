// Reads how long a provider asks to be left alone. Its forms differ: milliseconds, seconds, a date, and
// nonsense; what cannot be read is null, and where two are given the longer holds, so that none is undercut.

/**
 * Longest wait an attempt will sit out at one provider. A market decision is worth waiting a minute for,
 * rarely more; beyond it another provider is asked, and this one is left uncalled until its time.
 */
export const RETRY_AFTER_CAP_MS = 60_000;

/** Longest wait that is believed at all: a month. Beyond it a header is a mistake, kept as this. */
const BELIEVABLE_MS = 30 * 86_400_000;

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/i;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const readDuration = (text: string, plainUnitMs: number): number | null => {
  const match = DURATION.exec(text);
  if (!match) return null;
  return Number(match[1]) * (match[2] ? UNIT_MS[match[2].toLowerCase()]! : plainUnitMs);
};

const readDate = (text: string, nowMs: number): number | null => {
  // A bare negative or odd number is not a date, though Date.parse would take it for a year.
  if (!/[a-z]/i.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
};

/**
 * Milliseconds to wait by `retry-after-ms` and `retry-after`, rounded up; null when neither says anything
 * readable (absent, negative, garbage).
 */
export const readRetryAfterMs = (
  header: (name: string) => string | null | undefined,
  nowMs: number,
): number | null => {
  const ms = header('retry-after-ms')?.trim();
  const seconds = header('retry-after')?.trim();
  const found = [
    ms ? readDuration(ms, 1) : null,
    seconds ? (readDuration(seconds, 1000) ?? readDate(seconds, nowMs)) : null,
  ].filter((value) => value !== null);
  return found.length === 0 ? null : Math.min(BELIEVABLE_MS, Math.ceil(Math.max(...found)));
};
