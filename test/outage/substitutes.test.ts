import { toCandidate } from '../../activities/candidate';
import registryFile from '../../data/models.json';
import { parseRegistry } from '../../domain/selection/registry';
import { typicalWorstCase } from '../../domain/selection/typical-call';
import type { Candidate, Hop } from '../../workflows/contracts/calls';
import { takeSubstitute } from '../../workflows/substitutes';

const REGISTRY = parseRegistry(registryFile);
const shipped = (id: string) => REGISTRY.find((model) => model.id === id)!;

const candidate = (model: string, per1M: number, provider = model): Candidate => ({
  ...{ model, provider, worstCaseMicroUsd: per1M, statistical: false, recorded: false },
  rates: { inputPer1M: per1M, outputPer1M: per1M },
});

const hop = ({ model, provider }: Candidate, failure: Hop['failure']): Hop => ({
  ...{ model, provider, failure, costMicroUsd: 0, latencyMs: 0 },
});

/** Whom a seat goes through when all fail as `failure`. */
const goneThrough = (
  seat: Candidate,
  substitutes: readonly Candidate[],
  failure: Hop['failure'],
): readonly string[] => {
  const taken = new Set<string>();
  const tried = [hop(seat, failure)];
  for (let next = takeSubstitute(substitutes, { seat, tried, taken }); next; ) {
    tried.push(hop(next, failure));
    next = takeSubstitute(substitutes, { seat, tried, taken });
  }
  return tried.slice(1).map(({ model }) => model);
};

test('a model that is cheaper only for a short prompt does not stand in', () => {
  const [seat, substitute] = [shipped('gpt-5-mini'), shipped('mistral-large')];
  expect(typicalWorstCase(substitute)).toBeLessThan(typicalWorstCase(seat));
  expect(goneThrough(toCandidate(seat), [toCandidate(substitute)], 'unavailable')).toEqual([]);
  expect(goneThrough(toCandidate(seat), [toCandidate(shipped('mistral-small'))], 'unavailable')).toEqual([
    'mistral-small',
  ]);
});

test('what a provider asks for writing its cache counts as input', () => {
  const seat = candidate('seat', 1_000);
  const price = { ...shipped('gpt-5-mini').price!, inputPer1M: 1_000, outputPer1M: 1_000 };
  const writes = toCandidate({ ...shipped('gpt-5-mini'), price: { ...price, cacheWritePer1M: 1_250 } });
  expect(goneThrough(seat, [writes], 'unavailable')).toEqual([]);
  expect(goneThrough(seat, [toCandidate({ ...shipped('gpt-5-mini'), price })], 'unavailable')).toEqual([
    'gpt-5-mini',
  ]);
});

test('after a failure the best comes first, of another provider before the same', () => {
  const substitutes = [candidate('own', 10, 'a'), candidate('best', 10), candidate('cheap', 5)];
  expect(goneThrough(candidate('seat', 10, 'a'), substitutes, 'unavailable')).toEqual([
    ...['best', 'cheap', 'own'],
  ]);
});

test('after a cap has refused, only what is cheaper still is asked, the cheapest first', () => {
  const dear = [1, 2, 3, 4, 5].map((nr) => candidate(`as-dear-${nr}`, 10));
  const substitutes = [...dear, candidate('cheaper', 5), candidate('free', 0)];
  expect(goneThrough(candidate('seat', 10), substitutes, 'budget')).toEqual(['free']);
  const taken = new Set(['free']);
  const tried = [hop(candidate('seat', 10), 'budget')];
  expect(takeSubstitute(substitutes, { seat: candidate('seat', 10), tried, taken })?.model).toBe('cheaper');
});

test('a plan made before rates were kept is followed as it was made', () => {
  const plain = (model: string, worstCaseMicroUsd: number): Candidate => ({
    ...{ model, provider: model, worstCaseMicroUsd, statistical: false, recorded: false },
  });
  const substitutes = [plain('as-dear', 10), plain('dearer', 11), plain('cheap', 5)];
  expect(goneThrough(plain('seat', 10), substitutes, 'budget')).toEqual(['as-dear', 'cheap']);
});
