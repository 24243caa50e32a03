// The one spelling of a brief's key. Everything that shapes a brief is in it, and nothing else, so that two
// askers of the same brief always meet and a replay never meets live work (A2).
import { parseIsoInstant } from '../market/iso-date';
import { parseSubject, type Subject } from '../market/subject';
import { isReplay, LIVE_WORLD, type WorldRef } from '../world';
import type { BriefTemplate, ResearchKind } from './brief';

export interface BriefKeyParts extends WorldRef {
  readonly subject: Subject;
  readonly kind: ResearchKind;
  readonly template: BriefTemplate;
}

const withoutSpaces = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '');

/**
 * The subject as keys spell it: symbols and contracts as everywhere (market/subject.ts), without spaces, and task
 * types in small letters. Question ids keep their case, because a recorded set may tell ids apart by it.
 * @throws RangeError naming the accepted subject forms.
 */
export const normaliseSubject = (subject: Subject): Subject => {
  const head = subject.slice(0, subject.indexOf(':')).trim().toLowerCase();
  const { kind, name } = parseSubject(`${head}:${withoutSpaces(subject.slice(subject.indexOf(':') + 1))}`);
  return `${kind}:${kind === 'task' ? name.toLowerCase() : name}`;
};

/**
 * `live`, or the as-of instant in its one ISO form with milliseconds.
 * @throws RangeError when live work carries an as-of instant, a replay carries none, or it is no instant.
 */
const asOfKey = ({ world, asOf }: WorldRef): string => {
  if (asOf === null) {
    if (isReplay(world))
      throw new RangeError(
        `asOf is missing in world ${world}; accepted: an ISO instant such as 2025-09-15T13:00:00.000Z`,
      );
    return 'live';
  }
  if (world === LIVE_WORLD)
    throw new RangeError(
      `asOf is ${asOf} in the live world; accepted: null, because live work reads the clock`,
    );
  return parseIsoInstant(asOf, 'asOf');
};

/**
 * `<world>:<as-of or live>:<subject>:<kind>:<template>`; `research:` before it is the workflow's id.
 * Unambiguous although subjects hold colons: the parts on both sides of the subject have fixed forms.
 * @throws RangeError for a malformed subject or as-of instant.
 */
export const briefKey = (parts: BriefKeyParts): string =>
  [parts.world, asOfKey(parts), normaliseSubject(parts.subject), parts.kind, parts.template].join(':');
