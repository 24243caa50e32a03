// What processes use, as the Linux kernel counts it: processor seconds and resident memory.
import { readdirSync, readFileSync } from 'node:fs';

/** Of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;
const MIB = 1_024 ** 2;

interface Stat {
  readonly parent: number;
  /** Own and of ended children, in ticks. */
  readonly ticks: number;
}

const statOf = (pid: number): Stat | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    return null;
  }
};

const processes = (): ReadonlyMap<number, Stat> =>
  new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const stat = statOf(Number(name));
        return stat ? [[Number(name), stat] as const] : [];
      }),
  );

/** Processor seconds that a process and all it started have used so far; Postgres serves each client by a child. */
export const processorSeconds = (pid: number): number => {
  const all = processes();
  const ticksOf = (one: number): number =>
    (all.get(one)?.ticks ?? 0) +
    [...all].reduce((sum, [child, { parent }]) => (parent === one ? sum + ticksOf(child) : sum), 0);
  return ticksOf(pid) / TICKS_PER_SECOND;
};

/** Resident memory of one process; 0 when it has ended. */
export const residentMib = (pid: number): number => {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return (pages * PAGE_BYTES) / MIB;
  } catch {
    return 0;
  }
};

/** Load of the machine over the last minute. */
export const loadAverage = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
