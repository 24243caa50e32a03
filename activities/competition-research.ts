// Research of a competition's day: one brief per symbol, made by the same steps as any other and read by every
// account, and the proposition that all models are asked about.
import { ApplicationFailure } from '@temporalio/common';
import { scheduleInstant } from '../domain/desk/schedule-kinds';
import type { Market } from '../domain/market/market';
import { equitySubject } from '../domain/market/subject';
import { SourceFailure } from '../sources/port';
import {
  type CompetitionDayInput,
  type CompetitionSubject,
  competitionCallPrefix,
} from '../workflows/contracts/competition';
import type { BriefRef, ResearchInput } from '../workflows/contracts/research';
import { createCallModel } from './call-model';
import { competitionSubject, missingSubject } from './competition-subject';
import type { Dependencies } from './dependencies';
import { createGatherFacts } from './gather-facts';
import { inTurns } from './in-turns';
import { createResearchActivities } from './research';

/** Symbols at once: each needs a connection and some CPU of the one process. */
const AT_ONCE = 4;

/** Orders of a day are decided then, in replays and live alike: nothing later may be known. */
const ordersAt = ({ market }: CompetitionDayInput['run'], date: string): string =>
  scheduleInstant(market as Market, date, 'paper_orders', 0);

export const createCompetitionResearch = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const research = createResearchActivities(dependencies);
  const { gatherFacts } = createGatherFacts(dependencies);
  const { callModel } = createCallModel(dependencies);

  const makeBrief = async (input: ResearchInput, runKey: string): Promise<BriefRef> => {
    const sessionRow = `${runKey}/research`;
    const plan = await research.planResearch({ research: input, sessionRow, restarts: 0 });
    const facts = await gatherFacts(input);
    const writer = plan.standIn ?? plan.writer.at(-1)!;
    const written = await callModel({
      key: `${runKey}/brief/${writer.model}`,
      provider: writer.provider,
      model: writer.model,
      task: { type: 'brief', dossierId: facts.dossierId, kind: input.kind, template: input.template },
      world: input.world,
      asOf: input.asOf,
      feature: 'research',
      category: plan.category,
      scopes: {},
      deadlineMs: options.callDeadlineMs,
      maxCostMicroUsd: null,
    });
    const stored = await research.storeBrief({
      research: input,
      runKey,
      sessionRow,
      epoch: plan.epoch,
      facts,
      briefKey: written.key,
      writtenBy: written.model,
      verdictKey: null,
      verifiedBy: null,
      costMicroUsd: written.costMicroUsd ?? 0,
      restarts: 0,
    });
    if (stored.status === 'superseded')
      throw new Error(`a market event covers ${input.subject}: research anew`);
    return stored.brief;
  };

  /** One bill, however many accounts read it: the first is the miss, the rest are hits. */
  const countReads = async (
    input: ResearchInput,
    brief: BriefRef,
    readers: readonly string[],
  ): Promise<void> => {
    for (const [index, reader] of readers.entries())
      await research.recordBriefRead({
        reader,
        research: input,
        brief: index === 0 ? brief : { ...brief, cache: 'hit' },
      });
  };

  const researchSymbol = async (
    { run, date }: CompetitionDayInput,
    symbol: string,
    readers: readonly string[],
  ): Promise<CompetitionSubject> => {
    const asOf = ordersAt(run, date);
    const runKey = competitionCallPrefix(run.world, date, symbol);
    const input: ResearchInput = {
      world: run.world,
      asOf,
      subject: equitySubject(symbol),
      kind: 'complete',
      template: 'swing',
      refresh: false,
      prices: run.prices,
      sessionId: null,
      reader: runKey,
      waiters: [],
    };
    const known = await research.findBrief(input);
    const brief = known ?? (await makeBrief(input, runKey));
    if (!known) await countReads(input, brief, readers);
    const series = brief.seriesId ? await stores.series.get(brief.seriesId) : null;
    return competitionSubject(dependencies, { run, symbol, bars: series?.bars ?? [], brief, asOf });
  };

  /** A symbol without bars sits the day out; anything else that fails is tried again. */
  const orMissing = async (
    runKey: string,
    symbol: string,
    work: Promise<CompetitionSubject>,
  ): Promise<CompetitionSubject> => {
    try {
      return await work;
    } catch (error) {
      const final = error instanceof ApplicationFailure && error.type === 'NoData';
      const stale = error instanceof SourceFailure && error.kind === 'stale';
      if (!final && !stale) throw error;
      await research.failResearch({ sessionRow: `${runKey}/research`, failure: 'no bars', restarts: 0 });
      return missingSubject(symbol, error.message);
    }
  };

  /** Moves the replay's clock to the day's decision instant, then researches every symbol once. */
  const researchCompetitionDay = async (day: CompetitionDayInput): Promise<readonly CompetitionSubject[]> => {
    const { run, date } = day;
    await stores.worlds.enter({ id: run.world, asOf: ordersAt(run, date) });
    const accounts = await stores.competitions.accounts(run.competitionId);
    const readers = accounts.filter(({ kind }) => kind === 'model').map(({ id }) => id);
    return inTurns(run.symbols, AT_ONCE, (symbol) =>
      orMissing(competitionCallPrefix(run.world, date, symbol), symbol, researchSymbol(day, symbol, readers)),
    );
  };
  return { researchCompetitionDay };
};
