// Tournaments as activities: who is asked under which cap, what the answers come to, and how it ended.
import { createRunCap } from '../db/run-cap';
import type { TournamentMember, TournamentStatus } from '../db/tournament-store';
import {
  assertTournament,
  isStatementTask,
  judgeTournament as judgeAnswers,
  verdictOfProbability,
} from '../domain/ensemble/tournament';
import { isProblem, parseForecast } from '../domain/research/answer-forms';
import { parseJudgement } from '../domain/research/judgement-form';
import type { ModelEntry } from '../domain/selection/model';
import { taskType } from '../domain/selection/tasks';
import type { Candidate } from '../workflows/contracts/calls';
import type {
  TournamentCall,
  TournamentInput,
  TournamentPlan,
  TournamentVerdict,
} from '../workflows/contracts/tournament';
import { toCandidate, withDeadlines } from './candidate';
import type { Dependencies } from './dependencies';
import { badInput } from './failures';
import { announcement } from './mode-effects';
import { createModeWatch } from './modes';
import { createSettingsInForce } from './settings-in-force';
import { createSimilarAnswers } from './similar-answers';
import { createUsableModels } from './usable-models';

interface Named {
  readonly tournamentId: string;
  readonly input: TournamentInput;
}

type Said = Pick<TournamentMember, 'failure' | 'verdict' | 'probability' | 'confidence' | 'reasons'>;

const SILENT: Omit<Said, 'failure'> = { verdict: null, probability: null, confidence: null, reasons: [] };

/** What one stored answer says; an answer that does not fit its form is no verdict. */
const readAnswer = (answer: unknown, input: TournamentInput): Said => {
  if (isStatementTask(input.taskType)) {
    const forecast = parseForecast(answer);
    if (isProblem(forecast)) return { ...SILENT, failure: 'malformed' };
    const { probability, reasons } = forecast;
    return {
      failure: null,
      verdict: verdictOfProbability(probability),
      probability,
      confidence: null,
      reasons,
    };
  }
  const judgement = parseJudgement(answer, input.options);
  if (isProblem(judgement)) return { ...SILENT, failure: 'malformed' };
  return { failure: null, probability: null, ...judgement };
};

const budgetWhy = (members: readonly TournamentMember[]): readonly string[] => {
  const stopped = members.filter(({ failure }) => failure === 'budget').length;
  return stopped === 0
    ? []
    : [`The budget was reached: ${stopped} of ${members.length} models were not asked`];
};

const reuseWhy = (members: readonly TournamentMember[]): readonly string[] => {
  const from = [...new Set(members.flatMap(({ reusedFrom }) => reusedFrom ?? []))];
  const taken = members.filter(({ reusedFrom }) => reusedFrom !== undefined).length;
  return taken === 0
    ? []
    : [`${taken} of ${members.length} answers were given before to the same question, in ${from.join(', ')}`];
};

