// Serves the house's statistics behind the provider port: forecasts, briefs, verdicts and analyst views,
// free and without a key.

import { parseSubject } from '../../domain/market/subject';
import { isProblem, type VerdictAnswer, validateAnswer } from '../../domain/research/answer-forms';
import { briefQuality } from '../../domain/research/quality';
import { type Completion, type CompletionRequest, NO_USAGE, type Provider, ProviderFailure } from '../port';
import { HOUSE_ANALYSTS } from './analysts';
import { feedFigures } from './brief-figures';
import { writeHouseBrief } from './brief-writer';
import { barsUpToReference, horizonDaysOf } from './horizon';
import { abstains } from './house-model';
import { HOUSE_MODELS, houseModelEntries } from './house-models';

export interface HouseProviderOptions {
  /** Price of a recorded question (`market_value_freeze`), or null; rejects for an unknown row. */
  readonly recordedPrice?: (rowId: string) => Promise<number | null>;
}

const fail = (kind: 'no_data' | 'bad_request', message: string): never => {
  throw new ProviderFailure(kind, message, { sent: false });
};

const marketPriceOf = async (
  { data }: CompletionRequest,
  { recordedPrice }: HouseProviderOptions,
): Promise<number | null> => {
  if (data.proposition?.rule.type === 'close_above') return null;
  const known = data.proposition?.priceOfYes ?? null;
  if (known !== null || data.recordedRowId === undefined || !recordedPrice) return known;
  return recordedPrice(data.recordedRowId).catch(() => fail('no_data', 'the recorded row is not known'));
};

const forecast = async (request: CompletionRequest, options: HouseProviderOptions): Promise<unknown> => {
  const model =
    HOUSE_MODELS.find(({ id }) => id === request.model.providerModel) ??
    fail('bad_request', `house has no forecaster "${request.model.providerModel}"`);
  const proposition = request.data.proposition ?? null;
  const result = model.forecast({
    bars: barsUpToReference(request.data.bars ?? [], proposition),
    horizonDays: horizonDaysOf(proposition),
    proposition,
    marketPrice: await marketPriceOf(request, options),
  });
  if (abstains(result)) return fail('no_data', `${model.id} abstains: ${result.abstain}`);
  return { p_yes: result.p, reasons: result.reasons, key_risks: [`Statistics only: ${model.method}`] };
};

const analyst = ({ data }: CompletionRequest): unknown => {
  const proposition = data.proposition ?? null;
  const chosen =
    HOUSE_ANALYSTS.find(({ id }) => id === data.analyst) ??
    fail('no_data', `house has no analyst "${data.analyst ?? ''}"`);
  const bars = barsUpToReference(data.bars ?? [], proposition);
  const view = chosen.view({ ...data, bars }, horizonDaysOf(proposition));
  if (abstains(view)) return fail('no_data', `analyst ${chosen.id} abstains: ${view.abstain}`);
  return { signal: view.signal, p_yes: view.p, confidence: view.confidence, reasons: view.reasons };
};

/** The one rule of quality, as a verdict. */
const verdict = ({ data }: CompletionRequest): VerdictAnswer => {
  const { brief, news = [] } = data;
  if (!brief) return { quality: 0, problems: ['there is no brief to verify'] };
  const newest = news
    .map(({ publicAt }) => publicAt)
    .toSorted()
    .at(-1);
  const { quality, problems } = briefQuality({
    content: brief,
    sources: news,
    kind: data.researchKind ?? 'complete',
    feed: feedFigures(data),
    asOf: data.asOf ?? newest ?? '1970-01-01T00:00:00.000Z',
  });
  return { quality, problems };
};

const subjectName = ({ data }: CompletionRequest): string => {
  if (data.proposition) return parseSubject(data.proposition.subject).name;
  return data.bars?.at(-1)?.symbol ?? 'the subject';
};

const answerOf = async (request: CompletionRequest, options: HouseProviderOptions): Promise<unknown> => {
  switch (request.schema.name) {
    case 'forecast':
      return forecast(request, options);
    case 'brief':
      return writeHouseBrief(request.data, subjectName(request));
    case 'verdict':
      return verdict(request);
    case 'analyst':
      return analyst(request);
    default:
      return fail(
        'bad_request',
        `house answers forecast, brief, verdict and analyst, not "${request.schema.name}"`,
      );
  }
};

/** Anything but a ProviderFailure is a fault of the data handed in: no statistic can be made from it. */
const guardedAnswer = (request: CompletionRequest, options: HouseProviderOptions): Promise<unknown> =>
  answerOf(request, options).catch((error: unknown) => {
    if (error instanceof ProviderFailure) throw error;
    return fail('no_data', 'the data at hand cannot be computed with');
  });

/** The provider `house`. Costs nothing, sends nothing; abstentions are failures of kind `no_data`. */
export const createHouseProvider = (options: HouseProviderOptions = {}): Provider => ({
  name: 'house',
  complete: async (request): Promise<Completion> => {
    const startedAt = performance.now();
    if (request.signal.aborted) throw new ProviderFailure('timed_out', 'cancelled', { sent: false });
    const checked = validateAnswer(request.schema, await guardedAnswer(request, options));
    if (isProblem(checked)) throw new ProviderFailure('malformed', checked.problem, { sent: false });
    return {
      answer: checked.answer,
      usage: NO_USAGE,
      costMicroUsd: 0,
      latencyMs: Math.round(performance.now() - startedAt),
      servedBy: `${request.model.providerModel}@${request.model.version}`,
    };
  },
  check: async () => ({ ok: true, detail: 'built in', latencyMs: 0 }),
  discover: async () => houseModelEntries(),
});
