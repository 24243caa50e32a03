// `conclave rank --by calibration|contribution|agreement`: the other views of the same record.
import type { ConclaveClient } from '../../client/connect';
import { contextWindows } from '../../client/context-windows';
import { agreementView, calibrationView, contributionView, type TrackQuery } from '../../client/track-views';
import { usdText } from '../../domain/money/micro-usd';

const shown = (value: number | null, digits = 4): string => (value === null ? '-' : value.toFixed(digits));
const cell = (value: number | null, digits = 4): string => shown(value, digits).padStart(9);

export interface RecordView {
  /** What `--json` prints. */
  readonly document: { readonly n: number } & object;
  readonly lines: readonly string[];
  /** Said where the document is empty for another reason than that nothing has resolved. */
  readonly nothing?: string;
}

/** Every calibrator learnt, at work or not; nothing where none is. */
const calibratorLines = (
  calibrators: Awaited<ReturnType<typeof calibrationView>>['calibrators'],
): readonly string[] =>
  calibrators.length === 0
    ? []
    : [
        '',
        'Calibrators, p = sigmoid(slope * logit p + intercept); only `active` ones work:',
        `${'model'.padEnd(36)} ${'category'.padEnd(28)}      n     slope intercept  status     learnt from outcomes to`,
        ...calibrators.map(({ model, category, n, slope, intercept, status, trainedThrough }) =>
          [
            ...[model.padEnd(36), category.padEnd(28), String(n).padStart(6), cell(slope), cell(intercept)],
            ...['', status.padEnd(10), trainedThrough],
          ].join(' '),
        ),
      ];

/** The weight of the members against the price in sizing, at work or not; nothing where none is learnt. */
const sizingWeightLines = (
  weights: Awaited<ReturnType<typeof calibrationView>>['sizingWeights'],
): readonly string[] =>
  weights.length === 0
    ? []
    : [
        '',
        'Weight of the members against the price when sizing; only `active` ones work, else the setting:',
        `${'category'.padEnd(28)}      n    weight  status     learnt from outcomes to`,
        ...weights.map(({ category, n, weight, status, trainedThrough }) =>
          [
            ...[category.padEnd(28), String(n).padStart(6), cell(weight)],
            ...['', status.padEnd(10), trainedThrough],
          ].join(' '),
        ),
      ];

const calibration = async (client: ConclaveClient, query: TrackQuery): Promise<RecordView> => {
  const document = await calibrationView(client, query);
  const lines = document.models.map(({ model, n, brier, ece, noiseFloor, debiasedEce }) =>
    [
      model.padEnd(36),
      String(n).padStart(6),
      ...[brier, ece, noiseFloor, debiasedEce].map((each) => cell(each)),
    ].join(' '),
  );
  const head = `${'model'.padEnd(36)}      n     brier       ece     noise  debiased`;
  const learnt = [...calibratorLines(document.calibrators), ...sizingWeightLines(document.sizingWeights)];
  return { document, lines: [head, ...lines, ...learnt] };
};

const contribution = async (client: ConclaveClient, query: TrackQuery): Promise<RecordView> => {
  const document = await contributionView(client, query);
  const lines = document.members.map(({ model, n, value, standardError, leaveOneOut, pnlMicroUsd }) =>
    [
      ...[model.padEnd(36), String(n).padStart(6)],
      ...[value, standardError, leaveOneOut].map((each) => cell(each)),
      usdText(pnlMicroUsd).padStart(14),
    ].join(' '),
  );
  const head = `${'member'.padEnd(36)}      n   shapley  std.err.   without            P&L`;
  return { document, lines: ['Brier points that each member adds to the pool:', head, ...lines] };
};

const agreement = async (client: ConclaveClient, query: TrackQuery): Promise<RecordView> => {
  const document = await agreementView(client, query);
  const lines = document.categories.map(({ category, n, rho, interval, wrongSideInside, wrongSideOutside }) =>
    [
      ...[category.padEnd(28), String(n).padStart(6), cell(rho, 3)],
      (interval ? `[${shown(interval[0], 3)}, ${shown(interval[1], 3)}]` : '-').padStart(18),
      ...[wrongSideInside, wrongSideOutside].map((each) => cell(each, 3)),
    ].join(' '),
  );
  const head = `${'category'.padEnd(28)}      n       rho       90 % interval    inside   outside`;
  return {
    document,
    lines: [
      'Does agreement go with being right? Wrong-side share inside and outside consensus:',
      head,
      ...lines,
    ],
  };
};

const bounds = (value: number | null, low: number | null, high: number | null): string =>
  value === null ? '-' : `${shown(value)} [${shown(low)}, ${shown(high)}]`;

const context = async (client: ConclaveClient, query: TrackQuery): Promise<RecordView> => {
  const document = await contextWindows(client, query);
  const lines = document.rows.map((row) =>
    [
      ...[row.model.padEnd(36), row.regime.padEnd(8), row.timeToExpiry.padEnd(13), String(row.n).padStart(6)],
      bounds(row.skill, row.skillLow, row.skillHigh).padEnd(27),
      bounds(row.brier, row.brierLow, row.brierHigh),
    ].join(' '),
  );
  const head = `${'model'.padEnd(36)} regime   expires            n skill                       Brier`;
  return {
    document,
    lines: [
      'By volatility and time to expiry, each window shrunk toward the next longer one, with 90 % bounds:',
      head,
      ...lines,
    ],
    nothing: `No window of world ${query.world} holds these; they are rolled up by schedule, after outcomes came in.`,
  };
};

/** Beside the ranking by skill. */
export const RECORD_VIEWS = { calibration, contribution, agreement, context } as const;
