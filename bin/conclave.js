#!/usr/bin/env node
// The command `conclave`: the compiled CLI.
require('../dist/cli/main.js')
  .main(process.argv)
  .then((code) => {
    process.exitCode = code;
  });
