// Which field of which operation each argument and option of a command is, and which of them the API does not have,
// with the reason. A test holds this against the commands themselves, so that a new option must be entered here.

/** Where a command's arguments and options go. A command with several operations has several entries. */
export interface CommandFields {
  /** As typed, without `conclave`. */
  readonly command: string;
  /** Id in the OpenAPI document; absent: the API cannot do what the command does. */
  readonly operation?: string;
  /** Argument or option to field; of a field within a field with dots. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Of another field's text, such as `forecast=40`: what stands before the value. */
  readonly before?: Readonly<Record<string, string>>;
  /** Arguments and options that are needed or that make the others count, with right values. */
  readonly type?: Readonly<Record<string, string>>;
  /** The same as a request, by field. */
  readonly send?: Readonly<Record<string, unknown>>;
  /** List that the command refuses where it is empty, unlike the API, to the reason. */
  readonly needed?: Readonly<Record<string, string>>;
  /** Argument or option that the API does not have, to the reason. */
  readonly only?: Readonly<Record<string, string>>;
  /** Of a command without an operation. */
  readonly why?: string;
}

const FILE = 'a file of this machine';

const SESSION = {
  operation: 'startSession',
  needed: { '--symbols': 'a variable of a shell that is not set must not mean the whole watchlist' },
  type: { '--symbols': 'AAPL' },
  send: { symbols: ['AAPL'] },
  fields: {
    '--market': 'market',
    '--kind': 'kind',
    '--symbols': 'symbols',
    '--members': 'members',
    '--strategy': 'strategy',
    '--stake': 'stakeUsd',
    '--as-of': 'asOf',
    '--template': 'template',
    '--research': 'researchKind',
    '--horizon': 'horizonDays',
  },
};

const MODEL_FIELDS = {
  '--quality': 'quality',
  '--provider-model': 'providerModel',
  '--name': 'displayName',
  '--context': 'contextTokens',
  '--max-output': 'maxOutputTokens',
  '--strengths': 'strengths',
  '--speed': 'speed',
  '--key-name': 'keyName',
  '--sibling': 'researchSibling',
  '--model-version': 'version',
};
const PRICE = { inputUsdPer1M: '1', outputUsdPer1M: '2' };
const PRICE_FIELDS = {
  '--price-in': 'price.inputUsdPer1M',
  '--price-out': 'price.outputUsdPer1M',
  '--price-cached': 'price.cachedInputUsdPer1M',
  '--source': 'price.source',
};

/** With and without a price: fields of a price count only beside its two amounts. */
const model = (command: string, operation: string, type: object, send: object): readonly CommandFields[] => {
  const right = { ...type } as Record<string, string>;
  return [
    { command, operation, type: right, send: { ...send }, fields: MODEL_FIELDS },
    {
      command,
      operation,
      type: { ...right, '--price-in': '1', '--price-out': '2' },
      send: { ...send, price: PRICE },
      fields: PRICE_FIELDS,
    },
  ];
};

const budget = (command: string, amount: boolean): CommandFields => ({
  command,
  operation: 'setBudget',
  type: { scope: 'provider', '--reason': 'test', ...(amount ? { usd: '5' } : {}) },
  send: { scope: 'provider', reason: 'test', limitUsd: amount ? '5' : null },
  fields: {
    ...{ scope: 'scope', '--key': 'key', '--reason': 'reason' },
    ...(amount ? { usd: 'limitUsd' } : {}),
    ...(command === 'budget set' ? { '--policy': 'policy' } : {}),
  },
});

const RULES = {
  '--cash': 'cashUsd',
  '--fee-bps': 'feeBps',
  '--slippage-bps': 'slippageBps',
  '--max-position': 'maxPositionShare',
  '--horizon': 'horizonDays',
};
const PERIOD = { '--from': '2025-06-02', '--to': '2025-06-06' };

