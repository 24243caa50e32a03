// The file of a backup or an archive: gzip; one JSON value a line. First a header, then for each table its name
// followed by its rows (each a text that Postgres itself writes for the row), and at the end the counts, so that
// a cut or changed file is known before anything is restored.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const FORMAT = 'conclave-backup-1';

export interface RowFileHeader {
  /** Says what wrote the file, and how to read it. */
  readonly format: string;
}

export interface BackupHeader extends RowFileHeader {
  readonly format: typeof FORMAT;
  /** ISO-8601 UTC, of the database's clock. */
  readonly createdAt: string;
  /** Hashes of the migrations that the rows have gone through, in their order. */
  readonly migrations: readonly string[];
  /** Last value of each sequence. */
  readonly sequences: Readonly<Record<string, number>>;
}

interface End {
  readonly rows: number;
  readonly sha256: string;
}

export type BackupLine =
  | { readonly table: string }
  /** A row of the table named last. */
  | string;

/** The file is not a whole, unchanged backup or archive. */
export class BrokenBackup extends Error {
  override readonly name = 'BrokenBackup';
}

export const backupHeader = (parts: Omit<BackupHeader, 'format'>): BackupHeader => ({
  format: FORMAT,
  ...parts,
});

const lineOf = (value: unknown, hash: Hash): string => {
  const line = `${JSON.stringify(value)}\n`;
  hash.update(line);
  return line;
};

/** Writes a new file, mode 0600, and has it on disk. @returns the number of rows. @throws when the file exists. */
export const writeBackupFile = async (
  path: string,
  header: RowFileHeader,
  lines: AsyncIterable<BackupLine>,
): Promise<number> => {
  const hash = createHash('sha256');
  let rows = 0;
  const text = async function* (): AsyncGenerator<string> {
    yield lineOf(header, hash);
    for await (const line of lines) {
      if (typeof line === 'string') rows += 1;
      yield lineOf(line, hash);
    }
    const end: End = { rows, sha256: hash.copy().digest('hex') };
    yield `${JSON.stringify({ end })}\n`;
  };
  const file = await open(path, 'wx', 0o600);
  try {
    await pipeline(text, createGzip(), file.createWriteStream({ flush: true }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return rows;
};

/** Text lines of the gzip file; what cannot be unpacked ends them with an error. */
async function* textLines(path: string): AsyncGenerator<string> {
  const unpacked = new PassThrough();
  const unpacking = pipeline(createReadStream(path), createGunzip(), unpacked).catch((error: unknown) => {
    unpacked.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  for await (const line of createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY }))
    yield line;
  await unpacking;
  if (unpacked.errored) throw unpacked.errored;
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    throw new BrokenBackup('a line is not JSON');
  }
};

const isHeaderOf = (format: string, value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { format?: unknown }).format === format;

const unreadable = (error: unknown): never => {
  if (error instanceof BrokenBackup) throw error;
  throw new BrokenBackup(error instanceof Error ? error.message : String(error));
};

/** Header and then each line of a file in this format. @throws BrokenBackup at the latest after the last line. */
export async function* readRowFile<Header extends RowFileHeader>(
  path: string,
  format: Header['format'],
): AsyncGenerator<Header | BackupLine> {
  const hash = createHash('sha256');
  let rows = 0;
  let end: End | undefined;
  let first = true;
  try {
    for await (const line of textLines(path)) {
      if (end) throw new BrokenBackup('there are lines after the end');
      const value = parsed(line);
      if (first && !isHeaderOf(format, value)) throw new BrokenBackup(`it does not begin as a ${format}`);
      first = false;
      end = (value as { end?: End } | null)?.end;
      if (end) continue;
      hash.update(`${line}\n`);
      if (typeof value === 'string') rows += 1;
      yield value as Header | BackupLine;
    }
  } catch (error) {
    unreadable(error);
  }
  if (!end) throw new BrokenBackup('its end is missing');
  if (end.rows !== rows || end.sha256 !== hash.digest('hex'))
    throw new BrokenBackup('its content was changed');
}

/** Reads the whole file once. @returns its header. @throws BrokenBackup */
export const checkRowFile = async <Header extends RowFileHeader>(
  path: string,
  format: Header['format'],
): Promise<Header> => {
  let header: Header | undefined;
  for await (const line of readRowFile<Header>(path, format)) if (!header) header = line as Header;
  return header!;
};

/** Header and then each line of a backup. @throws BrokenBackup at the latest after the last line. */
export const readBackupFile = (path: string): AsyncGenerator<BackupHeader | BackupLine> =>
  readRowFile<BackupHeader>(path, FORMAT);

/** Reads the whole backup once. @returns its header. @throws BrokenBackup */
export const checkBackupFile = (path: string): Promise<BackupHeader> =>
  checkRowFile<BackupHeader>(path, FORMAT);
