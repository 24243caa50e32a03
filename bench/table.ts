// The figures of all benches in one table: what it is, its median and spread, its floor in the same run.
export type Document = Readonly<Record<string, unknown>>;

interface Figure {
  readonly name: string;
  readonly unit: string;
  /** `bench.path.to.number`. */
  readonly value: string;
  readonly floor?: { readonly value: string; readonly name: string };
  /** Rates: the floor is above. */
  readonly isRate?: boolean;
}

const SELECT = { value: 'cache.floorP50Ms', name: 'bare select' };
const BARE_CALL = { value: 'gate.bareP50Ms', name: 'bare HTTP call' };
const SLOWEST_CALL = { value: 'panel.callMs', name: 'slowest call' };
const MINIMAL = { value: 'footprint.minimalWorkflowMs', name: 'minimal workflow' };

const SESSIONS: readonly Figure[] = [1, 10, 100, 500].map((symbols) => ({
  name: `session of ${symbols} symbol${symbols === 1 ? '' : 's'}, researched`,
  unit: 'ms',
  value: `session.symbols${symbols}.wallMs`,
  floor: { value: 'session.minimalWorkflowMs', name: 'minimal workflow' },
}));

export const FIGURES: readonly Figure[] = [
  { name: 'cached brief, p50', unit: 'ms', value: 'cache.p50Ms', floor: SELECT },
  { name: 'cached brief, p99', unit: 'ms', value: 'cache.p99Ms' },
  { name: 'call through the gate, p50', unit: 'ms', value: 'gate.gateP50Ms', floor: BARE_CALL },
  { name: 'gate adds, p50', unit: 'ms', value: 'gate.addedP50Ms' },
  {
    name: 'calls reserved and settled',
    unit: '/s',
    value: 'reservations.reservedAndSettledPerSecond',
    floor: { value: 'reservations.plainInsertsPerSecond', name: 'plain insert' },
    isRate: true,
  },
  { name: 'panel of 17 analysts x 2', unit: 'ms', value: 'panel.panelMs', floor: SLOWEST_CALL },
  { name: 'panel, first answer visible after', unit: 'ms', value: 'panel.firstAnswerMs' },
  { name: 'decision by 4 members', unit: 'ms', value: 'footprint.decisionMs', floor: MINIMAL },
  { name: 'decisions, four sessions at once', unit: '/s', value: 'footprint.decisionsPerSecond' },
  { name: 'processor time a decision', unit: 'ms', value: 'footprint.processorMsPerDecision' },
  ...SESSIONS,
  { name: 'sessions', unit: '/h', value: 'session.sessionsPerHour' },
  {
    name: 'backtest, rows a processor second',
    unit: '/s',
    value: 'track.recorded.rowsPerCpuSecond',
    floor: { value: 'track.recorded.plainLoopRowsPerCpuSecond', name: 'plain loop' },
    isRate: true,
  },
  {
    name: 'conclave --help',
    unit: 'ms',
    value: 'start-up.helpMs',
    floor: { value: 'start-up.helpFloorMs', name: 'bare Node' },
  },
  { name: 'stack ready, first start', unit: 'ms', value: 'start-up.firstStackMs' },
  { name: 'stack ready, later start', unit: 'ms', value: 'start-up.warmStackMs' },
  { name: 'dashboard, first paint', unit: 'ms', value: 'dashboard.firstPaintP50Ms' },
  { name: 'dashboard, decision on screen', unit: 'ms', value: 'dashboard.decisionOnScreenP50Ms' },
  { name: 'worker memory under load', unit: 'MiB', value: 'footprint.workersMib' },
  { name: 'workflow bundle', unit: 'KiB', value: 'footprint.workflowBundleKib' },
  { name: 'rows a session of 10', unit: '', value: 'footprint.rowsPerSession' },
  { name: 'bytes a session of 10', unit: 'B', value: 'footprint.bytesPerSession' },
  { name: 'history bytes a decision', unit: 'B', value: 'footprint.historyBytesPerDecision' },
  { name: 'decisions, 1 worker process', unit: '/s', value: 'scale.workers1.decisionsPerSecond' },
  { name: 'decisions, 2 worker processes', unit: '/s', value: 'scale.workers2.decisionsPerSecond' },
  { name: 'decisions, 4 worker processes', unit: '/s', value: 'scale.workers4.decisionsPerSecond' },
  {
    name: 'decision beside a session of 500',
    unit: 'ms',
    value: 'scale.workers1.decisionBesideBatchMs',
    floor: { value: 'scale.workers1.decisionAloneMs', name: 'alone' },
  },
];

export interface TableLine {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  /** Least and most over the rounds. */
  readonly spread: readonly [number, number];
  readonly floor: number | null;
  readonly floorName: string | null;
  /** How many times the floor it takes; median over the rounds of the ratio within each. */
  readonly ratio: number | null;
}

const at = (document: Document, path: string): number | null => {
  const found = path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Document | null | undefined)?.[key], document);
  return typeof found === 'number' ? found : null;
};

const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

/** The middle one, or the mean of the two in the middle. */
export const medianOf = (values: readonly number[]): number => {
  const inOrder = sorted(values);
  const half = inOrder.length / 2;
  return (inOrder[Math.floor(half - 0.5)]! + inOrder[Math.floor(half)]!) / 2;
};

const numbers = (rounds: readonly Document[], path: string): readonly number[] =>
  rounds.flatMap((round) => at(round, path) ?? []);

const ratiosOf = (rounds: readonly Document[], { value, floor, isRate }: Figure): readonly number[] =>
  rounds.flatMap((round) => {
    const [one, least] = [at(round, value), floor ? at(round, floor.value) : null];
    if (one === null || least === null || one === 0 || least === 0) return [];
    return [isRate ? least / one : one / least];
  });

/** Lines of the figures that were measured, from one document per round: bench -> its figures. */
export const tableOf = (rounds: readonly Document[]): readonly TableLine[] =>
  FIGURES.flatMap((figure) => {
    const values = sorted(numbers(rounds, figure.value));
    if (values.length === 0) return [];
    const floors = figure.floor ? numbers(rounds, figure.floor.value) : [];
    const ratios = ratiosOf(rounds, figure);
    return [
      {
        name: figure.name,
        unit: figure.unit,
        median: medianOf(values),
        spread: [values[0]!, values.at(-1)!] as const,
        floor: floors.length > 0 ? medianOf(floors) : null,
        floorName: floors.length > 0 ? figure.floor!.name : null,
        ratio: ratios.length > 0 ? medianOf(ratios) : null,
      },
    ];
  });

const HEADS = ['figure', 'median', 'least', 'most', 'unit', 'floor', 'times the floor'] as const;

/** Three digits that count, without an exponent. */
const shown = (value: number | null): string =>
  value === null ? '' : Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 4 });

/** The table as text, columns aligned. */
export const shownTable = (lines: readonly TableLine[]): string => {
  const cells = lines.map((line) => [
    line.name,
    shown(line.median),
    shown(line.spread[0]),
    shown(line.spread[1]),
    line.unit,
    line.floorName ? `${shown(line.floor)} ${line.floorName}` : '',
    shown(line.ratio),
  ]);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]!.length)),
  );
  const row = (texts: readonly string[]): string =>
    texts
      .map((text, column) =>
        column >= 1 && column <= 3 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [row(HEADS), row(widths.map((width) => '-'.repeat(width))), ...cells.map(row)].join('\n');
};
