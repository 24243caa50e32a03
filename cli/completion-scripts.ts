// Completion for shells, made from the commands themselves, so that it never offers what does not exist.
import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly word: string;
  readonly about: string;
}

/** What may follow a line of command words: further commands, then options. */
interface Place {
  /** `''`, `budget`, `budget set`. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
}

const optionsOf = (command: Command): readonly Word[] =>
  [...command.options, { long: '--help', description: 'show help' }].flatMap(({ long, description }) =>
    long ? [{ word: long, about: description }] : [],
  );

const placesOf = (command: Command, path: readonly string[] = []): readonly Place[] => [
  {
    path: path.join(' '),
    commands: command.commands.map((inner) => ({ word: inner.name(), about: inner.description() })),
    options: optionsOf(command),
  },
  ...command.commands.flatMap((inner) => placesOf(inner, [...path, inner.name()])),
];

const words = ({ commands, options }: Place): string =>
  [...commands, ...options].map(({ word }) => word).join(' ');

/** Words of the line that name commands: each that the places know, in their order. */
const bash = (
  places: readonly Place[],
): string => `# Completion of conclave for bash: source <(conclave completion bash)
_conclave() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "\${path:+$path }$word" in
${places
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      "${path}") path="${path}" ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${places.map((place) => `    "${place.path}") COMPREPLY=($(compgen -W "${words(place)}" -- "$current")) ;;`).join('\n')}
  esac
}
complete -o default -F _conclave conclave
`;

const zshQuoted = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;
const described = ({ word, about }: Word): string =>
  zshQuoted(`${word.replace(/:/g, '\\:')}:${about.replace(/:/g, '\\:')}`);

const zsh = (places: readonly Place[]): string => `#compdef conclave
# Completion of conclave for zsh: source <(conclave completion zsh)
_conclave() {
  local place="" word
  local -a choices
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
${places
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      (${zshQuoted(path)}) place=${zshQuoted(path)} ;;`)
  .join('\n')}
    esac
  done
  case "$place" in
${places.map((place) => `    (${zshQuoted(place.path)}) choices=(${[...place.commands, ...place.options].map(described).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'conclave' choices || _files
}
compdef _conclave conclave
`;

const fishQuoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

/** Holds at exactly this place: its words are there, and none of the commands that may follow. */
const fishCondition = ({ path, commands }: Place): string => {
  const there = path
    .split(' ')
    .filter(Boolean)
    .map((word) => `__fish_seen_subcommand_from ${word}`);
  const next = commands.map(({ word }) => word).join(' ');
  const notYet = next === '' ? [] : [`not __fish_seen_subcommand_from ${next}`];
  return fishQuoted([...there, ...notYet].join('; and ') || 'true');
};

const fish = (places: readonly Place[]): string =>
  `${[
    '# Completion of conclave for fish: conclave completion fish | source',
    'complete -c conclave -f',
    ...places.flatMap((place) => {
      const condition = fishCondition(place);
      return [
        ...place.commands.map(
          ({ word, about }) => `complete -c conclave -n ${condition} -a ${word} -d ${fishQuoted(about)}`,
        ),
        ...place.options.map(
          ({ word, about }) =>
            `complete -c conclave -n ${condition} -l ${word.replace(/^--/, '')} -d ${fishQuoted(about)}`,
        ),
      ];
    }),
  ].join('\n')}\n`;

const SCRIPTS = { bash, zsh, fish } as const;

/** The script that a shell reads. */
export const completionScript = (shell: Shell, program: Command): string => SCRIPTS[shell](placesOf(program));
