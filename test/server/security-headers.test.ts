// The policy under which the dashboard is served: nothing foreign loads, nothing inline runs.
import { SECURITY_HEADERS } from '../../server/static-files';

const policy = new Map(
  SECURITY_HEADERS['Content-Security-Policy']!.split(';').map((part) => {
    const [name, ...sources] = part.trim().split(/\s+/);
    return [name!, sources] as const;
  }),
);

it('allows nothing by default, and own files only where anything is allowed', () => {
  expect(policy.get('default-src')).toEqual(["'none'"]);
  for (const name of ['script-src', 'style-src', 'connect-src']) expect(policy.get(name)).toEqual(["'self'"]);
  for (const name of ['base-uri', 'form-action', 'frame-ancestors'])
    expect(policy.get(name)).toEqual(["'none'"]);
});

it('never allows inline code, evaluation, wildcards or other hosts', () => {
  const sources = [...policy.values()].flat();
  expect(sources.filter((source) => !["'none'", "'self'", 'data:'].includes(source))).toEqual([]);
  expect(policy.get('img-src')).toEqual(["'self'", 'data:']);
  expect(SECURITY_HEADERS['X-Content-Type-Options']).toBe('nosniff');
});
