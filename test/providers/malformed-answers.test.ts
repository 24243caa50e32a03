// Ten thousand generated replies that are wrong in some way: none of them may become an answer (B1).
import * as fc from 'fast-check';
import {
  ANALYST_FORM,
  FORECAST_FORM,
  isProblem,
  TEXT_FORM,
  VERDICT_FORM,
} from '../../domain/research/answer-forms';
import { readAnswerText } from '../../providers/answer-text';
import { malformedReplyText } from '../support/malformed-replies';

describe('malformed replies', () => {
  it('never become a forecast, in 10,000 generated ones', () => {
    fc.assert(
      fc.property(malformedReplyText, (text) => isProblem(readAnswerText(FORECAST_FORM, text))),
      { numRuns: 10_000 },
    );
  });

  it('never become a verdict or an analyst answer', () => {
    fc.assert(
      fc.property(malformedReplyText, (text) =>
        [VERDICT_FORM, ANALYST_FORM].every((form) => isProblem(readAnswerText(form, text))),
      ),
      { numRuns: 2_000 },
    );
  });

  it('are described without quoting them', () => {
    const read = readAnswerText(FORECAST_FORM, '{"p_yes":"sk-secret","reasons":["a"],"key_risks":[]}');
    expect(JSON.stringify(read)).not.toContain('sk-secret');
  });
});

describe('well-formed replies', () => {
  const forecast = fc.record({
    p_yes: fc.double({ min: 0, max: 1, noNaN: true }),
    reasons: fc.array(fc.constant('because'), { minLength: 1, maxLength: 3 }),
    key_risks: fc.array(fc.constant('unless'), { maxLength: 3 }),
  });

  it('are read as they are, with and without a code fence', () => {
    fc.assert(
      fc.property(forecast, fc.boolean(), (answer, fenced) => {
        const json = JSON.stringify(answer);
        const text = fenced ? `\`\`\`json\n${json}\n\`\`\`` : json;
        expect(readAnswerText(FORECAST_FORM, text)).toEqual({ answer: JSON.parse(json) });
      }),
    );
  });

  const ANSWER = { p_yes: 0.4, reasons: ['because'], key_risks: [] };
  const JSON_TEXT = JSON.stringify(ANSWER);
  const fence = (text: string): string => `\`\`\`json\n${text}\n\`\`\``;

  it.each([
    ['thoughts', `<think>\nFirst {"p_yes": 0.9}? No.\n</think>\n\n${JSON_TEXT}`],
    ['thoughts whose opening mark the template wrote', `First 0.9? No.\n</think>\n${JSON_TEXT}`],
    ['thoughts with a fence of their own', `<think>${fence('{"p_yes": 0.9}')}</think>${fence(JSON_TEXT)}`],
    ['a sentence and the only fence', `Here is the JSON:\n\n${fence(JSON_TEXT)}\n\nGood luck.`],
  ])('are read behind or in %s', (_what, text) => {
    expect(readAnswerText(FORECAST_FORM, text)).toEqual({ answer: ANSWER });
  });

  it.each([
    ['thoughts that never end', `<think>${JSON_TEXT}`],
    ['thoughts alone', `<think>${JSON_TEXT}</think>`],
    ['two fences', `${fence(JSON_TEXT)}\nor\n${fence(JSON_TEXT)}`],
    ['a sentence without a fence', `Here it is: ${JSON_TEXT}`],
    ['a fence in the middle of a sentence', `It is ${fence(JSON_TEXT)}`],
    ['a fence around two answers', fence(`${JSON_TEXT}\n${JSON_TEXT}`)],
    ['a fence that gives a field twice', `Here:\n${fence(JSON_TEXT.replace('{', '{"p_yes":0.5,'))}`],
  ])('are not guessed from %s', (_what, text) => {
    expect(isProblem(readAnswerText(FORECAST_FORM, text))).toBe(true);
  });

  it('may name the marks of thoughts in a sentence', () => {
    const answer = { ...ANSWER, reasons: ['the page ends with\n</think>\n'] };
    expect(readAnswerText(FORECAST_FORM, JSON.stringify(answer))).toEqual({ answer });
    const text = 'Models close their thoughts with </think> and go on.';
    expect(readAnswerText(TEXT_FORM, text)).toEqual({ answer: text });
  });

  it('in words leave out what was thought before them', () => {
    expect(readAnswerText(TEXT_FORM, '<think>\nhm\n</think>\n\nA summary.')).toEqual({
      answer: 'A summary.',
    });
  });

  it('of a megabyte of line breaks are read in no time', () => {
    const started = performance.now();
    for (const text of ['\n'.repeat(1e6), `\`\`\`${'\n'.repeat(1e6)}`, `x${'\n'.repeat(1e6)}</think>`])
      expect(isProblem(readAnswerText(FORECAST_FORM, `a${text}b`))).toBe(true);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('may quote a field name inside a sentence', () => {
    const text = JSON.stringify({ p_yes: 0.4, reasons: ['my first draft said "p_yes": 0.6'], key_risks: [] });
    expect(isProblem(readAnswerText(FORECAST_FORM, text))).toBe(false);
  });
});
