// Finds the commands that a Markdown text quotes, in fenced shell blocks and in inline code, and those that a page of
// the dashboard prints.

export interface DocumentedCommand {
  readonly file: string;
  readonly line: number;
  /** The command without prompt, comment, variables before it and redirections behind it. */
  readonly words: readonly string[];
}

/** Every command that a page of the dashboard prints for its reader to type. */
export const printedCommands = (file: string, source: string): readonly DocumentedCommand[] =>
  [...source.matchAll(/\bcode\(\s*(['"`])(conclave .+?)\1/g)].map(({ index, 2: text }) => ({
    file,
    line: source.slice(0, index).split('\n').length,
    words: shellWords(text ?? ''),
  }));

const SHELL_FENCE = /^```(sh|bash|shell|console)\s*$/;
const OURS = /^(conclave|npm|npx|node|docker)$/;

/** Words of a shell line: quotes are taken off, a comment or a pipe ends it. */
export const shellWords = (line: string): readonly string[] => {
  const words: string[] = [];
  for (const match of line.matchAll(/"((?:\\.|[^"])*)"|'([^']*)'|([^\s"']+)/g)) {
    const [, doubleQuoted, singleQuoted, plain] = match;
    if (plain !== undefined && /^(#|\||>|>>|&&|;)/.test(plain)) break;
    const word = doubleQuoted ?? singleQuoted ?? plain ?? '';
    // `--input='{..}'` and the like: what follows without a blank belongs to the word before.
    const joins = match.index > 0 && !/\s/.test(line[match.index - 1] ?? ' ');
    if (joins && words.length > 0) words[words.length - 1] += word;
    else words.push(word);
  }
  const start = words.findIndex((word) => !/^([A-Z_]+=.*|\$)$/.test(word));
  return start < 0 ? [] : words.slice(start);
};

const joinContinued = (lines: readonly string[], from: number): string => {
  let text = lines[from] ?? '';
  for (let next = from + 1; text.endsWith('\\') && next < lines.length; next += 1)
    text = `${text.slice(0, -1)} ${lines[next]?.trim()}`;
  return text;
};

/** Every quoted command of ours, with where it stands. */
export const documentedCommands = (file: string, markdown: string): readonly DocumentedCommand[] => {
  const lines = markdown.split('\n');
  const found: DocumentedCommand[] = [];
  let fence: 'none' | 'shell' | 'other' = 'none';
  lines.forEach((line, index) => {
    if (line.startsWith('```')) {
      fence = fence !== 'none' ? 'none' : SHELL_FENCE.test(line) ? 'shell' : 'other';
      return;
    }
    const continued = (lines[index - 1] ?? '').endsWith('\\');
    const texts =
      fence === 'shell' && !continued
        ? [joinContinued(lines, index)]
        : fence === 'none'
          ? [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '')
          : [];
    for (const text of texts) {
      const words = shellWords(text);
      // A lone word in running text names the thing, it is not a command to type.
      if (OURS.test(words[0] ?? '') && (fence === 'shell' || words.length > 1))
        found.push({ file, line: index + 1, words });
    }
  });
  return found;
};
