// The server's own call log: the independent bill that ledgers are checked against. Each call leaves one
// line when it arrives and one when it ends, appended at once, so that a kill of any process loses nothing.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export interface CallRecord {
  readonly id: string;
  /** Ledger key from the header `x-conclave-call`; empty when the header was missing. */
  readonly callKey: string;
  readonly provider: string;
  readonly api: string;
  readonly model: string;
  readonly schemaName: string;
  readonly receivedAt: string;
  readonly endedAt: string | null;
  /** `pending`, `answered`, `abandoned` (the client went away) or the fault's name. */
  readonly outcome: string;
  readonly billed: boolean;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly costMicroUsd: number;
  /** The status sent, or null when none was. */
  readonly status: number | null;
  /** Messages as roles and lengths, and whether a cache mark was seen; never their text. */
  readonly prompt: {
    readonly roles: readonly string[];
    readonly chars: number;
    readonly cacheMarked: boolean;
  };
}

export interface CallLog {
  readonly open: (record: CallRecord) => void;
  readonly update: (id: string, changes: Partial<CallRecord>) => void;
  readonly get: (id: string) => CallRecord | undefined;
  readonly all: () => readonly CallRecord[];
  readonly clear: () => void;
}

const merge = (
  records: Map<string, CallRecord>,
  line: Partial<CallRecord> & { readonly id: string },
): void => {
  records.set(line.id, { ...records.get(line.id), ...line } as CallRecord);
};

/** Calls of a log file, in order of arrival; a half-written last line is left out. */
export const readCallLog = (file: string): readonly CallRecord[] => {
  const records = new Map<string, CallRecord>();
  if (!existsSync(file)) return [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.endsWith('}')) continue;
    merge(records, JSON.parse(line) as CallRecord);
  }
  return [...records.values()];
};

/** @param file appended to, and read back first when it exists; null keeps the log in memory only */
export const createCallLog = (file: string | null): CallLog => {
  const records = new Map(file === null ? [] : readCallLog(file).map((record) => [record.id, record]));
  const write = (line: object): void => {
    if (file !== null) appendFileSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    open: (record) => {
      records.set(record.id, record);
      write(record);
    },
    update: (id, changes) => {
      merge(records, { id, ...changes });
      write({ id, ...changes });
    },
    get: (id) => records.get(id),
    all: () => [...records.values()],
    clear: () => records.clear(),
  };
};
