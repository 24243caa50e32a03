// A fuzzer that reads the OpenAPI document asks every operation: no 5xx, and no answer that the document denies.
// CONCLAVE_FUZZ_EXAMPLES raises the number of requests per operation, CONCLAVE_FUZZ_SCOPES names further holders of
// tokens; docs/operations.md has the longer command.
import { createToken } from '../../../client/tokens';
import type { ApiScope } from '../../../db/api-token-store';
import type { Listening } from '../../../server/listen';
import { serve } from '../../../server/serve';
import { type WorkerlessApi, workerlessApi } from '../../support/open-api';
import { findSchemathesis, runSchemathesis } from '../../support/schemathesis';

const EXAMPLES = process.env.CONCLAVE_FUZZ_EXAMPLES ?? '3';
const SCOPES = (process.env.CONCLAVE_FUZZ_SCOPES ?? 'admin').split(',') as ApiScope[];
const LONGEST_MS = 3_600_000;
/** The fuzzer asks faster than any one caller may. */
const NO_LIMIT = { perMinute: 10_000_000, burst: 10_000_000 };

let api: WorkerlessApi;
let server: Listening;
const program = findSchemathesis();
const tokens = new Map<ApiScope, string>();

beforeAll(async () => {
  api = await workerlessApi();
  server = await serve({ ...api.options, requestLimit: NO_LIMIT });
  for (const scope of ['admin', 'run', 'read'] as const)
    tokens.set(scope, (await createToken(api.client, { name: scope, scope })).token);
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
  /^(startSession|startDecision|decide|startPanel|research|sendEvent|startTournament|ask|decideReview|syncSchedules|recordOutcome|importOutcomes|resolveOutcomes|createToken|revokeToken|startCompetition|replayCompetition)$/;

const fuzz = (scope: ApiScope, ...more: readonly string[]) =>
  runSchemathesis(program!, [
    `http://127.0.0.1:${server.port}/api/v1/openapi.json`,
    ...['--header', `Authorization: Bearer ${tokens.get(scope)}`],
    ...['--checks', CHECKS, '--max-examples', EXAMPLES, '--seed', '7', '--no-shrink', '--phases', 'fuzzing'],
    ...['--suppress-health-check', 'all', '--workers', '1', '--warnings', 'off', '--continue-on-failure'],
    ...more,
  ]);

const testWhere = program === null ? it.skip : it;

describe.each(SCOPES)('the fuzzer with a token of scope %s', (scope) => {
  testWhere(
    'finds no 5xx and no answer outside the document in what reads and changes settings',
    async () => {
      const { code, output, cases } = await fuzz(scope, ...['--exclude-operation-id-regex', STARTERS.source]);
      expect([code, code === 0 ? '' : output.slice(-6_000)]).toEqual([0, '']);
      expect(cases).toBeGreaterThan(100);
      if (process.env.CONCLAVE_FUZZ_EXAMPLES) console.log(`${scope}: ${cases} requests`);
      expect(api.faults).toEqual([]);
    },
    LONGEST_MS,
  );

  testWhere(
    'finds no 5xx in wrong requests to what starts work',
    async () => {
      const { code, output } = await fuzz(
        scope,
        ...['--include-operation-id-regex', STARTERS.source, '--mode', 'negative'],
      );
      expect([code, code === 0 ? '' : output.slice(-6_000)]).toEqual([0, '']);
      expect(api.faults).toEqual([]);
    },
    LONGEST_MS,
  );
});
