import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { files } from '../../package.json';
import { ALL_PAGES, proseOf } from './pages';

/** The anchors that GitHub makes of a page's headings: the second of the same name ends in -1. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading] of proseOf(page).matchAll(/^#+ (.+)$/gm)) {
    const slug = heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

interface Link {
  readonly page: string;
  readonly target: string;
}

const links: readonly Link[] = ALL_PAGES.flatMap((page) =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ page, target: target! })),
);
const relative = links.filter(({ target }) => !/^[a-z]+:/.test(target));

/** The file that a link leads to, and the anchor in it. */
function destinationOf({ page, target }: Link): { file: string; anchor: string } {
  const [path = '', anchor = ''] = target.split('#');
  return { file: path === '' ? page : normalize(join(dirname(page), path)), anchor };
}

it('has links to look at, of both kinds', () => {
  expect(relative.length).toBeGreaterThan(150);
  expect(relative.filter(({ target }) => target.includes('#')).length).toBeGreaterThan(40);
});

it('lead to files that are there', () => {
  expect(relative.filter((link) => !existsSync(destinationOf(link).file))).toEqual([]);
});

it('lead to headings that are there', () => {
  const dead = relative.filter((link) => {
    const { file, anchor } = destinationOf(link);
    return anchor !== '' && existsSync(file) && !anchorsOf(file).has(anchor);
  });
  expect(dead).toEqual([]);
});

it('lead from the pages of the package to files of the package', () => {
  const brought = (file: string): boolean =>
    ['README.md', 'LICENSE', 'package.json', ...files].some((it) => file === it || file.startsWith(`${it}/`));
  const outside = relative.filter(
    (link) => link.page.startsWith('docs/') && brought(link.page) && !brought(destinationOf(link).file),
  );
  expect(outside).toEqual([]);
});

it('lead to every page from the table of contents, which README.md names', () => {
  const listed = new Set(
    relative.filter(({ page }) => page === 'docs/README.md').map((link) => destinationOf(link).file),
  );
  const pages = ALL_PAGES.filter((page) => /^docs\/([^/]+|adr\/.+)$/.test(page) && page !== 'docs/README.md');
  expect(pages.filter((page) => !listed.has(page))).toEqual([]);
  expect(relative).toContainEqual({ page: 'README.md', target: 'docs/README.md' });
});

it('README.md has at most 180 lines', () => {
  expect(readFileSync('README.md', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(180);
});
