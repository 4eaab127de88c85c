import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A page in a table of contents, and the pages below it. */
export interface Entry {
  readonly text: string;
  /** From the root, as a link on the site: no extension, and the anchor if there is one. */
  readonly link: string;
  readonly entries: readonly Entry[];
}

export interface Section {
  /** Empty for what stands before the first heading. */
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** A list item, a row of a table or a paragraph: the lines that belong together. */
const blocksOf = (text: string): readonly string[] => text.split(/\n(?=- |\|)|\n\n+/);

/**
 * Reads a page whose links are a table of contents. The first link of a block is an entry, the others lie below it; below a link to
 * the contents of another folder lie the pages of that folder.
 */
export function sectionsOf(page: string, root: string): readonly Section[] {
  const folder = dirname(page);
  const entryOf = ([, text, target]: RegExpExecArray): Entry => {
    const link = `/${join(folder, target!).replace(/\.md(?=#|$)/, '')}`;
    const below = target!.endsWith('/README.md') && !target!.startsWith('../');
    return {
      text: text!,
      link,
      entries: below ? sectionsOf(join(folder, target!), root).flatMap(({ entries }) => entries) : [],
    };
  };
  const [before = '', ...sections] = readFileSync(join(root, page), 'utf8').split(/^## /m);
  return [`\n${before}`, ...sections]
    .map((section) => {
      const end = section.indexOf('\n');
      const blocks = blocksOf(section.slice(end)).map((block) =>
        [...block.matchAll(/\[([^\]]+)\]\((?![a-z]+:)([^)\s]+)\)/g)].map(entryOf),
      );
      const entries = blocks.flatMap(([first, ...others]) =>
        first === undefined ? [] : [{ ...first, entries: [...first.entries, ...others] }],
      );
      return { title: section.slice(0, end), entries };
    })
    .filter(({ entries }) => entries.length > 0);
}
