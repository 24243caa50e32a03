// Refuses requests that a foreign web page made a browser send: by another host name (DNS rebinding), or from
// another origin (cross-site posting).
import type { MiddlewareHandler } from 'hono';
import { Refusal } from './problem';

const hostName = (authority: string): string | null => {
  try {
    return new URL(`http://${authority}`).hostname.replace(/^\[|\]$/g, '').toLowerCase();
  } catch {
    return null;
  }
};

export const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

/** True for addresses that only this machine can reach. */
export const isLoopbackAddress = (address: string): boolean =>
  address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address);

/** @param mayCall true for a foreign origin that is let through to this path */
export const hostCheck = (
  allowed: ReadonlySet<string>,
  mayCall: (call: { readonly path: string; readonly origin: string }) => boolean,
): MiddlewareHandler => {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    const name = hostName(host);
    if (name === null || !allowed.has(name))
      throw new Refusal(
        421,
        'Unknown host',
        `Host "${host.slice(0, 100)}" is not served here; accepted: ${[...allowed].join(', ')}`,
      );
    const origin = c.req.header('origin');
    const isOwn = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
    // A browser sends no origin with what a page embeds, such as an image. The dashboard itself may be linked to.
    const embedded =
      origin === undefined &&
      c.req.header('sec-fetch-site') === 'cross-site' &&
      c.req.path.startsWith('/api/');
    if (embedded || (!isOwn && !mayCall({ path: c.req.path, origin })))
      throw new Refusal(403, 'Foreign origin', 'Requests from pages of another origin are refused');
    await next();
  };
};
