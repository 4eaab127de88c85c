/**
 * The beginning of a text in Markdown, as much as fits, with what it opened closed: a fence of code, and `<details>`. What is left out is
 * left out line by line.
 *
 * @param mostBytes - in UTF-8
 * @param rest - where the rest is, in a sentence
 */
export function fitMarkdown(text: string, mostBytes: number, rest: string): string {
  if (bytesOf(text) <= mostBytes) return text;
  let fence: string | undefined;
  let details = 0;
  let used = bytesOf(`\n\n${rest}\n`);
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const [opened, depth] = after(line, fence, details);
    const closing = closedBy(opened, depth);
    if (used + bytesOf(`${line}\n`) + bytesOf(closing) > mostBytes) break;
    [fence, details] = [opened, depth];
    used += bytesOf(`${line}\n`);
    kept.push(line);
  }
  return `${kept.join('\n')}${closedBy(fence, details)}\n\n${rest}\n`;
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** What is open after a line: the fence, and how many `<details>`. */
function after(
  line: string,
  fence: string | undefined,
  details: number,
): [fence: string | undefined, details: number] {
  if (fence !== undefined) return [line === fence ? undefined : fence, details];
  const opened = /^`{3,}/.exec(line)?.[0];
  const count = (tag: string): number => line.split(tag).length - 1;
  return [opened, details + count('<details>') - count('</details>')];
}

const closedBy = (fence: string | undefined, details: number): string =>
  (fence === undefined ? '' : `\n${fence}`) + '\n\n</details>'.repeat(details);
