// Four projects. `unit` is strict about open handles; the others load the Temporal SDK, whose native
// runtime keeps one, and are run with forceExit by scripts/test.mjs.
// Globals that no test replaces. Jest looks every other one up through a proxy at each use, which made the numeric
// tests six times as slow.
const FIXED_GLOBALS = [
  'Array BigInt Boolean Error Float64Array Infinity Intl JSON Map Math Number Object Promise Proxy RangeError Reflect',
  'RegExp Set String Symbol TypeError Uint32Array Uint8Array WeakMap',
  'decodeURIComponent encodeURIComponent isNaN parseFloat parseInt',
].flatMap((names) => names.split(' '));

const common = {
  rootDir: __dirname,
  transform: { '^.+\\.[tj]sx?$': ['@swc/jest'] },
  // The exporter of traces loads its transport by import(), which only a transformed module may do under Jest.
  transformIgnorePatterns: ['/node_modules/(?!@opentelemetry/otlp-exporter-base/)'],
  testEnvironment: 'node',
  sandboxInjectedGlobals: FIXED_GLOBALS,
  modulePathIgnorePatterns: ['<rootDir>/dist'],
};

// A stack with workers, started when a test asks for it and shared by all files of one run.
const sharedStack = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

const project = (displayName, folder, more = {}) => ({
  ...common,
  displayName,
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
  ...more,
});

module.exports = {
  projects: [
    {
      ...project('unit', '*'),
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/(integration|replay|e2e|chaos|browser)/'],
    },
    project('integration', 'integration', sharedStack),
    project('replay', 'replay', sharedStack),
    project('e2e', '{e2e,chaos,browser}'),
  ],
};
