// How long a new brief is kept: as the setting ttl_seconds_<kind> says, or as long as earlier briefs of its kind stayed true in the
// regime of the day (A11), where the setting learnt_ttl says so.
import { parseSubject } from '../domain/market/subject';
import type { ResearchKind } from '../domain/research/brief';
import { suggestTtls, type TtlSuggestion } from '../domain/research/learnt-ttl';
import type { TtlSeconds } from '../domain/research/ttl';
import { ttlSettings } from '../domain/settings/desk-settings';
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
  const known = new Map<
    WorldId,
    { readonly at: number; readonly under: string; readonly ttls: Promise<readonly TtlSuggestion[]> }
  >();

  /** Those of before hold only under the settings they were made from. */
  const suggestionsFor = (world: WorldId, configured: TtlSeconds): Promise<readonly TtlSuggestion[]> => {
    const before = known.get(world);
    const under = JSON.stringify(configured);
    if (before?.under === under && performance.now() - before.at < FRESH_MS) return before.ttls;
    const ttls = stores.briefLives.lives(world, configured).then((lives) => suggestTtls(lives, configured));
    known.set(world, { at: performance.now(), under, ttls });
    ttls.catch(() => known.delete(world));
    return ttls;
  };

  const regimeOf = ({ world, subject }: KeptBrief, at: IsoInstant) => {
    const { kind, name } = parseSubject(subject);
    return kind === 'equity' ? regimeAt(world, name, at.slice(0, 10)) : 'unknown';
  };

  /** Seconds from `createdAt`. A kind and regime without any life keeps the configured time. */
  const secondsFor = async (brief: KeptBrief, createdAt: IsoInstant): Promise<number> => {
    const { configured, learnt } = await settings.read((read) => ({
      configured: ttlSettings(read),
      learnt: read('learnt_ttl') === true,
    }));
    if (brief.asOf !== null || !learnt) return configured[brief.kind];
    const [suggestions, regime] = await Promise.all([
      suggestionsFor(brief.world, configured),
      regimeOf(brief, createdAt),
    ]);
    const own = suggestions.find((each) => each.kind === brief.kind && each.regime === regime);
    return own?.ttlSeconds ?? configured[brief.kind];
  };
  return { secondsFor };
};
