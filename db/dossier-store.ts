// Dossiers by content: research passes the id through histories, never the texts.
import { createHash } from 'node:crypto';
import type { VenueQuote } from '../domain/market/quote';
import type { SourceItem } from '../domain/research/brief';
import type { IsoInstant, WorldId } from '../domain/world';
import { first, jsonb, type Sql } from './sql';

export interface Dossier {
  readonly world: WorldId;
  readonly subject: string;
  readonly asOf: IsoInstant;
  readonly seriesId: string | null;
  readonly items: readonly SourceItem[];
  /** Figures of the feed by name. */
  readonly facts: Readonly<Record<string, number | string>>;
  /** Dated events ahead, one line each. */
  readonly upcoming: readonly string[];
  /** Quote of a prediction market's contract. */
  readonly quote: VenueQuote | null;
  readonly synthetic: boolean;
}

export interface DossierStore {
  /** The id under which this very content is stored: `dossier:<32 hex>`. */
  put(dossier: Dossier): Promise<string>;
  get(id: string): Promise<Dossier | null>;
}

const dossierId = (dossier: Dossier): string =>
  `dossier:${createHash('sha256').update(JSON.stringify(dossier)).digest('hex').slice(0, 32)}`;

export const createDossierStore = (db: Sql): DossierStore => ({
  put: async (dossier) => {
    const id = dossierId(dossier);
    await db.query(
      `insert into dossiers (id, world, subject, as_of, series_id, items, facts, upcoming, quote, synthetic)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8::jsonb, $9::jsonb, $10) on conflict (id) do nothing`,
      [
        id,
        dossier.world,
        dossier.subject,
        dossier.asOf,
        dossier.seriesId,
        jsonb(dossier.items),
        jsonb(dossier.facts),
        jsonb(dossier.upcoming),
        dossier.quote === null ? null : jsonb(dossier.quote),
        dossier.synthetic,
      ],
    );
    return id;
  },
  get: async (id) =>
    first(
      await db.query<Dossier>(
        'select world, subject, as_of, series_id, items, facts, upcoming, quote, synthetic from dossiers where id = $1',
        [id],
        'dossier-get',
      ),
    ),
});
