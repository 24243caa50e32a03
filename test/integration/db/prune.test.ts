// What goes with age, what never goes, and what an archive brings back.
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createHousekeeping } from '../../../activities/housekeeping';
import { backUp } from '../../../db/backup';
import { BrokenBackup } from '../../../db/backup-file';
import { type Database, openDatabase } from '../../../db/database';
import { findViolations } from '../../../db/invariants';
import { archiveAndPrune, type Cutoffs, putBack } from '../../../db/prune-archive';
import { createPruneStore, PRUNED_TABLES } from '../../../db/prune-store';
import { restore } from '../../../db/restore';
import { createStores } from '../../../db/stores';
import { PRUNE_KINDS } from '../../../domain/settings/retention-settings';
import { bareDatabase } from '../../support/test-stack';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from './fresh-database';
import { contentOf } from './table-content';

/** Every other table, and why no age removes its rows: a new table has to be put here or among the kinds. */
const RECORD =
  'propositions forecasts ensemble_decisions outcomes model_performance performance_windows calibrators weight_versions sizing_weight_versions ledger reservations caps cap_limits cap_limit_changes savings market_sessions panels panel_predictions analyst_prompts tournaments task_runs task_texts reviews experiments experiment_pairs competitions accounts orders snapshots positions reports settings settings_history model_prices model_ratings models watchlists worlds epochs api_tokens schedule_syncs modes deliveries'.split(
    ' ',
  );
const BOUNDED_OTHERWISE = ['briefs', 'rate_limits', 'model_health', 'breakers', 'worker_beats'];

const OLD = '2020-01-01';
const CUT = '2021-01-01';
const NEW = '2022-01-01';
const everyKind: Cutoffs = Object.fromEntries(PRUNE_KINDS.map((kind) => [kind, CUT]));

/** One row of each kind at an instant; `n` tells them apart. */
const aged = (n: string, at: string): string => `
  insert into health_checks (provider, model, origin, ok, checked_at) values ('p${n}', '*', 'check', true, '${at}');
  insert into brief_reads (world, subject, kind, template, outcome, brief_id, epoch, reader, cost_saved_micro_usd, read_at)
    values ('live', 'equity:${n}', 'complete', 'swing', 'hit', 'b${n}', 9007199254740993, 'cli', 5, '${at}');
  insert into research_sessions (id, key, world, subject, kind, template, status, started_at, ended_at, quality)
    values ('r${n}', 'k', 'live', 'equity:${n}', 'complete', 'swing', 'stored', '${at}', '${at}', 0.1::float8 + 0.2);
  insert into market_events (id, seq, type, world, everything, subjects, reason, happened_at, recorded_at)
    values ('e${n}', nextval('market_event_seq'), 'earnings', null, false, '{"equity:X,Y","quote\\""}', E'a "b"\\n\\u00fc', '${at}', '${at}');
  insert into requests (key, kind, body_hash, status, result, created_at, ended_at)
    values ('q${n}', 'decide', 'h', 'done', '{"a": [1, 12345678901234567890.5]}', '${at}', '${at}');
  insert into alerts (kind, episode, severity, title, details, raised_at, resolved_at)
    values ('k', 'a${n}', 'info', 't', '{}', '${at}', '${at}');
  insert into alert_deliveries (alert_id, moment, channel, due_at, delivered_at)
    select id, 'raised', 'log', '${at}', '${at}' from alerts where episode = 'a${n}';
  insert into dossiers (id, world, subject, as_of, series_id, items, facts, upcoming, synthetic, stored_at)
    values ('d${n}', 'live', 'equity:${n}', '${at}', 's${n}', '[]', '{}', '[]', true, '${at}');
  insert into price_series (id, world, symbol, source, synthetic, currency, bars, fetched_at, stored_at)
    values ('s${n}', 'live', 'SYM', 'x', true, 'USD', '[]', '${at}', '${at}');
  insert into answers (key, world, provider, model, status, answer, latency_ms, served_by, created_at)
    values ('w${n}', 'live', 'p', 'm', 'answered', '{"probability": 0.5}', 3, 'p', '${at}');`;

