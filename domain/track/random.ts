// Seeded random numbers: every figure that rests on chance can be made again from its recorded seed.

/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** Mulberry32 (Ettinger 2017): 32 bits of state, enough for resampling; never for secrets. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** Whole number in [0, bound). */
export const randomIndex = (random: Random, bound: number): number => Math.floor(random() * bound);

/** Standard normal (Box and Muller 1958). */
export const randomNormal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Fisher-Yates; returns a new array. */
export const shuffled = <T>(values: readonly T[], random: Random): T[] => {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = randomIndex(random, i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
};
