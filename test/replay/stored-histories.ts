// Stored histories: JSON files that name the workflow and its events for readers, with the history itself in
// protobuf's own form, compressed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;

export const HISTORIES = join(__dirname, 'histories');

export interface StoredHistory {
  readonly name: string;
  readonly workflowId: string;
  readonly workflowType: string;
  /** Types of its events, in order. */
  readonly events: readonly string[];
  readonly history: History;
}

interface HistoryFile {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly events: readonly string[];
  /** History as protobuf, gzip, base64. */
  readonly history: string;
}

const eventName = (event: temporal.api.history.v1.IHistoryEvent): string => {
  const name = temporal.api.enums.v1.EventType[event.eventType ?? 0] ?? 'EVENT_TYPE_UNSPECIFIED';
  const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
  return `${name.replace('EVENT_TYPE_', '')}${activity ? ` ${activity}` : ''}`;
};

/** Writes `histories/<name>.json`. */
export const writeHistory = async (
  name: string,
  workflowId: string,
  history: History,
): Promise<HistoryFile> => {
  const events = history.events ?? [];
  const bytes = temporal.api.history.v1.History.encode(history).finish();
  const file: HistoryFile = {
    workflowId,
    workflowType: events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '',
    events: events.map(eventName),
    history: gzipSync(bytes, { level: 9 }).toString('base64'),
  };
  mkdirSync(HISTORIES, { recursive: true });
  writeFileSync(join(HISTORIES, `${name}.json`), `${JSON.stringify(file, null, 1)}\n`);
  return file;
};

/** All stored histories of a folder, by name. */
export const readHistories = (folder: string = HISTORIES): readonly StoredHistory[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const stored = JSON.parse(readFileSync(join(folder, file), 'utf8')) as HistoryFile;
      const bytes = gunzipSync(Buffer.from(stored.history, 'base64'));
      return {
        ...stored,
        name: file.replace(/\.json$/, ''),
        history: temporal.api.history.v1.History.decode(bytes),
      };
    });
