// A fuzzer that reads the OpenAPI document asks every operation: no 5xx, and no answer that the document denies.
// CONCLAVE_FUZZ_EXAMPLES raises the number of requests per operation; docs/operations.md has the longer command.
import type { Listening } from '../../../server/listen';
import { serve } from '../../../server/serve';
import { type WorkerlessApi, workerlessApi } from '../../support/open-api';
import { findSchemathesis, runSchemathesis } from '../../support/schemathesis';

const EXAMPLES = process.env.CONCLAVE_FUZZ_EXAMPLES ?? '3';
const LONGEST_MS = 3_600_000;

let api: WorkerlessApi;
let server: Listening;
const program = findSchemathesis();

beforeAll(async () => {
  api = await workerlessApi();
  server = await serve(api.options);
}, LONGEST_MS);

afterAll(async () => {
  await server?.close();
  await api?.close();
});

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
].join(',');

/** Operations that start work answer right requests with 503 here, where no worker runs. */
const STARTERS =
  /^(startSession|startDecision|decide|startPanel|research|sendEvent|startTournament|ask|decideReview|syncSchedules|createToken|revokeToken)$/;

const fuzz = (...more: readonly string[]) =>
  runSchemathesis(program!, [
    `http://127.0.0.1:${server.port}/api/v1/openapi.json`,
    ...['--checks', CHECKS, '--max-examples', EXAMPLES, '--seed', '7', '--no-shrink', '--phases', 'fuzzing'],
    ...['--suppress-health-check', 'all', '--workers', '2', '--warnings', 'off', '--continue-on-failure'],
    ...more,
  ]);

const testWhere = program === null ? it.skip : it;

describe('the fuzzer', () => {
  testWhere(
    'finds no 5xx and no answer outside the document in what reads and changes settings',
    async () => {
      const { code, output, cases } = await fuzz(...['--exclude-operation-id-regex', STARTERS.source]);
      expect([code, code === 0 ? '' : output.slice(-6_000)]).toEqual([0, '']);
      expect(cases).toBeGreaterThan(100);
      expect(api.faults).toEqual([]);
    },
    LONGEST_MS,
  );

  testWhere(
    'finds no 5xx in wrong requests to what starts work',
    async () => {
      const { code, output } = await fuzz(
        ...['--include-operation-id-regex', STARTERS.source, '--mode', 'negative'],
      );
      expect([code, code === 0 ? '' : output.slice(-6_000)]).toEqual([0, '']);
      expect(api.faults).toEqual([]);
    },
    LONGEST_MS,
  );
});
