import { type CompletedCommand, type CompletedOption } from './commands';

/** The completion for bash 4 and later, without the package bash-completion. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  return `# bash completion for twin

_twin() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ "\${COMP_WORDS[i]}" != -* ]]; then
      command="\${COMP_WORDS[i]}"
      break
    fi
  done
  if [[ -z "$command" ]]; then
    COMPREPLY=($(compgen -W '${[...names, '--help', '--version'].join(' ')}' -- "$word"))
    return
  fi
  case "$command $before" in
${commands.flatMap(valueCases).join('')}  esac
  case "$command" in
${commands.map(optionCase).join('')}  esac
}

_twin_words() {
  COMPREPLY=($(compgen -W "$2" -- "$1"))
}

_twin_files() {
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen "$2" -- "$1"))
}

complete -F _twin twin
`;
}

/** What follows an option that takes a value. */
function valueCases({ name, options }: CompletedCommand): string[] {
  return options
    .filter(({ takes }) => takes !== 'nothing')
    .map((option) => {
      const patterns = option.flags.map((flag) => `'${name} ${flag}'`).join(' | ');
      return `    ${patterns}) ${valueOf(option)}; return ;;\n`;
    });
}

function valueOf({ takes, values }: CompletedOption): string {
  if (values.length > 0) return `_twin_words "$word" '${values.join(' ')}'`;
  if (takes === 'folder') return '_twin_files "$word" -d';
  return takes === 'file' ? '_twin_files "$word" -f' : 'COMPREPLY=()';
}

function optionCase({ name, options, values }: CompletedCommand): string {
  const flags = options.flatMap((it) => it.flags);
  const words = [...values, ...flags].join(' ');
  return `    '${name}') _twin_words "$word" '${words}' ;;\n`;
}
