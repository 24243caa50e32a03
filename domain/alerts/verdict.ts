// What a rule of alerts says about one episode at one look.

export type AlertSeverity = 'info' | 'warning' | 'critical';

export interface AlertVerdict {
  readonly kind: string;
  /** What it is about; at most one alert is open per episode. */
  readonly episode: string;
  /** False ends an open episode. A rule that cannot tell says nothing. */
  readonly firing: boolean;
  readonly severity: AlertSeverity;
  /** One plain sentence. */
  readonly title: string;
  readonly details: Readonly<Record<string, unknown>>;
}
