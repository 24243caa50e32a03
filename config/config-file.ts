// Reads the one configuration file and points at the line of whatever is wrong with it.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isCollection, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error';
import { type ConfigFile, fileSchema } from './schema';
import { absoluteSecret } from './secrets';

export interface LoadedFile {
  readonly values: ConfigFile;
  /** `conclave.yaml:4` for a dotted setting, or null where the file does not set it. */
  readonly whereIs: (setting: string) => string | null;
}

type Path = readonly (string | number)[];

interface SchemaPart {
  readonly def?: {
    readonly innerType?: SchemaPart;
    readonly element?: SchemaPart;
    readonly shape?: Readonly<Record<string, SchemaPart>>;
  };
}

/** A schema without what makes it optional or gives it a default. */
const bare = (part: SchemaPart | undefined): SchemaPart['def'] =>
  part?.def?.innerType ? bare(part.def.innerType) : part?.def;

/** Names of the settings of a section. */
const settingsAt = (path: readonly PropertyKey[]): readonly string[] => {
  const section = path.reduce<SchemaPart | undefined>((part, step) => {
    const def = bare(part);
    return def?.element ?? def?.shape?.[String(step)];
  }, fileSchema as SchemaPart);
  return Object.keys(bare(section)?.shape ?? {});
};

const describeIssue = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys')
    return `is not a known setting (${issue.keys.join(', ')}); known here: ${settingsAt(issue.path).join(', ')}`;
  if (issue.code === 'invalid_type') return `must be of type ${issue.expected}`;
  return issue.message;
};

/** An unknown setting is named itself, not the section that it stands in. */
const issuePath = (issue: z.core.$ZodIssue): Path => {
  const path = issue.path.filter((part) => typeof part !== 'symbol') as Path;
  return issue.code === 'unrecognized_keys' ? [...path, issue.keys[0] ?? ''] : path;
};

/** Paths of secrets begin at the file, as its other paths do: who reads them may have begun elsewhere. */
const withAbsoluteSecrets = (values: ConfigFile, folder: string): ConfigFile =>
  JSON.parse(JSON.stringify(values), (setting, value: unknown) =>
    setting.endsWith('Name') && typeof value === 'string' ? absoluteSecret(value, folder) : value,
  );

/**
 * Reads and checks a YAML file.
 * @throws ConfigError with the line of every problem.
 */
export const loadConfigFile = (file: string): LoadedFile => {
  const name = basename(file);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ where: file, setting: '', message: `cannot be read (${reason})` }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({
        where: `${name}:${lines.linePos(error.pos[0]).line}`,
        setting: '',
        message: `is not YAML: ${error.message.split('\n')[0]?.replace(/ at line.*/, '')}`,
      })),
    );
  }
  const lineOf = (path: Path): number | null => {
    for (let depth = path.length; depth > 0; depth--) {
      const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
      const pair = isCollection(parent)
        ? parent.items.find((item, index) => pairKey(item) === path[depth - 1] || index === path[depth - 1])
        : undefined;
      const node = pair && typeof pair === 'object' && 'key' in pair ? pair.key : pair;
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return null;
  };
  const result = fileSchema.safeParse(document.toJS() ?? {});
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map((issue): ConfigProblem => {
        const path = issuePath(issue);
        return {
          where: `${name}:${lineOf(path) ?? 1}`,
          setting: path.join('.'),
          message: describeIssue(issue),
        };
      }),
    );
  }
  const whereIs = (setting: string): string | null => {
    const path = setting.split('.');
    if (!document.hasIn(path)) return null;
    return `${name}:${lineOf(path) ?? 1}`;
  };
  return { values: withAbsoluteSecrets(result.data, dirname(file)), whereIs };
};

const pairKey = (item: unknown): unknown => {
  if (typeof item !== 'object' || item === null || !('key' in item)) return undefined;
  const { key } = item;
  return typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
};
