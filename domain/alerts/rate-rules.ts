// Alerts on how the desk works: slow sessions, too few answers, too many failed calls. An open episode ends only
// a margin inside the threshold, so that a rate at its edge does not ring again and again.
import type { AlertSettings } from '../settings/alert-settings';
import type { AlertVerdict } from './verdict';

/** Percentage points inside the threshold at which an episode is over. */
export const RECOVERY_MARGIN = 2;

export interface SessionFact {
  readonly id: string;
  readonly market: string;
  readonly kind: string;
  readonly subjects: number;
  readonly wallMs: number;
}

export interface RateFact {
  readonly total: number;
  /** Of `total`: those that failed. */
  readonly failed: number;
}

const percent = (part: number, total: number): number => (100 * part) / total;
const shown = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** The newest finished session of each market and kind; sessions too large for one round are left out. */
export const slowSessions = (
  sessions: readonly SessionFact[],
  { sessionSeconds, sessionSubjects }: AlertSettings,
): readonly AlertVerdict[] =>
  sessionSeconds === null
    ? []
    : sessions
        .filter(({ subjects }) => subjects <= sessionSubjects)
        .map(({ id, market, kind, wallMs, subjects }) => ({
          kind: 'session_slow',
          episode: `session_slow:${market}:${kind}`,
          firing: wallMs > sessionSeconds * 1_000,
          severity: 'warning',
          title: `The ${kind} session of ${market} took ${shown(wallMs / 1_000)} s, more than ${sessionSeconds} s`,
          details: { sessionId: id, wallMs, subjects, limitSeconds: sessionSeconds },
        }));

/**
 * Undecided between the threshold and the recovery, and where too few samples are beyond the threshold. Few that went
 * well end an episode: they say more than none at all, after which it is over too.
 */
const rateVerdict = (
  rate: RateFact,
  minSamples: number,
  judge: (failedPercent: number) => { readonly fires: boolean; readonly ends: boolean },
  verdict: Omit<AlertVerdict, 'firing'>,
): readonly AlertVerdict[] => {
  if (rate.total === 0) return [{ ...verdict, firing: false }];
  const { fires, ends } = judge(percent(rate.failed, rate.total));
  const decided = ends || (fires && rate.total >= minSamples);
  return [{ ...verdict, firing: decided ? fires : null }];
};

export const lowSuccess = (rate: RateFact, settings: AlertSettings): readonly AlertVerdict[] => {
  const { successPercent, windowMinutes, minSamples } = settings;
  if (successPercent === null) return [];
  const succeeded = rate.total === 0 ? 100 : 100 - percent(rate.failed, rate.total);
  const recovered = Math.min(100, successPercent + RECOVERY_MARGIN);
  return rateVerdict(
    rate,
    minSamples,
    (failed) => ({ fires: 100 - failed < successPercent, ends: 100 - failed >= recovered }),
    {
      kind: 'success',
      episode: 'success',
      severity: 'critical',
      title: `${shown(succeeded)} % of ${rate.total} decisions in ${windowMinutes} min came to an answer, less than ${successPercent} %`,
      details: { ...rate, windowMinutes, limitPercent: successPercent },
    },
  );
};

export const manyErrors = (rate: RateFact, settings: AlertSettings): readonly AlertVerdict[] => {
  const { errorPercent, windowMinutes, minSamples } = settings;
  if (errorPercent === null) return [];
  const failed = rate.total === 0 ? 0 : percent(rate.failed, rate.total);
  const recovered = Math.max(0, errorPercent - RECOVERY_MARGIN);
  return rateVerdict(
    rate,
    minSamples,
    (share) => ({ fires: share > errorPercent, ends: share <= recovered }),
    {
      kind: 'errors',
      episode: 'errors',
      severity: 'critical',
      title: `${shown(failed)} % of ${rate.total} calls in ${windowMinutes} min failed, more than ${errorPercent} %`,
      details: { ...rate, windowMinutes, limitPercent: errorPercent },
    },
  );
};