/** Old too, but something rests on it or waits for it. */
const HELD = `
  insert into requests (key, kind, body_hash, status, created_at) values ('open', 'decide', 'h', 'open', '${OLD}');
  insert into research_sessions (id, key, world, subject, kind, template, status, started_at)
    values ('running', 'k', 'live', 'equity:H', 'complete', 'swing', 'running', '${OLD}');
  insert into alerts (kind, episode, severity, title, details, raised_at, resolved_at) values
    ('k', 'unresolved', 'info', 't', '{}', '${OLD}', null), ('k', 'undelivered', 'info', 't', '{}', '${OLD}', '${OLD}');
  insert into alert_deliveries (alert_id, moment, channel, due_at)
    select id, 'resolved', 'mail', '${OLD}' from alerts where episode = 'undelivered';
  insert into dossiers (id, world, subject, as_of, items, facts, upcoming, synthetic, stored_at)
    values ('of-brief', 'live', 'equity:H', '${OLD}', '[]', '{}', '[]', true, '${OLD}');
  insert into price_series (id, world, symbol, source, synthetic, currency, bars, fetched_at, stored_at) values
    ('of-brief', 'live', 'SYM', 'x', true, 'USD', '[]', '${OLD}', '${OLD}'),
    ('newest', 'live', 'OTHER', 'x', true, 'USD', '[]', '${OLD}', '${OLD}');
  insert into briefs (id, key, world, as_of, subject, kind, template, content, sources, quality, written_by, verified_by,
      synthetic, cost_micro_usd, epoch, dossier_id, series_id, bytes, created_at, expires_at)
    values ('kept', 'k', 'live', '${OLD}', 'equity:H', 'complete', 'swing', '{}', '[]', 80, 'w', 'v', true, 0, 0,
      'of-brief', 'of-brief', 2, '${OLD}', '2099-01-01');`;

/** The record, as old as the rest. */
const RECORDED = `
  insert into propositions (id, world, subject, statement, category, as_of, resolves_at, rule, created_at)
    values ('p', 'live', 'equity:A', 's', 'equity', '${OLD}', '${OLD}', '{}', '${OLD}');
  insert into forecasts (id, world, attempt_group, model, provider, model_version, proposition_id, answer_key, status,
      probability, reasons, latency_ms, shadow, synthetic, created_at)
    values ('f', 'live', 'g', 'm', 'p', 'v', 'p', 'w1', 'answered', 0.5, '[]', 3, false, true, '${OLD}');
  insert into outcomes (proposition_id, revision, status, yes, source, reason, resolved_at, recorded_at)
    values ('p', 1, 'resolved', true, 'x', 'r', '${OLD}', '${OLD}');
  insert into ledger (key, call_key, ordinal, world, provider, model, feature, category, status, billed,
      reserved_micro_usd, actual_micro_usd, price_version, reserved_at, settled_at)
    values ('w1#1', 'w1', 1, 'live', 'p', 'm', 'forecast', 'equity', 'settled', true, 7, 7, 'v', '${OLD}', '${OLD}');
  insert into caps (scope, key, period, limit_micro_usd, spent_micro_usd, policy, opened_at)
    values ('month', '*', '2020-01', 100, 7, 'stop', '${OLD}');
  insert into reservations (ledger_key, cap_id, status, held_micro_usd, spent_micro_usd)
    select 'w1#1', id, 'settled', 0, 7 from caps;`;

const folder = mkdtempSync(join(tmpdir(), 'conclave-prune-'));
let test: TestDatabase;

const without = (rows: readonly string[] | undefined, left: readonly string[] | undefined): number =>
  (rows ?? []).filter((row) => !(left ?? []).includes(row)).length;

/** Open work is part of the seed; every other invariant must hold. */
const violated = async (db: Database): Promise<readonly string[]> =>
  (await findViolations(db, { drainSeconds: 2e9 })).map(({ invariant }) => invariant);

beforeEach(async () => {
  test = await freshTestDatabase(4);
  await test.db.pool.query([aged('1', OLD), aged('2', OLD), aged('3', NEW), HELD, RECORDED].join('\n'));
}, STACK_START_MS);
afterEach(() => test.drop());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PRUNED = Object.values(PRUNED_TABLES).flatMap((tables) => tables.map(({ name }) => name));

it('every table is removed from by age, or is the record, or is bounded otherwise', async () => {
  const content = await contentOf(test.db);
  const named = [...PRUNED, ...RECORD, ...BOUNDED_OTHERWISE];
  expect(Object.keys(content).filter((table) => !named.includes(table))).toEqual([]);
});

it('the old rows of each kind go, and neither the record nor what is new or still rested on', async () => {
  const before = await contentOf(test.db);
  const pruning = createPruneStore(test.db);
  for (const kind of PRUNE_KINDS) {
    const counted = await pruning.countOld(kind, CUT);
    const removed = await pruning.removeOld(kind, CUT);
    expect([kind, removed]).toEqual([kind, kind === 'alerts' ? 4 : 2]);
    // Prices that old facts rest on go after those facts.
    expect([kind, counted]).toEqual([kind, removed]);
  }
  const after = await contentOf(test.db);
  for (const table of PRUNED) expect([table, without(before[table], after[table])]).toEqual([table, 2]);
  for (const table of [...RECORD, ...BOUNDED_OTHERWISE]) expect(after[table]).toEqual(before[table]);
  expect(await violated(test.db)).toEqual([]);
});

