// Every workflow has its page and every page its workflow; each names the messages that its workflow answers to.
import { readdirSync, readFileSync } from 'node:fs';
import { assetPath } from '../../config/package-root';

const read = (...path: readonly string[]): string => readFileSync(assetPath(...path), 'utf8');

/** Type and file of each workflow. */
const WORKFLOWS = [
  ...read('workflows', 'index.ts').matchAll(/^export \{ (\w+) \} from '\.\/([\w-]+)';/gm),
].map(([, type = '', file = '']) => ({ type, file }));
const PAGES = readdirSync(assetPath('docs', 'workflows'));

/** Names by which others send the messages: `reviewAnswer` is sent as `decide`. */
const MESSAGE_NAMES = new Map(
  [...read('workflows', 'messages.ts').matchAll(/export const (\w+) = define\w+<[\s\S]*?>\('(\w+)'\)/g)].map(
    ([, constant = '', name = '']) => [constant, name],
  ),
);

const messagesOf = (file: string): string[] =>
  [...read('workflows', `${file}.ts`).matchAll(/setHandler\(\s*(\w+)/g)].map(([, constant = '']) => {
    const name = MESSAGE_NAMES.get(constant);
    if (name === undefined)
      throw new Error(`${file} answers to ${constant}, which messages.ts does not define`);
    return name;
  });

test('pages and workflows are the same', () => {
  expect(WORKFLOWS.length).toBeGreaterThan(15);
  expect([...PAGES].sort()).toEqual(WORKFLOWS.map(({ file }) => `${file}.md`).sort());
});

test.each(WORKFLOWS)('the page of $type has its parts', ({ type, file }) => {
  const page = read('docs', 'workflows', `${file}.md`);
  expect(page.split('\n')[0]).toBe(`# ${type}`);
  for (const part of ['Purpose: ', '| id | ', '| input | ', '| messages | ', '| time-outs | '])
    expect(page).toContain(part);
  expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
    'What it does',
    'After a kill',
  ]);
});

test.each(WORKFLOWS)('the page of $type names what it answers to', ({ file }) => {
  const [line = ''] = /^\| messages \|.*$/m.exec(read('docs', 'workflows', `${file}.md`)) ?? [];
  for (const name of messagesOf(file)) expect(line).toContain(`\`${name}\``);
});

test('the architecture links to every page', () => {
  const architecture = read('docs', 'architecture.md');
  for (const { type, file } of WORKFLOWS)
    expect(architecture).toContain(`| [${type}](workflows/${file}.md) | `);
});

test('the messages are really found', () => {
  expect(messagesOf('review').sort()).toEqual(['decide', 'decide', 'state']);
});
