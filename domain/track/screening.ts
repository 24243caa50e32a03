// Screening of broken members: a run that silently failed and was stored as one half looks like a very
// uncertain forecaster. Shares of exact halves, failures and contradictions are watched per member and
// category, each by a sequential test, so that a broken one is noticed within dozens of answers.

const FAULT_KINDS = ['exact_half', 'failure', 'contradiction'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Share of faults of a sound and of a broken member; the test tells the two apart. */
const FAULT_SHARES: Readonly<Record<FaultKind, { readonly sound: number; readonly broken: number }>> = {
  exact_half: { sound: 0.15, broken: 0.6 },
  failure: { sound: 0.15, broken: 0.6 },
  contradiction: { sound: 0.1, broken: 0.5 },
};

/** Log likelihood ratio that flags a member or clears it: odds of about 150 to 1. */
const SCREEN_THRESHOLD = 5;

/** One question's answers of one member: which faults they show. */
export type Faults = Readonly<Record<FaultKind, boolean>>;

/** Plain JSON: storable. */
export interface ScreenState {
  /** Questions seen. */
  readonly n: number;
  readonly flagged: boolean;
  readonly reason: FaultKind | null;
  /** Value of n at the first flag; null when never flagged. */
  readonly firstFlaggedAt: number | null;
  readonly counts: Readonly<Record<FaultKind, number>>;
  /** Cumulative sums: toward broken while sound, toward sound while flagged. */
  readonly ratio: Readonly<Record<FaultKind, number>>;
}

const ZEROS: Readonly<Record<FaultKind, number>> = { exact_half: 0, failure: 0, contradiction: 0 };

export const UNSCREENED: ScreenState = {
  n: 0,
  flagged: false,
  reason: null,
  firstFlaggedAt: null,
  counts: ZEROS,
  ratio: ZEROS,
};

const logRatio = (kind: FaultKind, fault: boolean): number => {
  const { sound, broken } = FAULT_SHARES[kind];
  return fault ? Math.log(broken / sound) : Math.log((1 - broken) / (1 - sound));
};

const mapKinds = (value: (kind: FaultKind) => number): Record<FaultKind, number> => ({
  exact_half: value('exact_half'),
  failure: value('failure'),
  contradiction: value('contradiction'),
});

/**
 * The state after one more question: Page's cumulative sum (1954) toward `broken` while sound; once
 * flagged, the mirrored sum of the same kind, which clears the member when it reaches the threshold.
 */
export const screen = (state: ScreenState, faults: Faults): ScreenState => {
  const direction = state.flagged ? -1 : 1;
  const n = state.n + 1;
  const counts = mapKinds((kind) => state.counts[kind] + (faults[kind] ? 1 : 0));
  const ratio = mapKinds((kind) => Math.max(0, state.ratio[kind] + direction * logRatio(kind, faults[kind])));
  const next = { ...state, n, counts, ratio };
  if (state.flagged) {
    if (ratio[state.reason!] < SCREEN_THRESHOLD) return next;
    return { ...next, flagged: false, reason: null, ratio: ZEROS };
  }
  const reason = FAULT_KINDS.find((kind) => ratio[kind] >= SCREEN_THRESHOLD);
  if (!reason) return next;
  return { ...next, flagged: true, reason, ratio: ZEROS, firstFlaggedAt: state.firstFlaggedAt ?? n };
};
