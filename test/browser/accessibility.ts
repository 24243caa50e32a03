// axe-core on a page as the browser shows it.
import { source } from 'axe-core';
import type { Page } from 'playwright-core';

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** What another colour scheme can change. */
export const COLOUR_RULES = ['color-contrast', 'link-in-text-block'] as const;

/**
 * Findings of impact serious or critical; `where` names the page in a failed test.
 * @param rules those to hold against it; all where none are named
 */
export const seriousFindings = async (
  page: Page,
  where: string,
  rules: readonly string[] = [],
): Promise<readonly string[]> => {
  await page.evaluate(source);
  const options = rules.length > 0 ? { runOnly: rules } : {};
  const findings = await page.evaluate<readonly Finding[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
};
