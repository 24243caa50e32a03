// Domain checks throw RangeError. For an activity that is the end: no retry makes bad input good.
import { rethrowBadInput } from './failures';

type AnyActivity = (...args: never[]) => Promise<unknown>;

/** The same activities, whose RangeErrors become final BadInput failures. */
export const withFinalBadInput = <T extends Readonly<Record<string, AnyActivity>>>(activities: T): T =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (...args: never[]) => activity(...args).catch(rethrowBadInput),
    ]),
  ) as T;
