import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { writeEvidence } from '../../lib/evidence/store';
import { writeVerification } from '../../lib/evidence/verifications';
import { hostile } from '../evidence/hostile';
import { long } from '../evidence/long';
import { samples } from '../evidence/samples';
import { traffic as trafficOf, verificationOf, watching } from '../verification/sample';
import { chromiumOfTheSystem } from './chromium';

const launch = chromiumOfTheSystem();

const pages = { ...samples, hostile, long };
const rollBack = verificationOf(watching(trafficOf({ 'GET /': [600, 60, 90] })));
let folder: string;
let browser: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'twin-pages-'));
  for (const [name, evidence] of Object.entries(pages)) writeEvidence(join(folder, name), evidence);
  writeVerification(join(folder, VERIFICATION), rollBack);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a page, looks at it, and fails on whatever it asked for or complained of. */
async function open<T>(
  name: string,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    const address = pathToFileURL(join(folder, name, 'report.html')).href;
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
    page.on('request', (request) => {
      if (![address, 'data:,'].includes(request.url())) complaints.push(`request ${request.url()}`);
    });
    await page.goto(address);
    const seen = await look(page);
    expect(complaints).toEqual([]);
    return seen;
  } finally {
    await context.close();
  }
}

/** The contrast of each text that is seen with what is behind it, by what it is (WCAG 2.2, 1.4.3). */
const CONTRASTS = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b]
    .map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && element.getClientRects().length);
  return texts.filter((element) => !element.closest('title, desc')).map((element) => {
    const style = getComputedStyle(element);
    const color = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [luminance(rgba(color)), luminance(behind(element))].sort((x, y) => y - x);
    return { what: element.className.baseVal ?? element.className ?? '', text: element.textContent.slice(0, 40), contrast: (a + 0.05) / (b + 0.05) };
  });
})()`;

/** The folder of a verification. */
const VERIFICATION = 'verification';

const UNFOLD = `for (const it of document.querySelectorAll('details')) it.open = true`;

interface Contrast {
  readonly what: string;
  readonly text: string;
  readonly contrast: number;
}

const names = [...Object.keys(pages), VERIFICATION];
const views = names.flatMap((name) => [360, 1280].map((width) => [name, width] as const));

it.each(views)(
  'the page of %s at %d px neither overflows, nor loads nor says anything',
  async (name, width) => {
    await open(name, { viewport: { width, height: 800 } }, async (page) => {
      const seen = await page.evaluate<{ wide: number; out: string[] }>(`({
      wide: document.documentElement.scrollWidth,
      out: [...document.querySelectorAll('body *')]
        .filter((element) => !element.closest('.box') && element.getBoundingClientRect().right > innerWidth + 0.5)
        .map((element) => element.outerHTML.slice(0, 120)),
    })`);
      expect(seen).toEqual({ wide: width, out: [] });
    });
  },
);

it.each(names.flatMap((name) => (['light', 'dark'] as const).map((scheme) => [name, scheme] as const)))(
  'the page of %s has enough contrast in its %s scheme',
  async (name, colorScheme) => {
    const contrasts = await open(name, { colorScheme }, async (page) => {
      await page.evaluate(UNFOLD);
      return page.evaluate<Contrast[]>(CONTRASTS);
    });
    expect(contrasts.length).toBeGreaterThan(name === VERIFICATION ? 50 : 100);
    expect(contrasts.some(({ what }) => what === 'word')).toBe(true);
    expect(contrasts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
  },
);

it('the schemes differ', async () => {
  const paper = (colorScheme: 'light' | 'dark') =>
    open('go', { colorScheme }, (page) =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor'),
    );
  expect(await paper('light')).not.toBe(await paper('dark'));
});

it('is printed on white paper in its dark scheme too', async () => {
  await open('go', { colorScheme: 'dark' }, async (page) => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
  });
});

it.each(Object.entries(samples))('the drawings of %s can be seen, on a phone too', async (name, evidence) => {
  await open(name, { viewport: { width: 360, height: 800 } }, async (page) => {
    await page.evaluate(UNFOLD);
    const boxes = await page.evaluate<{ name: string; width: number; height: number }[]>(
      `[...document.querySelectorAll('main svg rect, main svg path')].map((shape) => {
        const { width, height } = shape.getBoundingClientRect();
        return { name: shape.closest('figure, ol, ul, p').nodeName, width, height };
      })`,
    );
    expect(boxes.filter(({ width, height }) => width < 0.5 || height < 3)).toEqual([]);
    expect(boxes.filter(({ name: it }) => it === 'FIGURE').length).toBeGreaterThan(60);
    const parts = evidence.watched.flatMap(({ traffic }) => traffic.strip.sent).filter((sent) => sent > 0);
    const isInside = new Set(evidence.spans.flatMap((span) => [span.id, span.parent ?? span.id]));
    const lanes = await page.evaluate<number>(`document.querySelectorAll('.gantt .span').length`);
    expect(lanes).toBeGreaterThan(isInside.size); // the steps, and once more with what is inside
    expect(boxes.filter(({ name: it }) => it === 'OL').length).toBe(lanes + parts.length + 3);
  });
});

it('both environments are drawn at one scale, that of the key', async () => {
  await open('go', { viewport: { width: 1280, height: 800 } }, async (page) => {
    const [key, prod, staging] = await page.evaluate<number[]>(
      `['.key rect', '#Prod-Orders-title ~ rect.first', '#StagingEphemeral-Orders-title ~ rect.first']
        .map((selector) => document.querySelector(selector).getBoundingClientRect().width)`,
    );
    // of 8 vCPUs, as production's writer; staging's has 2
    expect(prod).toBeCloseTo(key!, 0);
    expect(staging).toBeCloseTo(key! / 2, 0);
    const scales = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.overview svg')].map((it) => it.getBoundingClientRect().width / it.viewBox.baseVal.width)`,
    );
    expect(scales.length).toBeGreaterThan(10);
    for (const scale of scales) expect(scale / scales[0]!).toBeCloseTo(1, 2);
  });
});

