// The provider watch: what it carries from look to look.
import type { Mode, ModeWatch } from '../../domain/outage/modes';

export interface ProviderWatchInput {
  /** A milder mode that the rule has proposed and that must hold for a while. */
  readonly pending: ModeWatch['pending'];
}

export interface ProviderWatchLook {
  readonly mode: Mode;
  readonly pending: ModeWatch['pending'];
  readonly checked: number;
  readonly reason: string;
}
