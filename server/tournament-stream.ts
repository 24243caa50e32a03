// GET /tournaments/{id}/stream: each model's answer as it lands, the dispute that waits, and how it ended. A dispute
// may wait for days; the stream goes on through it.
import type { ConclaveClient } from '../client/connect';
import type { TournamentRow } from '../db/tournament-store';
import type { TournamentProgress } from '../workflows/contracts/tournament';
import { answerStream, type Landed, type RunLook } from './answer-stream';

/** The place before all seats. */
const WAITING = 0;

type Seat = TournamentProgress['seats'][number];

/** Seats are the same from the plan to the end, so that their order by name gives each its place. */
const landedSeats = (seats: readonly Seat[]): readonly Landed[] =>
  [...seats]
    .sort((a, b) => (a.model < b.model ? -1 : 1))
    .map((data, index) => ({ place: WAITING + 1 + index, event: 'answer', data }))
    .filter(({ data }) => data.status !== 'waiting');

const waited = ({ id, reviewId, why }: TournamentRow): readonly Landed[] =>
  reviewId === null ? [] : [{ place: WAITING, event: 'waiting', data: { tournamentId: id, reviewId, why } }];

const seatsOf = ({ members }: TournamentRow): readonly Seat[] =>
  members.map(({ model, standsInFor, status }) => ({ model: standsInFor ?? model, status }));

const progressOf = (client: ConclaveClient, id: string): Promise<TournamentProgress | null> =>
  client.temporal.workflow
    .getHandle(id)
    .query<TournamentProgress>('progress')
    .catch(() => null);

/** Before it is planned, and where it was refused, a tournament has no row. */
const lookWithoutRow = async (client: ConclaveClient, id: string): Promise<RunLook | null> => {
  if (!id.startsWith('tournament:')) return null;
  const { status } = await client.temporal.workflow.getHandle(id).describe();
  const shown = { tournamentId: id, status: 'asking', verdict: null, step: 'planning', seats: [] };
  if (status.name === 'RUNNING') return { landed: [], progress: shown, end: null };
  if (await client.stores.tournaments.get(id)) return lookAt(client, id);
  const end = { tournamentId: id, status: 'failed', verdict: null, confidence: null, reviewId: null };
  return { landed: [], progress: null, end };
};

/** A row without members is being asked: its workflow knows who has answered. */
const lookAt = async (client: ConclaveClient, id: string): Promise<RunLook | null> => {
  const row = await client.stores.tournaments.get(id);
  if (!row) return lookWithoutRow(client, id);
  const { status, verdict, confidence, reviewId, endedAt } = row;
  const judged = row.members.length > 0 || endedAt !== null;
  const asked = judged ? { step: status, seats: seatsOf(row) } : await progressOf(client, id);
  return {
    landed: [...landedSeats(asked?.seats ?? []), ...waited(row)],
    progress: asked && { tournamentId: id, status, verdict, ...asked },
    end: endedAt === null ? null : { tournamentId: id, status, verdict, confidence, reviewId },
  };
};

export const tournamentStream = answerStream({
  id: 'streamTournament',
  path: '/api/v1/tournaments/{id}/stream',
  tag: 'tournaments',
  what: 'tournament',
  events:
    'Events `answer` (each model once, with an id), `waiting` (a dispute waits for a person; once, with an id), `progress` (the whole state, at each change) and `end`',
  look: lookAt,
});
