// What the shells themselves offer behind a line, with the completion script read as its user reads it. zsh completes
// at a terminal alone: a pseudo-terminal of its own presses the key.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Shell } from '../../cli/completion-scripts';

export const hasShell = (shell: Shell): boolean => spawnSync(shell, ['--version']).status === 0;

const BASH = `source "$1"; shift
COMP_LINE="$1"; read -ra COMP_WORDS <<< "$1"; [[ "$1" = *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
entry="$(complete -p conclave)"; function="\${entry##*-F }"; "\${function%% *}"
printf '%s\\n' "\${COMPREPLY[@]}"`;

const FISH = 'source $argv[1]; complete -C $argv[2] | string split --fields 1 \\t';

/** compadd says what it would offer; Ctrl-X says that the offers have come. */
const ZSH = String.raw`zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT=; unsetopt zle_bracketed_paste"
zpty -w shell "source $1"
zpty -w shell 'compadd () {
  local flags="$\{(j: :)@[1,(i)(-|--)]}"
  if [[ " $flags" = *\ -[OAD]\ * ]]; then builtin compadd "$@"; return $?; fi
  local -a offers; builtin compadd -O offers "$@"
  local offer; for offer in $offers; do print -r -- "<$offer>"; done
}'
zpty -w shell 'said-all () { print -r -- "<END" ">" }; zle -N said-all; bindkey "^X" said-all; print "<READY" ">"'
zpty -r shell out '*<READY >*'
zpty -w -n shell "$2"$'\t\x18'
zpty -r shell out '*<END >*'
print -r -- $out | tr -d '\r' | grep -o '<[^ <>]*>' | tr -d '<>' | sort -u
zpty -d shell`.replace('$\\{', '${');

const ask = (shell: Shell, file: string, line: string): string => {
  const env = { ...process.env, HOME: join(file, '..') };
  const run = (program: string, ...flags: readonly string[]): string =>
    execFileSync(shell, [...flags, '-c', program, ...(shell === 'fish' ? [] : [shell]), file, line], {
      ...{ env, encoding: 'utf8', timeout: 30_000 },
    });
  if (shell === 'bash') return run(BASH, '--norc');
  return shell === 'zsh' ? run(ZSH, '-f') : run(FISH, '--no-config');
};

/** The words that the shell offers behind a line, sorted. */
export const offeredBy = (shell: Shell, script: string, line: string): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-completion-'));
  const file = join(folder, 'script');
  try {
    writeFileSync(file, script);
    return ask(shell, file, line).split('\n').filter(Boolean).sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
