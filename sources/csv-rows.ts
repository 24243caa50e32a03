// Streams a CSV file, plain or gzipped, row by row with line numbers, hashing its content on the way.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { SourceFailure } from './port';

/** One data row: cells by column name, and the line it ends on (1 is the header). */
export interface CsvRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface CsvFile {
  readonly path: string;
  /** Name used in failures. */
  readonly source: string;
  /** Columns that must be there; further ones are passed on. */
  readonly columns: readonly string[];
  /** Longest accepted row, so that a missing quote does not swallow the file. */
  readonly maxRowBytes?: number;
}

const DEFAULT_MAX_ROW_BYTES = 1_000_000;

const failureOf = (file: CsvFile, error: unknown): Error => {
  if (error instanceof SourceFailure) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const fail = (kind: 'not_found' | 'refused' | 'malformed', text: string) =>
    new SourceFailure(file.source, kind, `${file.path}: ${text}`);
  if (error instanceof CsvError) {
    const at = `line ${error.lines ?? '?'}, column ${String(error.column ?? '?')}`;
    return fail('malformed', `${at}: ${error.message}`);
  }
  if (code === 'ENOENT') return fail('not_found', 'there is no such file');
  if (code === 'EISDIR') return fail('refused', 'is a folder; name a .csv or .csv.gz file');
  if (code === 'EACCES' || code === 'EPERM') return fail('refused', 'may not be read by this user');
  if (code.startsWith('Z_')) return fail('malformed', `is not a whole gzip file (${code})`);
  return error instanceof Error ? error : new Error(String(error));
};

/** gzip is told from its first two bytes, not from the name. */
const isGzip = async (path: string): Promise<boolean> => {
  const handle = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
};

const checkHeader = (file: CsvFile, header: readonly string[]): string[] => {
  const names = header.map((name) => name.trim());
  const missing = file.columns.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new SourceFailure(
      file.source,
      'malformed',
      `${file.path}: line 1: column ${missing.join(', ')} is missing; accepted header: ${file.columns.join(',')}`,
    );
  }
  return names;
};

interface ParsedRow {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

/**
 * Calls `onRow` for each data row in order.
 * @returns sha-256 of the uncompressed content in hex, so that a file and its gzip count as the same.
 * @throws SourceFailure naming line and column for a malformed file; what `onRow` throws.
 */
export const readCsvRows = async (file: CsvFile, onRow: (row: CsvRow) => void): Promise<string> => {
  const hash = createHash('sha256');
  const parser = parse({
    bom: true,
    columns: (header: string[]) => checkHeader(file, header),
    info: true,
    max_record_size: file.maxRowBytes ?? DEFAULT_MAX_ROW_BYTES,
    skip_empty_lines: true,
  });
  const consume = async (records: AsyncIterable<ParsedRow>): Promise<void> => {
    for await (const { record, info } of records) onRow({ line: info.lines, cells: record });
  };
  try {
    const plain = (await isGzip(file.path)) ? createGunzip() : new PassThrough();
    plain.on('data', (chunk: Buffer) => hash.update(chunk));
    await pipeline(createReadStream(file.path), plain, parser, consume);
  } catch (error) {
    throw failureOf(file, error);
  }
  return hash.digest('hex');
};
