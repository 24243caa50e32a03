// Emergency modes (F5): how the desk behaves when its language-model providers are out. Rules only: whoever
// watches the providers hands in their health, and every result carries the mode it was made in.
import type { MicroUsd } from '../money/micro-usd';
import { MICRO_PER_USD } from '../money/micro-usd';
import type { IsoInstant } from '../world';

export const MODES = ['normal', 'degraded', 'conservative', 'cached', 'halted'] as const;
export type Mode = (typeof MODES)[number];

const HEALTHS = ['up', 'degraded', 'out'] as const;
export type ProviderHealth = (typeof HEALTHS)[number];

/** One provider as the mode rule sees it. */
export interface ProviderStanding {
  readonly provider: string;
  /** False for `house` and `recorded`: they are never counted. */
  readonly languageModels: boolean;
  /** Has its key, or needs none. */
  readonly configured: boolean;
  readonly health: ProviderHealth;
  /** Members it can contribute to a decision. */
  readonly members: number;
}

/** A person's word, which stands above the rule until lifted. */
export interface ModeOverride {
  readonly mode: Mode;
  readonly reason: string;
  readonly by: string;
  readonly since: IsoInstant;
}

export interface ModeQuestion {
  readonly providers: readonly ProviderStanding[];
  /** Answers a decision needs to be one. */
  readonly quorum: number;
  readonly override: ModeOverride | null;
}

export interface ModeVerdict {
  readonly mode: Mode;
  /** One sentence for the announcement. */
  readonly reason: string;
  readonly outProviders: readonly string[];
}

const byRule = ({ providers, quorum }: ModeQuestion): ModeVerdict => {
  const counted = providers.filter((one) => one.languageModels && one.configured);
  const working = counted.filter((one) => one.health !== 'out');
  const outProviders = counted
    .filter((one) => one.health === 'out')
    .map((one) => one.provider)
    .sort();
  const verdict = (mode: Mode, reason: string): ModeVerdict => ({ mode, reason, outProviders });
  if (counted.length === 0) return verdict('normal', 'no language-model provider is configured');
  if (outProviders.length === 0) return verdict('normal', `all ${counted.length} providers answer`);
  const missing = outProviders.join(', ');
  if (working.length === 0)
    return verdict('cached', `none of ${counted.length} providers answers: ${missing}`);
  const members = working.reduce((sum, one) => sum + one.members, 0);
  return members >= quorum
    ? verdict('degraded', `out: ${missing}; ${members} members remain, ${quorum} are needed`)
    : verdict('conservative', `out: ${missing}; only ${members} members remain of ${quorum} needed`);
};

/** The mode that holds now. An override wins and says who gave it and why. */
export const modeFor = (question: ModeQuestion): ModeVerdict => {
  const ruled = byRule(question);
  if (question.override === null) return ruled;
  const { mode, by, reason } = question.override;
  return { ...ruled, mode, reason: `set by ${by}: ${reason}` };
};

/** What a mode allows and changes. */
export interface ModePolicy {
  readonly mayCallProviders: boolean;
  /** Only decisions backed by a fresh brief and reusable stored forecasts. */
  readonly cachedOnly: boolean;
  /** New positions above this are not opened; null: no bound beyond the usual ones. */
  readonly maxNewPositionMicroUsd: MicroUsd | null;
  /** Multiplies the consensus distance to 1: .8 becomes .9 at 0.5. */
  readonly consensusSlack: number;
  /** Multiplies the edge that a trade needs. */
  readonly edgeFactor: number;
  /** Multiplies the members' variance before sizing. */
  readonly varianceFactor: number;
}

const policy = (change: Partial<ModePolicy>): ModePolicy => ({
  mayCallProviders: true,
  cachedOnly: false,
  maxNewPositionMicroUsd: null,
  consensusSlack: 1,
  edgeFactor: 1,
  varianceFactor: 1,
  ...change,
});

/** Ten dollars: the stake below which even one quick model may decide (B6). */
const SMALL_STAKE: MicroUsd = 10 * MICRO_PER_USD;

export const MODE_POLICIES: Readonly<Record<Mode, ModePolicy>> = {
  normal: policy({}),
  degraded: policy({ varianceFactor: 1.5, edgeFactor: 1.25 }),
  conservative: policy({
    maxNewPositionMicroUsd: SMALL_STAKE,
    varianceFactor: 2,
    edgeFactor: 2,
    consensusSlack: 0.5,
  }),
  cached: policy({
    mayCallProviders: false,
    cachedOnly: true,
    maxNewPositionMicroUsd: SMALL_STAKE,
    varianceFactor: 2,
    edgeFactor: 2,
    consensusSlack: 0.5,
  }),
  halted: policy({ mayCallProviders: false, cachedOnly: false, maxNewPositionMicroUsd: 0 }),
};

/** The consensus threshold a mode asks for, from the configured one. */
export const consensusThresholdIn = (mode: Mode, threshold: number): number =>
  1 - (1 - threshold) * MODE_POLICIES[mode].consensusSlack;

/** Breakers of one provider's models to its health: out when all are open, degraded when some are. */
export const healthFromBreakers = (
  statuses: readonly ('closed' | 'open' | 'half_open')[],
  reachable = true,
): ProviderHealth => {
  if (!reachable) return 'out';
  const closed = statuses.filter((status) => status === 'closed').length;
  if (statuses.length === 0 || closed === statuses.length) return 'up';
  return closed === 0 ? 'out' : 'degraded';
};

/** What a watcher keeps between looks, so that a mode does not flutter. */
export interface ModeWatch {
  readonly mode: Mode;
  readonly since: IsoInstant;
  /** Since when the rule has proposed milder modes only, and the harshest of them. */
  readonly pending: { readonly mode: Mode; readonly since: IsoInstant } | null;
}

/** 60 s: one ramp. Harsher modes are entered at once, milder ones only after the rule held this long. */
export const MODE_LEAVE_MS = 60_000;

const severity = (mode: Mode): number => MODES.indexOf(mode);

const harsher = (a: Mode, b: Mode): Mode => (severity(a) >= severity(b) ? a : b);

/**
 * The watch after one look. `announce` is true when the mode changed. Entering a harsher mode is immediate;
 * after `leaveMs` of milder proposals the harshest of them is entered, and a new wait begins for what is milder still;
 * an override's word is immediate both ways.
 */
export const nextMode = (
  watch: ModeWatch,
  ruled: ModeVerdict,
  now: IsoInstant,
  options: { readonly leaveMs?: number; readonly override?: boolean } = {},
): { readonly watch: ModeWatch; readonly announce: boolean } => {
  const { leaveMs = MODE_LEAVE_MS, override = false } = options;
  if (ruled.mode === watch.mode) return { watch: { ...watch, pending: null }, announce: false };
  if (override || watch.mode === 'halted' || severity(ruled.mode) > severity(watch.mode))
    return { watch: { mode: ruled.mode, since: now, pending: null }, announce: true };
  // What waits for another mode than this one says nothing of it.
  const waits = watch.pending !== null && severity(watch.pending.mode) < severity(watch.mode);
  const { mode, since } = waits ? watch.pending : { mode: ruled.mode, since: now };
  const held = harsher(mode, ruled.mode);
  if (Date.parse(now) - Date.parse(since) < leaveMs)
    return { watch: { ...watch, pending: { mode: held, since } }, announce: false };
  const pending = held === ruled.mode ? null : { mode: ruled.mode, since: now };
  return { watch: { mode: held, since: now, pending }, announce: true };
};
