// What a prune is asked to remove: kinds, and for each the instant before which rows are old. Neither days nor a day
// may come nearer than what work under way still reads.
import {
  PRUNE_KINDS,
  type PruneKind,
  RETENTION_RULES,
  retentionSettings,
} from '../domain/settings/retention-settings';
import { type StoredSettings, settingValue } from '../domain/settings/setting-definitions';
import type { IsoInstant } from '../domain/world';
import { BadInput } from './inputs';

export interface PruneWishes {
  /** Separated by commas; all kinds without it. */
  readonly kinds?: string;
  /** `KIND=DAYS`, each in place of its setting. */
  readonly keep: readonly string[];
  /** `2026-11-01`: in place of all ages. */
  readonly before?: string;
}

export type PrunePlan = readonly { readonly kind: PruneKind; readonly before: IsoInstant }[];

const NAMES = PRUNE_KINDS.join(', ');

const readKind = (field: string, text: string): PruneKind => {
  const kind = PRUNE_KINDS.find((each) => each === text);
  if (kind) return kind;
  throw new BadInput(
    `${field} is ${JSON.stringify(text)}; accepted: ${NAMES}. Everything else is the record, and stays.`,
  );
};

const readKinds = (text: string | undefined): readonly PruneKind[] | null =>
  text === undefined ? null : text.split(',').map((name) => readKind('kinds', name.trim()));

const readKeep = (text: string): readonly [PruneKind, number] => {
  const [name = '', days = ''] = text.split('=');
  const kind = readKind('keep', name.trim());
  const { leastDays } = RETENTION_RULES[kind];
  const number = /^\d{1,5}$/.test(days.trim()) ? Number(days) : Number.NaN;
  if (number >= leastDays) return [kind, number];
  throw new BadInput(
    `keep is ${JSON.stringify(text)}; accepted: ${kind}=DAYS with at least ${leastDays} days, which work under way still reads`,
  );
};

const readDay = (text: string): IsoInstant => {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return new Date(at).toISOString();
  throw new BadInput(`before is ${JSON.stringify(text)}; accepted: a day (UTC), such as 2026-11-01`);
};

/**
 * Kinds with their instants, in the order of removal; kinds that are kept for ever are left out.
 * @throws BadInput naming the field and the accepted form.
 */
export const prunePlan = async (
  { kinds, keep, before }: PruneWishes,
  settings: StoredSettings,
  daysAgo: (days: number) => Promise<IsoInstant>,
): Promise<PrunePlan> => {
  const { days } = retentionSettings((key) => settingValue(settings, key));
  const kept = new Map(keep.map(readKeep));
  const chosen = readKinds(kinds);
  const day = before === undefined ? null : readDay(before);
  if (day !== null && kept.size > 0)
    throw new BadInput('before and keep are both given; accepted: one of them');
  const stray = [...kept.keys()].find((kind) => chosen && !chosen.includes(kind));
  if (stray) throw new BadInput(`keep names ${stray}, which kinds leaves out; accepted: a kind among kinds`);
  const wanted = PRUNE_KINDS.filter((kind) => chosen?.includes(kind) ?? (kept.size === 0 || kept.has(kind)));
  const plan = [];
  for (const kind of wanted) {
    const nearest = await daysAgo(RETENTION_RULES[kind].leastDays);
    if (day !== null && day > nearest)
      throw new BadInput(
        `before is ${day.slice(0, 10)}; accepted for ${kind}: a day up to ${nearest.slice(0, 10)}, as work under way still reads newer rows`,
      );
    const keepDays = kept.get(kind) ?? days[kind];
    if (day !== null) plan.push({ kind, before: day });
    else if (keepDays !== null) plan.push({ kind, before: await daysAgo(keepDays) });
  }
  return plan;
};
