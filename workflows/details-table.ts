// The small live table a workflow shows in Temporal's UI (current details are Markdown).

/** A Markdown table; cells are plain text, so pipes and line breaks in them are taken out. */
export const detailsTable = (
  columns: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string => {
  const cell = (value: string | number | null) => String(value ?? '–').replace(/[|\r\n]+/g, ' ');
  const line = (cells: readonly (string | number | null)[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
};

/** Probability with three places, or a dash. */
export const shownProbability = (probability: number | null): string | null =>
  probability === null ? null : probability.toFixed(3);
