// Texts that break careless programs: fragments of SQL, paths, templates, markup and odd characters, in every order.
import { randomIndex, seededRandom } from '../../domain/track/random';

const FRAGMENTS: readonly string[] = [
  "'; drop table settings; --",
  "' or '1'='1",
  '" or ""="',
  "') union select token_hash from api_tokens --",
  '$1',
  '$$; select pg_sleep(9); $$',
  '\\',
  "\\'",
  '%00',
  '\u0000',
  '\ud800',
  '\udc00x',
  '../../etc/passwd',
  '{{7*7}}',
  '$' + '{7*7}',
  '<script>alert(1)</script>',
  '\u202e\u200b',
  '🎉',
  '{"$gt": ""}',
  '*?()[]',
  '\r\nX-Injected: 1',
  '\t',
  '-1',
  '1e309',
  'NaN',
  'null',
  'true',
  '2026-13-99',
  'infinity',
  '::jsonb',
  '%s%n',
  'é',
  'ﷺ',
  '!'.repeat(600),
  '',
];

/** So many different texts, the same at every run. */
export const hostileTexts = (count: number): readonly string[] => {
  const random = seededRandom(11);
  const pick = (): string => FRAGMENTS[randomIndex(random, FRAGMENTS.length)]!;
  // Combinations first, so that also few texts hold every kind of fragment.
  const texts = new Set<string>([FRAGMENTS.join('').slice(0, 400)]);
  while (texts.size < count) texts.add(`${pick()}${pick()}${random() < 0.5 ? pick() : ''}`);
  return [...texts].slice(0, count);
};
