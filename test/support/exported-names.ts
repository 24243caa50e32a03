// Which names a source file exports, and which names of other files it reads.
import { type Node, nodesOf, parse, resolveImport, type SourceFile } from './source-files';

export interface Export {
  readonly name: string;
  /** A type or interface, of which nothing is left at run time. */
  readonly isType: boolean;
}

const TYPES = ['TsTypeAliasDeclaration', 'TsInterfaceDeclaration'];

const isNamed = (node: unknown): node is Node & { readonly value: string } =>
  typeof node === 'object' && node !== null && typeof (node as Node).value === 'string';

const nameOf = (node: unknown): readonly string[] => (isNamed(node) ? [node.value] : []);

/** Names that a declaration makes: `const a`, `const { a }`, `function a`, `class a`, `interface a`. */
const declaredNames = (declaration: Node): readonly string[] => {
  if (declaration.type !== 'VariableDeclaration') return nameOf(declaration.identifier ?? declaration.id);
  return (declaration.declarations as readonly { readonly id: Node }[]).flatMap(({ id }) =>
    id.type === 'Identifier'
      ? nameOf(id)
      : [...nodesOf(id)].flatMap((node) =>
          node.type === 'AssignmentPatternProperty' ? nameOf(node.key) : [],
        ),
  );
};

const specifiersOf = (node: Node): readonly Node[] => (node.specifiers ?? []) as readonly Node[];

/** What a file makes and offers; what it passes on from another file is that file's. */
export const exportsOf = ({ path, text }: SourceFile): readonly Export[] =>
  [...nodesOf(parse(path, text))].flatMap((node) => {
    if (node.type === 'ExportDeclaration') {
      const declaration = node.declaration as Node;
      const isType = TYPES.includes(declaration.type ?? '');
      return declaredNames(declaration).map((name) => ({ name, isType }));
    }
    return [];
  });

export interface ReadName {
  /** Path of the file it comes from, without its ending. */
  readonly target: string;
  /** Null: the file is loaded whole, and its names are read as members. */
  readonly name: string | null;
}

const sourceOf = (node: unknown): string | null => {
  const { type, value } = (node ?? {}) as { readonly type?: string; readonly value?: string };
  return type === 'StringLiteral' ? value! : null;
};

const readBy = (node: Node): readonly { readonly specifier: string; readonly name: string | null }[] => {
  if (node.type === 'ImportDeclaration' || node.type === 'ExportNamedDeclaration') {
    const specifier = sourceOf(node.source);
    if (specifier === null) return [];
    return specifiersOf(node).map(({ type, imported, orig, local }) => ({
      specifier,
      name: type === 'ImportNamespaceSpecifier' ? null : (nameOf(imported ?? orig ?? local)[0] ?? null),
    }));
  }
  if (node.type === 'TsImportType') {
    const specifier = sourceOf(node.argument);
    return specifier === null ? [] : [{ specifier, name: nameOf(node.qualifier)[0] ?? null }];
  }
  return [];
};

/** Names of other files that a file reads, by import, re-export or type. */
export const readNamesOf = ({ path, text }: SourceFile): readonly ReadName[] =>
  [...nodesOf(parse(path, text))].flatMap((node) =>
    readBy(node).map(({ specifier, name }) => ({ target: resolveImport(path, specifier), name })),
  );
