// Which documents leave the desk by themselves, and how: the ways out are those that alerts take.
import { oneOf } from './accepted-form';
import type { DeskSetting, ReadSetting } from './desk-settings';

/** Names of channels by value of the setting. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  off: [],
  webhook: ['webhook'],
  email: ['email'],
  both: ['webhook', 'email'],
};

const ways = oneOf(Object.keys(WAYS));

export const DELIVERY_SETTINGS: readonly DeskSetting[] = [
  ['deliver_decisions', ways, 'off', 'How each decision recorded from then on leaves the desk'],
  ['deliver_reports', ways, 'off', 'How the report of each day that is over leaves the desk'],
];

/** Names of the channels that a setting asks for. */
export const deliveryChannels = (read: ReadSetting, setting: string): readonly string[] =>
  WAYS[read(setting) as string] ?? [];
