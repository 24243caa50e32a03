// Which strategy decides: none that is switched off, and none that could not decide at the size it is asked at.
import { chooseStrategy } from '../../activities/decision-strategy';
import { checkStrategy } from '../../client/inputs';
import { STRATEGY_NAMES, type StrategyName } from '../../domain/ensemble/strategy';
import { decisionSettings } from '../../domain/settings/decision-settings';

const choose = (
  strategy: StrategyName | null,
  set: Readonly<Record<string, unknown>> = {},
  { stakeUsd = 25, members = null as readonly string[] | null } = {},
) =>
  chooseStrategy(
    { strategy, stakeMicroUsd: stakeUsd * 1_000_000, members },
    decisionSettings(new Map(Object.entries(set)), 'politics'),
  );

const ofSetting = { strategy: 'consensus' };

test('takes the one that was asked for, else that of the setting', () => {
  expect(choose('consensus')).toEqual({ strategy: 'consensus', remark: null });
  expect(choose(null, ofSetting)).toEqual({ strategy: 'consensus', remark: null });
  const alone = { ensemble_decisions: false };
  expect(choose('consensus', alone, { members: ['a', 'b', 'c'] }).strategy).toBe('consensus');
});

test.each([
  ['a stake below $10', {}, { stakeUsd: 9.99 }, 'needs 3 members, and a stake below $10.00 asks one'],
  ['two named members', {}, { members: ['a', 'b'] }, 'needs 3 members, and 2 would be asked'],
  ['small ensembles', { ensemble_size: 2 }, {}, 'needs 3 members, and 2 would be asked'],
  ['no ensembles', { ensemble_decisions: false }, {}, 'needs 3 members, and 1 would be asked'],
])('a consensus is refused at %s, and replaced where a setting chose it', (_what, set, size, problem) => {
  expect(() => choose('consensus', set, size)).toThrow(
    `strategy consensus ${problem}; accepted: calibrated_confidence, cascade, uncertainty_adjusted, weighted_vote`,
  );
  expect(choose(null, { ...ofSetting, ...set }, size)).toEqual({
    strategy: 'weighted_vote',
    remark: `Strategy consensus ${problem}; weighted_vote decides instead`,
  });
  const another = { ...ofSetting, ...set, strategy_weighted_vote: false };
  expect(choose(null, another, size).strategy).toBe('calibrated_confidence');
});

test('where the only strategy that is switched on cannot decide, it abstains and none that is off takes its place', () => {
  const off = STRATEGY_NAMES.filter((name) => name !== 'consensus').map((name) => [
    `strategy_${name}`,
    false,
  ]);
  const alone = { ...ofSetting, ...Object.fromEntries(off) };
  const small = 'needs 3 members, and a stake below $10.00 asks one';
  expect(choose(null, alone, { stakeUsd: 9 })).toEqual({
    strategy: 'consensus',
    remark: `Strategy consensus ${small}; no strategy that is switched on can decide`,
  });
  expect(choose(null, { ...alone, ensemble_size: 2 }).strategy).toBe('consensus');
  expect(choose(null, { ...alone, strategy: 'cascade' }, { stakeUsd: 9 })).toEqual({
    strategy: 'consensus',
    remark: `Strategy cascade is switched off; consensus ${small}; no strategy that is switched on can decide`,
  });
  expect(choose(null, { ...alone, strategy_consensus: false }).strategy).toBe('weighted_vote');
});

test('what needs no settings is refused before anything is started', () => {
  const wish = { strategy: 'consensus' as const, stakeMicroUsd: 5_000_000, members: null };
  expect(() => checkStrategy(wish)).toThrow(/^strategy consensus needs 3 members, and a stake below \$10/);
  expect(() => checkStrategy({ ...wish, stakeMicroUsd: null, members: ['a'] })).toThrow(/and 1 would be/);
  for (const fine of [{ strategy: null }, { stakeMicroUsd: 10_000_000 }, { stakeMicroUsd: null }])
    expect(() => checkStrategy({ ...wish, ...fine })).not.toThrow();
});
