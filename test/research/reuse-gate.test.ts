import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { answersTakenOver } from '../../domain/research/answer-reuse';
import { questionForm } from '../../domain/research/question-form';
import {
  type QuestionScope,
  reusableAnswer,
  sameQuestion,
  similarity,
} from '../../domain/research/reuse-gate';
import { paraphrases, traps } from '../support/question-variants';
import { describeWithShared } from '../support/shared-data';

const SCOPE: QuestionScope = {
  world: 'live',
  asOf: null,
  subject: null,
  kind: 'complete',
  resolvesAt: '2025-06-30T00:00:00.000Z',
};
const ask = (text: string, scope: Partial<QuestionScope> = {}) => ({ text, scope: { ...SCOPE, ...scope } });
const reused = (a: string, b: string): boolean => sameQuestion(ask(a), ask(b)).reuse;

const NOW = '2026-03-02T12:00:00.000Z';
const given = (text: string, change: Partial<ReturnType<typeof ask>> & object = {}) => ({
  ...{ ...ask(text), model: 'm', price: 0.4 as number | null, givenAt: '2026-03-02T11:45:00.000Z' },
  ...change,
});
/** As decisions and tournaments look for it. */
const takenOver = (original: string, text: string): boolean =>
  answersTakenOver({ ...ask(text), price: 0.4 }, [given(original)], NOW).length === 1;

describe('taking an answer over', () => {
  const text = 'Will the Fed cut rates by June 30, 2026?';
  const other = 'What is the chance that the Fed will cut rates by 2026-06-30?';
  const taken = (change: object, now = NOW) =>
    answersTakenOver({ ...ask(other), price: 0.4 }, [given(text, change)], now).length;

  test('the same question in other words takes the answer of half an hour, one per model', () => {
    expect(taken({})).toBe(1);
    const answers = [given(text), given(text), given(text, { model: 'n' } as object)];
    const asked = { ...ask(other), price: 0.4 };
    expect(answersTakenOver(asked, answers, NOW).map(({ stored }) => stored.model)).toEqual(['m', 'n']);
  });

  test.each([
    ['older than half an hour', { givenAt: '2026-03-02T11:29:59.000Z' }],
    ['given after the question', { givenAt: '2026-03-02T12:00:01.000Z' }],
    ['given at a price more than 1 % away', { price: 0.41 }],
    ['given without a price', { price: null }],
    ['of another world', { scope: { ...SCOPE, world: 'synthetic' } }],
    ['about another instant', { scope: { ...SCOPE, resolvesAt: '2025-07-01T00:00:00.000Z' } }],
  ])('an answer %s is not taken', (_why, change) => {
    expect(taken(change)).toBe(0);
  });

  test('an answer of the day before is not taken, because today is another day', () => {
    expect(taken({ givenAt: '2026-03-01T23:50:00.000Z' }, '2026-03-02T00:05:00.000Z')).toBe(0);
  });
});

