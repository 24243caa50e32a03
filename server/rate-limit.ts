// Refuses callers that ask too often, by token, and addresses that keep coming with wrong tokens.
import type { RateLimit } from '../db/rate-limit-store';
import type { ServerContext } from './context';
import { Refusal } from './problem';

/** Far beyond a person with a dashboard; a program that needs more is asking in a loop. */
export const REQUESTS: RateLimit = { perMinute: 1_200, burst: 300 };
/** Wrong tokens of one address. */
const WRONG_TOKENS: RateLimit = { perMinute: 10, burst: 20 };

const assertWithin = async (
  { client }: Pick<ServerContext, 'client'>,
  bucket: string,
  limit: RateLimit,
): Promise<void> => {
  const seconds = await client.stores.rateLimits.take(bucket, limit);
  if (seconds === 0) return;
  const wait = String(Math.ceil(seconds));
  throw new Refusal(
    429,
    'Too many requests',
    `More than ${limit.perMinute} requests a minute; ask again in ${wait} s`,
    [],
    { 'retry-after': wait },
  );
};

/** @throws Refusal 429 with Retry-After. */
export const countRequest = (
  context: Pick<ServerContext, 'client' | 'requestLimit'>,
  tokenId: string,
): Promise<void> => assertWithin(context, `requests:${tokenId}`, context.requestLimit);

/** @throws Refusal 429 with Retry-After. */
export const countWrongToken = (
  context: Pick<ServerContext, 'client'>,
  address: string | null,
): Promise<void> => assertWithin(context, `wrong-token:${address ?? 'unknown'}`, WRONG_TOKENS);
