// Made-up prices must never reach a brief of the live world, whatever the sources of a worker let stand in.
import { Context } from '@temporalio/activity';
import type { Dependencies } from '../../activities/dependencies';
import { createGatherFacts } from '../../activities/gather-facts';
import { createSources, type Sources } from '../../sources/create-sources';
import type { ResearchInput } from '../../workflows/contracts/research';

const ASOF = '2026-11-20T13:00:00.000Z';

let sources: Sources;

beforeEach(() => {
  sources = createSources({ synthetic: 'always', now: () => Date.parse(ASOF) });
  const cancellationSignal = new AbortController().signal;
  jest.spyOn(Context, 'current').mockReturnValue({ cancellationSignal } as Context);
});

afterEach(() => sources.close());
afterEach(() => jest.restoreAllMocks());

const gather = (world: string, changes: Partial<ResearchInput> = {}, from: Sources = sources) => {
  const put = jest.fn(async () => 'stored');
  const stores = { series: { put }, dossiers: { put } };
  const { gatherFacts } = createGatherFacts({ stores, sources: from } as unknown as Dependencies);
  const input = {
    ...{ world, asOf: ASOF, subject: 'equity:AAPL', kind: 'complete', template: 'swing' },
    ...{ prices: null, refresh: false, sessionId: null, reader: 'test', waiters: [] },
    ...changes,
  } as ResearchInput;
  return { put, gathered: gatherFacts(input) };
};

test('live research without real prices ends as no data, says what to do, and stores nothing', async () => {
  const { put, gathered } = gather('live');
  await expect(gathered).rejects.toMatchObject({
    ...{ type: 'NoData', nonRetryable: true },
    message: expect.stringMatching(/no real prices of AAPL.*world synthetic/),
  });
  expect(put).not.toHaveBeenCalled();
});

test('the made-up world is researched from the made-up tape, and says so', async () => {
  const { gathered } = gather('synthetic');
  await expect(gathered).resolves.toMatchObject({ synthetic: true });
});

test('a report of yesterday in Tokyo is no event ahead before the open, though UTC has its day still', async () => {
  const fundamentals = {
    name: 'made up',
    fundamentals: async () => ({
      ...{ publicAt: '2026-05-01T00:00:00.000Z', figures: {}, sector: null, industry: null },
      ...{ earningsDates: ['2026-05-07', '2026-05-08'], earningsAt: null },
    }),
  };
  const made = { ...sources, synthetic: { ...sources.synthetic, fundamentals } } as unknown as Sources;
  // 08:30 in Tokyo on 8 May.
  const { put, gathered } = gather(
    'synthetic',
    { asOf: '2026-05-07T23:30:00.000Z', subject: 'equity:7203.T' },
    made,
  );
  await gathered;
  expect(put).toHaveBeenCalledWith(expect.objectContaining({ upcoming: ['2026-05-08: earnings'] }));
});
