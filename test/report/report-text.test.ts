// Reports in their three forms: the same facts in each, and hostile text shown as text.
import { isDayOver, scheduledReportDay } from '../../domain/report/report-day';
import { type ReportFacts, reportDocument } from '../../domain/report/report-document';
import { renderReport } from '../../domain/report/report-text';

const HOSTILE = '<img src=x onerror=alert(1)> | [click](http://evil) `x` **bold**\n# heading';

const facts: ReportFacts = {
  sessions: [
    {
      ...{ id: 's', market: 'XNYS', kind: 'pre_market', status: 'finished', subjects: 2, wallMs: 4_200 },
      ...{ mode: 'normal', costMicroUsd: 12_500, savedMicroUsd: 37_500, note: null },
    },
  ],
  decisions: [
    {
      ...{
        id: 'd',
        subject: 'equity:AAA',
        status: 'decided',
        action: 'hold',
        probability: 0.6,
        sizeMicroUsd: 0,
      },
      ...{ costMicroUsd: 1, strategy: 'weighted_vote', mode: 'normal', asked: 3, answered: 2 },
      ...{ why: [HOSTILE], degradations: ['one provider is out'] },
    },
  ],
  decided: { decided: 1, abstained: 3 },
  ends: [
    { status: 'decided', asked: true, quorate: true, sized: false, reason: 'Edge is below fees', count: 1 },
    { status: 'abstained', asked: true, quorate: false, sized: false, reason: null, count: 2 },
    { status: 'abstained', asked: false, quorate: false, sized: false, reason: null, count: 1 },
  ],
  spend: [{ model: 'gpt-4o-mini', calls: 4, spentMicroUsd: 12_500 }],
  saved: {
    ...{ shared_brief: 37_500, sibling_model: 12_000, cascade: 0, prompt_cache: 0, similar_question: 0 },
    total: 49_500,
  },
  briefReads: { hit: 3, join: 1, miss: 1 },
  caps: [
    { scope: 'month', key: '*', period: '2025-09', limitMicroUsd: 25_000_000, spentMicroUsd: 1_000_000 },
  ],
  record: [{ model: 'gpt-4o-mini', n: 2, brier: 0.2, allN: 30, allBrier: 0.22 }],
  modes: [],
  alerts: [{ severity: 'warning', title: HOSTILE, raisedAt: '2025-09-15T13:00:00.000Z', resolvedAt: null }],
  calls: [{ provider: 'openai', total: 10, failed: 1, p50Ms: 820 }],
  competition: [
    {
      competition: 'c',
      account: 'a',
      date: '2025-09-15',
      equityMicroUsd: 9_900_000,
      changeMicroUsd: -100_000,
    },
  ],
  elsewhere: [
    { world: 'synthetic', sessions: 1, decisions: 7 },
    { world: 'replay:0123456789ab', sessions: 0, decisions: 1 },
  ],
};

const document = reportDocument(
  { world: 'live', day: '2025-09-15', complete: true, madeAt: '2025-09-16T00:10:00.000Z' },
  facts,
);

describe('a report', () => {
  it('says the same in Markdown and HTML: money, record, why and why not, outages', () => {
    for (const format of ['md', 'html'] as const) {
      const text = renderReport(document, format).replaceAll('\\', '');
      for (const said of [
        '4.2 s',
        '$0.0125',
        '$0.0375',
        '0.2200',
        '4 decisions: 1 decided, 3 abstained',
        '4 considered, 3 asked of models, 1 answered by enough, 1 agreed on',
        '2 of 3',
      ])
        expect(text).toContain(said);
      expect(text).toContain('degraded: one provider is out');
      expect(text).toContain('$25.00');
      expect(text).toContain('$-0.1000');
    }
    expect(JSON.parse(renderReport(document, 'json'))).toEqual(document);
  });

  it('shows text of models as text', () => {
    const html = renderReport(document, 'html');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img');
    const markdown = renderReport(document, 'md');
    expect(markdown).toContain('\\<img');
    expect(markdown).not.toMatch(/^# heading/m);
    expect(markdown).not.toContain('[click](');
  });

  it('says so when the day was not over, and when nothing happened', () => {
    const nothing: ReportFacts = {
      ...facts,
      ...{ sessions: [], decisions: [], decided: {}, record: [], alerts: [], competition: [] },
    };
    const text = renderReport(
      reportDocument({ world: 'live', day: '2025-09-15', complete: false, madeAt: 'now' }, nothing),
      'md',
    );
    expect(text).toContain('was not over');
    expect(text).toContain('No market session');
    expect(text).toContain('No decision');
  });

  it('says which world it covers, and which others were at work on the day', () => {
    const scope =
      'This report covers the world live. Also at work on this day, each with a report of its own: synthetic (1 session, 7 decisions), replay:0123456789ab (0 sessions, 1 decision).';
    for (const format of ['md', 'html'] as const)
      expect(renderReport(document, format).replaceAll('\\', '')).toContain(scope);
    const alone = renderReport({ ...document, sessions: [], elsewhere: [] }, 'md');
    expect(alone).toContain('This report covers the world live.\n');
    expect(alone).toContain('No market session of the world live began on this day.');
  });

  it('is about the day before when made in the early morning', () => {
    expect(scheduledReportDay('2025-09-16T00:10:00.000Z')).toBe('2025-09-15');
    expect(scheduledReportDay('2025-09-15T21:30:00.000Z')).toBe('2025-09-15');
    expect(isDayOver('2025-09-15', '2025-09-15T23:59:59.999Z')).toBe(false);
    expect(isDayOver('2025-09-15', '2025-09-16T00:00:00.000Z')).toBe(true);
  });
});
