// Who may call: bearer tokens with scopes, stored by hash. On loopback no token is needed until one exists.

import type { Context } from 'hono';
import { hashOfToken } from '../client/tokens';
import { API_SCOPES, type ApiScope } from '../db/api-token-store';
import type { ServerContext } from './context';
import { Refusal } from './problem';
import { countRequest, countWrongToken } from './rate-limit';

export type Scope = ApiScope;

const includes = (held: Scope, needed: Scope): boolean =>
  API_SCOPES.indexOf(held) >= API_SCOPES.indexOf(needed);

const unauthorised = (detail: string): Refusal =>
  new Refusal(401, 'Token needed', detail, [], { 'www-authenticate': 'Bearer realm="conclave"' });

const readBearer = (header: string | undefined): string | null =>
  /^Bearer\s+([A-Za-z0-9._~+/=-]{8,512})$/i.exec(header ?? '')?.[1] ?? null;

/** Who asks, as far as the request says. */
export interface Asker {
  readonly authorization: string | undefined;
  /** Of the other end; null where there is no connection. */
  readonly address: string | null;
}

export const askerOf = (c: Context): Asker => {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return {
    authorization: c.req.header('authorization'),
    address: incoming?.socket?.remoteAddress ?? null,
  };
};

/** Whether who was let in still may; not counted as a request. A database that does not answer takes no right away. */
export const hasAccess = async (
  { client, loopback }: Pick<ServerContext, 'client' | 'loopback'>,
  { authorization }: Asker,
  needed: Scope,
): Promise<boolean> => {
  const { apiTokens } = client.stores;
  const bearer = readBearer(authorization);
  try {
    if (bearer === null) return loopback && !(await apiTokens.any());
    const token = await apiTokens.use(hashOfToken(bearer));
    return token !== null && includes(token.scope, needed);
  } catch {
    return true;
  }
};

/**
 * Lets a request pass or throws. Free access on loopback is not counted; a token is, over all processes.
 * @returns the scope that the asker holds
 * @throws Refusal 401 without a live token where one is needed, 403 when its scope is too small, 429 when it asks
 *   too often.
 */
export const assertAccess = async (
  context: Pick<ServerContext, 'client' | 'loopback' | 'requestLimit'>,
  { authorization, address }: Asker,
  needed: Scope,
): Promise<Scope> => {
  const { apiTokens } = context.client.stores;
  const bearer = readBearer(authorization);
  if (bearer === null) {
    if (authorization !== undefined) throw unauthorised('Authorization is malformed; accepted: Bearer TOKEN');
    if (context.loopback && !(await apiTokens.any())) return 'admin';
    throw unauthorised('This server asks for a token; send Authorization: Bearer TOKEN');
  }
  const token = await apiTokens.use(hashOfToken(bearer));
  if (!token) {
    await countWrongToken(context, address);
    throw unauthorised('The token is unknown or revoked');
  }
  await countRequest(context, token.id);
  if (!includes(token.scope, needed))
    throw new Refusal(403, 'Scope too small', `The token's scope is ${token.scope}; this needs ${needed}`);
  return token.scope;
};
