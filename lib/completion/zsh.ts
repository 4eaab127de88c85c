import { inShort, quoted, type CompletedCommand, type CompletedOption } from './commands';

/** The completion for zsh: a file \`_twin\` in a folder of $fpath, or a script that is evaluated after compinit. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef twin
# zsh completion for twin

_twin() {
  local curcontext="$curcontext" state line
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${escapeColons(inShort(summary))}`)}\n`).join('')}  )
  _arguments -C \\
    '(- *)'{-h,--help}'[show help]' \\
    '(- *)'{-V,--version}'[show the version]' \\
    '1:command:->command' \\
    '*::argument:->argument'
  case "$state" in
    command) _describe -t commands command commands ;;
    argument)
      case "$line[1]" in
${commands.map(commandCase).join('')}      esac
      ;;
  esac
}

if [[ "$funcstack[1]" == _twin ]]; then
  _twin "$@"
else
  compdef _twin twin
fi
`;
}

function commandCase({ name, options, values, takesArgument }: CompletedCommand): string {
  const specs = options.map(optionSpec);
  const argument =
    values.length > 0 ? [quoted(`1:value:(${values.join(' ')})`)] : takesArgument ? [`'1: :_default'`] : [];
  const all = [...specs, ...argument].map((it) => ` \\\n            ${it}`).join('');
  return `        ${name})\n          _arguments${all}\n          ;;\n`;
}

function optionSpec({ flags, description, takes, values }: CompletedOption): string {
  const names = flags.length > 1 ? `{${flags.join(',')}}` : flags[0]!;
  const exclusive = flags.length > 1 ? `'(${flags.join(' ')})'` : '';
  const text = `[${inShort(description).replaceAll(/[[\]\\]/g, String.raw`\$&`)}]`;
  const action =
    takes === 'nothing'
      ? ''
      : values.length > 0
        ? `:value:(${values.join(' ')})`
        : { folder: ':folder:_files -/', file: ':file:_files', value: ':value: ' }[takes];
  return flags.length > 1 ? `${exclusive}${names}${quoted(text + action)}` : quoted(names + text + action);
}

const escapeColons = (text: string): string => text.replaceAll(':', String.raw`\:`);
