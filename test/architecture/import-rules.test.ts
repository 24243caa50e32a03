// Who may import whom: the table of docs/architecture.md, held against every source file.
import { importsOf, readSources, type SourceFile } from '../support/source-files';

interface Rule {
  /** Own folders (or single files) that may be loaded; the folder itself always may. */
  readonly own: readonly string[];
  /** Own folders of which only types may be named. */
  readonly types?: readonly string[];
  /** Packages and node built-ins by beginning; null: any. */
  readonly packages: readonly string[] | null;
}

const EVERYTHING_BELOW_THE_COMMANDS = [
  'domain',
  'workflows',
  'activities',
  'providers',
  'sources',
  'db',
  'workers',
  'stack',
  'client',
  'config',
  'prompts',
];

/** Longest matching folder decides, so that workflows/contracts is stricter than workflows. */
const RULES: Readonly<Record<string, Rule>> = {
  domain: { own: [], packages: [] },
  // Plain JSON contracts, read by everyone, so they rest on nothing but domain.
  'workflows/contracts': { own: ['domain'], packages: [] },
  workflows: {
    own: ['domain', 'workflows'],
    types: ['activities'],
    // @temporalio/common holds what the workflow package itself shows of search attributes and failures.
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  providers: { own: ['domain'], packages: null },
  sources: { own: ['domain'], packages: null },
  db: { own: ['domain'], packages: ['pg', 'drizzle-orm', 'lru-cache', 'node:'] },
  // Which variables configure a kind of provider stands in the kind's own file.
  config: { own: ['providers/kind-list'], packages: null },
  // A prompt's text is found beside the package, wherever the code runs from.
  prompts: { own: ['config/package-root'], packages: ['node:', 'yaml'] },
  activities: {
    own: ['domain', 'workflows/contracts', 'providers', 'sources', 'db', 'prompts'],
    packages: [
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      '@opentelemetry/api',
      'node:',
      'nodemailer',
      'standardwebhooks',
    ],
  },
  // Readers of local files are shared with the command line, so that bad input is named before anything starts.
  client: {
    own: [
      'domain',
      'db',
      'config',
      'workflows/contracts',
      'workflows/messages',
      'prompts/analyst-library',
      'providers/recorded-index',
      'sources/price-file',
    ],
    packages: null,
  },
  workers: { own: EVERYTHING_BELOW_THE_COMMANDS, packages: null },
  stack: { own: EVERYTHING_BELOW_THE_COMMANDS, packages: null },
  server: { own: ['client', 'config', 'domain', 'db', 'stack', 'workflows/contracts'], packages: null },
  cli: { own: ['client', 'config', 'domain', 'db', 'stack', 'workflows/contracts'], packages: null },
};

const FOLDERS = [...new Set(Object.keys(RULES).map((folder) => folder.split('/')[0]!))];

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const folderOf = (path: string): string =>
  Object.keys(RULES)
    .filter((folder) => isBelow(path, folder))
    .sort((a, b) => b.length - a.length)[0]!;

const isOwn = (target: string): boolean => FOLDERS.some((folder) => isBelow(target, folder));

const mayImport = (folder: string, target: string, typeOnly: boolean): boolean => {
  const rule = RULES[folder]!;
  if (!isOwn(target)) {
    if (target.startsWith('..')) return false;
    if (rule.packages === null || typeOnly) return rule.packages === null || rule.packages.length > 0;
    return rule.packages.some((name) => target === name || (name.endsWith(':') && target.startsWith(name)));
  }
  if (isBelow(target, folder)) return true;
  const allowed = typeOnly ? [...rule.own, ...(rule.types ?? [])] : rule.own;
  return allowed.some((each) => isBelow(target, each));
};

/** Test data, package.json and the like lie outside the ruled folders. */
const violationsOf = ({ path, imports }: SourceFile): readonly string[] =>
  imports
    .filter(({ target, typeOnly }) => !mayImport(folderOf(path), target, typeOnly))
    .map(({ specifier, typeOnly }) => `${path} imports ${typeOnly ? 'types of ' : ''}${specifier}`);

const sources = readSources(FOLDERS);

test('every source file imports only what its folder may import', () => {
  expect(sources.flatMap(violationsOf)).toEqual([]);
});

test('the sources are really read', () => {
  expect(sources.length).toBeGreaterThan(150);
  const edges = sources.flatMap(({ imports }) => imports);
  expect(edges.filter(({ target }) => isOwn(target)).length).toBeGreaterThan(400);
});

const planted = (path: string, text: string): readonly string[] =>
  violationsOf({ path, text, imports: importsOf(path, text) });

test.each([
  ['domain/track/x.ts', "import { readFileSync } from 'node:fs';"],
  ['domain/track/x.ts', "import { createHash } from 'crypto';"],
  ['domain/track/x.ts', "import type { Stores } from '../../db/stores';"],
  ['domain/track/x.ts', "import { z } from 'zod';"],
  ['workflows/x.ts', "import { createActivities } from '../activities';"],
  ['workflows/x.ts', "import { openDatabase } from '../db/database';"],
  ['workflows/x.ts', "import type { Stores } from '../db/stores';"],
  ['workflows/x.ts', "export * from '../providers/port';"],
  ['workflows/x.ts', "const fs = require('node:fs');"],
  ['workflows/contracts/x.ts', "import { proxyActivities } from '@temporalio/workflow';"],
  ['workflows/contracts/x.ts', "import type { Activities } from '../../activities';"],
  ['providers/x.ts', "import { openDatabase } from '../db/database';"],
  ['sources/x.ts', "import type { Provider } from '../providers/port';"],
  ['db/x.ts', "import type { Provider } from '../providers/port';"],
  ['activities/x.ts', "import { store } from '../workflows/activity-stubs';"],
  ['activities/x.ts', "export const load = () => import('../config/load');"],
  ['client/x.ts', "import { marketSession } from '../workflows/market-session';"],
  ['workers/x.ts', "import { EXIT } from '../cli/output';"],
  ['cli/x.ts', "import { createActivities } from '../activities';"],
  ['cli/x.ts', "import { createProviders } from '../providers/create-providers';"],
])('in %s, %s is refused', (path, text) => {
  expect(planted(path, text)).toHaveLength(1);
});

test.each([
  ['workflows/x.ts', "import type { Activities } from '../activities';"],
  ['workflows/x.ts', "import { type Activities } from '../activities';"],
  ['workflows/x.ts', "import { condition } from '@temporalio/workflow';"],
  ['workflows/x.ts', "import { stageForStake } from '../domain/ensemble/cascade';"],
  ['domain/track/x.ts', "import { mean } from '../market/returns';"],
  ['activities/x.ts', "import { createAnswerStore } from '../db/answer-store';"],
  ['db/x.ts', "import { Pool } from 'pg';"],
])('in %s, %s is allowed', (path, text) => {
  expect(planted(path, text)).toEqual([]);
});
