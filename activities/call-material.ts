// What a call rests on, loaded by id: propositions, briefs, bars, dossiers, answers, wordings of analysts.
import type { Dossier } from '../db/dossier-store';
import type { Stores } from '../db/stores';
import type { BarSeries } from '../domain/market/bar';
import type { Proposition } from '../domain/market/proposition';
import type { Brief } from '../domain/research/brief';
import { evidenceOf } from '../domain/research/evidence';
import type { QuotedPrice } from '../workflows/contracts/calls';
import { noMaterial } from './failures';
import { sharedLoad } from './shared-loads';

interface AboutProposition {
  readonly propositionId: string;
  readonly quoted?: QuotedPrice;
}

/** What is known of a contract reaches to its last quote; of a share, to its last close whatever the price. */
const pricedNow = (proposition: Proposition, { priceOfYes, at }: QuotedPrice): Proposition => ({
  ...proposition,
  priceOfYes,
  priceAt: at,
  asOf: proposition.rule.type === 'venue_settlement' ? at : proposition.asOf,
});

type Material = Pick<Stores, 'propositions' | 'briefs' | 'series' | 'dossiers' | 'panels' | 'answers'>;

/** @throws ApplicationFailure of type `no_data` from `propositionOf` and `dossierOf` for an id that is not stored. */
export const createCallMaterial = (stores: Material) => {
  // None of these ever changes under its id.
  const loadProposition = sharedLoad((id) => stores.propositions.get(id));
  const loadBrief = sharedLoad((id) => stores.briefs.get(id));
  const loadSeries = sharedLoad((id) => stores.series.get(id));
  // As models may read it: no document reaches a prompt past this line.
  const loadDossier = sharedLoad(async (id) => {
    const dossier = await stores.dossiers.get(id);
    return dossier && { ...dossier, items: evidenceOf(dossier.items).items };
  });
  const wordingOf = sharedLoad((version) => stores.panels.wording(version));

  const propositionOf = async ({ propositionId: id, quoted }: AboutProposition): Promise<Proposition> => {
    const proposition = await loadProposition(id);
    if (!proposition) throw noMaterial(`proposition ${id} is not stored`);
    return quoted ? pricedNow(proposition, quoted) : proposition;
  };
  const briefOf = async (id: string | null): Promise<Brief | null> => (id === null ? null : loadBrief(id));
  const seriesOf = async (id: string | null): Promise<BarSeries | null> =>
    id === null ? null : loadSeries(id);
  const dossierOf = async (id: string): Promise<Dossier> => {
    const dossier = await loadDossier(id);
    if (!dossier) throw noMaterial(`dossier ${id} is not stored`);
    return dossier;
  };
  const answersOf = async (keys: readonly string[]): Promise<readonly unknown[]> =>
    (await Promise.all(keys.map((key) => stores.answers.get(key)))).flatMap((stored) =>
      stored ? [stored.answer] : [],
    );
  return { propositionOf, briefOf, seriesOf, dossierOf, wordingOf, answersOf };
};
