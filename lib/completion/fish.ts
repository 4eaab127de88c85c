import { inShort, type CompletedCommand, type CompletedOption } from './commands';

/** The completion for fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, values, takesArgument }) => {
    const within = `complete -c twin -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c twin -n __fish_use_subcommand -f -a ${name} -d ${fishWord(inShort(summary))}`,
      ...options.map((option) => `${within} ${optionWords(option)}`),
      ...(values.length > 0
        ? [`${within} -f -a ${fishWord(values.join(' '))}`]
        : takesArgument
          ? []
          : [`${within} -f`]),
    ];
  });
  return `# fish completion for twin

complete -c twin -n __fish_use_subcommand -l help -s h -d 'show help'
complete -c twin -n __fish_use_subcommand -l version -s V -d 'show the version'
${lines.join('\n')}
`;
}

function optionWords({ flags, description, takes, values }: CompletedOption): string {
  const names = flags.map((it) => (it.startsWith('--') ? `-l ${it.slice(2)}` : `-s ${it.slice(1)}`));
  const value =
    takes === 'nothing'
      ? []
      : values.length > 0
        ? ['-x', '-a', fishWord(values.join(' '))]
        : takes === 'folder'
          ? ['-x', '-a', "'(__fish_complete_directories)'"]
          : [takes === 'file' ? '-r -F' : '-x'];
  return [...names, ...value, '-d', fishWord(inShort(description))].join(' ');
}

/** A text as one word of fish, in which a backslash escapes only itself and the quote. */
const fishWord = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
