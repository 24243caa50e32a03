import { type WarmingQuestion, warmingOrder } from '../../domain/desk/warming';
import { DEFAULT_TTL_SECONDS } from '../../domain/research/ttl';

const NOW = '2026-11-20T13:15:00.000Z';
const SESSION = '2026-11-20T14:00:00.000Z';

const question = (changes: Partial<WarmingQuestion>): WarmingQuestion => ({
  subjects: ['equity:AAA', 'equity:BBB', 'equity:CCC'],
  kinds: ['complete'],
  held: new Set(),
  reads: new Map(),
  costs: new Map(),
  ttlSeconds: (kind) => DEFAULT_TTL_SECONDS[kind],
  outdatedAt: () => null,
  expiry: () => null,
  now: NOW,
  sessionAt: SESSION,
  ...changes,
});

const names = (changes: Partial<WarmingQuestion>): readonly string[] =>
  warmingOrder(question(changes)).items.map(({ subject, kind }) => `${subject} ${kind}`);

describe('the order of warming', () => {
  it('puts what is held first, then what is read most, then the order of the watchlist', () => {
    expect(names({ held: new Set(['equity:CCC']), reads: new Map([['equity:BBB', 9]]) })).toEqual([
      'equity:CCC complete',
      'equity:BBB complete',
      'equity:AAA complete',
    ]);
  });

  it('makes cheap kinds before dear ones, by what each has cost or else by the usual order', () => {
    const subjects = ['equity:AAA'];
    const kinds = ['complete', 'technical'] as const;
    expect(names({ subjects, kinds })).toEqual(['equity:AAA technical', 'equity:AAA complete']);
    const costs = new Map([
      ['technical', 900],
      ['complete', 200],
    ] as const);
    expect(names({ subjects, kinds, costs })).toEqual(['equity:AAA complete', 'equity:AAA technical']);
  });

  it('leaves out briefs that are fresh until after the session, and makes anew those that are not', () => {
    const expiry = (subject: string) =>
      subject === 'equity:AAA' ? '2026-11-20T14:30:00.000Z' : subject === 'equity:BBB' ? SESSION : null;
    const order = warmingOrder(question({ expiry }));
    expect(order.fresh).toBe(1);
    expect(order.items.map(({ subject, refresh }) => [subject, refresh])).toEqual([
      ['equity:BBB', true],
      ['equity:CCC', false],
    ]);
  });

  it('makes no brief that would be stale by the session, and says which kinds those are', () => {
    const order = warmingOrder(question({ kinds: ['technical'], now: '2026-11-20T12:30:00.000Z' }));
    expect(order).toEqual({ items: [], fresh: 0, tooEarly: ['technical'] });
  });

  it('makes no brief that a close before the session, or at it, leaves without the newest bar', () => {
    const outdatedAt = (subject: string) => (subject === 'equity:BBB' ? '2026-11-20T14:00:01.000Z' : SESSION);
    const order = warmingOrder(question({ kinds: ['web', 'complete'], outdatedAt }));
    expect(order.items.map(({ subject, kind }) => [subject, kind])).toEqual([
      ['equity:BBB', 'web'],
      ['equity:BBB', 'complete'],
    ]);
    expect(order.tooEarly).toEqual([]);
    expect(warmingOrder(question({ outdatedAt: () => SESSION }))).toEqual({
      ...{ items: [], fresh: 0, tooEarly: ['complete'] },
    });
  });

  it('names a subject once, however often it is held and watched', () => {
    expect(names({ subjects: ['equity:AAA', 'equity:AAA'] })).toEqual(['equity:AAA complete']);
  });
});
