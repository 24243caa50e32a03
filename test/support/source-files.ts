// Reads the project's own sources as syntax trees, for tests of who imports whom and what code may not do.
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { parseSync } from '@swc/core';

export const PROJECT_ROOT = join(__dirname, '..', '..');

export interface Import {
  /** As written. */
  readonly specifier: string;
  /** Path below the project's root without ending for own files, else the package's name or `node:...`. */
  readonly target: string;
  /** Only types are imported, so that nothing is loaded at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** Path below the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const SKIPPED = new Set(['node_modules', 'dist']);

const listFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(full);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [full] : [];
  });

const BUILT_IN = new Set(builtinModules);

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Where an import of `from` leads. */
export const resolveImport = (from: string, specifier: string): string => {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  if (specifier.startsWith('node:')) return specifier;
  return BUILT_IN.has(specifier) ? `node:${specifier}` : packageOf(specifier);
};

export interface Node {
  readonly type?: string;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Every node of a tree, the root first. */
export function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item);
    return;
  }
  if (!isNode(value)) return;
  if (value.type) yield value;
  for (const child of Object.values(value)) if (isNode(child)) yield* nodesOf(child);
}

interface Found {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const textOf = (node: unknown): string | null =>
  isNode(node) && node.type === 'StringLiteral' ? (node.value as string) : null;

const allSpecifiersAreTypes = (specifiers: unknown): boolean =>
  Array.isArray(specifiers) &&
  specifiers.length > 0 &&
  specifiers.every((each) => isNode(each) && each.isTypeOnly === true);

const fromDeclaration = (node: Node): Found | null => {
  const specifier = textOf(node.source);
  if (specifier === null) return null;
  return { specifier, typeOnly: node.typeOnly === true || allSpecifiersAreTypes(node.specifiers) };
};

const isLoader = (callee: unknown): boolean =>
  isNode(callee) &&
  (callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require'));

const fromCall = (node: Node): Found | null => {
  const [first] = (node.arguments ?? []) as readonly Node[];
  const specifier = textOf(first?.expression);
  return isLoader(node.callee) && specifier !== null ? { specifier, typeOnly: false } : null;
};

const importOf = (node: Node): Found | null => {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return fromDeclaration(node);
    case 'CallExpression':
      return fromCall(node);
    case 'TsImportType': {
      const specifier = textOf(node.argument);
      return specifier === null ? null : { specifier, typeOnly: true };
    }
    default:
      return null;
  }
};

export const parse = (path: string, text: string): unknown =>
  parseSync(text, { syntax: 'typescript', tsx: path.endsWith('.tsx'), target: 'es2022' });

/** All imports of a text, dynamic ones, `require` and re-exports included. */
export const importsOf = (path: string, text: string): readonly Import[] =>
  [...nodesOf(parse(path, text))].flatMap((node) => {
    const found = importOf(node);
    return found ? [{ ...found, target: resolveImport(path, found.specifier) }] : [];
  });

/** Names that stand for a member or a key, and so mean nothing outside their object. */
const memberNames = (nodes: readonly Node[]): ReadonlySet<unknown> =>
  new Set(
    nodes.flatMap((node) => {
      if (node.type === 'MemberExpression') return [node.property];
      return node.type?.endsWith('Property') || node.type?.endsWith('Signature') ? [node.key] : [];
    }),
  );

/** `object.property` and plain names that a text calls or reads, such as `Date.now` or `setTimeout`. */
export const namesUsedIn = (path: string, text: string): ReadonlySet<string> => {
  const nodes = [...nodesOf(parse(path, text))];
  const members = memberNames(nodes);
  const names = new Set<string>();
  for (const node of nodes) {
    if (node.type === 'Identifier' && !members.has(node)) names.add(node.value as string);
    if (node.type !== 'MemberExpression') continue;
    const { object, property } = node as { object?: Node; property?: Node };
    if (object?.type === 'Identifier' && property?.type === 'Identifier')
      names.add(`${object.value}.${property.value}`);
  }
  return names;
};

/** The project's TypeScript files below these folders. */
export const readSources = (folders: readonly string[]): readonly SourceFile[] =>
  folders.flatMap((folder) => {
    let files: readonly string[];
    try {
      files = listFiles(join(PROJECT_ROOT, folder));
    } catch {
      return [];
    }
    return files.map((file) => {
      const path = relative(PROJECT_ROOT, file).split(sep).join('/');
      const text = readFileSync(file, 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
  });
