// Schedules on a server of their own, without workers: what the server itself says it will start, and what it
// does after an outage and while a run is still going.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError, type Month, ScheduleOverlapPolicy } from '@temporalio/client';
import { deskSchedules } from '../../../activities/missed-schedules';
import type { ConclaveClient } from '../../../client/connect';
import { type DeskSchedule, deskSchedule, scheduleId } from '../../../client/desk-schedules';
import { keepSchedules, scheduleKeeper } from '../../../client/keep-schedules';
import { describeSchedule, listSchedules, scheduleWarnings } from '../../../client/known-schedules';
import { putSchedule, syncSchedules } from '../../../client/schedules';
import { changeSetting } from '../../../client/settings';
import { SCHEDULE_KINDS, type ScheduleKind, scheduleInstant } from '../../../domain/desk/schedule-kinds';
import { tradingDays } from '../../../domain/market/calendar';
import { addDays } from '../../../domain/market/iso-date';
import { EXCHANGES } from '../../../domain/market/market';
import { checkSchedules } from '../../../stack/schedule-check';
import { ensureStack } from '../../../stack/stack';
import { ensureSchedule } from '../../../workers/ensure-schedule';
import { conclave } from '../../support/conclave-cli';
import { endStack, enterStack, type RunningStack, stackPlace, statusOf } from '../../support/running-stack';
import { STACK_START_MS } from '../db/fresh-database';

jest.setTimeout(300_000);

/** Between two looks at a schedule. */
const LOOK_MS = 500;
/** Time to make schedules and end the server before they are due, on a busy machine too. */
const OUTAGE_BEGINS_MS = 25_000;
/** The shortest catch-up window that the server takes. */
const WINDOW_MS = 10_000;

let folder: string;
let running: RunningStack;
const client = (): ConclaveClient => running.client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-schedules-'));
  running = await enterStack(stackPlace(join(folder, 'home'), { workers: 0, durable: true }));
}, STACK_START_MS);
afterAll(async () => {
  await running?.close();
  if (running) await endStack(running.place);
  rmSync(folder, { recursive: true, force: true });
}, STACK_START_MS);

const set = (key: string, value: unknown): Promise<void> =>
  client().stores.settings.set({ key, category: 'desk', value, reason: 'test' });

/** Codes of gRPC with which a busy server gives up a look at a schedule, as `describeSchedule` knows them. */
const GIVEN_UP: readonly number[] = [4, 9];

/** What the server will start in a period, by its own reckoning. A look that it gave up is repeated. */
const serversTimes = async (
  id: string,
  period: { readonly from: string; readonly to: string },
  looks = 3,
): Promise<readonly string[]> => {
  try {
    const { startTime } = await client().temporal.workflowService.listScheduleMatchingTimes({
      namespace: client().namespace,
      scheduleId: id,
      startTime: { seconds: (Date.parse(period.from) / 1_000) as never },
      endTime: { seconds: (Date.parse(period.to) / 1_000) as never },
    });
    return startTime.map(({ seconds }) => new Date(Number(seconds) * 1_000).toISOString());
  } catch (error) {
    if (looks <= 1 || !isGrpcServiceError(error) || !GIVEN_UP.includes(error.code)) throw error;
    await pause(LOOK_MS);
    return serversTimes(id, period, looks - 1);
  }
};

/** Weeks around the changes to and from summer time in Europe and America. */
const CHANGES = [
  ['2027-03-11', '2027-03-17'],
  ['2027-03-25', '2027-03-31'],
  ['2027-10-28', '2027-11-03'],
  ['2027-11-04', '2027-11-10'],
] as const;