it('no more rows go at a time than were asked for', async () => {
  const pruning = createPruneStore(test.db);
  expect(await pruning.removeOld('answers', CUT, 1)).toBe(1);
  expect(await pruning.countOld('answers', CUT)).toBe(1);
});

it('an archive holds what it took, and puts it back to the last bit', async () => {
  const file = join(folder, 'whole.archive');
  const before = await contentOf(test.db);
  const removed = await archiveAndPrune(test.url, file, everyKind);
  expect(removed).toEqual(Object.fromEntries(PRUNE_KINDS.map((kind) => [kind, kind === 'alerts' ? 4 : 2])));
  expect(await violated(test.db)).toEqual([]);
  expect(gunzipSync(readFileSync(file)).toString()).toContain('\\"seq\\":');
  expect(await putBack(test.url, file)).toMatchObject({ rows: 20, present: 0 });
  expect(await contentOf(test.db)).toEqual(before);
  expect(await violated(test.db)).toEqual([]);
  expect(await putBack(test.url, file)).toMatchObject({ rows: 0, present: 20 });
});

it('a backup made after a prune takes the archive back as well', async () => {
  const before = await contentOf(test.db);
  await archiveAndPrune(test.url, join(folder, 'b.archive'), everyKind);
  await backUp(test.url, join(folder, 'b.backup'));
  const bare = await bareDatabase();
  const copy = openDatabase(bare.url, { poolSize: 2 });
  try {
    await restore(bare.url, join(folder, 'b.backup'));
    await putBack(bare.url, join(folder, 'b.archive'));
    const { research_sessions: closed, requests, alert_deliveries: given, ...others } = await contentOf(copy);
    // What was under way is closed by the restore, and what was waiting to be sent given up.
    expect([closed, requests, given].map((rows) => rows?.length)).toEqual([4, 4, 4]);
    const changed = { research_sessions: undefined, requests: undefined, alert_deliveries: undefined };
    expect(others).toEqual({ ...before, ...changed });
    expect(await violated(copy)).toEqual([]);
  } finally {
    await copy.close();
    await bare.drop();
  }
});

describe('nothing changes', () => {
  it('where the archive exists already', async () => {
    const file = join(folder, 'mine.txt');
    writeFileSync(file, 'mine');
    const before = await contentOf(test.db);
    await expect(archiveAndPrune(test.url, file, everyKind)).rejects.toThrow('EEXIST');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await contentOf(test.db)).toEqual(before);
  });

  it('where deleting fails after the rows were written', async () => {
    const file = join(folder, 'refused.archive');
    await test.db.query('create table holds (key text references answers (key))');
    await test.db.query(`insert into holds values ('w1')`);
    const before = await contentOf(test.db);
    await expect(archiveAndPrune(test.url, file, everyKind)).rejects.toThrow('holds');
    expect(existsSync(file)).toBe(false);
    expect(await contentOf(test.db)).toEqual(before);
  });

  it('where the archive was cut', async () => {
    const file = join(folder, 'cut.archive');
    await archiveAndPrune(test.url, file, everyKind);
    truncateSync(file, 300);
    const before = await contentOf(test.db);
    await expect(putBack(test.url, file)).rejects.toBeInstanceOf(BrokenBackup);
    expect(await contentOf(test.db)).toEqual(before);
  });
});

describe('by the hour', () => {
  const tidyUp = () => {
    const dependencies = { stores: createStores(test.db), logger: { info: () => undefined } };
    const options = { briefLimits: { maxEntries: 100, maxBytes: 1e9 } };
    return createHousekeeping({ ...dependencies, options } as never).tidyUp();
  };

  it('what is older than the settings keep goes', async () => {
    await createStores(test.db).settings.set({
      ...{ key: 'keep_days_answers', category: 'desk', value: null },
    });
    // 20 rows of before and 10 of the kept year are all old by now, but for answers; two rows rest on a brief.
    const { oldRows } = await tidyUp();
    expect(oldRows).toBeGreaterThan(20);
    expect(await test.db.query('select 1 from answers')).toHaveLength(3);
    expect(await test.db.query('select 1 from ledger')).toHaveLength(1);
    expect((await tidyUp()).oldRows).toBe(0);
  });

  it('nothing goes where that is left to people', async () => {
    await createStores(test.db).settings.set({
      ...{ key: 'prune_hourly', category: 'desk', value: false },
    });
    expect((await tidyUp()).oldRows).toBe(0);
  });
});
