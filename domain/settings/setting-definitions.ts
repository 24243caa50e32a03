// Every setting that may be changed at run time, defined once: what it accepts, its default and what it does.
// Decisions, commands and the API all read this list, so that none accepts what another refuses.
import { DEFAULT_MODEL_WEIGHT } from '../ensemble/disagreement';
import { DEFAULT_STRATEGY, DEFAULT_THRESHOLDS, STRATEGY_NAMES } from '../ensemble/strategy';
import { TASK_TYPES } from '../selection/tasks';
import { TIERS } from '../selection/tiers';
import { SWITCH_E_VALUE } from '../track/evidence';
import {
  type AcceptedForm,
  numberFrom,
  oneOf,
  orNull,
  textByName,
  trueOrFalse,
  wholeNumberFrom,
} from './accepted-form';
import { ALERT_DEFINITIONS } from './alert-definitions';
import { DELIVERY_SETTINGS } from './delivery-settings';
import { DESK_SETTINGS } from './desk-settings';
import { HEDGE_SETTINGS } from './hedge-settings';
import { RETENTION_SETTINGS } from './retention-settings';

export const SETTING_CATEGORIES = ['orchestrator', 'desk', 'decision', 'track', 'alerts'] as const;
export type SettingCategory = (typeof SETTING_CATEGORIES)[number];

/** `category`: also as `<key>.<market category>`; `world`: also as `<key>.<world>`; the narrower one wins. */
export type SettingScope = 'category' | 'world';

export interface SettingDefinition extends AcceptedForm {
  readonly key: string;
  readonly category: SettingCategory;
  readonly scope: SettingScope | null;
  readonly fallback: unknown;
  /** One line for people. */
  readonly doc: string;
}

const MOST_USD = 999_999_999;

const define =
  (category: SettingCategory, scope: SettingScope | null) =>
  (key: string, form: AcceptedForm, fallback: unknown, doc: string): SettingDefinition => ({
    key,
    category,
    scope,
    ...form,
    fallback,
    doc,
  });

const orchestrator = define('orchestrator', null);
const desk = define('desk', null);
const decision = define('decision', null);
const perCategory = define('decision', 'category');

