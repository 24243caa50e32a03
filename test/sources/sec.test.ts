// SEC EDGAR: figures as they had been filed at an instant.
import { createGuardedFetch, type GuardedFetch } from '../../sources/fetch';
import { createPoliteness } from '../../sources/politeness';
import { createSecEdgar } from '../../sources/sec-edgar';
import { type CompanyFacts, publicFrom, secFiguresAt } from '../../sources/sec-facts';
import { type LocalServer, noSignal, type Reply, startLocalServer } from './local-server';

const fact = (val: number, end: string, filed: string, start?: string) => ({
  val,
  end,
  filed,
  form: '10-K',
  ...(start === undefined ? {} : { start }),
});
const usd = (...facts: object[]) => ({ units: { USD: facts } });

const FACTS = {
  entityName: 'ABC Corp',
  facts: {
    dei: {
      EntityCommonStockSharesOutstanding: { units: { shares: [fact(500, '2025-01-20', '2025-02-01')] } },
    },
    'us-gaap': {
      // Renamed along the years: the old concept ends in 2022.
      SalesRevenueNet: usd(fact(700, '2022-12-31', '2023-02-01', '2022-01-01')),
      Revenues: usd(
        fact(800, '2023-12-31', '2024-02-01', '2023-01-01'),
        fact(1_000, '2024-12-31', '2025-02-01', '2024-01-01'),
        fact(300, '2025-03-31', '2025-05-01', '2025-01-01'),
        fact(1_010, '2024-12-31', '2025-06-01', '2024-01-01'),
      ),
      NetIncomeLoss: usd(fact(100, '2024-12-31', '2025-02-01', '2024-01-01')),
      StockholdersEquity: usd(fact(400, '2024-12-31', '2025-02-01'), fact(450, '2025-03-31', '2025-05-01')),
    },
  },
} as unknown as CompanyFacts;

