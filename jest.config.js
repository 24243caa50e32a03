// Four projects. `unit` is strict about open handles; the others load the Temporal SDK, whose native
// runtime keeps one, and are run with forceExit by scripts/test.mjs.
const common = {
  rootDir: __dirname,
  transform: { '^.+\\.[tj]sx?$': ['@swc/jest'] },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist'],
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
    project('integration', 'integration'),
    project('replay', 'replay'),
    project('e2e', '{e2e,chaos,browser}'),
  ],
};
