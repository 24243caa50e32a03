// How long a new brief is kept: as the setting ttl_seconds_<kind> says, or as long as earlier briefs of its kind stayed true in the
// regime of the day (A11), where the setting learnt_ttl says so.
import { parseSubject } from '../domain/market/subject';
import type { ResearchKind } from '../domain/research/brief';
import { suggestTtls, type TtlSuggestion } from '../domain/research/learnt-ttl';
import type { IsoInstant, WorldId } from '../domain/world';
import type { Dependencies } from './dependencies';
import { createRegimeAt } from './regime-of';
import { createSettingsInForce } from './settings-in-force';

/** Suggestions move with days, not with briefs: one reading serves this process for so long. */
const FRESH_MS = 10 * 60_000;

export interface KeptBrief {
  readonly world: WorldId;
  /** Null in live work; replays keep to what is configured. */
  readonly asOf: IsoInstant | null;
  readonly subject: string;
  readonly kind: ResearchKind;
}

export const createLearntTtl = ({ stores }: Pick<Dependencies, 'stores'>) => {
  const settings = createSettingsInForce(stores);
  const regimeAt = createRegimeAt(stores);
  const known = new Map<WorldId, { readonly at: number; readonly ttls: Promise<readonly TtlSuggestion[]> }>();

  const suggestionsFor = (world: WorldId): Promise<readonly TtlSuggestion[]> => {
    const before = known.get(world);
    if (before && performance.now() - before.at < FRESH_MS) return before.ttls;
    const ttls = stores.briefLives.lives(world).then(suggestTtls);
    known.set(world, { at: performance.now(), ttls });
    ttls.catch(() => known.delete(world));
    return ttls;
  };

  const regimeOf = ({ world, subject }: KeptBrief, at: IsoInstant) => {
    const { kind, name } = parseSubject(subject);
    return kind === 'equity' ? regimeAt(world, name, at.slice(0, 10)) : 'unknown';
  };

  /** Seconds from `createdAt`. A kind and regime without any life keeps the configured time. */
  const secondsFor = async (brief: KeptBrief, createdAt: IsoInstant): Promise<number> => {
    const configured = (await settings.value(`ttl_seconds_${brief.kind}`)) as number;
    if (brief.asOf !== null || (await settings.value('learnt_ttl')) !== true) return configured;
    const [suggestions, regime] = await Promise.all([
      suggestionsFor(brief.world),
      regimeOf(brief, createdAt),
    ]);
    const own = suggestions.find((each) => each.kind === brief.kind && each.regime === regime);
    return own?.ttlSeconds ?? configured;
  };
  return { secondsFor };
};
