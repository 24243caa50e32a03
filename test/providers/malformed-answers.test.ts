// Ten thousand generated replies that are wrong in some way: none of them may become an answer (B1).
import * as fc from 'fast-check';
import { ANALYST_FORM, FORECAST_FORM, isProblem, VERDICT_FORM } from '../../domain/research/answer-forms';
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

  it('may quote a field name inside a sentence', () => {
    const text = JSON.stringify({ p_yes: 0.4, reasons: ['my first draft said "p_yes": 0.6'], key_risks: [] });
    expect(isProblem(readAnswerText(FORECAST_FORM, text))).toBe(false);
  });
});
