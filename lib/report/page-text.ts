import { Lines } from './lines';
import { printable } from './words';

/**
 * Writes a page of the documentation for a terminal: headings, paragraphs that fit, code as it is.
 *
 * @param page - Markdown with headings, paragraphs and fenced code
 */
export function renderPage(
  page: string,
  options: { readonly width: number; readonly color: boolean },
): string {
  const lines = new Lines(options);
  const [title = '', ...blocks] = blocksOf(page);
  lines.line(lines.paint('bold', plain(title.replace(/^# /, ''))));
  for (const block of blocks) {
    if (block.startsWith('## ')) lines.heading(plain(block.slice(3)));
    else if (block.startsWith('```')) {
      lines.line();
      for (const code of block.split('\n').slice(1, -1))
        lines.line(code === '' ? '' : `    ${printable(code)}`);
      lines.line();
    } else lines.words(plain(block), { lead: '  ' });
  }
  return lines.toString();
}

/** What is between empty lines, and each fenced code as a whole. */
const blocksOf = (page: string): string[] => page.match(/^```[\s\S]*?^```$|^.+$(?:\n(?!```|\n).+$)*/gm) ?? [];

/** A text without the signs of Markdown: of a link its words, and none to the list of all pages. */
const plain = (text: string): string =>
  text
    .replaceAll(/ *\[[^\]]+\]\(README\.md\)/g, '')
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replaceAll('\n', ' ');
