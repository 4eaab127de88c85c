import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { scripts } from '../../package.json';
import { chromiumOfTheSystem } from './chromium';

const launch = chromiumOfTheSystem();
const BUSY = 300_000; // a build takes half a minute of two idle cores, and the first search indexes every page

/** Builds the pages of a folder as `npm run docs:site` does: what its command names lies in this project. */
async function build(folder: string): Promise<{ code: number; output: string }> {
  const [, ...args] = scripts['docs:site'].split(' ').map((it) => (it.includes('/') ? resolve(it) : it));
  return new Promise((done) => {
    execFile(
      process.execPath,
      [resolve('node_modules/@rspress/core/bin/rspress.js'), ...args],
      { cwd: folder, maxBuffer: 1e8 },
      (error, stdout, stderr) =>
        // where CI is set, the tool writes colors to a pipe too
        done({
          code: error === null ? 0 : Number(error.code),
          output: stripVTControlCharacters(stdout + stderr),
        }),
    );
  });
}

/** Gives files as any host of static pages does. */
function serve(folder: string): Server {
  const TYPES: Readonly<Record<string, string>> = {
    html: 'text/html',
    css: 'text/css',
    js: 'text/javascript',
  };
  return createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    try {
      const file = readFileSync(join(folder, path.endsWith('/') ? `${path}index.html` : path));
      response.setHeader('content-type', TYPES[extname(path || '.html').slice(1)] ?? 'text/html');
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-site-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the site of docs', () => {
  let site: string;
  let server: Server;
  let origin: string;
  let browser: Browser;
  let pages: readonly string[];
  beforeAll(async () => {
    for (const name of readdirSync('.').filter((it) => it === 'docs' || it.endsWith('.md')))
      cpSync(name, join(folder, 'real', name), { recursive: true });
    const { code, output } = await build(join(folder, 'real'));
    if (code !== 0) throw new Error(output);
    site = join(folder, 'real', 'site');
    pages = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.html'));
    server = serve(site);
    await new Promise((done) => server.once('listening', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launch();
  }, BUSY);
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  });

  /** Opens the site, looks at it, and fails on any complaint and on whatever is asked of another host. */
  async function open<T>(options: BrowserContextOptions, look: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(`${origin}/`) && request.url() !== 'data:,')
          complaints.push(`request ${request.url()}`);
      });
      const seen = await look(page);
      expect(complaints).toEqual([]);
      return seen;
    } finally {
      await context.close();
    }
  }

  it('has every page, and a start page with the contents', () => {
    const written = readdirSync('docs', { recursive: true, encoding: 'utf8' }).filter((it) =>
      it.endsWith('.md'),
    );
    expect(written.length).toBeGreaterThan(80);
    expect(pages).toEqual(
      expect.arrayContaining(written.map((it) => join('docs', it.replace(/\.md$/, '.html')))),
    );
    expect(pages.filter((it) => !it.startsWith('docs/')).toSorted()).toEqual(
      ['404', 'index', ...readdirSync('.').filter((it) => it.endsWith('.md'))]
        .map((it) => it.replace(/(\.md)?$/, '.html'))
        .toSorted(),
    );
    const sections = [...readFileSync('docs/README.md', 'utf8').matchAll(/^## (.+)$/gm)].map(
      ([, title]) => title!,
    );
    const start = readFileSync(join(site, 'index.html'), 'utf8');
    expect(sections.filter((title) => !start.includes(title))).toEqual([]);
  });

  it('links to pages and headings that it has', () => {
    const textOf = (page: string): string => readFileSync(join(site, page), 'utf8');
    const links = pages.flatMap((page) =>
      [...textOf(page).matchAll(/<a [^>]*?href="([^"]+)"/g)]
        .map(([, href]) => new URL(href!, `${origin}/${page}`))
        .filter((url) => url.origin === origin)
        .map(({ pathname, hash }) => ({
          page,
          to: pathname === '/' ? 'index.html' : pathname.slice(1),
          id: hash.slice(1),
        })),
    );
    expect(links.filter(({ to }) => to.startsWith('docs/')).length).toBeGreaterThan(2000);
    expect(links.filter(({ page, to, id }) => page !== to && id !== '').length).toBeGreaterThan(40);
    const ids = new Map(
      pages.map((page) => [page, new Set([...textOf(page).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!))]),
    );
    const dead = links.filter(
      ({ to, id }) => !ids.has(to) || (id !== '' && !ids.get(to)!.has(decodeURIComponent(id))),
    );
    expect(dead).toEqual([]);
  });

  it(
    'fits into 360 and 1280 px',
    async () => {
      const size = (path: string): number => statSync(join(site, path)).size;
      const largest = pages.toSorted((a, b) => size(b) - size(a)).slice(0, 8);
      await open({}, async (page) => {
        for (const path of ['index.html', ...largest]) {
          await page.goto(`${origin}/${path}`);
          for (const width of [360, 1280]) {
            await page.setViewportSize({ width, height: 800 });
            const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
            expect({ path, wide }).toEqual({ path, wide: width });
          }
        }
      });
    },
    BUSY,
  );

  it('is light or dark, as the system is', async () => {
    const [light, dark] = await Promise.all(
      (['light', 'dark'] as const).map(async (colorScheme) =>
        open({ colorScheme }, async (page) => {
          await page.goto(`${origin}/docs/parity.html`);
          const [paper, ink] = await page.evaluate<[string, string]>(
            `['backgroundColor', 'color'].map((it) => getComputedStyle(document.body)[it])`,
          );
          const sum = (color: string): number =>
            color
              .match(/\d+/g)!
              .slice(0, 3)
              .reduce((total, it) => total + Number(it), 0);
          return sum(paper) - sum(ink);
        }),
      ),
    );
    expect(light).toBeGreaterThan(400);
    expect(dark).toBeLessThan(-400);
  });

  it(
    'finds a word, and leads to its page',
    async () => {
      await open({ viewport: { width: 1280, height: 800 } }, async (page) => {
        await page.goto(`${origin}/`);
        await page.locator('.rp-search-button').first().click();
        await page.locator('.rp-search-panel__input').fill('any process can finish');
        await page.getByText('Any process can finish').first().click({ timeout: BUSY });
        await page.waitForURL(/0005-rehearsal/);
        expect(await page.locator('h1').innerText()).toContain('Any process can finish a rehearsal');
      });
    },
    BUSY,
  );
});

