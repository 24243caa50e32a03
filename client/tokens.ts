// Tokens of the HTTP API: made here, shown once, kept as hashes.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { API_SCOPES, type ApiTokenRow } from '../db/api-token-store';
import type { ConclaveClient } from './connect';
import { BadInput } from './inputs';

export const tokenInput = z.strictObject({
  name: z.string().min(1).max(100).regex(/\S/, 'accepted: a name of 1 to 100 characters'),
  scope: z.enum(API_SCOPES),
});

/** What is stored of a token: SHA-256 of its text, hex. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

export interface NewToken extends ApiTokenRow {
  /** Shown this once. */
  readonly token: string;
}

/** The first token ends free access on loopback, so it has to be an admin's. */
export class AdminFirst extends BadInput {
  constructor(scope: string) {
    super(`scope is "${scope}"; accepted: admin, for the first token, or no one could manage tokens`);
  }
}

/** @throws AdminFirst. */
export const createToken = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  wish: z.output<typeof tokenInput>,
): Promise<NewToken> => {
  if (wish.scope !== 'admin' && !(await stores.apiTokens.any())) throw new AdminFirst(wish.scope);
  const token = `cnc_${randomBytes(24).toString('base64url')}`;
  const row = await stores.apiTokens.create({ ...wish, id: randomUUID(), tokenHash: hashOfToken(token) });
  return { ...row, token };
};

/** The last token of an admin: without it the API on loopback takes requests from everyone on the machine. */
export class LastAdmin extends BadInput {
  constructor(id: string) {
    super(
      `id is ${JSON.stringify(id)}, the last token of an admin; accepted: that of another one, so make another first, or force`,
    );
  }
}

const FOLLOWS = {
  open: 'No token is left: on loopback the API takes every request as an admin again, elsewhere none.',
  headless: 'No token of an admin is left: tokens can be made and ended by command only.',
} as const;

/**
 * Ends a token and says what follows, or null where nothing does.
 * @param force ends the last token of an admin, too
 * @throws BadInput when there is no such live token
 * @throws LastAdmin without `force`
 */
export const revokeToken = async (
  { stores }: Pick<ConclaveClient, 'stores'>,
  id: string,
  force: boolean,
): Promise<string | null> => {
  const revoked = await stores.apiTokens.revoke(id, force);
  const left = await stores.apiTokens.list();
  if (!revoked) {
    if (left.some((token) => token.id === id)) throw new LastAdmin(id);
    throw new BadInput(`id is ${JSON.stringify(id)}; accepted: one that "conclave token list" shows`);
  }
  if (left.length === 0) return FOLLOWS.open;
  return left.some(({ scope }) => scope === 'admin') ? null : FOLLOWS.headless;
};
