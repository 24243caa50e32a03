// Mutation testing where the ledger really is: each small change to its functions in Postgres must be noticed by
// the model of the ledger. Stryker changes TypeScript only. Run by `npm run mutation`.
import type { Database } from '../../db/database';
import { freshTestDatabase } from '../integration/db/fresh-database';
import { ledgerFollowsModel } from '../support/ledger-model';

/** Functions that hold, book or give back money; those of them that this schema has. */
const FUNCTIONS = [
  ...['covering_caps', 'caps_of_calls', 'reserve_call', 'reserve_calls'],
  ...['release_reservations', 'settle_call', 'void_call'],
];

/** What is replaced by what, each place a mutant of its own. */
const CHANGES: readonly (readonly [RegExp, string])[] = [
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ > /g, ' >= '],
  [/ > /g, ' < '],
  [/ <= /g, ' < '],
  [/ <> /g, ' = '],
  [/\bgreatest\(/gi, 'least('],
  [/\bAND\b/g, 'OR'],
  [/\bIF FOUND\b/g, 'IF NOT FOUND'],
  [/\bIF NOT FOUND\b/g, 'IF FOUND'],
  [/'reserved'/g, "'void'"],
  [/'open'/g, "'settled'"],
  [/'settled'/g, "'void'"],
  [/'uncertain'/g, "'settled'"],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
  [/\bnot exists\b/gi, 'exists'],
  [/\bIS NULL\b/g, 'IS NOT NULL'],
];

interface Mutant {
  readonly name: string;
  readonly original: string;
  readonly changed: string;
}

const definitions = (db: Database): Promise<readonly { readonly name: string; readonly text: string }[]> =>
  db.query(
    `select proname as name, pg_get_functiondef(p.oid) as text from pg_proc p
     where proname = any ($1) and pronamespace = 'public'::regnamespace order by proname`,
    [FUNCTIONS],
  );

/** The head of a definition (name, columns of the result) is no behaviour: only the body is changed. */
const mutantsOf = (name: string, text: string): readonly Mutant[] => {
  const body = text.indexOf('$function$');
  return CHANGES.flatMap(([pattern, replacement]) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      if (match.index < body) return [];
      const changed = text.slice(0, match.index) + replacement + text.slice(match.index + match[0].length);
      const line = text.slice(0, match.index).split('\n').length;
      const label = `${name}:${line} ${match[0].trim()} -> ${replacement.trim()}`;
      return [{ name: label, original: text, changed }];
    }),
  );
};

const followsModel = (db: Database, numRuns: number): Promise<boolean> =>
  ledgerFollowsModel(db, { numRuns, seed: 7, endOnFailure: true }).then(
    () => true,
    () => false,
  );

type Outcome = 'killed' | 'survived' | 'invalid';

const tryMutant = async (db: Database, mutant: Mutant): Promise<Outcome> => {
  try {
    await db.query(mutant.changed);
  } catch {
    return 'invalid';
  }
  const survived = await followsModel(db, 25);
  await db.query(mutant.original);
  return survived ? 'survived' : 'killed';
};

const main = async (): Promise<number> => {
  const test = await freshTestDatabase(2);
  try {
    await test.db.query("set statement_timeout = '5s'");
    const mutants = (await definitions(test.db)).flatMap(({ name, text }) => mutantsOf(name, text));
    if (!(await followsModel(test.db, 25))) throw new Error('the ledger itself does not follow its model');
    const outcomes: Record<Outcome, number> = { killed: 0, survived: 0, invalid: 0 };
    for (const mutant of mutants) {
      const outcome = await tryMutant(test.db, mutant);
      outcomes[outcome] += 1;
      if (outcome === 'survived') process.stdout.write(`survived: ${mutant.name}\n`);
    }
    const valid = outcomes.killed + outcomes.survived;
    const score = (100 * outcomes.killed) / valid;
    process.stdout.write(`ledger: ${outcomes.killed} of ${valid} mutants killed, ${score.toFixed(1)} %\n`);
    return score >= 80 ? 0 : 1;
  } finally {
    await test.drop();
  }
};

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(2);
  },
);
