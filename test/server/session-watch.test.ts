import fc from 'fast-check';
import type { DecisionRecord } from '../../db/decision-record';
import { decodeSeen, encodeSeen, eventsOf, type SessionLook } from '../../server/session-watch';

const decision = (subject: string): DecisionRecord =>
  ({
    id: `decision:${subject}:k`,
    subject,
    status: 'decided',
    strategy: 'weighted_vote',
    stage: 'full',
    probability: 0.5,
    action: 'hold',
    sizeMicroUsd: 0,
    why: [],
    disagreement: null,
    quorum: { asked: 1, answered: 1, needed: 1 },
    members: [],
    mode: 'normal',
    degradations: [],
    costMicroUsd: 0,
  }) as unknown as DecisionRecord;

const look = (subjects: readonly string[], decided: readonly string[], status = 'running'): SessionLook =>
  ({
    session: { id: 'session:x', subjects, status },
    view: null,
    decisions: decided.map(decision),
  }) as unknown as SessionLook;

describe('what a stream has sent', () => {
  it('survives its text form', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(600), { minLength: 1, maxLength: 200 }), (indexes) => {
        const seen = new Set(indexes);
        expect([...decodeSeen(encodeSeen(seen))].sort((a, b) => a - b)).toEqual(
          indexes.sort((a, b) => a - b),
        );
      }),
    );
  });

  it('is nothing where the text form is not ours', () => {
    for (const id of [undefined, '', 'a b', '<x>', 'ä', 'x'.repeat(3000)])
      expect(decodeSeen(id).size).toBe(0);
  });
});

describe('events of a session', () => {
  it('carry every decision exactly once, whatever the order of arrival and wherever the stream is cut', () => {
    const subjects = Array.from({ length: 20 }, (_unused, index) => `equity:S${index}`);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(subjects, { minLength: 20 }),
        fc.array(fc.nat(20), { maxLength: 6 }),
        (arrival, cuts) => {
          const got: string[] = [];
          let lastId: string | undefined;
          for (const upTo of [...cuts.sort((a, b) => a - b), 20]) {
            const seen = decodeSeen(lastId);
            for (const { id, event, data } of eventsOf(look(subjects, arrival.slice(0, upTo)), seen, '')) {
              if (event !== 'decision') continue;
              got.push((data as { subject: string }).subject);
              lastId = id;
            }
          }
          expect(got.sort()).toEqual([...subjects].sort());
        },
      ),
    );
  });

  it('say of what rests on made-up prices that it does', () => {
    const found = look(['equity:A', 'equity:B'], ['equity:A']);
    const made = { ...found, decisions: found.decisions.map((one) => ({ ...one, synthetic: true })) };
    const session = { ...found.session, synthetic: true };
    const events = eventsOf({ ...made, session }, new Set(), '');
    expect(events.map(({ event, data }) => [event, (data as { synthetic?: boolean }).synthetic])).toEqual([
      ['decision', true],
      ['progress', true],
    ]);
  });

  it('repeat no unchanged progress, and end when the session has', () => {
    const first = eventsOf(look(['equity:A'], []), new Set(), '');
    expect(first.map(({ event }) => event)).toEqual(['progress']);
    expect(eventsOf(look(['equity:A'], []), new Set(), JSON.stringify(first[0]?.data))).toEqual([]);
    const last = eventsOf(look(['equity:A'], ['equity:A'], 'finished'), new Set(), '');
    expect(last.map(({ event }) => event)).toEqual(['decision', 'progress', 'end']);
  });
});
