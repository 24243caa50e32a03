// What the boards of a session and of a panel say at their end.
import { answeredBy, participationText, problemOf } from '../../cli/answered-by';
import { renderBoard } from '../../cli/board';
import { lowQualityText } from '../../domain/research/quality';

const member = (model: string, provider: string, status = 'answered') => ({ model, provider, status });

test('a board says that only statistics answered, and how to have language models', () => {
  expect(answeredBy([member('house-trend', 'house')])).toBe(
    'answered by house statistics only; set a key (conclave init) for language models',
  );
});

test('where language models failed a board says so, and not that a key is missing', () => {
  const house = member('house-trend', 'house');
  const problem = 'the provider refused the request as invalid (status 404)';
  const standIn = { ...member('house-base', 'house'), standsInFor: 'desk/qwen3', problem };
  expect(answeredBy([house, member('gpt-5-mini', 'openai', 'failed'), standIn])).toBe(
    'answered by house statistics only; 2 language models failed',
  );
  expect(problemOf(house)).toBe('');
  expect(problemOf({ status: 'failed', problem })).toBe(`: ${problem}`);
  expect(problemOf(standIn)).toBe(`, for desk/qwen3: ${problem}`);
});

test('a board counts each model that answered once, by what it is', () => {
  const twice = [
    member('gpt-5-mini', 'openai'),
    member('house-trend', 'house'),
    member('house-base', 'house'),
  ];
  expect(answeredBy([...twice, ...twice, member('grok-4.3', 'xai', 'failed')])).toBe(
    'answered by 1 language model and 2 house statistics',
  );
  expect(answeredBy([member('a', 'recorded'), member('b', 'recorded')])).toBe(
    'answered by 2 recorded forecasters',
  );
  expect(answeredBy([])).toBe('answered by nobody');
});

type Board = Parameters<typeof renderBoard>[0];

const row = (symbol: string, changes: Partial<Board['subjects'][number]['decision']>) => ({
  subject: `equity:${symbol}`,
  research: null,
  decision: {
    ...{ status: 'decided', stage: 'full', probability: 0.5, action: 'hold', sizeUsd: '0.000000' },
    ...{ why: ['No edge'], quorum: { asked: 4, answered: 3, needed: 2 }, members: [], degradations: [] },
    ...changes,
  },
});

const boardOf = (...subjects: readonly ReturnType<typeof row>[]): readonly string[] => {
  const totals = { costUsd: '0.000000', savedUsd: '0.000000', providerCalls: 0, wallMs: 0 };
  const session = { market: 'XNYS', date: '2026-11-20', kind: 'close', mode: 'normal', lateSeconds: null };
  return renderBoard({ ...session, subjects, totals } as unknown as Board).split('\n');
};

test('a board says once for whom what was degraded, a brief of low quality too', () => {
  const degradations = [lowQualityText(40)!];
  const lines = boardOf(row('AAPL', { degradations }), row('MSFT', {}), row('NVDA', { degradations }));
  expect(lines.filter((line) => line.startsWith('!'))).toEqual([
    '! AAPL, NVDA: The brief it rests on is of low quality: 40 of 100',
  ]);
});

test('a board says once why members did not answer', () => {
  const problem = 'the provider refused the key, its rights or its credit (status 401)';
  const failed = { ...member('grok-4.3', 'xai', 'failed'), problem };
  const members = [failed, { ...member('house-base', 'house'), standsInFor: 'grok-4.6', problem }];
  const lines = boardOf(row('AAPL', { members } as never), row('MSFT', { members } as never));
  expect(lines.filter((line) => line.startsWith('!'))).toEqual([`! grok-4.3, grok-4.6: ${problem}`]);
});

test('a board says why nobody was asked, and not that none of none answered', () => {
  const missing = 'no source has prices of ZZZZ';
  const none = { asked: 0, answered: 0, needed: 1 };
  const unasked = { quorum: none, why: [`Nobody was asked: ${missing}`], degradations: [missing] };
  const lines = boardOf(row('ZZZZ', unasked));
  expect(lines.find((line) => line.startsWith('ZZZZ'))).toMatch(
    /none +Nobody was asked: no source has prices of ZZZZ$/,
  );
  expect(lines.filter((line) => line.startsWith('!'))).toEqual([]);
  expect(participationText(none)).toBe('nobody was asked');
  expect(participationText({ asked: 4, answered: 3, needed: 2 })).toBe('3 of 4 members (2 needed)');
});
