// The unit tests of breaker, modes, failures, waits and caps alone, for mutation testing. Jest looks only into the
// folders they live in: it starts once per change.
const { join } = require('node:path');

module.exports = {
  rootDir: join(__dirname, '..', '..'),
  roots: ['<rootDir>/domain', '<rootDir>/test/outage', '<rootDir>/test/money'],
  transform: { '^.+\\.[tj]sx?$': ['@swc/jest'] },
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/outage/**/*.test.ts', '<rootDir>/test/money/{caps,reservation}.test.ts'],
};
