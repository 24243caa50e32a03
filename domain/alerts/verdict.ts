// What a rule of alerts says about one episode at one look.

export type AlertSeverity = 'info' | 'warning' | 'critical';

export interface AlertVerdict {
  readonly kind: string;
  /** What it is about; at most one alert is open per episode. */
  readonly episode: string;
  /**
   * False ends an open episode; null leaves it as it is: known, but undecided. What a rule does not name at all is
   * over, as what it was about is no longer there or no longer watched.
   */
  readonly firing: boolean | null;
  readonly severity: AlertSeverity;
  /** One plain sentence. */
  readonly title: string;
  readonly details: Readonly<Record<string, unknown>>;
}
