// Which changes of the environment a running stack has to be started anew for.
import { loadConfig } from '../../config/load';
import { stackFingerprint } from '../../stack/fingerprint';

const NOTHING = { CONCLAVE_CONFIG: 'none' };
const ALERTS = {
  ...NOTHING,
  CONCLAVE_ALERT_WEBHOOK_URL: 'https://example.org/hooks/desk',
  CONCLAVE_ALERT_EMAIL_TO: 'desk@example.org',
};

const fingerprint = (env: NodeJS.ProcessEnv) => stackFingerprint(loadConfig({ env }), env);

test.each([
  ['the secret of alerts', ALERTS, 'CONCLAVE_ALERT_WEBHOOK_SECRET'],
  ['the mail server of alerts', ALERTS, 'CONCLAVE_SMTP_URL'],
  ['the secret of events', NOTHING, 'CONCLAVE_WEBHOOK_SECRET'],
  ['a proxy', NOTHING, 'HTTPS_PROXY'],
  ['a proxy in small letters', NOTHING, 'http_proxy'],
  ['a host that needs none', NOTHING, 'NO_PROXY'],
])('%s is one', (_what, env, name) => {
  expect(fingerprint({ ...env, [name]: 'canary' })).not.toBe(fingerprint(env));
});

test('a secret that nothing uses is none, and nothing can be read from the digest', () => {
  for (const name of ['CONCLAVE_ALERT_WEBHOOK_SECRET', 'CONCLAVE_SMTP_URL'])
    expect(fingerprint({ ...NOTHING, [name]: 'canary' })).toBe(fingerprint(NOTHING));
  expect(fingerprint({ ...NOTHING, HTTPS_PROXY: 'http://me:canary@proxy:3128' })).toMatch(/^[0-9a-f]{64}$/);
});
