import fc from 'fast-check';
import { toSubject } from '../../domain/market/subject';
import { BRIEF_TEMPLATES, RESEARCH_KINDS } from '../../domain/research/brief';
import { briefKey, normaliseSubject } from '../../domain/research/cache-key';
import { type BriefLife, suggestTtl, suggestTtls } from '../../domain/research/learnt-ttl';
import { DEFAULT_TTL_SECONDS, expiresAt, outdatedAt } from '../../domain/research/ttl';
import { warmingSettings } from '../../domain/settings/desk-settings';
import { type StoredSettings, settingValue } from '../../domain/settings/setting-definitions';
import { researchId } from '../../workflows/contracts/workflow-ids';

const key = (change: Partial<Parameters<typeof briefKey>[0]> = {}) =>
  briefKey({
    world: 'live',
    asOf: null,
    subject: 'equity:SAP.DE',
    kind: 'complete',
    template: 'swing',
    ...change,
  });

describe('brief key', () => {
  test('is spelled with world, as-of, subject, kind and template', () => {
    expect(key()).toBe('live:live:equity:SAP.DE:complete:swing');
  });

  test.each([
    ['equity: sap.de ', 'equity:SAP.DE'],
    ['EQUITY:Brk . B', 'equity:BRK.B'],
    ['equity:brk-b', 'equity:BRK.B'],
    ['equity:bt-a.l', 'equity:BT-A.L'],
    ['equity:ＡＡＰＬ', 'equity:AAPL'],
    ['market:Kalshi/kxfed-25', 'market:kalshi/KXFED-25'],
    ['market: Polymarket/0xABC', 'market:polymarket/0xabc'],
    ['question:Acled|0Ab', 'question:Acled|0Ab'],
    ['task:Theme_Analysis', 'task:theme_analysis'],
  ])('%j is the subject %s', (given, expected) => {
    expect(normaliseSubject(given)).toBe(expected);
    expect(normaliseSubject(expected)).toBe(expected);
  });

  test('one contract has one key and one run, and is spelled there as where it is decided', () => {
    const subject = toSubject('market:Polymarket/0xABC');
    const run = (about: string) =>
      researchId({ world: 'live', asOf: null, subject: about, kind: 'complete', template: 'swing' });
    expect(key({ subject })).toBe(`live:live:${subject}:complete:swing`);
    expect(run('market:POLYMARKET/0xaBc')).toBe(`research:${key({ subject })}`);
  });

  test('one instant has one spelling, whatever its zone', () => {
    const replay = { world: 'replay:0123456789ab' };
    expect(key({ ...replay, asOf: '2025-09-15T15:00:00+02:00' })).toBe(
      key({ ...replay, asOf: '2025-09-15T13:00:00.000Z' }),
    );
  });

  test('different worlds, instants, subjects, kinds and templates never share a key', () => {
    const part = fc.record({
      world: fc.constantFrom('live', 'synthetic', 'replay:0123456789ab', 'replay:ba9876543210'),
      minute: fc.integer({ min: 0, max: 3 }),
      subject: fc.constantFrom(
        'equity:A',
        'equity:B',
        'question:A',
        'question:a',
        'question:A:complete',
        'market:kalshi/A',
        'task:a',
      ),
      kind: fc.constantFrom(...RESEARCH_KINDS),
      template: fc.constantFrom(...BRIEF_TEMPLATES),
    });
    const full = ({
      world,
      minute,
      ...rest
    }: { world: string; minute: number } & Record<string, string | number>) => ({
      ...rest,
      world,
      asOf: world === 'live' ? null : `2025-09-15T13:0${minute}:00.000Z`,
    });
    fc.assert(
      fc.property(part, part, (a, b) => {
        const [first, second] = [full(a), full(b)] as unknown as Parameters<typeof briefKey>[0][];
        const equal =
          JSON.stringify(first, Object.keys(first as object).sort()) ===
          JSON.stringify(second, Object.keys(second as object).sort());
        expect(briefKey(first as never) === briefKey(second as never)).toBe(equal);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    [{ asOf: '2025-09-15T13:00:00.000Z' }, /asOf is .* in the live world/],
    [{ world: 'replay:0123456789ab' }, /asOf is missing in world replay:/],
    [{ world: 'replay:0123456789ab', asOf: '2025-09-15' }, /asOf "2025-09-15" is not an instant/],
    [{ world: 'replay:0123456789ab', asOf: '2025-02-30T99:00:00Z' }, /is not an instant/],
    [{ world: 'replay:0123456789ab', asOf: '2026-02-30T12:00:00Z' }, /accepted: ISO 8601 with zone/],
    [{ subject: 'AAPL' }, /subject ".*" is not of a known form/],
    [{ subject: 'equity: ' }, /is not of a known form/],
  ])('%j is refused', (change, message) => {
    expect(() => key(change)).toThrow(message);
  });
});

describe('time to live', () => {});

describe('learnt time to live', () => {
  const lives = (count: number, seconds: number, stale: boolean): BriefLife[] =>
    Array.from({ length: count }, () => ({ kind: 'technical', regime: 'high', seconds, stale }));

  test('without lives suggests what is configured', () => {
    expect(suggestTtl('technical', 'high', [], 3600)).toMatchObject({ ttlSeconds: 3600, lives: 0 });
    expect(suggestTtl('technical', 'high', [], 600)).toMatchObject({ ttlSeconds: 600 });
  });

  test('shortens where briefs went stale early and lengthens where they kept', () => {
    expect(suggestTtl('technical', 'high', lives(200, 600, true), 3600).ttlSeconds).toBeLessThan(1000);
    expect(suggestTtl('technical', 'high', lives(200, 3600, false), 3600).ttlSeconds).toBeGreaterThan(6000);
  });

  test('stays within a quarter and four times what is configured', () => {
    expect(suggestTtl('technical', 'high', lives(10_000, 1, true), 3600).ttlSeconds).toBe(900);
    expect(suggestTtl('technical', 'high', lives(10_000, 3600, false), 3600).ttlSeconds).toBe(14_400);
    expect(suggestTtl('technical', 'high', lives(10_000, 1, true), 600).ttlSeconds).toBe(150);
    expect(suggestTtl('technical', 'high', lives(10_000, 3600, false), 600).ttlSeconds).toBe(2400);
  });

  test('finds the time at which a fifth is stale when staleness is random', () => {
    // Exponential lives with a mean of 3 hours: a fifth is stale after -ln(.8) x 3 h = 2410 s.
    const many = Array.from({ length: 4000 }, (_, index): BriefLife => {
      const seconds = -Math.log(1 - (index + 0.5) / 4000) * 10_800;
      return {
        kind: 'technical',
        regime: 'middle',
        seconds: Math.min(seconds, 3600),
        stale: seconds <= 3600,
      };
    });
    const { ttlSeconds: suggested } = suggestTtl('technical', 'middle', many, 3600);
    expect(Math.abs(suggested / 2410 - 1)).toBeLessThan(0.03);
    expect(suggestTtls(many, DEFAULT_TTL_SECONDS).map(({ kind, regime }) => [kind, regime])).toEqual([
      ['technical', 'middle'],
    ]);
  });
});

test('the time to live has the stated defaults and takes settings to the second', () => {
  const seconds = (stored: StoredSettings) => {
    const { ttlSeconds } = warmingSettings((key) => settingValue(stored, key));
    return RESEARCH_KINDS.map((kind) => ttlSeconds[kind]);
  };
  expect(seconds(new Map())).toEqual([7200, 3600, 14_400, 7200]);
  expect(seconds(new Map([['ttl_seconds_web', 61]]))).toEqual([7200, 3600, 14_400, 61]);
  expect(() => seconds(new Map([['ttl_seconds_web', 0.5]]))).toThrow(
    /ttl_seconds_web is 0.5; accepted: a whole/,
  );
  expect(expiresAt('2026-03-02T14:30:00.000Z', 3600)).toBe('2026-03-02T15:30:00.000Z');
  const close = '2026-03-02T15:00:00.000Z';
  expect(expiresAt('2026-03-02T14:30:00.000Z', 3600, close)).toBe(close);
  expect(expiresAt('2026-03-02T14:30:00.000Z', 600, close)).toBe('2026-03-02T14:40:00.000Z');
});

test.each([
  ['equity:AAPL', '2026-03-02T16:00:00.000Z', '2026-03-02T21:00:00.000Z'],
  ['equity:AAPL', '2026-03-06T21:00:00.000Z', '2026-03-09T20:00:00.000Z'],
  ['equity:BTC-USD', '2026-03-02T23:15:00.000Z', '2026-03-03T00:00:00.000Z'],
  ['equity:BTC-USD', '2026-03-03T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
  ['equity:AAPL', '2027-12-31T22:00:00.000Z', null],
  ['equity:NESN.SW', '2026-03-02T16:00:00.000Z', null],
  ['market:kalshi/KX', '2026-03-02T16:00:00.000Z', null],
])('what is known of %s at %s lacks the newest bar from %s on', (subject, asOf, expected) => {
  expect(outdatedAt(subject, asOf)).toBe(expected);
});
