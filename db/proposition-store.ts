// Propositions: what every forecast and outcome refers to.
import type { Proposition } from '../domain/market/proposition';
import type { WorldId } from '../domain/world';
import { first, jsonb, type Sql } from './sql';

/** Its instant has not come, has come without an outcome, or an outcome is in force. */
export const PROPOSITION_STATES = ['open', 'due', 'resolved', 'void'] as const;
export type PropositionState = (typeof PROPOSITION_STATES)[number];

export interface PropositionInState extends Proposition {
  readonly state: PropositionState;
}

export interface PropositionStore {
  /** Stores once by id; the first form holds. */
  put(proposition: Proposition): Promise<void>;
  get(id: string): Promise<Proposition | null>;
  /** Newest first, up to `limit` of one state where it is given. @throws the database's error where the world is unknown */
  list(filter: {
    readonly world: WorldId;
    readonly state: PropositionState | null;
    readonly limit: number;
  }): Promise<readonly PropositionInState[]>;
}

const COLUMNS = 'id, world, subject, statement, category, as_of, resolves_at, rule, price_of_yes, price_at';

export const createPropositionStore = (db: Sql): PropositionStore => ({
  put: async (proposition) => {
    await db.query(
      `insert into propositions (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10)
       on conflict (id) do nothing`,
      [
        proposition.id,
        proposition.world,
        proposition.subject,
        proposition.statement,
        proposition.category,
        proposition.asOf,
        proposition.resolvesAt,
        jsonb(proposition.rule),
        proposition.priceOfYes,
        proposition.priceAt,
      ],
    );
  },

  get: async (id) =>
    first(await db.query<Proposition>(`select ${COLUMNS} from propositions where id = $1`, [id])),

  list: ({ world, state, limit }) =>
    db.query<PropositionInState>(
      `select ${COLUMNS}, state from (
         select *, coalesce(
           (select status from outcomes where proposition_id = id order by revision desc limit 1),
           case when resolves_at <= world_now($1) then 'due' else 'open' end
         ) as state from propositions where world = $1
       ) as listed
       where $2::text is null or state = $2
       order by as_of desc, id limit $3`,
      [world, state, limit],
    ),
});