export const createTournamentActivities = (dependencies: Dependencies) => {
  const { stores, options } = dependencies;
  const usable = createUsableModels(dependencies);
  const timed = withDeadlines(options);
  const modes = createModeWatch(dependencies);
  const runCap = createRunCap(stores.caps);
  const settings = createSettingsInForce(stores);
  const similar = createSimilarAnswers(dependencies);

  const entryOf = async (name: string): Promise<ModelEntry> => {
    const entry = await stores.registry.get(name);
    if (!entry)
      throw badInput(`model "${name}" is not in the registry; "conclave models" lists those that are`);
    if (entry.statistical || entry.provider === 'recorded')
      throw badInput(`model "${name}" cannot read a task in words; accepted: language models`);
    return entry;
  };

  const reusable = async (input: TournamentInput, seats: readonly Candidate[]) =>
    (await settings.value('reuse_similar_questions', input.taskType)) === true
      ? similar.forTournament(
          input,
          seats.map(({ model }) => model),
        )
      : [];

  /** What answers taken over cost when they were given. */
  const recordSavings = async (
    tournamentId: string,
    { world }: TournamentInput,
    calls: readonly TournamentCall[],
  ): Promise<void> => {
    const taken = calls.filter(({ reusedFrom }) => reusedFrom !== undefined);
    const savings = await Promise.all(
      taken.map(async ({ model, answerKey, reusedFrom }) => ({
        ...{ cause: 'similar_question' as const, ref: `${tournamentId}/${model}`, world, model },
        ...{ sessionId: null, decisionId: tournamentId, costMicroUsd: 0 },
        wouldHaveCostMicroUsd: (await stores.answers.get(answerKey!))?.costMicroUsd ?? 0,
        basis: { answerKey, from: reusedFrom },
      })),
    );
    await stores.savings.record(savings);
  };

  /** @throws RangeError or ApplicationFailure BadInput for what cannot be asked; nothing is stored then. */
  const planTournament = async ({ tournamentId, input }: Named): Promise<TournamentPlan> => {
    taskType(input.taskType);
    assertTournament(input);
    const named = await Promise.all(input.models.map(entryOf));
    const callable = await usable.languageModels();
    const ids = new Set(callable.map(({ id }) => id));
    const { status } = await stores.tournaments.open({
      id: tournamentId,
      world: input.world,
      taskType: input.taskType,
      promptId: input.promptId,
      options: input.options,
      declaredDefault: input.declaredDefault,
      timeoutMs: input.timeoutMs,
      budgetMicroUsd: input.budgetMicroUsd,
    });
    // Its end holds: answers paid for now could not be kept.
    if (status !== 'asking')
      throw badInput(
        `tournament "${tournamentId}" is ${status}; accepted: the same wish under a new request key`,
      );
    await runCap.open(tournamentId, input.budgetMicroUsd);
    const seats = timed(named.filter(({ id }) => ids.has(id)).map(toCandidate));
    const reused = await reusable(input, seats);
    return {
      seats,
      ...(reused.length > 0 ? { reused } : {}),
      absent: named
        .filter(({ id }) => !ids.has(id))
        .map(({ id, provider }) => ({ model: id, provider, why: 'it cannot be called here' })),
      substitutes: timed(callable.filter(({ id }) => !input.models.includes(id)).map(toCandidate)),
      callDeadlineMs: options.callDeadlineMs,
      announced: announcement(await modes.current()),
    };
  };

  const toMember = async (call: TournamentCall, input: TournamentInput): Promise<TournamentMember> => {
    const stored = call.answerKey === null ? null : await stores.answers.get(call.answerKey);
    const said: Said = stored
      ? readAnswer(stored.answer, input)
      : { ...SILENT, failure: call.failure ?? 'unavailable' };
    return {
      model: call.model,
      provider: call.provider,
      standsInFor: call.model === call.seat ? null : call.seat,
      status: said.failure === null ? 'answered' : 'failed',
      ...said,
      costMicroUsd: call.costMicroUsd,
      latencyMs: call.latencyMs,
      ...(call.reusedFrom === undefined ? {} : { reusedFrom: call.reusedFrom }),
    };
  };

  /** Compares the answers and stores what they come to; the tournament's cap ends with its calls. */
  const judgeTournament = async ({
    tournamentId,
    input,
    calls,
    announced,
  }: Named &
    Pick<TournamentPlan, 'announced'> & {
      readonly calls: readonly TournamentCall[];
    }): Promise<TournamentVerdict> => {
    const members = await Promise.all(calls.map((call) => toMember(call, input)));
    const answers = members.filter(({ status }) => status === 'answered');
    const judged = judgeAnswers(answers, members.length);
    const made = announced ? [announced] : [];
    const why = [...made, ...judged.why, ...budgetWhy(members), ...reuseWhy(members)];
    const costMicroUsd = calls.reduce((total, call) => total + (call.costMicroUsd ?? 0), 0);
    await stores.tournaments.judge(tournamentId, {
      // It waits from the instant at which its review takes answers: see openReview.
      status: judged.status === 'disputed' ? 'asking' : judged.status,
      verdict: judged.verdict,
      confidence: judged.status === 'agreed' ? 'high' : null,
      median: judged.median,
      members,
      why,
      costMicroUsd,
    });
    await recordSavings(tournamentId, input, calls);
    await runCap.close(tournamentId);
    return { status: judged.status, verdict: judged.verdict, why, costMicroUsd };
  };

  const endWhy = async (status: TournamentStatus, review: string | null): Promise<readonly string[]> => {
    const row = review === null ? null : await stores.reviews.get(review);
    if (status === 'decided')
      return [`${row?.reviewer ?? 'A person'} decided ${row?.verdict}: ${row?.comment ?? ''}`.trim()];
    if (status === 'defaulted')
      return [`Nobody decided by ${row?.dueAt}; the declared default ${row?.verdict} holds`];
    return ['Cancelled before it was decided'];
  };

  /** The first end holds. @returns what was added to the reasons */
  const endTournament = async (end: {
    readonly tournamentId: string;
    readonly status: 'decided' | 'defaulted' | 'cancelled';
    readonly verdict: string | null;
    readonly confidence: 'reviewed' | 'default' | null;
    readonly reviewId: string | null;
  }): Promise<readonly string[]> => {
    const { tournamentId, status, verdict, confidence } = end;
    await runCap.close(tournamentId);
    if ((await stores.tournaments.get(tournamentId)) === null) return [];
    const why = await endWhy(status, end.reviewId);
    await stores.tournaments.end(tournamentId, { status, verdict, confidence, why });
    return why;
  };
  return { planTournament, judgeTournament, endTournament };
};
