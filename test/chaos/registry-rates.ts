// What the test provider server bills by: the registry's own prices.
import { readFileSync } from 'node:fs';
import { assetPath } from '../../config/package-root';
import type { ModelEntry } from '../../domain/selection/model';

/** Rates of the registry, so that the server's bill and the ledger speak of the same prices. */
export const registryRates = () => {
  const { models } = JSON.parse(readFileSync(assetPath('data', 'models.json'), 'utf8')) as {
    readonly models: readonly ModelEntry[];
  };
  return Object.fromEntries(
    models.flatMap(({ id, providerModel, price }) => {
      if (!price) return [];
      const { inputPer1M, outputPer1M } = price;
      const rate = { inputPer1M, outputPer1M, cachedInputPer1M: price.cachedInputPer1M ?? inputPer1M };
      return [
        [id, rate],
        [providerModel, rate],
      ];
    }),
  );
};
