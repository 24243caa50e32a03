// The list of house forecasters and their registry entries.
import type { ModelEntry } from '../../domain/selection/model';
import type { HouseModel } from './house-model';
import { analogue } from './models/analogue';
import { baseRate } from './models/base-rate';
import { drift } from './models/drift';
import { logistic } from './models/logistic';
import { marketPrice } from './models/market-price';
import { marketShrunk } from './models/market-shrunk';
import { meanReversion } from './models/mean-reversion';
import { momentum } from './models/momentum';
import { volatilityRegime } from './models/volatility-regime';

export const HOUSE_MODELS: readonly HouseModel[] = [
  drift,
  momentum,
  meanReversion,
  volatilityRegime,
  baseRate,
  analogue,
  logistic,
  marketPrice,
  marketShrunk,
];

/** The house's writer of briefs, verifier of briefs and analysts, as one registry entry. */
export const HOUSE_RESEARCH_ID = 'house-research';

const houseEntry = (id: string, displayName: string, strengths: ModelEntry['strengths']): ModelEntry => ({
  id,
  provider: 'house',
  providerModel: id,
  displayName,
  quality: 4,
  contextTokens: 1_000_000,
  maxOutputTokens: 100_000,
  strengths,
  speed: 'very_fast',
  local: true,
  statistical: true,
  keyName: null,
  researchSibling: null,
  version: '1',
  price: null,
});

/** Registry entries of everything the house offers; all statistical, free and without a key. */
export const houseModelEntries = (): readonly ModelEntry[] => [
  ...HOUSE_MODELS.map((model) => ({
    ...houseEntry(
      model.id,
      model.displayName,
      model.reads === 'bars' ? ['forecasting', 'technical_analysis', 'speed'] : ['forecasting', 'speed'],
    ),
    version: model.version ?? '1',
  })),
  houseEntry(HOUSE_RESEARCH_ID, 'House: brief writer and verifier (statistics)', [
    'research',
    'risk',
    'speed',
  ]),
];