it('a link leads to a part that is folded, and opens it, without script', async () => {
  await open('go', { javaScriptEnabled: false, viewport: { width: 1280, height: 800 } }, async (page) => {
    const bars = page.getByText('This staging, kept around the clock', { exact: true });
    expect(await bars.isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Cost on AWS' }).click();
    await bars.waitFor({ state: 'visible', timeout: 5000 });
  });
});

it.each([360, 1280])('when all is well a page is read in three screens at %d px', async (width) => {
  await open('go', { viewport: { width, height: 800 } }, async (page) => {
    const screens = `document.documentElement.scrollHeight / innerHeight`;
    expect(await page.evaluate<number>(screens)).toBeLessThanOrEqual(3);
    const next = `document.querySelector('.facts').getBoundingClientRect().bottom / innerHeight`;
    expect(await page.evaluate<number>(next)).toBeLessThanOrEqual(1); // verdict, coverage, next command: on the first
    await page.evaluate(UNFOLD);
    expect(await page.evaluate<number>(screens)).toBeGreaterThan(6);
  });
});

it.each(Object.entries(samples))('the page of %s is read without script', async (name, evidence) => {
  await open(name, { javaScriptEnabled: false }, async (page) => {
    // without script nothing can be evaluated: what a reader sees is asked of the browser itself
    const heading = page.locator('h1');
    expect(await heading.isVisible()).toBe(true);
    expect(await heading.innerText()).toContain(evidence.verdict);
    for (const reason of evidence.reasons) expect(await page.getByText(reason).isVisible()).toBe(true);
    const gates = page.locator('section[aria-labelledby=gates-title]');
    for (const { gate, passed } of evidence.gates)
      expect(await (passed ? gates.textContent() : gates.innerText())).toContain(gate);
    for (const { what } of evidence.tearDown.leftovers)
      expect(await page.getByText(what).isVisible()).toBe(true);
  });
});

it('prints what is folded on a screen too', async () => {
  await open('go', {}, async (page) => {
    const shown = `[...document.querySelectorAll('details')].every((it) => getComputedStyle(it, '::details-content').contentVisibility === 'visible')`;
    expect(await page.evaluate<boolean>(shown)).toBe(false);
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate<boolean>(shown)).toBe(true);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});

it('is read by a screen reader in the order of its headings, and opened with a key', async () => {
  await open('go', {}, async (page) => {
    const tree = await (await page.context().newCDPSession(page)).send('Accessibility.getFullAXTree');
    const headings = tree.nodes.filter(({ role, ignored }) => !ignored && role?.value === 'heading');
    const levels = headings.map(({ properties = [] }) => {
      const level = properties.find(({ name }) => name === 'level');
      return level?.value.value as number;
    });
    const parts = await page.evaluate<number>(`document.querySelectorAll('section').length`);
    expect(levels).toEqual([1, ...Array.from({ length: parts }, () => 2)]); // h3 are in what is folded
    await page.locator('section.folded summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('section.folded details[open]').count()).toBe(1);
  });
});

it('breaks long names, and shows the bars beside them', async () => {
  await open('long', { viewport: { width: 1280, height: 800 } }, async (page) => {
    const narrow = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.gantt li:not(.axis) > svg')].filter((it) => it.checkVisibility()).map((it) => it.getBoundingClientRect().width).filter((width) => width < 400)`,
    );
    expect(narrow).toEqual([]);
    const scrolled = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.box:has(table)')].filter((it) => it.scrollWidth > it.clientWidth).map((it) => it.getAttribute('aria-label'))`,
    );
    expect(scrolled).toEqual([]);
  });
});