it('the server lists the calendars of all exchanges over every change of the clocks', async () => {
  const settings = { kinds: SCHEDULE_KINDS, times: {}, leadMinutes: 45 };
  const seen = async (market: (typeof EXCHANGES)[number], kind: ScheduleKind): Promise<void> => {
    const id = scheduleId(market, kind);
    await putSchedule(client(), deskSchedule(market, kind, '2027-01-04', settings));
    for (const [from, to] of CHANGES) {
      const [start, end] = [`${from}T00:00:00.000Z`, `${to}T23:59:59.000Z`];
      const wanted = tradingDays(market, addDays(from, -1), addDays(to, 1))
        .map((day) => scheduleInstant(market, day, kind, 45))
        .filter((instant) => instant >= start && instant <= end);
      expect(wanted.length).toBeGreaterThan(0);
      expect([id, await serversTimes(id, { from: start, to: end })]).toEqual([id, wanted]);
    }
    await client().temporal.schedule.getHandle(id).delete();
  };
  // All at once would hold up a busy server so long that it gives up looks.
  for (const market of EXCHANGES) await Promise.all(SCHEDULE_KINDS.map((kind) => seen(market, kind)));
});

describe('sync', () => {
  it('is what begins: until a person asked, a watchlist alone lets nothing run by itself', async () => {
    const entry = [{ market: 'XETR', subject: 'equity:SAP.DE' }];
    await client().stores.watchlists.add(entry);
    expect(await scheduleKeeper(client())()).toEqual({ changes: [], recorded: false });
    expect(await listSchedules(client())).toEqual([]);
    await client().stores.watchlists.remove(entry);
  });

  it('makes what watchlists and settings ask for, and says what it leaves as it is', async () => {
    await client().stores.watchlists.add([{ market: 'XETR', subject: 'equity:SAP.DE' }]);
    const options = { kinds: null, dryRun: false };
    const made = await syncSchedules(client(), options);
    expect(made.map(({ scheduleId: id, change }) => [id, change])).toEqual([
      ...['warming', 'pre_market', 'afternoon', 'end_of_day'].map((kind) => [`desk:XETR:${kind}`, 'created']),
      ['desk:events', 'created'],
    ]);
    const again = await syncSchedules(client(), options);
    expect(new Set(again.map(({ change }) => change))).toEqual(new Set(['unchanged']));
  });

  it('gives schedules of an earlier version the summary that their runs carry', async () => {
    const id = 'desk:XETR:pre_market';
    const settings = { kinds: SCHEDULE_KINDS, times: {}, leadMinutes: 45 };
    const { words, ...now } = deskSchedule('XETR', 'pre_market', '2027-01-04', settings);
    const { summary, ...before } = words;
    await putSchedule(client(), { ...now, summary: '', words: before });
    expect(await putSchedule(client(), { ...now, words })).toEqual({
      ...{ scheduleId: id, change: 'replaced', differences: [`summary: none -> ${summary}`] },
    });
    const known = await describeSchedule(client(), id);
    expect(known?.action.staticSummary).toBe('session trigger · XETR · pre_market');
  });

  it('by several at once makes and deletes each schedule once, and none of them fails', async () => {
    const entry = [{ market: 'XTKS', subject: 'equity:7203.T' }];
    const atOnce = async (change: 'created' | 'deleted') => {
      const syncs = Array.from({ length: 6 }, () => syncSchedules(client(), { kinds: null, dryRun: false }));
      const changes = (await Promise.all(syncs)).flat().filter((each) => each.change === change);
      return changes.map(({ scheduleId: id }) => id).sort();
    };
    const ids = ['warming', 'pre_market', 'afternoon', 'end_of_day']
      .map((kind) => `desk:XTKS:${kind}`)
      .sort();
    await client().stores.watchlists.add(entry);
    expect(await atOnce('created')).toEqual(ids);
    await client().stores.watchlists.remove(entry);
    expect(await atOnce('deleted')).toEqual(ids);
  });

  it('has the rule of missed runs watch sessions and paper accounts, at the times that were given', async () => {
    const watched = () => deskSchedules(client().temporal, { 'XETR:end_of_day': '18:10' });
    let found = await watched();
    // The server's list lags behind by moments.
    while (found.length < 3) found = await watched();
    expect(found.map(({ kind, time, catchupMinutes }) => [kind, time, catchupMinutes]).sort()).toEqual([
      ['afternoon', null, 60],
      ['end_of_day', '18:10', 720],
      ['pre_market', null, 25],
    ]);
  });

  it('shows what differs before it replaces the whole spec, and keeps a pause', async () => {
    await client().temporal.schedule.getHandle('desk:XETR:warming').pause('holiday');
    await set('warming_lead_minutes', 60);
    const differs = { scheduleId: 'desk:XETR:warming', change: 'replaced' };
    const differences = ['time: 07:45 -> 07:30', 'catchup: 35 minutes -> 50 minutes'];
    for (const dryRun of [true, false])
      expect(await syncSchedules(client(), { kinds: null, dryRun })).toContainEqual({
        ...differs,
        differences: expect.arrayContaining(differences),
      });
    const rows = await listSchedules(client());
    expect(rows.find(({ scheduleId: id }) => id === 'desk:XETR:warming')).toMatchObject({
      paused: true,
      rules: { time: '07:30', zone: 'Europe/Berlin', overlap: 'SKIP', timeout: '720 minutes' },
    });
  });

  it('refuses a time in an hour that the clocks repeat, however it comes about', async () => {
    await set('schedule_times', { 'XETR:warming': '02:30' });
    const words = /XETR:warming.*outside 01:00 to 03:59/;
    await expect(syncSchedules(client(), { kinds: null, dryRun: false })).rejects.toThrow(words);
    await set('schedule_times', {});
    await set('warming_lead_minutes', 360);
    await expect(syncSchedules(client(), { kinds: null, dryRun: false })).rejects.toThrow(
      /the time of XETR:warming is 02:30, an hour that daylight saving skips or repeats in Europe\/Berlin/,
    );
    await set('warming_lead_minutes', 45);
  });

  it('is told of unknown kinds and schedules in words, by the command too', async () => {
    const bad = await conclave(['schedules', 'sync', '--kinds', 'lunch', '--json'], running.place);
    expect(bad.code).not.toBe(0);
    expect(bad.stdout + bad.stderr).toMatch(/kinds\.0 is \\?"lunch\\?"; accepted: warming, paper_orders/);
    const trigger = await conclave(['schedules', 'trigger', 'desk:XETR:lunch', '--json'], running.place);
    expect(trigger.stdout + trigger.stderr).toMatch(/desk:XETR:lunch.* does not exist; known: desk:XETR/);
    const list = await conclave(['schedules', 'list', '--json'], running.place);
    const { schedules, warnings } = list.json<{ schedules: { scheduleId: string }[]; warnings: string[] }>();
    expect(schedules.map(({ scheduleId: id }) => id)).toContain('desk:XETR:warming');
    expect(warnings).toEqual([]);
    expect(list.stderr).toContain('leave `conclave up` running');
  });
});

