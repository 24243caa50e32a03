// Who may call: bearer tokens with scopes, stored by hash. On loopback no token is needed until one exists.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { API_SCOPES, type ApiScope, type ApiTokenRow } from '../db/api-token-store';
import type { ServerContext } from './context';
import { Refusal } from './problem';

export const SCOPES = API_SCOPES;
export type Scope = ApiScope;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

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
  const token = await apiTokens.use(hashOf(bearer));
  if (!token) throw unauthorised('The token is unknown or revoked');
  if (!includes(token.scope, needed))
    throw new Refusal(403, 'Scope too small', `The token's scope is ${token.scope}; this needs ${needed}`);
};

export interface NewToken extends ApiTokenRow {
  /** Shown this once. */
  readonly token: string;
}

/** Makes a token. The first one ends free access on loopback, so it has to be an admin's. */
export const createToken = async (
  { client }: Pick<ServerContext, 'client'>,
  wish: { readonly name: string; readonly scope: Scope },
): Promise<NewToken> => {
  if (wish.scope !== 'admin' && !(await client.stores.apiTokens.any()))
    throw new Refusal(
      409,
      'Admin first',
      'The first token must have scope admin, or no one could manage tokens',
      [{ field: 'scope', message: `scope is "${wish.scope}"; accepted: admin, for the first token` }],
    );
  const token = `cnc_${randomBytes(24).toString('base64url')}`;
  const row = await client.stores.apiTokens.create({ ...wish, id: randomUUID(), tokenHash: hashOf(token) });
  return { ...row, token };
};