export const SETTING_DEFINITIONS: readonly SettingDefinition[] = [
  orchestrator('enabled', trueOrFalse, false, 'Tasks choose their model by tier instead of by task_models'),
  orchestrator('quality_tier', oneOf(TIERS), 'balanced', 'Tier of tasks that name none'),
  orchestrator(
    'monthly_budget',
    orNull(numberFrom(0, MOST_USD, ' US dollars a month'), 'none'),
    null,
    'Cap on all spending of a calendar month',
  ),
  orchestrator('prefer_local', trueOrFalse, false, 'Prefer a local model where quality is similar'),
  orchestrator('ensemble_decisions', trueOrFalse, true, 'Several members decide; false: the best one alone'),
  orchestrator('ensemble_tasks', trueOrFalse, false, 'Several models work on a task'),
  orchestrator(
    'task_models',
    textByName(
      TASK_TYPES.map((task) => task.type),
      'an object of task types with model ids, such as {"summary": "llama3.2"}',
    ),
    {},
    'Model of each task type while the orchestrator is not enabled',
  ),
  ...STRATEGY_NAMES.map((name) =>
    orchestrator(`strategy_${name}`, trueOrFalse, true, `Decisions may be made by ${name}`),
  ),
  desk(
    'desk_equity_usd',
    {
      accepts: (value) => typeof value === 'number' && value > 0 && value <= MOST_USD,
      accepted: 'US dollars above 0, such as 10000',
    },
    10_000,
    'Bankroll that positions are sized by, without an account',
  ),
  desk('position_cap_share', numberFrom(0, 1), 0.1, 'Most in one position, as a share of the bankroll'),
  desk(
    'cluster_cap_share',
    numberFrom(0, 1),
    0.2,
    'Most in positions on one event, as a share of the bankroll',
  ),
  ...[...DESK_SETTINGS, ...DELIVERY_SETTINGS, ...RETENTION_SETTINGS].map(([key, form, fallback, doc]) =>
    desk(key, form, fallback, doc),
  ),
  desk('learnt_ttl', trueOrFalse, false, 'Keep briefs as long as earlier ones of the kind stayed true'),
  perCategory('strategy', oneOf(STRATEGY_NAMES), DEFAULT_STRATEGY, 'Strategy of decisions that name none'),
  perCategory(
    'cascade_threshold',
    numberFrom(0, 1),
    DEFAULT_THRESHOLDS.escalateAbove,
    'Uncertainty u above which a cascade escalates',
  ),
  perCategory(
    'consensus_threshold',
    numberFrom(0.5, 1),
    DEFAULT_THRESHOLDS.consensusShare,
    'Share of members that makes a consensus',
  ),
  perCategory(
    'consensus_tau',
    numberFrom(0.01, 0.5),
    DEFAULT_THRESHOLDS.consensusTau,
    'Distance from the median that still agrees',
  ),
  perCategory(
    'sizing_weight',
    numberFrom(0, 1),
    DEFAULT_MODEL_WEIGHT,
    "Weight of the members against the price when sizing; unset, the category's learnt one once evidence lets it work",
  ),
  perCategory('ensemble_size', wholeNumberFrom(1, 25), 5, 'Members of a decision that names none'),
  perCategory(
    'reuse_similar_questions',
    trueOrFalse,
    false,
    'Take an answer of the last half hour to the same question in other words, at no cost',
  ),
  ...HEDGE_SETTINGS.map(([key, form, fallback, doc]) => perCategory(key, form, fallback, doc)),
  decision(
    'review_disputed_decisions',
    trueOrFalse,
    true,
    'A trade above $50 whose members still dispute after the second vote waits for a person',
  ),
  decision('shadow_share', numberFrom(0, 1), 0.1, 'Most decisions that also ask a model for the record only'),
  decision('shadow_spend_share', numberFrom(0, 1), 0.05, 'Most spending on such calls, as a share'),
  define('track', 'world')(
    'track.evidence_threshold',
    {
      accepts: (value) => typeof value === 'number' && value >= 0 && value < Infinity,
      accepted: 'a number of at least 0',
    },
    SWITCH_E_VALUE,
    'e-value that puts learnt weights and calibrators to work; 0 asks for none',
  ),
  ...ALERT_DEFINITIONS,
];

const byKey: ReadonlyMap<string, SettingDefinition> = new Map(
  SETTING_DEFINITIONS.map((definition) => [definition.key, definition]),
);

/** A market category or world as the end of a key. */
const NARROWED = /^[A-Za-z0-9][A-Za-z0-9 _:&/.-]{0,79}$/;

/** The definition behind a key, narrowed (`strategy.politics`) or not; null for an unknown one. */
export const settingDefinition = (key: string): SettingDefinition | null => {
  const whole = byKey.get(key);
  if (whole) return whole;
  const wider = SETTING_DEFINITIONS.find(
    (definition) => definition.scope !== null && key.startsWith(`${definition.key}.`),
  );
  return wider && NARROWED.test(key.slice(wider.key.length + 1)) ? wider : null;
};

/** Settings as stored: key to value. */
export type StoredSettings = ReadonlyMap<string, unknown>;

/**
 * The value in force: the narrowed one, else the general one, else the default.
 * @throws RangeError naming the key and the accepted form, for a stored value that is not accepted.
 */
export const settingValue = (stored: StoredSettings, key: string, narrowedBy?: string): unknown => {
  const definition = byKey.get(key);
  if (!definition)
    throw new RangeError(`setting is ${JSON.stringify(key)}; accepted: ${[...byKey.keys()].join(', ')}`);
  const narrowed = narrowedBy === undefined ? key : `${key}.${narrowedBy}`;
  const found = stored.has(narrowed) ? narrowed : key;
  if (!stored.has(found)) return definition.fallback;
  const value = stored.get(found);
  if (definition.accepts(value)) return value;
  throw new RangeError(`setting ${found} is ${JSON.stringify(value)}; accepted: ${definition.accepted}`);
};

/** Somebody set it, as it is or narrowed: what is learnt then stands back. */
export const settingIsSet = (stored: StoredSettings, key: string, narrowedBy: string): boolean =>
  stored.has(key) || stored.has(`${key}.${narrowedBy}`);
