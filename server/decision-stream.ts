// GET /decisions/{id}/stream: how far each member is, what a lower stage says while a higher one runs, and how it ended.

import type { ConclaveClient } from '../client/connect';
import { answerSoFar } from '../client/decisions';
import type { DecisionProgress, EarlyAnswer } from '../workflows/contracts/decision';
import { answerStream, type RunLook } from './answer-stream';

const NOTHING = { stage: null, final: true, probability: null, answered: 0, asked: 0 };

/** Members may be asked anew in later rounds and stages: the whole state is sent, no answer for good. */
const lookAt = async (client: ConclaveClient, id: string): Promise<RunLook | null> => {
  const stored = await client.stores.decisions.get(id);
  if (!stored && !id.startsWith('decision:')) return null;
  const handle = client.temporal.workflow.getHandle(id);
  const running = !stored && (await handle.describe()).status.name === 'RUNNING';
  if (!running) {
    const end = (await answerSoFar(client, id)) ?? { ...NOTHING, status: 'failed' };
    return { landed: [], progress: null, end: { decisionId: id, ...end } };
  }
  const [progress, early] = await Promise.all([
    handle.query<DecisionProgress>('progress').catch(() => null),
    handle.query<EarlyAnswer | null>('earlyAnswer').catch(() => null),
  ]);
  return { landed: [], progress: progress && { decisionId: id, ...progress, early }, end: null };
};

export const decisionStream = answerStream({
  id: 'streamDecision',
  path: '/api/v1/decisions/{id}/stream',
  tag: 'decisions',
  what: 'decision',
  events:
    'Events `progress` (step, members and what a lower stage says, at each change) and `end` (what `/early` says at last; status `failed` where nothing was decided or recorded)',
  look: lookAt,
});
