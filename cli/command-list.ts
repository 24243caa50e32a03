// Every command by name, in the order of the help text. A command's file is loaded only when it was chosen, so
// that help and mistyped words answer at once.
import type { Command } from 'commander';

export interface CommandEntry {
  readonly name: string;
  /** The line of `conclave --help`; the same as the command's own description. */
  readonly about: string;
  /** Loads the command's file and adds the command to the program. */
  readonly register: (program: Command) => void;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    about: 'start everything, run a market session now, keep serving',
    register: (program) =>
      (require('./commands/start') as typeof import('./commands/start')).registerStart(program),
  },
  {
    name: 'up',
    about: 'run Postgres, Temporal, workers and the dashboard until Ctrl-C',
    register: (program) => (require('./commands/up') as typeof import('./commands/up')).registerUp(program),
  },
  {
    name: 'down',
    about: 'stop the stack of this data folder',
    register: (program) =>
      (require('./commands/down') as typeof import('./commands/down')).registerDown(program),
  },
  {
    name: 'session',
    about: 'research a watchlist once, decide every subject, show the board',
    register: (program) =>
      (require('./commands/session') as typeof import('./commands/session')).registerSession(program),
  },
  {
    name: 'research',
    about: 'the shared brief on a subject, from the cache or made now',
    register: (program) =>
      (require('./commands/research') as typeof import('./commands/research')).registerResearch(program),
  },
  {
    name: 'decide',
    about: 'one decision by several models',
    register: (program) =>
      (require('./commands/decide') as typeof import('./commands/decide')).registerDecide(program),
  },
  {
    name: 'decisions',
    about: 'what was decided, newest first, or one decision with what each model said',
    register: (program) =>
      (require('./commands/decisions') as typeof import('./commands/decisions')).registerDecisions(program),
  },
  {
    name: 'panel',
    about: 'analysts side by side on one or more subjects',
    register: (program) =>
      (require('./commands/panel') as typeof import('./commands/panel')).registerPanel(program),
  },
  {
    name: 'ask',
    about: 'one task on the model that the desk picks, and a rating of its result',
    register: (program) =>
      (require('./commands/ask') as typeof import('./commands/ask')).registerAsk(program),
  },
  {
    name: 'tournament',
    about: 'several models on one critical task; a dispute waits for a person',
    register: (program) =>
      (require('./commands/tournament') as typeof import('./commands/tournament')).registerTournament(
        program,
      ),
  },
  {
    name: 'review',
    about: 'disputes that wait for a person: list, show, approve, reject',
    register: (program) =>
      (require('./commands/review') as typeof import('./commands/review')).registerReview(program),
  },
  {
    name: 'experiment',
    about: 'two prompts, models, tiers or strategies on the same questions',
    register: (program) =>
      (require('./commands/experiment') as typeof import('./commands/experiment')).registerExperiment(
        program,
      ),
  },
  {
    name: 'event',
    about: 'market event: makes the briefs it covers stale',
    register: (program) =>
      (require('./commands/event') as typeof import('./commands/event')).registerEvent(program),
  },
  {
    name: 'models',
    about: 'the models Conclave knows: list, show, add, edit, remove, rate',
    register: (program) =>
      (require('./commands/models') as typeof import('./commands/models')).registerModels(program),
  },
  {
    name: 'providers',
    about: 'providers, their health and the mode in force; halt and resume',
    register: (program) =>
      (require('./commands/providers') as typeof import('./commands/providers')).registerProviders(program),
  },
  {
    name: 'budget',
    about: 'limits on spending: show, set, raise, reset, remove',
    register: (program) =>
      (require('./commands/budget') as typeof import('./commands/budget')).registerBudget(program),
  },
  {
    name: 'spend',
    about: 'what was spent and on what',
    register: (program) =>
      (require('./commands/spend') as typeof import('./commands/spend')).registerSpend(program),
  },
  {
    name: 'estimate',
    about: 'what a plan would cost before it runs',
    register: (program) =>
      (require('./commands/estimate') as typeof import('./commands/estimate')).registerEstimate(program),
  },
  {
    name: 'settings',
    about: 'what may be changed while it runs: list, get, set, reset, history',
    register: (program) =>
      (require('./commands/settings') as typeof import('./commands/settings')).registerSettings(program),
  },
  {
    name: 'recommend',
    about: 'the model for a type of task at each tier',
    register: (program) =>
      (require('./commands/recommend') as typeof import('./commands/recommend')).registerRecommend(program),
  },
  {
    name: 'cache',
    about: 'hits, joins and misses of the shared briefs, and what they saved',
    register: (program) =>
      (require('./commands/cache') as typeof import('./commands/cache')).registerCache(program),
  },
  {
    name: 'competition',
    about: 'models trade paper accounts from shared research, under equal rules',
    register: (program) =>
      (require('./commands/competition') as typeof import('./commands/competition')).registerCompetition(
        program,
      ),
  },
  {
    name: 'watchlist',
    about: "what each market's sessions look at",
    register: (program) =>
      (require('./commands/watchlist') as typeof import('./commands/watchlist')).registerWatchlist(program),
  },
  {
    name: 'schedules',
    about: "what runs by itself, in the exchange's own zone: warming, sessions, end of day, detectors",
    register: (program) =>
      (require('./commands/schedules') as typeof import('./commands/schedules')).registerSchedules(program),
  },
  {
    name: 'outcomes',
    about: 'how propositions came out, and what that scores',
    register: (program) =>
      (require('./commands/outcomes') as typeof import('./commands/outcomes')).registerOutcomes(program),
  },
  {
    name: 'rank',
    about: 'models by what they have surely earned, with cost; the five strategies side by side',
    register: (program) =>
      (require('./commands/rank') as typeof import('./commands/rank')).registerRank(program),
  },
  {
    name: 'replay',
    about: 'a stored decision under another strategy or other weights, from its stored answers',
    register: (program) =>
      (require('./commands/replay') as typeof import('./commands/replay')).registerReplay(program),
  },
  {
    name: 'backtest',
    about: 'Score a strategy on recorded forecasts and outcomes, strictly in time order',
    register: (program) =>
      (require('./commands/backtest') as typeof import('./commands/backtest')).registerBacktest(program),
  },
  {
    name: 'alerts',
    about: 'alerts, newest first, with when each was over',
    register: (program) =>
      (require('./commands/alerts') as typeof import('./commands/alerts')).registerAlerts(program),
  },
  {
    name: 'report',
    about: 'the report of a day: sessions, decisions, money, record, outages',
    register: (program) =>
      (require('./commands/report') as typeof import('./commands/report')).registerReport(program),
  },
  {
    name: 'mcp',
    about: 'tools for other agents (Model Context Protocol) over standard input and output',
    register: (program) =>
      (require('./commands/mcp') as typeof import('./commands/mcp')).registerMcp(program),
  },
  {
    name: 'doctor',
    about: 'check every part and say how to mend what is wrong',
    register: (program) =>
      (require('./commands/doctor') as typeof import('./commands/doctor')).registerDoctor(program),
  },
  {
    name: 'backup',
    about: 'write every row of the database to a file, while everything runs',
    register: (program) =>
      (require('./commands/backup') as typeof import('./commands/backup')).registerBackup(program),
  },
  {
    name: 'restore',
    about: 'put a backup into an empty database',
    register: (program) =>
      (require('./commands/restore') as typeof import('./commands/restore')).registerRestore(program),
  },
  {
    name: 'prune',
    about: 'remove old rows that are not the record, with an archive if wanted',
    register: (program) =>
      (require('./commands/prune') as typeof import('./commands/prune')).registerPrune(program),
  },
  {
    name: 'token',
    about: 'tokens of the HTTP API: create, list, revoke',
    register: (program) =>
      (require('./commands/token') as typeof import('./commands/token')).registerToken(program),
  },
  {
    name: 'init',
    about: 'write a configuration file with every setting explained',
    register: (program) =>
      (require('./commands/init') as typeof import('./commands/init')).registerInit(program),
  },
  {
    name: 'config',
    about: 'the configuration in force, with where each value is from',
    register: (program) =>
      (require('./commands/config') as typeof import('./commands/config')).registerConfig(program),
  },
  {
    name: 'completion',
    about: 'completion of commands and options for a shell',
    register: (program) =>
      (require('./commands/completion') as typeof import('./commands/completion')).registerCompletion(
        program,
      ),
  },
];