describe('what a worker keeps', () => {
  const changesOf = async () => (await keepSchedules(client())).changes;

  it('is a changed setting, with the difference on record and a pause as it was', async () => {
    expect(await changesOf()).toMatchObject([
      { change: 'replaced', differences: [expect.any(String), 'time: 07:30 -> 07:45'] },
    ]);
    await changeSetting(client(), { key: 'warming_lead_minutes', value: 75 });
    expect(await changesOf()).toEqual([
      {
        scheduleId: 'desk:XETR:warming',
        change: 'replaced',
        differences: ['catchup: 35 minutes -> 65 minutes', 'time: 07:45 -> 07:15'],
      },
    ]);
    expect(await changesOf()).toEqual([]);
    const [row] = await client().stores.scheduleSyncs.list();
    expect(row).toMatchObject({ cause: 'worker', changes: [{ scheduleId: 'desk:XETR:warming' }] });
    const rows = await listSchedules(client());
    expect(rows.find(({ scheduleId: id }) => id === 'desk:XETR:warming')).toMatchObject({
      paused: true,
      rules: { time: '07:15' },
    });
  });

  it('is a market that a watchlist begins or ends', async () => {
    const tokyo = [{ market: 'XTKS', subject: 'equity:7203.T' }];
    await client().stores.watchlists.add(tokyo);
    expect((await changesOf()).map(({ scheduleId: id, change }) => [id, change])).toEqual(
      ['warming', 'pre_market', 'afternoon', 'end_of_day'].map((kind) => [`desk:XTKS:${kind}`, 'created']),
    );
    await client().stores.watchlists.remove(tokyo);
    expect((await changesOf()).map(({ scheduleId: id, change }) => [id, change])).toEqual(
      ['afternoon', 'end_of_day', 'pre_market', 'warming'].map((kind) => [`desk:XTKS:${kind}`, 'deleted']),
    );
  });

  it('is left as it was where it cannot be as declared, and the reason is shown', async () => {
    const reason = expect.stringMatching(/the time of XETR:warming is 02:30/);
    const change = { key: 'warming_lead_minutes', value: 360 };
    await expect(changeSetting(client(), change)).rejects.toThrow(/the time of XETR:warming is 02:30/);
    expect(await changesOf()).toEqual([]);
    await set(change.key, change.value);
    expect(await changesOf()).toEqual([
      { scheduleId: 'desk:XETR:warming', change: 'refused', differences: [reason] },
    ]);
    expect(await changesOf()).toEqual([]);
    expect((await listSchedules(client())).map(({ rules }) => rules.time)).toContain('07:15');
    expect(await scheduleWarnings(client())).toEqual([
      expect.stringMatching(/desk:XETR:warming is not as declared/),
    ]);
    const doctor = () => checkSchedules(running.stack.databaseUrl);
    expect(await doctor()).toMatchObject({
      ok: true,
      detail: expect.stringMatching(/desk:XETR:warming is not as declared/),
      fix: expect.stringContaining('schedule_times'),
    });
    await set(change.key, 45);
    expect(await doctor()).toMatchObject({ ok: true, fix: null });
  });

  it('is made again by the first look of a process, where Temporal has lost it', async () => {
    const look = scheduleKeeper(client());
    expect((await look()).changes).toHaveLength(1);
    await client().temporal.schedule.getHandle('desk:XETR:afternoon').delete();
    expect((await look()).changes).toEqual([]);
    expect((await scheduleKeeper(client())()).changes).toMatchObject([
      { scheduleId: 'desk:XETR:afternoon', change: 'created' },
    ]);
  });
});

