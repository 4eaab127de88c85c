import { ERROR_PAGES } from '../lib/errors/codes';

/** The text of docs/error-codes.md, before it is formatted. */
export function errorPage(): string {
  const sections = Object.entries(ERROR_PAGES).map(([title, codes]) => {
    const rows = Object.entries(codes)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([code, [means, fix]]) => `| \`${code}\` | ${means} | ${fix} |`);
    return `## ${title}\n\n| code | means | what to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `# Error codes

An error says what was given, what is expected and what to do, and ends with its code. Codes are stable: what a code means stays the
same within a major version. \`twin explain no-app\` shows one in the terminal.

${sections.join('\n')}
The page is written by \`npm run errors\`, from \`lib/errors\`. An error without a code of this list does not compile.
`;
}
