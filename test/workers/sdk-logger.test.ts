// The SDK's own lines go through redaction too: an activity's error may hold what a library threw.
import { knowSecret } from '../../config/redact';
import { sdkLogger } from '../../workers/sdk-logger';

test('a failed activity is logged with its stack and without the secrets in it', () => {
  knowSecret('canary.sdk.3f80a1');
  const lines: string[] = [];
  const error = new Error('refused canary.sdk.3f80a1 and sk-abcdefghijklmnop');
  sdkLogger((line) => void lines.push(line)).warn('Activity failed', { error, attempt: 2 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/\[WARN\] Activity failed .*refused \[redacted\] and \[redacted\]/s);
  expect(lines[0]).toContain('sdk-logger.test');
  expect(lines[0]).not.toMatch(/canary\.sdk|sk-abc/);
});

test('below a warning nothing is written', () => {
  const lines: string[] = [];
  sdkLogger((line) => void lines.push(line)).info('Worker started');
  expect(lines).toEqual([]);
});
