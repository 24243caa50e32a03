import { decisionSettings } from '../../domain/settings/decision-settings';
import {
  SETTING_DEFINITIONS,
  settingDefinition,
  settingValue,
} from '../../domain/settings/setting-definitions';

const stored = (values: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(values));

describe('setting definitions', () => {
  it('accepts every default and defines every key once', () => {
    for (const definition of SETTING_DEFINITIONS)
      expect([definition.key, definition.accepts(definition.fallback)]).toEqual([definition.key, true]);
    const keys = SETTING_DEFINITIONS.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('finds a narrowed key behind its setting, and no other', () => {
    expect(settingDefinition('strategy.us politics')?.key).toBe('strategy');
    expect(settingDefinition('strategy_cascade')?.key).toBe('strategy_cascade');
    expect(settingDefinition('track.evidence_threshold.main')?.key).toBe('track.evidence_threshold');
    expect(settingDefinition('enabled.politics')).toBeNull();
    expect(settingDefinition('strategy.')).toBeNull();
    expect(settingDefinition('no_such_key')).toBeNull();
  });

  it.each([
    ['strategy', 'majority'],
    ['consensus_tau', 0],
    ['consensus_tau', Number.NaN],
    ['sizing_weight', 1.1],
    ['ensemble_size', 2.5],
    ['desk_equity_usd', 0],
    ['monthly_budget', -1],
    ['task_models', { no_such_task: 'llama3.2' }],
    ['prefer_local', 'yes'],
  ])('refuses %s = %p', (key, value) => {
    expect(settingDefinition(key)?.accepts(value)).toBe(false);
    expect(() => settingValue(stored({ [key]: value }), key)).toThrow(/setting .* accepted: /);
  });
});

describe('settings of a decision', () => {
  it('are the defaults when nothing is stored', () => {
    expect(decisionSettings(stored({}), 'politics')).toMatchObject({
      strategy: 'weighted_vote',
      ensembleSize: 5,
      deskEquityMicroUsd: 10_000_000_000,
      thresholds: { escalateAbove: 0.2, consensusShare: 0.8, consensusTau: 0.1 },
    });
  });

  it('take the category first, then the general value', () => {
    const settings = stored({
      strategy: 'consensus',
      'strategy.politics': 'cascade',
      strategy_cascade: false,
    });
    expect(decisionSettings(settings, 'politics').strategy).toBe('cascade');
    expect(decisionSettings(settings, 'sports').strategy).toBe('consensus');
    expect(decisionSettings(settings, 'sports').strategies).not.toContain('cascade');
  });
});
