// The ledger on a real Postgres does what a plain model of it says (test/support/ledger-model.ts).
import { ledgerFollowsModel } from '../../support/ledger-model';
import { freshTestDatabase, STACK_START_MS, type TestDatabase } from '../db/fresh-database';

jest.setTimeout(120_000);

let test: TestDatabase;
beforeAll(async () => {
  test = await freshTestDatabase(4);
}, STACK_START_MS);
afterAll(() => test.drop());

it('ledger and caps follow the plain model under any sequence of events', () =>
  ledgerFollowsModel(test.db, { numRuns: 20, seed: 5 }));