describe('a link that leads nowhere', () => {
  let few: string;
  const write = (name: string, ...lines: string[]): void =>
    writeFileSync(join(few, 'docs', `${name}.md`), lines.join('\n\n'));
  beforeEach(() => {
    few = mkdtempSync(join(folder, 'few-'));
    mkdirSync(join(few, 'docs'));
    write('README', '# Pages', '- [One](one.md)', '- [Two](two.md)');
    write('two', '# Two', '## Here', 'Words.');
  });

  it(
    'fails the build: to a page, to a heading, here or elsewhere, and to a file that is no page',
    async () => {
      const targets = ['gone.md', 'two.md#gone', '#gone', '../package.json'];
      for (const [at, target] of targets.entries()) write(`page-${at}`, '# Page', `[link](${target})`);
      write('one', '# One', '[link](two.md#here)');
      const { code, output } = await build(few);
      expect(code).toBe(1);
      const named = [...output.matchAll(/page-(\d)\.md:\n.*"\[\.\.\]\((.*)\)"/g)].map(
        ([, at, target]) => `${at} ${target}`,
      );
      expect(named.toSorted()).toEqual(targets.map((target, at) => `${at} ${target}`));
      expect(output).not.toContain('(two.md#here)');
    },
    BUSY,
  );

  it(
    'fails the build that follows when its heading was renamed',
    async () => {
      write('one', '# One', '[link](two.md#here)');
      expect((await build(few)).code).toBe(0);
      write('two', '# Two', '## There', 'Words.');
      const { code, output } = await build(few);
      expect({ code, named: output.includes('"[..](two.md#here)"') }).toEqual({ code: 1, named: true });
    },
    BUSY,
  );
});
