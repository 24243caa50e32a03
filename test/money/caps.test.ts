import {
  type CallScope,
  type CapDefinition,
  capKeyText,
  checkCaps,
  coveringCaps,
  thresholdsReached,
} from '../../domain/money/caps';
import { emptyBalance } from '../../domain/money/reservation';

const call: CallScope = {
  reservedAt: '2026-03-31T23:59:59.999Z',
  sessionId: 'session:live:XNYS:2026-03-31:close',
  decisionId: 'decision:equity:AAPL:1',
  provider: 'openai',
  model: 'gpt-4o',
};

const cap = (scope: CapDefinition['scope'], change: Partial<CapDefinition> = {}): CapDefinition => ({
  scope,
  target: null,
  limitMicroUsd: 1_000_000,
  policy: 'stop',
  ...change,
});

describe('covering caps', () => {
  test('come in one fixed order however they are given, each with its UTC period', () => {
    const caps = [cap('model'), cap('decision'), cap('day'), cap('provider'), cap('session'), cap('month')];
    const texts = (list: readonly CapDefinition[]) =>
      coveringCaps(list, call).map(({ key }) => capKeyText(key));
    expect(texts(caps)).toEqual([
      '0|month|-|2026-03',
      '1|day|-|2026-03-31',
      '2|session|-|session:live:XNYS:2026-03-31:close',
      '3|decision|-|decision:equity:AAPL:1',
      '4|provider|openai|2026-03',
      '5|model|gpt-4o|2026-03',
    ]);
    expect(texts([...caps].reverse())).toEqual(texts(caps));
  });

  test('a call belongs to the UTC period of its reservation, whatever zone it is written in', () => {
    const [month] = coveringCaps([cap('month')], { ...call, reservedAt: '2026-04-01T01:30:00.000+02:00' });
    expect(month?.key.period).toBe('2026-03');
  });

  test('a cap of another provider or model does not cover the call, a named one replaces the general one', () => {
    const covering = coveringCaps(
      [
        cap('provider', { target: 'xai' }),
        cap('model', { limitMicroUsd: 5 }),
        cap('model', { target: 'gpt-4o', limitMicroUsd: 7 }),
      ],
      call,
    );
    expect(covering.map((one) => [one.key.scope, one.cap.limitMicroUsd])).toEqual([['model', 7]]);
  });

  test('session and decision caps need a session and a decision', () => {
    const loose = { ...call, sessionId: null, decisionId: null };
    expect(coveringCaps([cap('session'), cap('decision')], loose)).toEqual([]);
  });
});

describe('checking caps', () => {
  const [month, provider] = coveringCaps([cap('month'), cap('provider', { policy: 'downgrade' })], call);
  if (month === undefined || provider === undefined) throw new Error('caps must cover');

  test('all must fit; the first that refuses is named with what is left and its policy', () => {
    const tight = { ...emptyBalance(1000), spentMicroUsd: 600, heldMicroUsd: 100 };
    const balances = [
      { ...month, balance: emptyBalance(1_000_000) },
      { ...provider, balance: tight },
    ];
    expect(checkCaps(balances, 300)).toEqual({ type: 'fits' });
    expect(checkCaps(balances, 301)).toMatchObject({
      type: 'refused',
      policy: 'downgrade',
      headroomMicroUsd: 300,
      message: 'the provider cap of openai (2026-03) has 300 micro-dollars left, the call may cost 301',
    });
  });
});

describe('alert thresholds', () => {
  const used = (spentMicroUsd: number, heldMicroUsd = 0) => ({
    ...emptyBalance(1000),
    spentMicroUsd,
    heldMicroUsd,
  });

  test.each([
    [0, []],
    [499, []],
    [500, [50]],
    [800, [50, 80]],
    [949, [50, 80]],
    [950, [50, 80, 95]],
    [1000, [50, 80, 95, 100]],
  ])('%s of 1000 reaches %j', (spent, expected) => {
    expect(thresholdsReached(used(spent), [])).toEqual(expected);
  });

  test('each is told once, and held money counts', () => {
    expect(thresholdsReached(used(400, 400), [50])).toEqual([80]);
    expect(thresholdsReached(used(850), [50, 80])).toEqual([]);
  });

  test('a cap of zero is full from its first micro-dollar', () => {
    expect(thresholdsReached({ ...emptyBalance(0), spentMicroUsd: 1 }, [])).toEqual([50, 80, 95, 100]);
    expect(thresholdsReached(emptyBalance(0), [])).toEqual([]);
  });
});
