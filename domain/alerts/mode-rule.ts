// Alerts on the mode that the rule is in: one episode per mode, open for as long as the rule is in it.
import type { Mode } from '../outage/modes';
import type { AlertSeverity, AlertVerdict } from './verdict';

export interface RuledMode {
  readonly mode: Mode;
  readonly reason: string;
  /** What the rule saw. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What the rule enters beside `normal`; only a person halts. */
const SEVERITIES: Readonly<Partial<Record<Mode, AlertSeverity>>> = {
  degraded: 'warning',
  conservative: 'critical',
  cached: 'critical',
};

/**
 * The episodes of modes by rule: that of the mode in force fires, all others are over.
 * @param inForce what the rule is in, whatever a person has set above it; null before it ever entered one
 */
export const modesByRule = (inForce: RuledMode | null): readonly AlertVerdict[] =>
  Object.entries(SEVERITIES).map(([mode, severity]) => {
    const firing = inForce?.mode === mode;
    return {
      kind: 'mode',
      episode: `mode:${mode}`,
      firing,
      severity,
      title: firing ? `Mode ${mode}: ${inForce.reason}` : `Mode ${mode}`,
      details: firing ? { outProviders: inForce.facts.outProviders } : {},
    };
  });
