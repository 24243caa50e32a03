// Which calls of agents are taken for the same.
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  decisionWork,
  panelWork,
  requestKeyOf,
  requestKeysOf,
  SAME_CALL_MS,
} from '../../client/agents/same-call';

const CALL = { tool: 'decide', asked: [{ symbol: 'AMD' }, null] };
const shared = (a: readonly string[], b: readonly string[]): boolean => a.some((key) => b.includes(key));

test('a call again within ten minutes is the same, whenever the first came; after twenty it is not', () => {
  for (const at of [0, 1, SAME_CALL_MS - 1, SAME_CALL_MS]) {
    const [made] = requestKeysOf(CALL, at);
    for (const after of [0, 1, 60_000, SAME_CALL_MS - 1, SAME_CALL_MS])
      expect(requestKeysOf(CALL, at + after)).toContain(made);
    expect(requestKeysOf(CALL, at + 2 * SAME_CALL_MS)).not.toContain(made);
  }
});

test('another tool, another argument or a key of its own makes another', () => {
  const keys = requestKeysOf(CALL, 5);
  expect(shared(keys, requestKeysOf({ ...CALL, tool: 'panel' }, 5))).toBe(false);
  expect(shared(keys, requestKeysOf({ ...CALL, asked: [{ symbol: 'AMD' }, 1] }, 5))).toBe(false);
  expect(shared(keys, requestKeysOf({ ...CALL, key: 'k' }, 5))).toBe(false);
});

test('a call with a key stays the same however late it comes again', () => {
  const keyed = { ...CALL, key: 'k' };
  expect(requestKeysOf(keyed, 5)).toEqual(requestKeysOf(keyed, 1e12));
  expect(requestKeysOf(keyed, 5)).not.toEqual(requestKeysOf({ ...keyed, key: 'other' }, 5));
});

interface Run {
  /** Of the workflow. */
  readonly status: string;
  /** Its row; absent: none. */
  readonly row?: object;
}

/** Runs by their workflow id, as a client finds them. */
const clientOf = (runs: Readonly<Record<string, Run>>) => {
  const describe = async (id: string) => {
    const run = runs[id];
    if (run === undefined) throw new WorkflowNotFoundError('no such run', id, undefined);
    return { status: { name: run.status } };
  };
  const get = async (id: string) => runs[id]?.row ?? null;
  return {
    temporal: { workflow: { getHandle: (id: string) => ({ describe: () => describe(id) }) } },
    stores: { decisions: { get }, panels: { get } },
  } as unknown as Parameters<typeof requestKeyOf>[0] & Parameters<typeof decisionWork>[0];
};

const FIRST = 0;
const LATER = SAME_CALL_MS + 1;
const [FIRST_KEY] = requestKeysOf(CALL, FIRST);
const decisionOf = (key: string) => `decision:equity:AMD:${key}`;

const askedAgain = (runs: Readonly<Record<string, Run>>, { nowMs = FIRST, call = CALL as object } = {}) => {
  const client = clientOf(runs);
  return requestKeyOf(client, { ...CALL, ...call }, decisionWork(client, 'equity:AMD'), nowMs);
};

const completed = (row: object): Run => ({ status: 'COMPLETED', row: { members: [], details: {}, ...row } });

test.each([
  ['runs', { status: 'RUNNING' }],
  ['decided', completed({ status: 'decided' })],
  ['found no consensus', completed({ status: 'no_consensus' })],
  ['waits for a person', completed({ status: 'parked' })],
])('a call again gets the decision that %s, also in the next ten minutes', async (_what, run) => {
  for (const nowMs of [FIRST, LATER])
    expect(await askedAgain({ [decisionOf(FIRST_KEY)]: run }, { nowMs })).toEqual({
      ...{ key: FIRST_KEY, begun: true },
    });
});

const refused = { members: [{ failure: 'budget' }] };

test.each([
  ['abstained', completed({ status: 'abstained' })],
  ['expired', completed({ status: 'expired' })],
  ['found no consensus since a budget refused', completed({ status: 'no_consensus', ...refused })],
  ['left no row', { status: 'COMPLETED' }],
])('a call again is new work after a decision that %s', async (_what, run) => {
  const runs = { [decisionOf(FIRST_KEY)]: run };
  const again = await askedAgain(runs);
  expect(again).toEqual({ key: `${FIRST_KEY}-2`, begun: false });
  expect(await askedAgain(runs, { nowMs: LATER })).toMatchObject({ begun: false });
  const rerun = { ...runs, [decisionOf(again.key)]: { status: 'RUNNING' } };
  for (const nowMs of [FIRST, LATER])
    expect(await askedAgain(rerun, { nowMs })).toEqual({ key: again.key, begun: true });
});

test('a decision that failed is done again under its own key', async () => {
  expect(await askedAgain({ [decisionOf(FIRST_KEY)]: { status: 'FAILED' } })).toEqual({
    ...{ key: FIRST_KEY, begun: false },
  });
});

test('a call with a key gets what the first one was told, whatever it was', async () => {
  const [key] = requestKeysOf({ ...CALL, key: 'mine' }, FIRST);
  const runs = { [decisionOf(key)]: completed({ status: 'abstained' }) };
  expect(await askedAgain(runs, { call: { key: 'mine' } })).toEqual({ key, begun: true });
});

test.each([
  ['complete', true],
  ['partial', true],
  ['abstained', false],
])('a panel that is %s is given again: %s', async (status, begun) => {
  const client = clientOf({ [`panel:${FIRST_KEY}`]: completed({ status }) });
  expect((await requestKeyOf(client, CALL, panelWork(client), FIRST)).begun).toBe(begun);
});
