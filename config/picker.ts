// Takes each setting from the first place that gives it, and keeps which place that was.
import type { z } from 'zod';
import type { ConfigProblem } from './config-error';
import type { LoadedFile } from './config-file';

export interface Picker {
  readonly origins: Record<string, string>;
  readonly problems: ConfigProblem[];
  /** The variable's value where it is set and valid, else the file's, else the default. */
  pick<T>(
    setting: string,
    variable: string | null,
    fromFile: T | undefined,
    fallback: T,
    form?: z.ZodType,
  ): T;
  /** The usual variable of a secret where it is set, else the name that the file gives; null: neither. */
  pickName(setting: string, secret: NamedSecret): string | null;
}

interface NamedSecret {
  readonly variable: string;
  readonly isSet: boolean;
  readonly fromFile: string | undefined;
}

/** Picks for one load: environment variables over the file over defaults. */
export const picker = (env: NodeJS.ProcessEnv, file: LoadedFile | null): Picker => {
  const origins: Record<string, string> = {};
  const problems: ConfigProblem[] = [];
  const pick = <T>(
    setting: string,
    variable: string | null,
    fromFile: T | undefined,
    fallback: T,
    form?: z.ZodType,
  ): T => {
    const text = variable === null ? undefined : env[variable]?.trim();
    if (variable !== null && text) {
      const where = `environment variable ${variable}`;
      origins[setting] = where;
      const parsed = form?.safeParse(text);
      if (parsed && !parsed.success) {
        problems.push({ where, setting: '', message: parsed.error.issues[0]?.message ?? 'is not valid' });
      }
      return (parsed?.success ? parsed.data : text) as T;
    }
    origins[setting] = fromFile === undefined ? 'default' : (file?.whereIs(setting) ?? 'file');
    return fromFile === undefined ? fallback : fromFile;
  };
  const pickName = (setting: string, { variable, isSet, fromFile }: NamedSecret): string | null => {
    if (!isSet || fromFile === variable) return pick<string | null>(setting, null, fromFile, null);
    origins[setting] = `environment variable ${variable}`;
    return variable;
  };
  return { origins, problems, pick, pickName };
};
