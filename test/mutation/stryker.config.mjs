// Mutation testing of the rules that money and outages rest on: each change that Stryker makes to them must be
// seen by a unit test. Run by `npm run mutation`; the scores stand in docs/operations.md.
export default {
  testRunner: 'jest',
  jest: {
    projectType: 'custom',
    configFile: 'test/mutation/jest.config.js',
    // Which tests see a change is known from the coverage of each.
    enableFindRelatedTests: false,
  },
  concurrency: 2,
  mutate: ['breaker', 'failure', 'modes', 'waiting', 'ramp', 'forecast-reuse', 'hedging'].map(
    (name) => `domain/outage/${name}.ts`,
  ),
  coverageAnalysis: 'perTest',
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false },
  jsonReporter: { fileName: '.stryker/report.json' },
  tempDirName: '.stryker/sandbox',
  ignorePatterns: ['dist', 'docs', 'bench', 'test/replay/histories', 'server/dashboard/dist'],
  // The native TypeScript compiler has no API for Stryker to rewrite a tsconfig with, and none is needed: swc
  // strips types without looking at it.
  tsconfigFile: 'none',
  disableTypeChecks: false,
};