it('who makes or lists schedules is told that they need a stack that is kept, as long as none is', async () => {
  const held = await ensureStack({ ...running.place, hold: true });
  const heard = async () => (await conclave(['schedules', 'sync', '--json'], running.place)).stderr;
  expect(await heard()).not.toContain('conclave up');
  await held.release();
  // Its holder has let go before the supervisor has heard of it.
  while ((await statusOf(running.place.config)).heldBy !== null) await clockReaches(Date.now() + LOOK_MS);
  expect(await heard()).toContain('leave `conclave up` running');
});

/** What is tested is real time itself: nothing else says that a window has passed. */
const clockReaches = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - Date.now())));

/** A schedule with the desk's policies at times of the test's own. */
const atTest = (
  changes: Partial<DeskSchedule> & Pick<DeskSchedule, 'scheduleId' | 'spec'>,
): DeskSchedule => ({
  workflowType: 'housekeeping',
  workflowId: `run-of-${changes.scheduleId}`,
  argument: {},
  summary: 'a test',
  overlap: ScheduleOverlapPolicy.SKIP,
  catchupMinutes: 10,
  timeoutMinutes: 10,
  words: {},
  ...changes,
});

/** The server has begun to wait for a schedule's time; one that it had not yet looked at would begin afterwards. */
const awaited = async (id: string): Promise<void> => {
  const scheduler = client().temporal.workflow.getHandle(`temporal-sys-scheduler:${id}`);
  const timers = async () =>
    ((await scheduler.fetchHistory()).events ?? []).filter((event) => event.timerStartedEventAttributes);
  while ((await timers()).length === 0) await clockReaches(Date.now() + LOOK_MS / 4);
};