/** @param prices the path of a file `week.csv` in the folder whose files the API may name. */
const competitions = (prices: string): readonly CommandFields[] => {
  const replay = {
    operation: 'createCompetition',
    send: { name: 'c', symbols: ['AAPL'], prices: 'week.csv', from: '2025-06-02', to: '2025-06-06' },
    fields: { '--from': 'from', '--to': 'to', '--symbols': 'symbols', ...RULES, name: 'name' },
    only: { '--prices': `${FILE}; the API takes names in a folder` },
  };
  const type = { name: 'c', '--symbols': 'AAPL', '--prices': prices, ...PERIOD };
  return [
    { command: 'competition create', ...replay, type },
    {
      command: 'competition create',
      operation: 'createCompetition',
      type: { name: 'c', '--symbols': 'AAPL', '--live': '' },
      send: { name: 'c', symbols: ['AAPL'], live: true },
      fields: { '--world': 'world', '--to': 'to', '--symbols': 'symbols', ...RULES },
    },
    { command: 'competition replay', ...replay, type: { ...type, '--models': 'a,b,c,d' } },
    {
      command: 'competition replay',
      operation: 'joinCompetition',
      type: { '--symbols': 'AAPL', '--prices': prices, ...PERIOD, '--models': 'a,b,c,d' },
      send: { id: 'c', models: ['a', 'b', 'c', 'd'] },
      fields: { '--models': 'models' },
    },
    {
      command: 'competition join',
      operation: 'joinCompetition',
      type: { name: 'c', '--models': 'a' },
      send: { id: 'c', models: ['a'] },
      fields: { name: 'id', '--models': 'models' },
    },
    { command: 'competition start', operation: 'startCompetition', fields: { name: 'id' } },
    { command: 'competition status', operation: 'getCompetition', fields: { name: 'id' } },
    { command: 'competition board', operation: 'getCompetition', fields: { name: 'id' } },
  ];
};

const RECORD_FIELDS = { '--world': 'world', '--category': 'category', '--window': 'window' };

const id = (command: string, operation: string, argument = 'id', field = 'id'): CommandFields => ({
  command,
  operation,
  fields: { [argument]: field },
});

const without = (commands: readonly string[], why: string): readonly CommandFields[] =>
  commands.map((command) => ({ command, why }));

