// Completion for shells, made from the commands themselves, so that it never offers what does not exist.
import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface Word {
  readonly word: string;
  readonly about: string;
}

interface OptionWord extends Word {
  /** Accepted values; empty: it takes none, or any. */
  readonly values: readonly string[];
}

/** What may follow a line of command words: further commands and accepted arguments, then options. */
interface Place {
  /** `''`, `budget`, `budget set`. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
}

const optionsOf = (command: Command): readonly OptionWord[] => [
  ...command.options.flatMap(({ long, description, argChoices }) =>
    long ? [{ word: long, about: description, values: argChoices ?? [] }] : [],
  ),
  { word: '--help', about: 'show help', values: [] },
];

const argumentsOf = (command: Command): readonly Word[] =>
  command.registeredArguments.flatMap(({ argChoices = [], description }) =>
    argChoices.map((word) => ({ word, about: description })),
  );

/** Options that accept only some values, each with its place. */
const chosenOptions = (places: readonly Place[]): readonly (OptionWord & { readonly at: string })[] =>
  places.flatMap(({ path, options }) =>
    options
      .filter(({ values }) => values.length > 0)
      .map((option) => ({ ...option, at: `${path} ${option.word}` })),
  );

const placesOf = (command: Command, path: readonly string[] = []): readonly Place[] => [
  {
    path: path.join(' '),
    commands: [
      ...command.commands.map((inner) => ({ word: inner.name(), about: inner.description() })),
      ...argumentsOf(command),
    ],
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
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${chosenOptions(places)
  .map(
    ({ at, values }) =>
      `    "${at}") COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$current")); return ;;`,
  )
  .join('\n')}
  esac
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
  case "$place \${words[CURRENT-1]}" in
${chosenOptions(places)
  .map(({ at, values }) => `    (${zshQuoted(at)}) compadd -- ${values.map(zshQuoted).join(' ')}; return ;;`)
  .join('\n')}
  esac
  case "$place" in
${places.map((place) => `    (${zshQuoted(place.path)}) choices=(${[...place.commands, ...place.options].map(described).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'conclave' choices || _files
}
# Read as a file of the function path it is called at once; else it is registered, where need be after the system.
if [[ "\${funcstack[1]}" = _conclave ]]; then
  _conclave "$@"
else
  (( \${+functions[compdef]} )) || { autoload -U compinit && compinit }
  compdef _conclave conclave
fi
`;

const fishQuoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

const fishAbout = ({ about }: Word): string => `-d ${fishQuoted(about)}`;

const fishOption = (option: OptionWord): string => {
  const values = option.values.length > 0 ? `-x -a ${fishQuoted(option.values.join(' '))} ` : '';
  return `-l ${option.word.replace(/^--/, '')} ${values}${fishAbout(option)}`;
};

/** `__conclave_at` finds the place by the words of the line in their order: commands of one name are many. */
const fish = (
  places: readonly Place[],
): string => `# Completion of conclave for fish: conclave completion fish | source
function __conclave_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    switch (string trim -- "$place $word")
      case ${places.flatMap(({ path }) => (path === '' ? [] : fishQuoted(path))).join(' ')}
        set place (string trim -- "$place $word")
    end
  end
  test "$place" = "$argv[1]"
end
complete -c conclave -f
${places
  .flatMap((place) => {
    const at = `complete -c conclave -n ${fishQuoted(`__conclave_at ${fishQuoted(place.path)}`)}`;
    return [
      ...place.commands.map((each) => `${at} -a ${fishQuoted(each.word)} ${fishAbout(each)}`),
      ...place.options.map((each) => `${at} ${fishOption(each)}`),
    ];
  })
  .join('\n')}
`;

const SCRIPTS = { bash, zsh, fish } as const;

/** The script that a shell reads. */
export const completionScript = (shell: Shell, program: Command): string => SCRIPTS[shell](placesOf(program));
