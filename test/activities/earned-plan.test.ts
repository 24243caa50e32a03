import { type Chosen, createEarnedPlan } from '../../activities/earned-plan';
import type { Stores } from '../../db/stores';
import type { MemberAnswerRow, ResolvedDecision } from '../../db/track-store';
import type { PlannedMember } from '../../workflows/contracts/decision';

const MEMBERS = ['a', 'b', 'c'];
const NOW = '2025-09-30T00:00:00.000Z';

const member = (model: string): PlannedMember => ({
  model,
  provider: 'test',
  worstCaseMicroUsd: 0,
  statistical: false,
  recorded: false,
  weight: null,
  calibrator: null,
  calibratorVersion: null,
});

const chosen: Chosen = {
  members: MEMBERS.map(member),
  substitutes: [],
  notes: MEMBERS.map((model) => ({ model, taken: true, why: 'named in the request' })),
  shadow: [],
  choice: null,
  remarks: [],
};

/** `a` is right and sure, `b` unsure, `c` wrong. */
const history = (n: number, version = '1'): readonly ResolvedDecision[] =>
  Array.from({ length: n }, (_, index) => ({
    decisionId: `d${index}`,
    propositionId: `p${String(index).padStart(3, '0')}`,
    subject: `equity:S${index}`,
    asOf: '2025-09-01T00:00:00.000Z',
    category: 'equity',
    yes: index % 2 === 0,
    resolvedAt: new Date(Date.UTC(2025, 8, 2) + index * 60_000).toISOString(),
    track: null,
    ...{ probability: null, price: null, madeAt: '2025-09-01T00:00:00.000Z' },
    ...{ rule: 'close_above', resolvingValue: index % 2 === 0 ? 101 : 99 },
    entryPrices: [{ at: '2025-09-01T13:30:00.000Z', price: 100 }],
    answers: [
      { model: 'a', version, p: index % 2 === 0 ? 0.9 : 0.1 },
      { model: 'b', version: '1', p: 0.55 },
      { model: 'c', version: '1', p: index % 2 === 0 ? 0.1 : 0.9 },
    ],
  }));

interface World {
  readonly decisions?: readonly ResolvedDecision[];
  readonly answers?: readonly MemberAnswerRow[];
  readonly versions?: Readonly<Record<string, string>>;
  readonly threshold?: unknown;
  readonly lastResolvedAt?: string;
}

const planOf = (world: World) => {
  const { decisions = [], answers = [], versions = { a: '1', b: '1', c: '1' } } = world;
  const written: unknown[] = [];
  const stores = {
    settings: { list: async () => [{ key: 'track.evidence_threshold', value: world.threshold ?? 0 }] },
    track: {
      mark: async () => ({
        revisions: decisions.length,
        lastResolvedAt: decisions.length > 0 ? (world.lastResolvedAt ?? '2025-09-20T00:00:00.000Z') : null,
      }),
      resolvedDecisions: async () => decisions,
      latestVersions: async () => versions,
      directionOutcomes: async () => [],
      recentAnswers: async () => answers,
      putVersions: async (_: string, given: unknown) => {
        written.push(given);
        return {
          weights: [{ marketCategory: 'equity', id: 'live/equity@7' }],
          calibrators: MEMBERS.map((model) => ({
            model,
            marketCategory: 'equity',
            id: `live/${model}/equity@3`,
          })),
          sizingWeights: [{ marketCategory: 'equity', id: 'live/equity@5' }],
          added: 5,
        };
      },
    },
  } as unknown as Stores;
  const { apply } = createEarnedPlan({ stores });
  const ask = (decisionId = 'decision') =>
    apply(chosen, { decisionId, world: 'live', category: 'equity', now: NOW });
  return { ask, written };
};

const answersOf = (model: string, n: number, changes: Partial<MemberAnswerRow> = {}): MemberAnswerRow[] =>
  Array.from({ length: n }, (_, index) => ({
    model,
    modelVersion: '1',
    status: 'answered' as const,
    failure: null,
    probability: 0.3,
    statement: `Question ${index} comes true.`,
    resolvesAt: '2025-10-30T00:00:00.000Z',
    madeAt: '2025-09-29T00:00:00.000Z',
    ...changes,
  }));

const weightOf = (members: readonly PlannedMember[], model: string): number | null | undefined =>
  members.find((each) => each.model === model)?.weight;

test('without outcomes nothing is earned: no weights, no calibrators, no versions', async () => {
  const plan = await planOf({}).ask();
  expect(plan.members).toEqual(chosen.members);
  expect(plan.weightsVersion).toBeNull();
});

test('the better member weighs more, under the versions that were written', async () => {
  const { ask, written } = planOf({ decisions: history(60) });
  const plan = await ask();
  expect(weightOf(plan.members, 'a')!).toBeGreaterThan(weightOf(plan.members, 'b')!);
  expect(weightOf(plan.members, 'b')!).toBeGreaterThan(weightOf(plan.members, 'c')!);
  expect(plan.weightsVersion).toBe('live/equity@7');
  expect(plan.members[0]).toMatchObject({
    calibratorVersion: 'live/a/equity@3',
    calibrator: { kind: 'platt' },
  });
  await ask('another');
  expect(written).toHaveLength(1);
});