export const commandFields = (files: {
  readonly prices: string;
  readonly symbols: string;
  readonly outcomes: string;
}) =>
  [
    { command: 'start', ...SESSION, only: { '--prices': FILE } },
    { command: 'session', ...SESSION, only: { '--prices': FILE } },
    { command: 'session', operation: 'getSession', fields: { '--follow': 'id' } },
    {
      command: 'research',
      operation: 'research',
      type: { symbol: 'AAPL' },
      send: { symbol: 'AAPL' },
      fields: {
        ...{ symbol: 'symbol', '--kind': 'kind', '--template': 'template' },
        ...{ '--as-of': 'asOf', '--world': 'world' },
      },
      only: { '--prices': FILE },
    },
    {
      command: 'decide',
      operation: 'startDecision',
      type: { symbol: 'AAPL' },
      send: { symbol: 'AAPL' },
      fields: {
        ...{ symbol: 'symbol', '--members': 'members', '--strategy': 'strategy', '--stake': 'stakeUsd' },
        ...{ '--as-of': 'asOf', '--world': 'world', '--horizon': 'horizonDays', '--kind': 'kind' },
        ...{ '--template': 'template', '--max-cost': 'maxCostUsd', '--key': 'Idempotency-Key' },
      },
      only: {
        ...{ '--prices': FILE, '--recorded': FILE, '--row': 'of a recorded set' },
        '--latency-scale': 'of a recorded set',
        '--deadline': 'a caller of the API stops asking instead',
      },
    },
    {
      command: 'panel',
      operation: 'startPanel',
      type: { symbols: 'AAPL' },
      send: { symbols: ['AAPL'] },
      fields: {
        ...{ symbols: 'symbols', '--analysts': 'analysts', '--model': 'model', '--as-of': 'asOf' },
        ...{ '--world': 'world', '--horizon': 'horizonDays', '--research': 'kind' },
        ...{ '--template': 'template', '--quorum': 'quorum', '--deadline': 'deadlineSeconds' },
        '--key': 'Idempotency-Key',
      },
      only: { '--prices': FILE, '--analysts-folder': 'a folder of this machine' },
    },
    {
      command: 'ask',
      operation: 'ask',
      type: { words: 'Shorten this', '--task': 'summary' },
      send: { prompt: 'Shorten this', task: 'summary' },
      fields: {
        ...{ words: 'prompt', '--task': 'task', '--tier': 'tier', '--model': 'model' },
        '--key': 'Idempotency-Key',
      },
    },
    {
      command: 'ask rate',
      operation: 'rateTask',
      type: { run: 'task:a', rating: '8' },
      send: { id: 'task:a', rating: 8 },
      fields: { run: 'id', rating: 'rating', '--note': 'note' },
    },
    {
      command: 'tournament',
      operation: 'startTournament',
      type: { '--task': 'risk_review', '--prompt': 'Ship it?', '--models': 'a,b,c' },
      send: { task: 'risk_review', prompt: 'Ship it?', models: ['a', 'b', 'c'] },
      fields: {
        ...{ '--task': 'task', '--prompt': 'prompt', '--models': 'models', '--options': 'options' },
        ...{ '--default': 'default', '--timeout': 'timeout', '--budget-usd': 'budgetUsd' },
        '--key': 'Idempotency-Key',
      },
    },
    { command: 'tournament list', operation: 'listTournaments', fields: { '--limit': 'limit' } },
    id('tournament show', 'getTournament'),
    id('review show', 'getReview'),
    ...['approve', 'reject', 'decide'].map((verdict) => ({
      command: `review ${verdict}`,
      operation: 'decideReview',
      type: {
        id: 'r',
        '--reason': 'test',
        ...(verdict === 'decide' ? { verdict: 'yes' } : {}),
        '--by': 'me',
      },
      send: { id: 'r', reason: 'test', verdict: 'yes', reviewer: 'me' },
      fields: {
        ...{ id: 'id', '--reason': 'reason', '--by': 'reviewer' },
        ...(verdict === 'decide' ? { verdict: 'verdict' } : {}),
      },
    })),
    {
      command: 'experiment create',
      operation: 'createExperiment',
      type: { '--name': 'n', '--kind': 'strategy', '--a': 'weighted_vote', '--b': 'consensus' },
      send: { name: 'n', kind: 'strategy', a: 'weighted_vote', b: 'consensus' },
      fields: {
        ...{ '--name': 'name', '--kind': 'kind', '--a': 'a', '--b': 'b', '--model': 'model' },
        ...{ '--category': 'category', '--budget-usd': 'budgetUsd', '--alpha': 'alpha', '--world': 'world' },
      },
    },
    id('experiment status', 'getExperiment'),
    {
      command: 'experiment stop',
      operation: 'stopExperiment',
      type: { id: 'e', '--reason': 'test' },
      send: { id: 'e', reason: 'test' },
      fields: { id: 'id', '--reason': 'reason' },
    },
    {
      command: 'event',
      operation: 'sendEvent',
      type: { type: 'recall', symbols: 'AAPL', '--reason': 'test', '--scope': 'symbols' },
      send: { type: 'recall', symbols: ['AAPL'], reason: 'test', scope: 'symbols' },
      fields: {
        ...{ type: 'type', symbols: 'symbols', '--reason': 'reason', '--id': 'id' },
        ...{ '--world': 'world', '--scope': 'scope' },
      },
    },
    { command: 'models list', operation: 'listModels', fields: { '--provider': 'provider' } },
    id('models show', 'model'),
    id('models remove', 'removeModel'),
    ...model('models edit', 'editModel', { id: 'm', '--quality': '7' }, { id: 'm', quality: 7 }),
    { ...id('models edit', 'editModel'), type: { id: 'm', '--quality': '7' } },
    ...model(
      'models add',
      'addModel',
      { id: 'm', '--provider': 'openai', '--quality': '7' },
      { id: 'm', provider: 'openai', quality: 7 },
    ),
    {
      command: 'models add',
      operation: 'addModel',
      type: { id: 'm', '--provider': 'openai', '--quality': '7' },
      send: { id: 'm', provider: 'openai', quality: 7 },
      fields: { id: 'id', '--provider': 'provider' },
    },
    {
      command: 'models rate',
      operation: 'rateModel',
      type: { id: 'm', rating: '8', '--task': 'summary' },
      send: { id: 'm', rating: 8, task: 'summary' },
      fields: { id: 'id', rating: 'rating', '--task': 'task', '--note': 'note' },
    },
    budget('budget set', true),
    budget('budget raise', true),
    {
      ...budget('budget reset', false),
      operation: 'resetBudget',
      send: { scope: 'provider', reason: 'test' },
    },
    budget('budget remove', false),
    {
      command: 'spend',
      operation: 'spend',
      fields: { '--by': 'by', '--from': 'from', '--to': 'to', '--world': 'world' },
      only: { '--session': 'the API has no such filter', '--decision': 'the API has no such filter' },
    },
    { command: 'spend', operation: 'skillCost', type: { '--by': 'skill' }, fields: RECORD_FIELDS },
    {
      command: 'estimate',
      operation: 'estimateCost',
      type: { '--task': 'forecast=1' },
      send: { estimated_usage: { forecast: 1 } },
      fields: {
        ...{ '--tier': 'quality_tier', '--model': 'model', '--per': 'period' },
        '--task': 'estimated_usage.forecast',
      },
      before: { '--task': 'forecast=' },
      only: {
        ...{ '--symbols': 'of a session', '--members': 'of a session', '--stake': 'of a session' },
      },
    },
    {
      command: 'estimate',
      operation: 'estimateSession',
      type: { '--symbols': 'AAPL', '--members': 'a' },
      send: { symbols: ['AAPL'], members: ['a'] },
      fields: { '--symbols': 'symbols', '--members': 'members', '--stake': 'stake' },
    },
    { command: 'settings list', operation: 'settingsOfCategory', fields: { '--category': 'category' } },
    {
      command: 'settings set',
      operation: 'changeSetting',
      type: { key: 'ensemble_size', value: '5' },
      send: { key: 'ensemble_size', value: 5 },
      fields: { key: 'key', value: 'value', '--reason': 'reason' },
    },
    {
      command: 'settings reset',
      operation: 'resetSetting',
      type: { key: 'ensemble_size' },
      send: { key: 'ensemble_size' },
      fields: { key: 'key', '--reason': 'reason' },
    },
    { command: 'settings get', only: { key: 'the API lists all' }, why: 'the API lists all' },
    {
      command: 'settings history',
      operation: 'settingHistory',
      fields: { key: 'key', '--limit': 'limit' },
    },
    id('recommend', 'recommendations', 'task', 'task_type'),
    { command: 'cache', operation: 'cacheMetrics', fields: { '--world': 'world', '--by': 'by' } },
    ...competitions(files.prices),
    { command: 'watchlist list', operation: 'listWatchlists', fields: { '--market': 'market' } },
    {
      command: 'watchlist add',
      operation: 'addToWatchlists',
      type: { symbols: 'AAPL' },
      send: { symbols: ['AAPL'] },
      fields: { symbols: 'symbols', '--market': 'market' },
    },
    {
      command: 'watchlist remove',
      operation: 'removeFromWatchlist',
      type: { symbols: 'AAPL' },
      send: { symbol: 'AAPL' },
      fields: { symbols: 'symbol', '--market': 'market' },
    },
    {
      command: 'watchlist import',
      operation: 'addToWatchlists',
      type: { file: files.symbols },
      send: { symbols: ['AAPL'] },
      fields: { '--market': 'market' },
      only: { file: FILE },
    },
    { command: 'schedules sync', operation: 'syncSchedules', fields: { '--kinds': 'kinds' } },
    ...['pause', 'resume', 'trigger'].map((action) => ({
      ...{ command: `schedules ${action}`, operation: 'actOnSchedule', send: { action, id: 'i' } },
      type: { id: 'i' },
      fields: { id: 'id', ...(action === 'trigger' ? {} : { '--reason': 'reason' }) },
    })),
    {
      command: 'schedules backfill',
      operation: 'backfillSchedule',
      type: { id: 'i', '--from': '2024-11-16T00:00:00Z', '--to': '2026-11-17T00:00:00Z' },
      send: { id: 'i', from: '2024-11-16T00:00:00Z', to: '2026-11-17T00:00:00Z' },
      fields: { id: 'id', '--from': 'from', '--to': 'to' },
    },
    {
      command: 'rank',
      operation: 'trackRecord',
      fields: RECORD_FIELDS,
      only: { '--by': 'each view is an operation of its own' },
    },
    ...['calibration', 'contribution', 'agreement', 'context'].map((view) => ({
      command: 'rank',
      operation: view === 'context' ? 'contextWindows' : view,
      type: { '--by': view },
      fields: RECORD_FIELDS,
    })),
    {
      command: 'replay',
      operation: 'replayDecision',
      type: { decision: 'd' },
      send: { id: 'd' },
      fields: { decision: 'id', '--strategy': 'strategy', '--weights': 'weights' },
    },
    {
      command: 'replay',
      operation: 'replayDecision',
      type: { decision: 'd' },
      send: { id: 'd' },
      fields: { '--weights': 'weights.a' },
      before: { '--weights': 'a=' },
    },
    {
      command: 'decisions',
      operation: 'listDecisions',
      fields: { '--world': 'world', '--subject': 'subject', '--limit': 'limit' },
    },
    id('decisions', 'getDecision', 'decision'),
    { command: 'alerts', operation: 'listAlerts', fields: { '--limit': 'limit' } },
    {
      command: 'report',
      operation: 'getReport',
      type: { '--day': '2026-11-20' },
      send: { day: '2026-11-20' },
      fields: { '--day': 'day', '--world': 'world' },
      only: { '--format': 'json among its forms is another operation of the API' },
    },
    {
      command: 'report',
      operation: 'refreshReport',
      type: { '--day': '2026-11-20', '--refresh': '' },
      send: { day: '2026-11-20' },
      fields: { '--day': 'day', '--world': 'world' },
    },
    {
      command: 'token create',
      operation: 'createToken',
      type: { name: 't', '--scope': 'read' },
      send: { name: 't', scope: 'read' },
      fields: { name: 'name', '--scope': 'scope' },
    },
    id('token revoke', 'revokeToken'),
    ...['enter', 'correct', 'void'].map((action) => ({
      command: `outcomes ${action}`,
      operation: 'recordOutcome',
      type: { proposition: 'p', ...(action === 'void' ? {} : { outcome: 'yes' }) },
      send: { proposition: 'p', outcome: 'yes' },
      fields: {
        ...{ proposition: 'proposition', '--world': 'world', '--reason': 'reason' },
        ...(action === 'void' ? {} : { outcome: 'outcome', '--at': 'at' }),
      },
    })),
    {
      command: 'outcomes import',
      operation: 'importOutcomes',
      type: { file: files.outcomes },
      send: { outcomes: [{ proposition: 'p', outcome: 'yes' }] },
      fields: { '--world': 'world' },
      only: { file: FILE },
    },
    {
      command: 'outcomes resolve',
      operation: 'resolveOutcomes',
      fields: { '--world': 'world' },
      only: { '--prices': FILE, '--as-of': 'the clock of a replay is moved by command' },
    },
    {
      command: 'outcomes list',
      operation: 'listOutcomes',
      fields: { '--world': 'world', '--state': 'state', '--limit': 'limit' },
    },
    ...['halt', 'resume'].map((action) => ({
      command: `providers ${action}`,
      operation: `${action}Providers`,
      type: { '--reason': 'test' },
      send: { reason: 'test' },
      fields: { '--reason': 'reason' },
    })),
    ...without(['backtest'], 'works from files alone'),
    ...without(['backup', 'restore', 'prune'], 'work on files and tables'),
    ...without(['mcp', 'init', 'completion'], 'set up this machine'),
  ] as readonly CommandFields[];
