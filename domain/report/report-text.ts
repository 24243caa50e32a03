// A report for people, as Markdown and as one HTML page without scripts. Text that models wrote is shown as text:
// whatever the form gives a meaning to is taken out of it.
import type { ReportDocument } from './report-document';
import {
  type ReportSection,
  reportCaveat,
  reportScope,
  reportSections,
  reportTitle,
} from './report-sections';

const MARKDOWN_MEANING = /[\\`*_{}[\]<>()#+!|~&]/g;

const markdown = (text: string): string =>
  text.replace(/[\r\n]+/g, ' ').replace(MARKDOWN_MEANING, (sign) => `\\${sign}`);

const markdownSection = ({ title, lines, table }: ReportSection): string => {
  const row = (cells: readonly string[]): string => `| ${cells.map(markdown).join(' | ')} |`;
  const rows = table
    ? ['', row(table.columns), `|${table.columns.map(() => '---').join('|')}|`, ...table.rows.map(row)]
    : [];
  return [`## ${title}`, '', ...lines.map((line) => `- ${markdown(line)}`), ...rows].join('\n');
};

const reportMarkdown = (document: ReportDocument): string => {
  const caveat = reportCaveat(document);
  return `${[
    `# ${markdown(reportTitle(document))}`,
    markdown(reportScope(document)),
    ...(caveat ? [markdown(caveat)] : []),
    ...reportSections(document).map(markdownSection),
  ].join('\n\n')}\n`;
};

const HTML_MEANING: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const html = (text: string): string => text.replace(/[&<>"']/g, (sign) => HTML_MEANING[sign]!);

const htmlSection = ({ title, lines, table }: ReportSection): string => {
  const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join('')}</tr>`;
  const list = lines.length ? `<ul>${lines.map((line) => `<li>${html(line)}</li>`).join('')}</ul>` : '';
  const grid = table
    ? `<table><thead>${cells('th', table.columns)}</thead><tbody>${table.rows.map((row) => cells('td', row)).join('')}</tbody></table>`
    : '';
  return `<section><h2>${html(title)}</h2>${list}${grid}</section>`;
};

const STYLE =
  'body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #8886;padding:.3rem .5rem;text-align:left;vertical-align:top}';

const reportHtml = (document: ReportDocument): string => {
  const title = html(reportTitle(document));
  const caveat = reportCaveat(document);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1><p>${html(reportScope(document))}</p>${caveat ? `<p>${html(caveat)}</p>` : ''}
${reportSections(document).map(htmlSection).join('\n')}
</body></html>
`;
};

export const REPORT_FORMATS = ['md', 'html', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The report in one of its forms. */
export const renderReport = (document: ReportDocument, format: ReportFormat): string => {
  if (format === 'md') return reportMarkdown(document);
  return format === 'html' ? reportHtml(document) : `${JSON.stringify(document, null, 2)}\n`;
};