test('the weight against the price comes from priced decisions, under its version, with evidence', async () => {
  const priced = history(60).map((row) => ({ ...row, probability: row.yes ? 0.9 : 0.1, price: 0.5 }));
  const { ask, written } = planOf({ decisions: priced });
  const { sizingWeight } = await ask();
  expect(sizingWeight).toMatchObject({ version: 'live/equity@5' });
  expect(sizingWeight!.weight).toBeGreaterThan(0.5);
  expect(written).toMatchObject([
    { sizingWeights: [{ marketCategory: 'equity', body: { weight: sizingWeight!.weight }, n: 60 }] },
  ]);
  expect((await planOf({ decisions: priced.slice(0, 3), threshold: 20 }).ask()).sizingWeight).toBeNull();
  expect((await planOf({ decisions: history(60) }).ask()).sizingWeight).toBeNull();
});

test('of shares, that weight is learnt from what moved after the decision', async () => {
  const late = history(60).map((row) => ({
    ...{ ...row, probability: row.yes ? 0.9 : 0.1, price: 0.5 },
    entryPrices: [{ at: '2025-09-01T13:30:00.000Z', price: row.yes ? 102 : 98 }],
  }));
  expect((await planOf({ decisions: late }).ask()).sizingWeight!.weight).toBe(0);
  const unknown = late.map((row) => ({ ...row, entryPrices: null }));
  expect((await planOf({ decisions: unknown }).ask()).sizingWeight).toBeNull();
  const contracts = unknown.map((row) => ({ ...row, rule: 'venue_settlement' as const }));
  expect((await planOf({ decisions: contracts }).ask()).sizingWeight!.weight).toBeGreaterThan(0.5);
});

test('what has no evidence is learnt but not at work', async () => {
  const plan = await planOf({ decisions: history(60), threshold: 20 }).ask();
  expect(plan.members.every(({ weight, calibrator }) => weight === null && calibrator === null)).toBe(true);
  expect(plan.weightsVersion).toBeNull();
  expect(Object.keys(plan.earned!.learnt.weights!)).toEqual(MEMBERS);
});

test('a member that answers as a new version starts from the prior', async () => {
  const answers = answersOf('a', 1, { modelVersion: '2' });
  const plan = await planOf({ decisions: history(60), answers }).ask();
  const [b, c] = [weightOf(plan.members, 'b')!, weightOf(plan.members, 'c')!];
  expect(weightOf(plan.members, 'a')).toBeCloseTo((b + c) / 2, 12);
  expect(plan.members[0]).toMatchObject({ calibrator: null, calibratorVersion: null });
});

test('a record that knows later outcomes than the decision may is cut, and writes no version', async () => {
  const { ask, written } = planOf({ decisions: history(60), lastResolvedAt: '2026-01-01T00:00:00.000Z' });
  const plan = await ask();
  expect(plan.weightsVersion).toBe(`live/equity@as-of ${NOW}`);
  expect(written).toHaveLength(0);
});

test('a member of exact halves is left out with a note, within 50 answers', async () => {
  const answers = answersOf('b', 50, { probability: 0.5 });
  const plan = await planOf({ decisions: history(20), answers }).ask();
  expect(plan.members.map(({ model }) => model)).toEqual(['a', 'c']);
  expect(plan.notes.find(({ model }) => model === 'b')).toMatchObject({
    taken: false,
    why: expect.stringMatching(/^screened out: 50 exact halves/),
  });
  expect(plan.remarks).toEqual([expect.stringMatching(/^b is screened out/)]);
});

test('outages do not screen a member out, malformed answers do', async () => {
  const failed = (failure: string) => answersOf('b', 50, { status: 'failed', failure, probability: null });
  const out = await planOf({ answers: failed('unavailable') }).ask();
  expect(out.members).toHaveLength(3);
  const own = await planOf({ answers: failed('malformed') }).ask();
  expect(own.members.map(({ model }) => model)).toEqual(['a', 'c']);
});

test('a member that answers soundly again comes back', async () => {
  const answers = [...answersOf('b', 50, { probability: 0.5 }), ...answersOf('b', 50)];
  expect((await planOf({ answers }).ask()).members).toHaveLength(3);
});

test('a choice that is broken as a whole is taken as a whole', async () => {
  const answers = MEMBERS.flatMap((model) => answersOf(model, 50, { probability: 0.5 }));
  expect((await planOf({ answers }).ask()).members).toHaveLength(3);
});

test('about a tenth of the decisions asks a screened member on probation, always the same ones', async () => {
  const { ask } = planOf({ answers: answersOf('b', 50, { probability: 0.5 }) });
  const drawn: number[] = [];
  for (let index = 0; index < 300; index += 1)
    drawn.push((await ask(`decision-${index}`)).earned!.probation.length);
  const share = drawn.reduce((total, n) => total + n, 0) / drawn.length;
  expect(share).toBeGreaterThan(0.05);
  expect(share).toBeLessThan(0.16);
  expect((await ask('decision-7')).earned!.probation).toHaveLength(drawn[7]!);
});

test('a threshold that is no number is refused by name', async () => {
  await expect(planOf({ threshold: 'much' }).ask()).rejects.toThrow(
    /track\.evidence_threshold is "much"; accepted: a number of at least 0/,
  );
});

test('a member that contradicts itself is left out, with the reason', async () => {
  const twice = Array.from({ length: 20 }, (_, index) =>
    [0.1, 0.9].flatMap((probability) =>
      answersOf('a', 1, { probability, statement: `Question ${index} comes true.` }),
    ),
  ).flat();
  const plan = await planOf({ answers: [...twice, ...answersOf('b', 40), ...answersOf('c', 40)] }).ask();
  expect(plan.members.map(({ model }) => model)).toEqual(['b', 'c']);
  expect(plan.remarks[0]).toMatch(/^a is screened out: \d+ contradictions in its last \d+ answers$/);
});
