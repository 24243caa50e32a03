// What calls were billed in tokens, for learning estimates from.
import type { Bill } from '../domain/money/bill-lessons';
import type { Sql } from './sql';

export interface BillStore {
  /** The latest bills of one model, oldest first. */
  ofModel(model: string, limit: number): Promise<readonly Bill[]>;
  /** The latest bills of every model and task in the last 90 days, `limit` of each, oldest first. */
  ofAll(limit: number): Promise<readonly Bill[]>;
}

const BILL = `model, task, estimated_input_tokens as estimated_input, input_tokens as input,
  coalesce(cached_input_tokens, 0) as cached_input, coalesce(cache_write_tokens, 0) as cache_write,
  coalesce(output_tokens, 0) as output`;
const BILLED = `billed and status = 'settled' and input_tokens > 0`;

export const createBillStore = (db: Sql): BillStore => ({
  ofModel: (model, limit) =>
    db.query<Bill>(
      `select ${BILL} from (
         select * from ledger where model = $1 and ${BILLED} order by reserved_at desc, key desc limit $2
       ) latest order by reserved_at, key`,
      [model, limit],
      'bills-of-model',
    ),

  ofAll: (limit) =>
    db.query<Bill>(
      `select ${BILL} from (
         select *, row_number() over (partition by model, task order by reserved_at desc, key desc) as place
         from ledger where ${BILLED} and reserved_at > world_now('live') - interval '90 days'
       ) latest where place <= $1 order by reserved_at, key`,
      [limit],
    ),
});
