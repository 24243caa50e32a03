// A member that silently fails is left out of live decisions with a note, and asked on probation so that it
// can recover.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDecision } from '../../../client/decisions';
import { readRecorded } from '../../../client/inputs';
import { decisionId } from '../../../workflows/contracts/workflow-ids';
import { forecastsOfDecision } from '../../support/forecasts-of-decision';
import { decisionInput, runLiveLoop } from '../../support/live-loop';
import { type RunningStack, runningStack } from '../../support/running-stack';
import { type VirtualQuestions, writeVirtualQuestions } from '../../support/virtual-questions';

jest.setTimeout(300_000);

const BROKEN = 'broken';
/** Enough that one of two classes shows five exact halves. */
const QUESTIONS = 11;

let running: RunningStack;
let files: VirtualQuestions;
let world: string;

beforeAll(async () => {
  running = await runningStack();
  const sound = writeVirtualQuestions(mkdtempSync(join(tmpdir(), 'screening-')), QUESTIONS);
  const lines = sound.questions.map(({ rowId }) => `${rowId},${BROKEN},${BROKEN},0.5,1,0.001,1,10,10,1,0`);
  appendFileSync(sound.forecastsFile, `${lines.join('\n')}\n`);
  files = {
    ...sound,
    members: [...sound.members, BROKEN],
  };
  world = (await readRecorded(files.folder, files.questions[0]!.rowId, files.members)).world;
});

afterAll(() => running.close());

/** A request key whose decision draws the broken member for probation. */
const drawingKey = (subject: string): string => {
  for (let n = 0; ; n += 1) {
    const id = decisionId(subject, `${world}-${n}`);
    const draw = createHash('sha256').update(`${id}|${BROKEN}`).digest().readUInt32BE(0) / 2 ** 32;
    if (draw < 0.1) return `${world}-${n}`;
  }
};

test('a member of exact halves is left out with a note, and still asked for the record', async () => {
  const { client } = running;
  const decisions = [...(await runLiveLoop({ client, files, world })).values()];
  const tookPart = decisions.map(({ members }) => members.some(({ model }) => model === BROKEN));
  expect(tookPart[0]).toBe(true);
  const outOf = decisions.filter(({ members }) => !members.some(({ model }) => model === BROKEN));
  expect(outOf.length).toBeGreaterThan(0);
  const last = outOf.at(-1)!;
  expect(last.candidates.find(({ model }) => model === BROKEN)).toMatchObject({
    taken: false,
    why: expect.stringMatching(/^screened out: \d+ exact halves/),
  });
  expect(last.degradations.join(' ')).toMatch(/broken is screened out/);
  expect(last.quorum.asked).toBe(files.members.length - 1);

  const question = files.questions.find(({ rowId }) => last.subject === `question:${rowId}`)!;
  const key = drawingKey(last.subject);
  const started = await startDecision(client, decisionInput({ client, files, world }, question), key);
  await started.result();
  await client.temporal.workflow.getHandle(`probation:${started.decisionId}`).result();
  const forecasts = await forecastsOfDecision(client.stores, started.decisionId);
  expect(forecasts.find(({ model }) => model === BROKEN)).toMatchObject({ shadow: true, probability: 0.5 });
});
