// Who may call: bearer tokens with scopes, stored by hash. On loopback no token is needed until one exists.
import { hashOfToken } from '../client/tokens';
import { API_SCOPES, type ApiScope } from '../db/api-token-store';
import type { ServerContext } from './context';
import { Refusal } from './problem';

export const SCOPES = API_SCOPES;
export type Scope = ApiScope;

const includes = (held: Scope, needed: Scope): boolean => SCOPES.indexOf(held) >= SCOPES.indexOf(needed);

const unauthorised = (detail: string): Refusal =>
  new Refusal(401, 'Token needed', detail, [], { 'www-authenticate': 'Bearer realm="conclave"' });

const readBearer = (header: string | undefined): string | null =>
  /^Bearer\s+([A-Za-z0-9._~+/=-]{8,512})$/i.exec(header ?? '')?.[1] ?? null;

/**
 * Lets a request pass or throws.
 * @throws Refusal 401 without a live token where one is needed, 403 when its scope is too small.
 */
export const assertAccess = async (
  { client, loopback }: Pick<ServerContext, 'client' | 'loopback'>,
  authorization: string | undefined,
  needed: Scope,
): Promise<void> => {
  const { apiTokens } = client.stores;
  const bearer = readBearer(authorization);
  if (bearer === null) {
    if (authorization !== undefined) throw unauthorised('Authorization is malformed; accepted: Bearer TOKEN');
    if (loopback && !(await apiTokens.any())) return;
    throw unauthorised('This server asks for a token; send Authorization: Bearer TOKEN');
  }
  const token = await apiTokens.use(hashOfToken(bearer));
  if (!token) throw unauthorised('The token is unknown or revoked');
  if (!includes(token.scope, needed))
    throw new Refusal(403, 'Scope too small', `The token's scope is ${token.scope}; this needs ${needed}`);
};
