// Price series by content: activities store them once and pass the id, never the bars, through histories.
import { createHash } from 'node:crypto';
import type { BarSeries } from '../domain/market/bar';
import { normaliseSymbol } from '../domain/market/subject';
import type { WorldId } from '../domain/world';
import { first, jsonb, type Sql } from './sql';

export interface SeriesStore {
  /** The id under which these very bars are stored: `series:<32 hex>`. */
  put(world: WorldId, series: BarSeries): Promise<string>;
  get(id: string): Promise<BarSeries | null>;
  /** The series of this symbol fetched last in this world. */
  latest(world: WorldId, symbol: string): Promise<(BarSeries & { readonly id: string }) | null>;
}

const COLUMNS = 'symbol, currency, source, synthetic, bars, fetched_at';

/** Fetching time is left out: the same bars fetched twice are the same series. */
const seriesId = (world: WorldId, series: BarSeries): string => {
  const { symbol, currency, source, synthetic, bars } = series;
  const content = JSON.stringify([world, normaliseSymbol(symbol), currency, source, synthetic, bars]);
  return `series:${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
};

export const createSeriesStore = (db: Sql): SeriesStore => ({
  put: async (world, series) => {
    const id = seriesId(world, series);
    await db.query(
      `insert into price_series (id, world, symbol, source, synthetic, currency, bars, fetched_at)
       values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)
       on conflict (id) do update set fetched_at = greatest(price_series.fetched_at, excluded.fetched_at)`,
      [
        id,
        world,
        normaliseSymbol(series.symbol),
        series.source,
        series.synthetic,
        series.currency,
        jsonb(series.bars),
        series.fetchedAt,
      ],
    );
    return id;
  },

  get: async (id) =>
    first(await db.query<BarSeries>(`select ${COLUMNS} from price_series where id = $1`, [id], 'series-get')),

  latest: async (world, symbol) =>
    first(
      await db.query<BarSeries & { id: string }>(
        `select id, ${COLUMNS} from price_series where world = $1 and symbol = $2 order by fetched_at desc limit 1`,
        [world, normaliseSymbol(symbol)],
      ),
    ),
});
