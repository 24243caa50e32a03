// Doctor on the ways out for alerts: what a secret is lacking for is said before the first alert has to leave.
import { loadConfig } from '../../config/load';
import { checkAlertWays, checkEventWay } from '../../stack/alert-check';

const WAYS = {
  CONCLAVE_CONFIG: 'none',
  CONCLAVE_ALERT_WEBHOOK_URL: 'https://example.org/hooks/secret-part',
  CONCLAVE_ALERT_EMAIL_TO: 'desk@example.org',
};

const ways = (env: NodeJS.ProcessEnv) => checkAlertWays(loadConfig({ env }).alerts, env);

test('a webhook without its secret and mail without its server are faults that name what to set', () => {
  expect(ways(WAYS)).toMatchObject([
    { ok: false, fix: expect.stringContaining('Set CONCLAVE_ALERT_WEBHOOK_SECRET') },
    { ok: false, fix: expect.stringContaining('Set CONCLAVE_SMTP_URL') },
  ]);
});

test('with both set all is well, and neither secret nor the path of the address is shown', () => {
  const secrets = {
    CONCLAVE_ALERT_WEBHOOK_SECRET: `whsec_${'canary'.repeat(6)}`,
    CONCLAVE_SMTP_URL: 'smtp://me:canary@127.0.0.1:25',
  };
  const checks = ways({ ...WAYS, ...secrets });
  expect(checks.map(({ ok, fix }) => [ok, fix])).toEqual([
    [true, null],
    [true, null],
  ]);
  expect(JSON.stringify(checks)).not.toMatch(/canary|secret-part/);
});

test.each([
  ['no base64', 'my-webhook-secret'],
  ['cut in the middle', `whsec_${'canary'.repeat(6)}c`],
  ['too short', `whsec_${'cana'.repeat(7)}`],
])('a secret that is %s is a fault before anything is signed with it', (_what, secret) => {
  const [alerts] = ways({ ...WAYS, CONCLAVE_ALERT_WEBHOOK_SECRET: secret });
  const [events] = checkEventWay({ CONCLAVE_WEBHOOK_SECRET: secret });
  for (const check of [alerts, events]) {
    expect(check).toMatchObject({ ok: false, fix: expect.stringContaining('base64 of 24 bytes') });
    expect(JSON.stringify(check)).not.toContain(secret);
  }
});

test('the way in for events is looked at where it has a secret', () => {
  expect(checkEventWay({ CONCLAVE_WEBHOOK_SECRET: 'cana'.repeat(8) })).toMatchObject([{ ok: true }]);
  expect(checkEventWay({})).toEqual([]);
});

test('without a way nothing is said', () => {
  expect(ways({ CONCLAVE_CONFIG: 'none' })).toEqual([]);
});
