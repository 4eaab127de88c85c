import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { defineConfig, type SidebarGroup, type SidebarItem } from '@rspress/core';
import { description, name } from '../../package.json';
import { sectionsOf, type Entry } from './contents';

const CONTENTS = 'docs/README.md';

/** Where the pages are: the folder in which the build was started. */
const root = process.cwd();
const sections = sectionsOf(CONTENTS, root);

/** The pages are those of docs, and those beside package.json to which they lead. */
const others = readdirSync(root, { withFileTypes: true }).filter(
  (it) => it.isDirectory() && it.name !== dirname(CONTENTS),
);

const itemOf = ({ text, link, entries }: Entry): SidebarItem | SidebarGroup =>
  entries.length === 0 ? { text, link } : { text, link, items: entries.map(itemOf), collapsed: true };

/** The start page has no words of its own: what the package says of itself, and the contents. */
const start = {
  pageType: 'home',
  hero: {
    name,
    tagline: description,
    actions: [
      { theme: 'brand', text: 'README', link: '/README.html' },
      { theme: 'alt', text: 'Documentation', link: '/docs/README.html' },
    ],
  },
  features: sections
    .filter(({ title }) => title !== '')
    .map(({ title, entries }) => ({
      title,
      details: entries.map(({ text }) => text).join(', '),
      link: entries[0]!.link,
    })),
};

export default defineConfig({
  root,
  outDir: 'site',
  lang: 'en',
  title: name,
  description,
  // no icon: a browser that is told of none asks for one
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  route: { extensions: ['.md', '.mdx'], exclude: others.map(({ name: folder }) => `${folder}/**`) },
  markdown: { link: { checkDeadLinks: true, checkAnchors: true } },
  // of a page that is taken from the cache no link is checked: it may lead to a heading that is gone
  builderConfig: { performance: { buildCache: false } },
  plugins: [
    {
      name: 'start-page',
      addPages: () => [{ routePath: '/', content: `---\n${JSON.stringify(start)}\n---\n` }],
    },
  ],
  themeConfig: {
    nav: [
      { text: 'README', link: '/README' },
      { text: 'Documentation', link: '/docs/README', activeMatch: '/docs/' },
    ],
    sidebar: {
      '/': sections.flatMap(({ title, entries }): (SidebarItem | SidebarGroup)[] =>
        title === '' ? entries.map(itemOf) : [{ text: title, items: entries.map(itemOf) }],
      ),
    },
  },
});
