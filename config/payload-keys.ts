// Keys that payloads in Temporal are encrypted with: read from the environment or a file at the moment of use.
import { readSecret, type SecretName } from './secrets';

/** The variable that holds them unless the configuration names another place. */
export const PAYLOAD_KEYS = 'CONCLAVE_PAYLOAD_KEYS';

/** AES-256. */
const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9._-]{1,64}$/;
const ACCEPTED =
  'accepted: ID:BASE64 of 32 bytes, several with commas or line breaks between, the newest first';

export interface PayloadKey {
  /** Stands beside every payload that it encrypted; letters, digits, dots, hyphens and underscores. */
  readonly id: string;
  readonly key: Buffer;
}

const parseOne = (where: string, text: string, index: number): PayloadKey => {
  const wrong = (what: string): RangeError =>
    new RangeError(`${where}, key ${index + 1}: ${what}; ${ACCEPTED}`);
  const at = text.indexOf(':');
  const id = text.slice(0, Math.max(0, at));
  if (!ID.test(id)) throw wrong('has no id before a colon');
  const key = Buffer.from(text.slice(at + 1), 'base64');
  if (key.length !== KEY_BYTES) throw wrong(`"${id}" is ${key.length} bytes long`);
  return { id, key };
};

/**
 * Reads keys from their text; the first one encrypts, all decrypt. Errors never repeat a key.
 * @throws RangeError naming the place, the key's position and the accepted form.
 */
export const parsePayloadKeys = (where: string, text: string): readonly PayloadKey[] => {
  const parts = text.split(/[\s,]+/).filter(Boolean);
  const keys = parts.map((part, index) => parseOne(where, part, index));
  const twice = keys.find(({ id }, index) => keys.findIndex((other) => other.id === id) !== index);
  if (twice) throw new RangeError(`${where}: the id "${twice.id}" stands twice; ${ACCEPTED}`);
  return keys;
};

/**
 * The keys in force; none where nothing is set, which leaves payloads as they are.
 * @throws RangeError as `parsePayloadKeys`, or when a file was named and cannot be read: never silently plain.
 */
export const readPayloadKeys = (
  name: SecretName = PAYLOAD_KEYS,
  env: NodeJS.ProcessEnv = process.env,
): readonly PayloadKey[] => {
  const text = readSecret(name, env);
  if (text !== null) return parsePayloadKeys(name, text);
  const isNamed = name.startsWith('file:') || env[`${name}_FILE`] !== undefined || name !== PAYLOAD_KEYS;
  if (isNamed) throw new RangeError(`${name}: the keys named there cannot be read; ${ACCEPTED}`);
  return [];
};
