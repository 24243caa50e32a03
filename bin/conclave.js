#!/usr/bin/env node
// The command `conclave`: the compiled CLI. In a clone it says when the build is missing or not of the present sources.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const program = join(root, 'dist', 'cli', 'main.js');

const sayIfOutdated = async () => {
  if (!existsSync(join(root, '.git'))) return;
  const { isOutdated } = await import('../scripts/build-state.mjs');
  if (isOutdated())
    process.stderr.write('This build is older than its sources: `npm run build` brings it up to date.\n');
};

const run = async () => {
  if (!existsSync(program)) {
    process.stderr.write(`Conclave is not built yet. Run \`npm start\` or \`npm run build\` in ${root}.\n`);
    return 1;
  }
  await sayIfOutdated();
  return require(program).main(process.argv);
};

run().then((code) => {
  process.exitCode = code;
});