describe('figures from company facts', () => {
  test('are the newest year and balance sheet that were public, with growth and ratios', () => {
    const { figures, publicAt } = secFiguresAt(FACTS, '2025-03-01T00:00:00.000Z');
    expect(figures).toMatchObject({ revenue: 1_000, netIncome: 100, equity: 400, sharesOutstanding: 500 });
    expect(figures.revenueGrowth).toBeCloseTo(0.25);
    expect(figures.profitMargins).toBeCloseTo(0.1);
    expect(publicAt).toBe('2025-02-02T05:00:00.000Z');
  });

  test('change only when a filing becomes public: quarters, restatements and earlier years', () => {
    expect(secFiguresAt(FACTS, '2025-05-02T04:59:00.000Z').figures.equity).toBe(400);
    expect(secFiguresAt(FACTS, '2025-05-02T05:00:00.000Z').figures.equity).toBe(450);
    expect(secFiguresAt(FACTS, '2025-05-31T00:00:00.000Z').figures.revenue).toBe(1_000);
    expect(secFiguresAt(FACTS, '2025-06-03T00:00:00.000Z').figures.revenue).toBe(1_010);
    expect(secFiguresAt(FACTS, '2023-06-03T00:00:00.000Z').figures.revenue).toBe(700);
    expect(secFiguresAt(FACTS, '2020-01-01T00:00:00.000Z')).toEqual({ figures: {}, publicAt: null });
  });

  describe('that do not belong together', () => {
    const company = (gaap: object) =>
      ({ entityName: 'X', facts: { 'us-gaap': gaap } }) as unknown as CompanyFacts;
    const year = (val: number, of: number) => fact(val, `${of}-12-31`, `${of + 1}-02-01`, `${of}-01-01`);
    const asOf = '2025-03-01T00:00:00.000Z';

    test('are left out: of a concept given up years ago, and ratios over two periods', () => {
      const { figures } = secFiguresAt(
        company({
          Revenues: usd(year(1_000, 2024), year(500, 2022)),
          NetIncomeLoss: usd(year(90, 2023)),
          PaymentsToAcquirePropertyPlantAndEquipment: usd(year(50, 2019)),
        }),
        asOf,
      );
      expect(figures).toEqual({ accountsCurrency: 'USD', revenue: 1_000, netIncome: 90 });
    });

    test('are told apart: the name that stands first, and the newer of two for one figure', () => {
      const { figures } = secFiguresAt(
        company({
          Revenues: usd(year(2_038, 2024)),
          RevenueFromContractWithCustomerExcludingAssessedTax: usd(year(19_857, 2024)),
          PaymentsToAcquirePropertyPlantAndEquipment: usd(year(50, 2019)),
          PaymentsToAcquireProductiveAssets: usd(year(3_000, 2024)),
        }),
        asOf,
      );
      expect(figures).toMatchObject({ revenue: 19_857, capitalExpenditure: 3_000 });
    });

    test('are of one currency, that of most facts', () => {
      const { figures } = secFiguresAt(
        company({
          Revenues: { units: { USD: [year(137, 2024)], CNY: [year(996, 2024), year(941, 2023)] } },
          NetIncomeLoss: { units: { USD: [year(11, 2024)], CNY: [year(80, 2024)] } },
          EarningsPerShareDiluted: { units: { 'CNY/shares': [year(4, 2024)] } },
        }),
        asOf,
      );
      expect(figures).toMatchObject({ accountsCurrency: 'CNY', revenue: 996, netIncome: 80 });
      expect(figures.revenueGrowth).toBeCloseTo(996 / 941 - 1);
      expect(figures.epsDiluted).toBeUndefined();
    });
  });

  test('have no ratio to equity where it is negative: it would show a loss as a return, and debts as none', () => {
    const atEquity = (equity: number) => {
      const facts = JSON.parse(JSON.stringify(FACTS)) as {
        facts: { 'us-gaap': Record<string, ReturnType<typeof usd>> };
      };
      Object.assign(facts.facts['us-gaap'], {
        NetIncomeLoss: usd(fact(-300, '2024-12-31', '2025-02-01', '2024-01-01')),
        StockholdersEquity: usd(fact(equity, '2024-12-31', '2025-02-01')),
        Liabilities: usd(fact(4_000, '2024-12-31', '2025-02-01')),
      });
      return secFiguresAt(facts as unknown as CompanyFacts, '2025-03-01T00:00:00.000Z').figures;
    };
    expect(atEquity(100)).toMatchObject({ returnOnEquity: -3, liabilitiesToEquity: 40 });
    for (const equity of [-100, 0]) {
      const figures = atEquity(equity);
      expect(figures).toMatchObject({ equity, profitMargins: -0.3 });
      expect(figures.returnOnEquity).toBeUndefined();
      expect(figures.liabilitiesToEquity).toBeUndefined();
    }
  });

  test('are the same when everything filed later is removed', () => {
    const asOf = '2025-03-01T00:00:00.000Z';
    const cut = JSON.parse(JSON.stringify(FACTS), (_key, value: unknown) =>
      Array.isArray(value)
        ? value.filter((each: { filed: string }) => publicFrom(each.filed) <= asOf)
        : value,
    ) as CompanyFacts;
    expect(secFiguresAt(cut, asOf)).toEqual(secFiguresAt(FACTS, asOf));
  });
});

const TICKERS = '/files/company_tickers.json';
const COMPANY = '/api/xbrl/companyfacts/CIK0000000042.json';
const SUBMISSIONS = '/submissions/CIK0000000042.json';

