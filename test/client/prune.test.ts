// What `conclave prune` accepts, before it asks the database for anything but the time.
import { prunePlan } from '../../client/prune';

const NOW = Date.parse('2026-11-21T00:00:00.000Z');
const daysAgo = async (days: number): Promise<string> => new Date(NOW - days * 86_400_000).toISOString();
const plan = (wishes: Partial<Parameters<typeof prunePlan>[0]>, settings = new Map<string, unknown>()) =>
  prunePlan({ keep: [], ...wishes }, settings, daysAgo);

it('each kind goes by the days of its setting', async () => {
  const settings = new Map<string, unknown>([
    ['keep_days_answers', null],
    ['keep_days_requests', 10],
  ]);
  const chosen = await plan({}, settings);
  expect(chosen.map(({ kind }) => kind)).not.toContain('answers');
  expect(chosen).toContainEqual({ kind: 'requests', before: '2026-11-11T00:00:00.000Z' });
  expect(chosen).toContainEqual({ kind: 'health_checks', before: '2026-10-22T00:00:00.000Z' });
});

it('days that are given hold for the kinds they name, and for no others', async () => {
  expect(await plan({ keep: ['answers=100'] })).toEqual([
    { kind: 'answers', before: '2026-08-13T00:00:00.000Z' },
  ]);
});

it('facts go before the prices they rest on, however they are named', async () => {
  const chosen = await plan({ kinds: 'price_series, dossiers', before: '2026-01-31' });
  expect(chosen).toEqual([
    { kind: 'dossiers', before: '2026-01-31T00:00:00.000Z' },
    { kind: 'price_series', before: '2026-01-31T00:00:00.000Z' },
  ]);
});

it.each([
  [{ kinds: 'ledger' }, /^kinds is "ledger"; accepted: health_checks, .*the record, and stays/],
  [{ keep: ['answers'] }, /^keep is "answers"; accepted: answers=DAYS with at least 31 days/],
  [{ keep: ['answers=30'] }, /at least 31 days/],
  [{ keep: ['answers=-1'] }, /at least 31 days/],
  [{ keep: ['forecasts=900'] }, /^keep is "forecasts"/],
  [{ kinds: 'alerts', keep: ['answers=100'] }, /keep names answers, which kinds leaves out/],
  [{ before: '2026-02-30' }, /^before is "2026-02-30"; accepted: a day/],
  [{ before: 'yesterday' }, /accepted: a day \(UTC\), such as/],
  [{ kinds: 'requests', before: '2026-11-20' }, /accepted for requests: a day up to 2026-11-19/],
  [{ before: '2026-01-01', keep: ['answers=100'] }, /before and keep are both given/],
])('%j is refused with the accepted form', async (wishes, message) => {
  await expect(plan(wishes)).rejects.toThrow(message);
});
