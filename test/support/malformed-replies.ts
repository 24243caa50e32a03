// Generator of reply texts that are wrong in one of the ways seen in practice: not JSON, cut, wrong types,
// out of range, not a number, missing, doubled, wrapped in prose, or simply something else.
import * as fc from 'fast-check';

const badProbability = fc.oneof(
  fc.double({ min: 1.0000001, max: 1e9, noNaN: true }),
  fc.double({ min: -1e9, max: -1e-9, noNaN: true }),
  fc.constantFrom('0.5', '50%', 'high', '', null, true, false, [], [0.5], {}, { value: 0.5 }),
);

const sentences = fc.array(fc.constant('a reason'), { minLength: 1, maxLength: 3 });
const badSentences = fc.constantFrom<unknown>(null, 'one', 7, [], [1], [null], [''], {}, [['x']]);

const json = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> => value.map((one) => JSON.stringify(one));

const good = fc.record({
  p_yes: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  reasons: sentences,
  key_risks: sentences,
});

const withBadNumber = fc.record({
  p_yes: badProbability,
  quality: badProbability.map((value) => (typeof value === 'number' ? value * 1000 : value)),
  confidence: badProbability,
  reasons: sentences,
  key_risks: sentences,
  problems: sentences,
  signal: fc.constantFrom('bullish', 'strong buy', 3),
});

const withBadList = fc.record({ p_yes: fc.constant(0.5), reasons: badSentences, key_risks: sentences });
const missing = fc.constantFrom('p_yes', 'reasons', 'key_risks');

const literal = fc.constantFrom(
  'NaN',
  'Infinity',
  '-Infinity',
  '1e999',
  '0.5.5',
  '.5',
  '05',
  '0x1',
  'undefined',
);

/** Text that no reader of a forecast, verdict or analyst answer may accept. */
export const malformedReplyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ' ', 'null', '[]', '{}', '0.5', '"0.5"', 'true', '```json\n```', 'HOLD', 'neutral'),
  fc.string({ maxLength: 60 }).filter((text) => !text.trim().startsWith('{')),
  fc.lorem().map((text) => `I think: ${text}`),
  json(withBadNumber),
  json(withBadList),
  fc.tuple(good, missing).map(([answer, field]) => JSON.stringify({ ...answer, [field]: undefined })),
  literal.map((value) => `{"p_yes":${value},"reasons":["r"],"key_risks":["k"]}`),
  fc.tuple(good, fc.double({ min: 0.05, max: 0.95, noNaN: true })).map(([answer, share]) => {
    const text = JSON.stringify(answer);
    return text.slice(0, Math.floor(text.length * share));
  }),
  good.map((answer) => `Sure! Here it is: ${JSON.stringify(answer)}`),
  good.map((answer) => `${JSON.stringify(answer)} ${JSON.stringify(answer)}`),
  good.map((answer) => JSON.stringify([answer])),
  good.map((answer) => JSON.stringify({ answer })),
  good.map((answer) => JSON.stringify(JSON.stringify(answer))),
  good.map((answer) => JSON.stringify(answer).replace('{', '{"p_yes":0.5,')),
  fc.json().filter((text) => !text.includes('p_yes') && !text.includes('quality')),
);
