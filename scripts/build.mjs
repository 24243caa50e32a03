// Compiles to dist/ and bundles the workflows.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { markBuilt, root, sourceDigest } from './build-state.mjs';
import { writeModuleLists } from './list-modules.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { ensureInstalled, run } from './prepare.mjs';

const dist = join(root, 'dist');

const node = (...args) => run(process.execPath, args, { quiet: true });

ensureInstalled();
oneAtATime(() => {
  writeModuleLists(root);
  // Taken before: a change made during the build makes it stale.
  const digest = sourceDigest();
  rmSync(join(dist, '.build-digest'), { force: true });
  node(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root);
  const bundler = join(dist, 'workers', 'build-bundle.js');
  if (existsSync(bundler)) node(bundler);
  markBuilt(digest);
});
