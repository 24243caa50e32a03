// What research by a cheap sibling saved: the same tokens at the price of the model that it stood in for,
// written once, when the brief is stored.
import type { StoredAnswer } from '../db/answer-store';
import { costOfUsage, knownPriceAt } from '../domain/money/prices';
import { type UsageTokens, usageProblem } from '../domain/money/usage';
import type { Brief } from '../domain/research/brief';
import type { ModelEntry } from '../domain/selection/model';
import type { StoreBriefInput } from '../workflows/contracts/research';
import type { Dependencies } from './dependencies';
import { createResearchModels } from './research-models';

type Paid = Pick<StoredAnswer, 'model' | 'usage' | 'costMicroUsd'>;

const usageOf = (raw: unknown): UsageTokens | null => {
  const usage = raw as UsageTokens | null;
  return usage !== null && usageProblem(usage) === null ? usage : null;
};

export const createResearchSavings = (dependencies: Dependencies) => {
  const { stores } = dependencies;
  const models = createResearchModels(dependencies);

  /** The sibling's own calls, at its price and at the other's; calls without known usage are left out. */
  const compared = (calls: readonly Paid[], premium: ModelEntry, at: string) => {
    const price = knownPriceAt(premium, at);
    const known = calls.flatMap(({ usage, costMicroUsd }) => {
      const tokens = usageOf(usage);
      return price && tokens && costMicroUsd !== null
        ? [{ would: costOfUsage(tokens, price), did: costMicroUsd }]
        : [];
    });
    return {
      would: known.reduce((sum, each) => sum + each.would, 0),
      did: known.reduce((sum, each) => sum + each.did, 0),
    };
  };

  /** Nothing where no dearer model stood behind the writer. */
  const recordSiblingSaving = async (brief: Brief, input: StoreBriefInput): Promise<void> => {
    const premium = await models.premiumOf(brief.writtenBy);
    if (!premium) return;
    const answers = await Promise.all(
      [input.briefKey, ...(input.verdictKey ? [input.verdictKey] : [])].map((key) => stores.answers.get(key)),
    );
    const own = answers.flatMap((answer) => (answer?.model === brief.writtenBy ? [answer] : []));
    const { would, did } = compared(own, premium, await stores.worlds.now('live'));
    if (would <= did) return;
    await stores.savings.record([
      {
        ...{ cause: 'sibling_model', ref: brief.id, world: brief.world, model: brief.writtenBy },
        ...{ sessionId: input.research.sessionId, decisionId: null },
        ...{ wouldHaveCostMicroUsd: would, costMicroUsd: did, basis: { insteadOf: premium.id } },
      },
    ]);
  };
  return { recordSiblingSaving };
};
