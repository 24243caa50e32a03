// The ceiling that a decision is given over HTTP reaches the workflow's input.
import { decisionInput } from '../../client/work-inputs';
import { decisionRequest } from '../../server/schemas/decisions';

const ceilingOf = (fields: object) =>
  decisionInput(decisionRequest.parse({ symbol: 'AAPL', ...fields })).maxCostMicroUsd;

it('is in micro-dollars, and absent where none was named', () => {
  expect(ceilingOf({ maxCostUsd: '0.20' })).toBe(200_000);
  expect(ceilingOf({})).toBeNull();
});

it.each(['-1', '1e3', '0.0000001', 'much'])('is refused as %s', (maxCostUsd) => {
  expect(() => ceilingOf({ maxCostUsd })).toThrow(/maxCostUsd/);
});
