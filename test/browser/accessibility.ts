// axe-core on a page as the browser shows it.
import { source } from 'axe-core';
import type { Page } from 'playwright-core';

interface Finding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** Findings of impact serious or critical; `where` names the page in a failed test. */
export const seriousFindings = async (page: Page, where: string): Promise<readonly string[]> => {
  await page.evaluate(source);
  const findings = await page.evaluate<readonly Finding[]>(
    'axe.run(document).then(({ violations }) => violations)',
  );
  return findings
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
};
