// The unit tests of breaker, modes, failures, waits and hedges alone, for mutation testing. Jest looks only into the
// folders they live in: it starts once per change. Caps are functions in Postgres: ledger-mutants.ts.
const { join } = require('node:path');

module.exports = {
  rootDir: join(__dirname, '..', '..'),
  roots: ['<rootDir>/domain', '<rootDir>/test/outage'],
  transform: { '^.+\\.[tj]sx?$': ['@swc/jest'] },
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/outage/**/*.test.ts'],
};
