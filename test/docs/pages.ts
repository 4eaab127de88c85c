import { readdirSync, readFileSync } from 'node:fs';

/** The pages for users that are written by hand, or from the schema of the config. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** All pages: those of the rules and the decisions as well. */
export const ALL_PAGES: readonly string[] = [
  ...PAGES,
  ...['docs/adr', 'docs/rules'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`)),
];

/** A block of code in a page. */
export interface Block {
  readonly page: string;
  /** The line of its first fence, from 1. */
  readonly line: number;
  /** What stands after the fence, such as `ts`. */
  readonly language: string;
  /** The context of a block that is a part of a file: the word in the comment `types: ...` before it. */
  readonly context: string | undefined;
  readonly text: string;
}

/** The blocks of code in a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(page, 'utf8');
  const blocks = text.matchAll(/((?:^<!--.*-->\n\n?)*)^```(\w*)\n([^]*?)^```$/gm);
  return [...blocks].map((match) => {
    const [, comments = '', language = '', code = ''] = match;
    const line = text.slice(0, match.index + comments.length).split('\n').length;
    return { page, line, language, context: /<!-- types: (\S+) -->/.exec(comments)?.[1], text: code };
  });
}

/** A page without its blocks of code, line by line in the same places. */
export const proseOf = (page: string): string =>
  readFileSync(page, 'utf8').replaceAll(/^```[^]*?^```$/gm, (block) => block.replaceAll(/.+/g, ''));
