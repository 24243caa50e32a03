// What an OpenAI-compatible server offers: its own list of models, as registry entries.
import { isIP } from 'node:net';
import type { ModelEntry } from '../domain/selection/model';
import { isEmbedder } from './embedding-models';
import { lookAt } from './proxies';

export interface CompatibleServer {
  readonly name: string;
  readonly baseUrl: string;
  readonly keyName: string | null;
  readonly readKey: () => string | null;
  /** Model ids to offer; empty asks the server. */
  readonly models: readonly string[];
  /** Whether calls cost nothing; null: to be told by the address. */
  readonly free: boolean | null;
}

export const isOnThisMachine = (baseUrl: string): boolean => {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
};

/** Whose a model is of which nothing but the name is known. */
type Owner = Pick<CompatibleServer, 'name' | 'keyName'> & Pick<ModelEntry, 'local'>;

export const unknownModel = ({ name, keyName, local }: Owner, id: string): ModelEntry => ({
  id: `${name}/${id}`,
  provider: name,
  providerModel: id,
  displayName: `${id} (${name})`,
  quality: 6,
  contextTokens: 32_000,
  maxOutputTokens: 8_000,
  // Nothing is known of it: whatever the desk itself asks for, and plain texts.
  strengths: [
    ...(['prose', 'analysis', 'speed', 'forecasting', 'research'] as const),
    ...(['financial_reasoning', 'technical_analysis', 'risk'] as const),
  ],
  speed: 'medium',
  local,
  statistical: false,
  keyName,
  researchSibling: null,
  version: id,
  price: null,
});

/**
 * A server of this machine costs nothing to call, unless configuration says otherwise: it may be a gateway to paid
 * models. Elsewhere a price must be set before a model is called, unless configuration says that none is asked.
 */
export const costsNothing = ({ baseUrl, free }: Pick<CompatibleServer, 'baseUrl' | 'free'>): boolean =>
  free ?? isOnThisMachine(baseUrl);

const entryOf = (server: CompatibleServer, id: string): ModelEntry =>
  unknownModel({ ...server, local: costsNothing(server) }, id);

const idsOf = (body: unknown): readonly string[] => {
  const data = (body as { readonly data?: readonly { readonly id?: unknown }[] } | null)?.data;
  return Array.isArray(data)
    ? data
        .flatMap(({ id }) => (typeof id === 'string' && id.length <= 200 ? [id] : []))
        .filter((name) => !isEmbedder({ name }))
    : [];
};

/** Beyond this a list is cut, and does not say what is missing. */
export const MOST_LISTED = 200;

/** The configured models, or those of `GET /models` that can answer; null when the server does not. */
export const compatibleModels = async (
  server: CompatibleServer,
  signal: AbortSignal,
): Promise<readonly ModelEntry[] | null> => {
  if (server.models.length > 0) return server.models.map((id) => entryOf(server, id));
  const key = server.readKey();
  try {
    const response = await lookAt(`${server.baseUrl.replace(/\/$/, '')}/models`, {
      signal,
      redirect: 'manual',
      headers: key ? { authorization: `Bearer ${key}` } : {},
    });
    return response.ok
      ? idsOf(await response.json())
          .slice(0, MOST_LISTED)
          .map((id) => entryOf(server, id))
      : null;
  } catch {
    return null;
  }
};
