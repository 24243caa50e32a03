// Whether `conclave start` goes on after its session.
import { keepsServing } from '../../cli/commands/start';
import { EXIT } from '../../cli/output';

test('start goes on serving whatever its session ended with, unless the session was interrupted', () => {
  const codes = [EXIT.ok, EXIT.budgetReached, EXIT.notAuthorised, EXIT.providerUnavailable];
  expect(codes.map((code) => keepsServing({}, code))).toEqual([true, true, true, true]);
  expect(keepsServing({}, EXIT.interrupted)).toBe(false);
});

test('with --once it ends after its board', () => {
  expect(Object.values(EXIT).some((code) => keepsServing({ once: true }, code))).toBe(false);
});
