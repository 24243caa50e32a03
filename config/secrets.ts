// Secrets by reference: settings carry a name, and only the code that needs the secret resolves it, at the
// moment of use. Values never enter configuration objects, logs, histories or rows.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, resolve } from 'node:path';
import { knowSecret } from './redact';

/** Where a secret may be: an environment variable's name, or `file:PATH`. */
export type SecretName = string;

const readFileSecret = (path: string): string | null => {
  try {
    const text = readFileSync(path.replace(/^~(?=\/)/, homedir()), 'utf8').trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
};

const FILE = 'file:';

const find = (name: SecretName, env: NodeJS.ProcessEnv): string | null => {
  if (name.startsWith(FILE)) return readFileSecret(name.slice(FILE.length));
  const value = env[name]?.trim();
  if (value) return value;
  const file = env[`${name}_FILE`];
  return file ? readFileSecret(file) : null;
};

/**
 * The secret's value, or null where there is none: the variable NAME, else the file that the variable
 * NAME_FILE names (the convention of container platforms), or the file itself for `file:PATH`. Redaction knows it
 * from then on.
 */
export const readSecret = (name: SecretName, env: NodeJS.ProcessEnv = process.env): string | null => {
  const secret = find(name, env);
  if (secret !== null) knowSecret(secret, name);
  return secret;
};

/** True where `readSecret` would give a value. */
export const hasSecret = (name: SecretName, env: NodeJS.ProcessEnv = process.env): boolean =>
  readSecret(name, env) !== null;

/** The name with its path, as it stands in a configuration file, made absolute from that file's folder. */
export const absoluteSecret = (name: SecretName, folder: string): SecretName => {
  const path = name.slice(FILE.length);
  return name.startsWith(FILE) && !path.startsWith('~/') ? `${FILE}${resolve(folder, path)}` : name;
};

/**
 * The name as tables have it that several machines share: a file by whom it is for instead of by its folder, which each
 * machine has for itself.
 */
export const sharedSecretName = (name: SecretName, owner: string): SecretName =>
  name.startsWith(FILE) ? `${FILE}${owner}/${basename(name.slice(FILE.length))}` : name;

/** For processes that begin elsewhere: variables that name a file from this folder, with its absolute path. */
export const secretFileEnvironment = (env: NodeJS.ProcessEnv, cwd = process.cwd()): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, path]) =>
      name.endsWith('_FILE') && path && !isAbsolute(path) && existsSync(resolve(cwd, path))
        ? [[name, resolve(cwd, path)]]
        : [],
    ),
  );
