// Money around one call: the worst case to reserve, and the truth to settle. An unknown price refuses the call.
import type { ReserveRequest, ReserveResult } from '../db/ledger-store';
import { type Bill, correctionFor } from '../domain/money/bill-lessons';
import { roughTokens, worstCaseCost, worstCaseTokens } from '../domain/money/estimate';
import { type MicroUsd, usdText } from '../domain/money/micro-usd';
import { costOfUsage, knownPriceAt } from '../domain/money/prices';
import type { ModelEntry, ModelPrice } from '../domain/selection/model';
import { OWN_PROVIDERS } from '../domain/selection/own-providers';
import type { IsoInstant } from '../domain/world';
import { ProviderFailure, type TokenUsage } from '../providers/port';
import type { CallModelInput } from '../workflows/contracts/calls';
import type { CallContent } from './call-content';
import { taskTypeOf } from './call-task-type';
import type { Dependencies } from './dependencies';

export interface Reserved {
  /** The ledger row's key; travels to the provider. */
  readonly key: string;
  /** What is held for it: its worst case. */
  readonly amountMicroUsd: MicroUsd;
  /** False for statistics and recordings: a row without money. */
  readonly billed: boolean;
}

/** What a reply says of its own bill. */
interface Told {
  readonly costMicroUsd?: MicroUsd | null;
  readonly usage?: TokenUsage | null;
}

/** A model and the instant at which its call was made, whose price holds for all of it. */
export interface PricedModel {
  readonly model: ModelEntry;
  readonly at: IsoInstant;
}

const promptText = ({ prompt, form }: CallContent): string =>
  `${prompt.system}\n${prompt.stable}\n${prompt.question}\n${JSON.stringify(form.jsonSchema)}`;

/** Bills that an estimate learns from, and for how long one reading of them serves this process. */
const BILLS_KEPT = 400;
const BILLS_FRESH_MS = 30_000;

/** The latest bills of a model, read at most every half minute: they move an estimate, they decide nothing. */
const createBillReader = (stores: Dependencies['stores']) => {
  const known = new Map<string, { readonly readAt: number; readonly bills: Promise<readonly Bill[]> }>();
  return (model: string): Promise<readonly Bill[]> => {
    const before = known.get(model);
    if (before && performance.now() - before.readAt < BILLS_FRESH_MS) return before.bills;
    const bills = stores.bills.ofModel(model, BILLS_KEPT);
    known.set(model, { readAt: performance.now(), bills });
    bills.catch(() => known.delete(model));
    return bills;
  };
};

/** Whether a reply's name for a model is a model's own, or that of its dated state. */
const isNameOf = (told: string, { providerModel }: ModelEntry): boolean =>
  told === providerModel ||
  (told.startsWith(providerModel) && /^-\d[\d-]*$/.test(told.slice(providerModel.length)));

export const createCallPricing = ({ stores }: Pick<Dependencies, 'stores'>) => {
  const billsOf = createBillReader(stores);

  const priceOf = (model: ModelEntry, at: IsoInstant): ModelPrice => {
    const price = knownPriceAt(model, at);
    if (price) return price;
    throw new ProviderFailure(
      'bad_request',
      `no price is known for ${model.id}; set one with "conclave models edit"`,
      {
        sent: false,
      },
    );
  };

  /**
   * A row that exists belongs to another attempt, which may have stood still and may yet send: this sending
   * takes the next ordinal, so that no two sendings ever share one.
   */
  const reserveNext = async (
    ordinal: number,
    request: Omit<ReserveRequest, 'ordinal'>,
  ): Promise<Exclude<ReserveResult, { readonly status: 'already' }>> => {
    for (let next = ordinal; ; next += 1) {
      const result = await stores.ledger.reserve({ ...request, ordinal: next });
      if (result.status !== 'already') return result;
    }
  };

  /** @throws ProviderFailure of kind `budget` naming the cap that has no room. */
  const reserve = async (
    input: CallModelInput,
    { model, at }: PricedModel,
    content: CallContent,
    ordinal: number,
  ): Promise<Reserved> => {
    const billed = !OWN_PROVIDERS.has(input.provider);
    const price = billed ? priceOf(model, at) : null;
    const task = taskTypeOf(input.task);
    const estimatedInputTokens = price ? roughTokens(promptText(content)) : 0;
    const amountMicroUsd = price
      ? worstCaseCost(
          worstCaseTokens(estimatedInputTokens, correctionFor(await billsOf(input.model), task)),
          content.maxOutputTokens,
          price,
        )
      : 0;
    if (input.maxCostMicroUsd !== null && amountMicroUsd > input.maxCostMicroUsd) {
      throw new ProviderFailure(
        'budget',
        `the call may cost up to ${usdText(amountMicroUsd)}, the ceiling is ${usdText(input.maxCostMicroUsd)}`,
        { sent: false },
      );
    }
    const result = await reserveNext(ordinal, {
      callKey: input.key,
      amountMicroUsd,
      provider: input.provider,
      model: input.model,
      feature: input.feature,
      category: input.category,
      task,
      ...(price ? { estimatedInputTokens } : {}),
      world: input.world,
      sessionId: input.scopes.sessionId ?? null,
      decisionId: input.scopes.decisionId ?? null,
      priceVersion: price?.validFrom ?? 'none',
      billed,
    });
    if (result.status !== 'refused') return { key: result.key, amountMicroUsd, billed };
    const { cap, remainingMicroUsd } = result;
    throw new ProviderFailure(
      'budget',
      `cap ${cap.scope} ${cap.key} (${cap.period}) has ${usdText(remainingMicroUsd)} left, the call may cost ${usdText(amountMicroUsd)}`,
      { sent: false, downgrade: cap.policy === 'downgrade' },
    );
  };

  /** What the provider told, else its tokens at the price; null where it told neither. */
  const billOf = (priced: PricedModel, { costMicroUsd, usage }: Told): MicroUsd | null =>
    costMicroUsd ?? (usage ? costOfUsage(usage, priceOf(priced.model, priced.at)) : null);

  /** The registered model of the provider that answered in the asked one's stead; null where that one did. */
  const standIn = async ({ model, at }: PricedModel, servedBy: string): Promise<ModelEntry | null> => {
    if (isNameOf(servedBy, model)) return null;
    const registered = await stores.registry.list();
    const own = registered.filter((other) => other.provider === model.provider && other.id !== model.id);
    return own.find((other) => isNameOf(servedBy, other) && knownPriceAt(other, at) !== null) ?? null;
  };

  /**
   * The bill of an answer, and whose answer it was where the provider gave another model's: a retired name is often
   * served, and billed, as its successor. Without a bill of the provider's own the dearer of the two counts.
   */
  const answerBill = async (
    priced: PricedModel,
    told: Told & { readonly servedBy: string },
  ): Promise<{ readonly microUsd: MicroUsd | null; readonly standIn: string | null }> => {
    const asked = billOf(priced, told);
    const other = await standIn(priced, told.servedBy);
    const its = other === null ? null : billOf({ model: other, at: priced.at }, told);
    return {
      microUsd: asked === null || its === null ? asked : Math.max(asked, its),
      standIn: other?.id ?? null,
    };
  };
  return { reserve, billOf, answerBill };
};