const rowOf = async (id: string) => {
  await clockReaches(Date.now() + LOOK_MS);
  const { info } = (await describeSchedule(client(), id))!;
  return {
    recent: info.recentActions.map(({ scheduledAt }) => scheduledAt.toISOString()),
    missed: info.numActionsMissedCatchupWindow,
    overlapped: info.numActionsSkippedOverlap,
  };
};

it('a schedule of every installation follows the version that runs, whichever worker comes first, and stays paused', async () => {
  const { temporal } = client();
  const old = atTest({ scheduleId: 'fixed', spec: { intervals: [{ every: '3 hours' }] } });
  await Promise.all([ensureSchedule(temporal, old), ensureSchedule(temporal, old)]);
  const handle = temporal.schedule.getHandle('fixed');
  await handle.pause('a person');
  const now = { ...old, spec: { intervals: [{ every: '1 hour' as const }] }, catchupMinutes: 5 };
  const shown = async () => {
    const { spec, policies, state } = (await describeSchedule(client(), 'fixed'))!;
    return [spec.intervals?.[0]?.every, policies.catchupWindow, state.paused];
  };
  expect(await shown()).toEqual([3 * 3_600_000, 600_000, true]);
  await ensureSchedule(temporal, now);
  await ensureSchedule(temporal, now);
  expect(await shown()).toEqual([3_600_000, 300_000, true]);
  await handle.delete();
});

it('a run that is still going when the next is due is left alone, and the next is left out and counted', async () => {
  const id = 'desk:test:overlap';
  await putSchedule(client(), atTest({ scheduleId: id, spec: { intervals: [{ every: '1 second' }] } }));
  let row = await rowOf(id);
  while (row.overlapped < 2) row = await rowOf(id);
  expect(row.recent).toHaveLength(1);
  await client().temporal.schedule.getHandle(id).delete();
});

it('a run missed while everything was down is caught up within its window, and counted as missed after', async () => {
  const at = new Date(Date.now() + OUTAGE_BEGINS_MS);
  const month = at.toLocaleString('en', { month: 'long', timeZone: 'UTC' }).toUpperCase() as Month;
  const once = {
    calendars: [
      {
        ...{ second: at.getUTCSeconds(), minute: at.getUTCMinutes(), hour: at.getUTCHours() },
        ...{ dayOfMonth: at.getUTCDate(), month, year: at.getUTCFullYear() },
      },
    ],
  };
  const catchupMinutes = WINDOW_MS / 60_000;
  await Promise.all([
    putSchedule(client(), atTest({ scheduleId: 'desk:test:late', spec: once })),
    putSchedule(client(), atTest({ scheduleId: 'desk:test:missed', spec: once, catchupMinutes })),
  ]);
  await Promise.all([awaited('desk:test:late'), awaited('desk:test:missed')]);
  await running.close();
  await endStack(running.place);
  expect(Date.now()).toBeLessThan(at.getTime());
  // A schedule's times are whole seconds: one more and the window is over for certain.
  await clockReaches(at.getTime() + WINDOW_MS + 1_000);
  running = await enterStack(running.place);
  let [late, missed] = [await rowOf('desk:test:late'), await rowOf('desk:test:missed')];
  while (late.recent.length === 0 || missed.missed === 0)
    [late, missed] = [await rowOf('desk:test:late'), await rowOf('desk:test:missed')];
  expect(late).toMatchObject({ missed: 0, recent: [expect.any(String)] });
  expect(missed).toMatchObject({ missed: 1, recent: [] });
  const rows = new Map((await listSchedules(client())).map((row) => [row.scheduleId, row]));
  expect(rows.get('desk:test:missed')).toMatchObject({ missed: 1, lastLateSeconds: null });
  expect(rows.get('desk:test:late')?.missed).toBe(0);
  expect(rows.get('desk:test:late')?.lastLateSeconds).toBeGreaterThanOrEqual(WINDOW_MS / 1_000);
});
