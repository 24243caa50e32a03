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

/** @throws BadInput when there is no such live token. */
export const revokeToken = async ({ stores }: Pick<ConclaveClient, 'stores'>, id: string): Promise<void> => {
  if (await stores.apiTokens.revoke(id)) return;
  throw new BadInput(`id is ${JSON.stringify(id)}; accepted: one that "conclave token list" shows`);
};
