// The order of test files for Jest. By itself it begins with the largest, which read long; some that are short to read
// run for minutes, and would begin last and run alone.
const { statSync } = require('node:fs');

const LONG = ['test/chaos/chaos.test.ts', 'test/chaos/outages.test.ts'];

const isLong = ({ path }) => LONG.some((end) => path.replaceAll('\\', '/').endsWith(end));
const sizeOf = ({ path }) => statSync(path).size;

module.exports = class LongTestsFirst {
  /** Named ones first, then by size, as Jest has it. */
  sort(tests) {
    return [...tests].sort((a, b) => isLong(b) - isLong(a) || sizeOf(b) - sizeOf(a));
  }

  /** How long files took is not kept: a clean checkout knows nothing of earlier runs. */
  cacheResults() {}
};
