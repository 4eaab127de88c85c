import { fitMarkdown } from '../../lib/report/fit-markdown';

const REST = 'The rest is in the log.';
const fit = (text: string, most: number): string => fitMarkdown(text, most, REST);

it('leaves what fits as it is', () => {
  expect(fit('### ä', 6)).toBe('### ä');
});

it('leaves lines out from the end, and says where they are', () => {
  expect(fit(`one\n${'two '.repeat(20)}\nthree`, 40)).toBe(`one\n\n${REST}\n`);
});

it.each([
  ['a fence', '```diff\n- a\n+ b\n```'],
  ['a longer fence', '````\n```\n<details>\n````'],
  ['something to open', '<details><summary>a</summary>\n\n| b |\n\n</details>'],
  ['both', '<details><summary>a</summary>\n\n```\nx\ny\n```\n\n</details>\n\nend'],
])('closes %s wherever it is cut, and never exceeds what is allowed', (_, text) => {
  for (let most = 60; most < text.length + 120; most++) {
    const cut = fit(text.padEnd(400, '\nx'), most);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(most);
    expect(openIn(cut)).toBe('');
    expect(cut).toContain(REST);
  }
});

/** What a text in Markdown leaves open. */
function openIn(text: string): string {
  const open: string[] = [];
  for (const line of text.split('\n')) {
    const fence = /^`{3,}/.exec(line)?.[0];
    if (open.at(-1)?.startsWith('`')) {
      if (line === open.at(-1)) open.pop();
    } else if (fence !== undefined) open.push(fence);
    else {
      if (line.includes('<details>')) open.push('details');
      if (line.includes('</details>')) open.pop();
    }
  }
  return open.join(' ');
}
