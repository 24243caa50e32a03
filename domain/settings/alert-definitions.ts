// Thresholds of alerts as settings: null switches a rule off.
import { type AcceptedForm, numberFrom, orNull, wholeNumberFrom } from './accepted-form';

interface AlertDefinition extends AcceptedForm {
  readonly key: string;
  readonly category: 'alerts';
  readonly scope: null;
  readonly fallback: unknown;
  readonly doc: string;
}

const alert = (key: string, form: AcceptedForm, fallback: unknown, doc: string): AlertDefinition => ({
  key,
  category: 'alerts',
  scope: null,
  ...form,
  fallback,
  doc,
});

const OFF = 'no alert';

export const ALERT_DEFINITIONS: readonly AlertDefinition[] = [
  alert(
    'alert_session_seconds',
    orNull(numberFrom(1, 86_400, ' seconds'), OFF),
    15,
    'A session of at most alert_session_subjects subjects is slow beyond this',
  ),
  alert(
    'alert_session_subjects',
    wholeNumberFrom(1, 500),
    12,
    'Most subjects of a session that is expected to end in time: one round side by side',
  ),
  alert(
    'alert_success_percent',
    orNull(numberFrom(0, 100, ' percent'), OFF),
    90,
    'Decisions and sessions of the window that came to an answer, at least',
  ),
  alert(
    'alert_error_percent',
    orNull(numberFrom(0, 100, ' percent'), OFF),
    10,
    'Calls of models in the window that failed, at most',
  ),
  alert('alert_window_minutes', wholeNumberFrom(5, 1_440), 60, 'Window of the success and error rates'),
  alert('alert_min_samples', wholeNumberFrom(1, 10_000), 10, 'Decisions or calls that a rate needs'),
  alert(
    'alert_accuracy_drop',
    orNull(numberFrom(0.001, 1), OFF),
    0.05,
    'Brier score of the last seven days above that of the time before, at most, where chance does not explain it',
  ),
  alert(
    'alert_calibration_error',
    orNull(numberFrom(0.001, 1), OFF),
    0.1,
    'Debiased calibration error of the last seven days, at most, where chance does not explain it',
  ),
  alert(
    'alert_min_outcomes',
    wholeNumberFrom(5, 10_000),
    20,
    'Outcomes that judging a model needs; those of one event on one day count once',
  ),
];
