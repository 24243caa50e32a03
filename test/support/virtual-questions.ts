// Recorded questions moved to virtual dates: one a day, each resolving seven days later, so that a live loop
// and a backtest can walk the very same files. Made up with a seed where the recorded data are absent.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { randomNormal, seededRandom } from '../../domain/track/random';
import { sharedData } from './shared-data';

export interface VirtualQuestion {
  readonly rowId: string;
  readonly category: string;
  readonly due: string;
  readonly resolution: string;
  readonly y: 0 | 1;
}

export interface VirtualQuestions {
  readonly folder: string;
  readonly questionsFile: string;
  readonly forecastsFile: string;
  readonly members: readonly string[];
  readonly questions: readonly VirtualQuestion[];
}

interface Answered {
  readonly category: string;
  readonly y: 0 | 1;
  readonly p: readonly number[];
}

/** Five search agents that do not see the price. */
const RECORDED_MEMBERS = ['flash', 'gpt5', 'sonnet', 'pro', 'kimi-k2.5'].map(
  (name) => `${name}-high-brave-c0-t1`,
);
const MADE_UP_MEMBERS = ['steady', 'bold', 'shy', 'noisy', 'contrary'];
const RESOLVES_AFTER_DAYS = 7;

type Columns = Readonly<Record<string, string>>;

const readGz = (path: string): readonly Columns[] =>
  parse(gunzipSync(readFileSync(path)), { columns: true }) as readonly Columns[];

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Recorded rows that every member answered, none of them silent, in an order that mixes classes. */
const recorded = (folder: string, count: number): readonly Answered[] => {
  const byRow = new Map<string, Map<string, number>>();
  for (const row of readGz(join(folder, 'forecasts.csv.gz'))) {
    if (!RECORDED_MEMBERS.includes(row.system!) || row.silent_half === '1' || Number(row.p) === 0.5) continue;
    byRow.set(row.row_id!, (byRow.get(row.row_id!) ?? new Map()).set(row.system, Number(row.p)));
  }
  return [...readGz(join(folder, 'questions.csv.gz'))]
    .filter((row) => byRow.get(row.row_id!)?.size === RECORDED_MEMBERS.length)
    .sort((x, y) => (digest(x.row_id!) < digest(y.row_id!) ? -1 : 1))
    .slice(0, count)
    .map((row): Answered => {
      const p = RECORDED_MEMBERS.map((member) => byRow.get(row.row_id!)!.get(member)!);
      return { category: row.qtype!, y: row.y === '1' ? 1 : 0, p };
    });
};

/** Members that differ in noise and slope, so that there is something to learn. */
const madeUp = (count: number): readonly Answered[] => {
  const random = seededRandom(20_261_120);
  return Array.from({ length: count }, (_, index): Answered => {
    const truth = 1.2 * randomNormal(random);
    const y = random() < 1 / (1 + Math.exp(-truth)) ? 1 : 0;
    const slopes = [1, 1.8, 0.5, 1, -0.6];
    const noise = [0.2, 0.4, 0.3, 1.6, 0.5];
    const p = slopes.map((slope, m) => {
      const odds = slope * truth + noise[m]! * randomNormal(random);
      return Math.round(1e4 / (1 + Math.exp(-odds))) / 1e4;
    });
    return { category: index % 3 === 0 ? 'dataset' : 'market', y, p };
  });
};

const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00.000Z`) + days * 86_400_000).toISOString().slice(0, 10);

const QUESTION_HEADER =
  'row_id,source,base_id,forecast_due_date,resolution_date,y,market_value_freeze,market_date,market_value_due,qtype,category,question';
const FORECAST_HEADER =
  'row_id,system,llm,p,n_trials,usd_per_trial,latency_s_per_trial,tokens_in,tokens_out,n_rows_of_question,silent_half';

/** Writes both files into `folder`, readable by the recorded provider and by the backtest alike. */
export const writeVirtualQuestions = (
  folder: string,
  count: number,
  firstDay = '2025-01-06',
): VirtualQuestions => {
  const shared = sharedData('data/forecasts');
  const rows = shared ? recorded(shared, count) : madeUp(count);
  const members = shared ? RECORDED_MEMBERS : MADE_UP_MEMBERS;
  const questions = rows.map(({ category, y }, index): VirtualQuestion => {
    const due = addDays(firstDay, index);
    const rowId = `virtual-${String(index).padStart(4, '0')}`;
    return { rowId, category, due, resolution: addDays(due, RESOLVES_AFTER_DAYS), y };
  });
  mkdirSync(folder, { recursive: true });
  const questionsFile = join(folder, 'questions.csv');
  const forecastsFile = join(folder, 'forecasts.csv');
  const questionLines = questions.map(({ rowId, category, due, resolution, y }) =>
    [rowId, 'virtual', rowId, due, resolution, y, '', '', '', category, category, `Question ${rowId}`].join(
      ',',
    ),
  );
  const forecastLines = rows.flatMap(({ p }, index) =>
    members.map((member, m) => `${questions[index]!.rowId},${member},${member},${p[m]},1,0.001,1,10,10,1,0`),
  );
  writeFileSync(questionsFile, `${[QUESTION_HEADER, ...questionLines].join('\n')}\n`);
  writeFileSync(forecastsFile, `${[FORECAST_HEADER, ...forecastLines].join('\n')}\n`);
  return { folder, questionsFile, forecastsFile, members, questions };
};