describe('the EDGAR source', () => {
  let instead: Readonly<Record<string, Reply>> = {};
  beforeEach(() => {
    instead = {};
  });
  let server: LocalServer;
  let fetch: GuardedFetch;
  /** For what hangs: the others may take their time on a busy machine. */
  let impatient: GuardedFetch;
  beforeAll(async () => {
    server = await startLocalServer((path) => {
      if (instead[path]) return instead[path];
      if (path === TICKERS) return { body: { 0: { cik_str: 42, ticker: 'ABC', title: 'ABC' } } };
      if (path === COMPANY) return { body: FACTS };
      if (path !== SUBMISSIONS) return null;
      const recent = {
        form: ['8-K', '8-K', '10-K', '8-K'],
        filingDate: ['2025-05-01', '2025-02-10', '2025-02-01', '2025-01-30'],
        items: ['2.02,9.01', '5.02', '', '2.02'],
      };
      return { body: { sicDescription: 'Electronic Computers', filings: { recent } } };
    });
    fetch = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 60_000 });
    impatient = createGuardedFetch({ operatorBases: [server.url], timeoutMs: 500 });
  });
  afterAll(async () => {
    await Promise.all([fetch.close(), impatient.close()]);
    await server.close();
  });
  const ask = (
    symbol: string,
    userAgent: string | null = 'Desk desk@example.org',
    asOf = '2025-03-01T00:00:00.000Z',
    by = fetch,
  ) =>
    createSecEdgar({
      fetch: by,
      userAgent,
      filesBaseUrl: server.url,
      dataBaseUrl: server.url,
      politeness: createPoliteness({ source: 'x', minIntervalMs: 0 }),
    }).fundamentals({ symbol, asOf, signal: noSignal() });

  const faults: Readonly<Record<string, readonly [path: string, reply: Reply, kind: string]>> = {
    'a page with status 200 for the list of tickers': [TICKERS, { body: '<html>' }, 'malformed'],
    'an empty list of tickers': [TICKERS, { body: {} }, 'malformed'],
    'facts without anything': [COMPANY, { body: {} }, 'malformed'],
    'facts of another company': [COMPANY, { body: { ...FACTS, cik: 43 } }, 'malformed'],
    'facts that hold no figures': [COMPANY, { body: { entityName: 'ABC', facts: {} } }, 'not_found'],
    'a page in place of submissions': [SUBMISSIONS, { body: '<html>' }, 'malformed'],
    'submissions of another company': [
      SUBMISSIONS,
      { body: { cik: '43', filings: { recent: { form: [], filingDate: [] } } } },
      'malformed',
    ],
    'too many requests': [COMPANY, { status: 429 }, 'rate_limited'],
    'a name that is refused': [TICKERS, { status: 403, body: '<html>' }, 'refused'],
    'a server in trouble': [COMPANY, { status: 503 }, 'unreachable'],
    'no end of an answer': [COMPANY, { drip: true }, 'unreachable'],
  };
  test.each(Object.keys(faults))('%s fails by its kind', async (fault) => {
    const [path, reply, kind] = faults[fault]!;
    instead = { [path]: reply };
    const asked = ask('ABC', undefined, undefined, reply.drip ? impatient : fetch);
    await expect(asked).rejects.toMatchObject({ name: 'SourceFailure', source: 'sec-edgar', kind });
  });

  test('figures of a company that files no more are stale', async () => {
    await expect(ask('ABC', undefined, '2028-03-01T00:00:00.000Z')).rejects.toMatchObject({
      kind: 'stale',
      message: 'ABC has filed no figures since 2025-06-02',
    });
  });

  test('names who asks, and gives industry and past earnings days', async () => {
    expect(await ask('abc')).toMatchObject({
      industry: 'Electronic Computers',
      earningsDates: ['2025-01-30'],
      publicAt: '2025-02-02T05:00:00.000Z',
    });
    expect(server.headersOf(0)['user-agent']).toBe('Desk desk@example.org');
  });

  test('is not asked without a name, and knows only US filers', async () => {
    const before = server.asked.length;
    await expect(ask('ABC', null)).rejects.toMatchObject({ kind: 'refused' });
    await expect(ask('SAP.DE')).rejects.toMatchObject({ kind: 'not_found' });
    expect(server.asked).toHaveLength(before);
    await expect(ask('XYZ')).rejects.toMatchObject({ kind: 'not_found' });
  });
});
