// Lets pages of Temporal's UI, and of no other origin, call the codec from a browser: it asks beforehand (CORS), and
// reads the answer only where it is named. Tokens are asked for as ever.
import type { MiddlewareHandler } from 'hono';

const CODEC = '/api/v1/codec/';
/** What Temporal's UI sends: the body's type, its namespace, and its user's token where it is told to. */
const HEADERS = 'content-type, x-namespace, authorization';
/** How long a browser need not ask again. */
const MAX_AGE_SECONDS = '600';

/** By which names one reaches this machine is the same to it, not to a browser. */
const aliasesOf = (origin: string): readonly string[] =>
  origin.includes('//127.0.0.1') ? [origin, origin.replace('//127.0.0.1', '//localhost')] : [origin];

/**
 * The origins that may call the codec: that of the stack's Temporal UI, and those of the operator.
 * @param listed origins such as https://temporal.example.org
 * @throws Error naming one that is no origin
 */
export const codecOrigins = (uiUrl: string | null, listed: readonly string[]): ReadonlySet<string> => {
  for (const each of listed)
    if (!URL.canParse(each) || new URL(each).origin !== each || !/^https?:/.test(each))
      throw new Error(
        `CONCLAVE_CODEC_ORIGINS holds "${each}"; accepted: origins of Temporal's UI, separated by commas, such as https://temporal.example.org`,
      );
  return new Set([...(uiUrl ? aliasesOf(new URL(uiUrl).origin) : []), ...listed]);
};

/** True where a page of this origin may call this path although it is foreign. */
export const mayCallCodec = (
  origins: ReadonlySet<string>,
  { path, origin }: { readonly path: string; readonly origin: string },
): boolean => path.startsWith(CODEC) && origins.has(origin);

/** Behind the check of hosts, which refuses all other foreign origins. */
export const codecAccess = (origins: ReadonlySet<string>): MiddlewareHandler => {
  return async (c, next) => {
    const origin = c.req.header('origin');
    const { path, method } = c.req;
    if (origin === undefined || !mayCallCodec(origins, { path, origin })) return next();
    if (method === 'OPTIONS')
      return c.body(null, 204, {
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Methods': 'POST',
        'Access-Control-Allow-Headers': HEADERS,
        'Access-Control-Max-Age': MAX_AGE_SECONDS,
        Vary: 'Origin',
      });
    await next();
    c.res.headers.set('Access-Control-Allow-Origin', origin);
    c.res.headers.append('Vary', 'Origin');
  };
};
