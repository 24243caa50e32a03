// Whether a failed call is made again by Temporal.
import { callFailure } from '../../activities/failures';
import { ProviderFailure } from '../../providers/port';

const final = (details: { readonly cut?: true }, cutShort: boolean): boolean =>
  callFailure(new ProviderFailure('malformed', 'no answer', { sent: true, ...details }), {
    ...{ sends: 2, costMicroUsd: 10, cutShort },
  }).nonRetryable === true;

test('a call whose worker stops is made again, save where its answer had come and was cut', () => {
  expect(final({}, false)).toBe(true);
  expect(final({}, true)).toBe(false);
  expect(final({ cut: true }, true)).toBe(true);
});