describe('reuse gate', () => {
  test.each([
    [
      'Will Bitcoin exceed $1.5 million by Dec 31, 2025?',
      'Is Bitcoin going to be above $1,500,000 no later than 31 December 2025',
    ],
    [
      'Will inflation reach more than 4% in 2025?',
      'What is the probability that inflation will reach greater than 4 percent during 2025?',
    ],
    ['Before 2026, will Barbie and Oppenheimer fuse?', 'will barbie and  oppenheimer fuse prior to 2026?'],
    [
      'Will GDP of the U.S. fall in Q2 2025?',
      'Will the GDP of the United States drop in the second quarter of 2025?',
    ],
    ["Won't Lautaro Martínez win?", 'Will not Lautaro Martinez win?'],
  ])('%s is the same as %s', (a, b) => {
    expect(sameQuestion(ask(a), ask(b))).toEqual({ reuse: true });
  });

  test.each([
    ['negation', 'Will the Fed cut rates in June 2025?', 'Will the Fed not cut rates in June 2025?'],
    ['negation', 'Will the Fed cut rates in June 2025?', 'Will the Fed never cut rates in June 2025?'],
    ['words', 'Will Google acquire Microsoft?', 'Will Microsoft acquire Google?'],
    ['words', 'Will Google acquire Microsoft?', 'Will Google be acquired by Microsoft?'],
    ['words', 'Will gold outperform silver?', 'Will silver outperform gold?'],
    ['dates', 'Will GDP fall in Q2 2025?', 'Will GDP fall in Q3 2025?'],
    ['dates', 'Will it end by June 30, 2025?', 'Will it end before June 30, 2025?'],
    ['words', 'Will A in 2024 beat B in 2025?', 'Will A in 2025 beat B in 2024?'],
    ['numbers', 'Will rates exceed 4%?', 'Will rates exceed 4.5%?'],
    ['numbers', 'Will rates exceed 4%?', 'Will rates exceed 4 points?'],
    ['polarity', 'Will output be higher than planned?', 'Will output be lower than planned?'],
    ['polarity', 'Will at least 5 quit?', 'Will more than 5 quit?'],
    ['words', 'Will the US help us?', 'Will US help US?'],
    ['words', 'Will he decline the offer?', 'Will he drop the offer?'],
    ['words', 'Will housing starts rise in 2025?', 'Will building permits rise in 2025?'],
    ['words', '', ''],
    ['words', '???', '!'],
  ])('differs in %s: %s / %s', (differs, a, b) => {
    expect(sameQuestion(ask(a), ask(b))).toMatchObject({ reuse: false, differs });
  });

  test.each([
    { world: 'replay:0123456789ab', asOf: '2025-01-01T00:00:00.000Z' },
    { subject: 'equity:AAPL' },
    { kind: 'technical' },
    { resolvesAt: '2025-07-01T00:00:00.000Z' },
    { resolvesAt: null },
  ])('another scope (%j) is never the same, whatever the words', (scope) => {
    const text = 'Will AAPL close higher?';
    expect(sameQuestion(ask(text), ask(text, scope))).toMatchObject({ reuse: false, differs: 'scope' });
  });

  test('similarity only proposes: the most similar question is refused when it asks the opposite', () => {
    const opposite = ask('Will the Fed not cut rates by June 30, 2025?');
    const paraphrase = ask('What is the chance that the Fed will cut rates by 2025-06-30?');
    const asked = ask('Will the Fed cut rates by June 30, 2025?');
    expect(similarity(opposite.text, asked.text)).toBeGreaterThan(similarity(paraphrase.text, asked.text));
    expect(reusableAnswer(asked, [opposite, paraphrase])?.stored).toBe(paraphrase);
    expect(reusableAnswer(ask('Will Chelsea win the league in 2025?'), [opposite, paraphrase])).toBeNull();
  });
});

interface Row {
  readonly question: string;
}

const LIMIT = 160;

describeWithShared('data/forecasts/questions.csv.gz', 'reuse gate on real questions', (file) => {
  let texts: readonly string[] = [];
  let sample: readonly string[] = [];
  beforeAll(() => {
    const rows: readonly Row[] = parse(gunzipSync(readFileSync(file)), { columns: true });
    texts = [...new Set(rows.map((row) => row.question.trim()).filter((text) => text !== ''))];
    // Long series questions are cut at 160 characters and much alike: few of them are enough.
    const whole = texts.filter((text) => text.length >= 20 && text.length < LIMIT - 1);
    const cut = texts.filter((text) => text.length >= LIMIT - 1);
    sample = [...whole.filter((_, at) => at % 3 === 0), ...cut.filter((_, at) => at % 40 === 0)];
  });

  test('none of at least 300 traps is taken for its original', () => {
    const made = traps(sample, 2026);
    expect(made.length).toBeGreaterThanOrEqual(300);
    expect(new Set(made.map(({ how }) => how.split(',')[0])).size).toBeGreaterThanOrEqual(15);
    expect(made.filter(({ original, text }) => reused(original, text))).toEqual([]);
    expect(made.filter(({ original, text }) => takenOver(original, text))).toEqual([]);
  });

  test('at least 60 % of at least 100 paraphrases are reused', () => {
    const made = paraphrases(sample, 2026);
    const taken = made.filter(({ original, text }) => takenOver(original, text));
    expect(made.length).toBeGreaterThanOrEqual(100);
    process.stdout.write(
      `reuse gate: ${taken.length} of ${made.length} paraphrases reused; ${traps(sample, 2026).length} traps\n`,
    );
    expect(taken.length / made.length).toBeGreaterThanOrEqual(0.6);
  });

  test('no two different real questions are taken for one another', () => {
    const byForm = new Map<string, string[]>();
    for (const text of texts) {
      const form = questionForm(text).words.join(' ');
      byForm.set(form, [...(byForm.get(form) ?? []), text]);
    }
    expect([...byForm.values()].filter((same) => same.length > 1)).toEqual([]);
  });
});
