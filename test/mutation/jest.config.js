// The unit tests of money and outages alone, for mutation testing.
const { join } = require('node:path');

module.exports = {
  rootDir: join(__dirname, '..', '..'),
  transform: { '^.+\\.[tj]sx?$': ['@swc/jest'] },
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/outage/**/*.test.ts', '<rootDir>/test/money/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.stryker/sandbox'],
};
