import { showMoment } from '../figures';
import { documentHead } from './document-head';
import { STYLE } from './style';
import { markup, section, type Markup, type Part } from './syntax';

/** A page of one record. */
export interface Document {
  readonly title: string;
  /** Such as `Rehearsal`, and the name of its folder. */
  readonly kind: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  /** The version of cdk-twin. */
  readonly tool: string;
  readonly target: string;
  /** What is seen first. */
  readonly first: readonly (Markup | undefined)[];
  readonly parts: readonly NamedPart[];
}

/** A part with its heading, and the id that links lead to. */
export interface NamedPart {
  readonly id: string;
  readonly title: string;
  readonly part: Part;
}

/** Writes a page: one file that loads nothing and runs no script. What a reader sees precedes what a reader opens. */
export function writeDocument({ title, kind, name, endedAt, tool, target, first, ...it }: Document): string {
  const parts = [
    ...it.parts.filter(({ part }) => part.isFolded !== true),
    ...it.parts.filter(({ part }) => part.isFolded === true),
  ];
  const links = parts.map((part) => markup`<a href="#${part.id}">${part.title}</a>`);
  return markup`${documentHead(title, STYLE)}<body>
<header>
<p class="rehearsal"><span>${kind} <code>${name}</code></span><time datetime="${endedAt}">${showMoment(endedAt)}</time></p>
${first}${links.length === 0 ? undefined : markup`<nav class="box" aria-label="Contents">${links}</nav>`}
</header>
<main>
${parts.map((part) => section(part.id, part.title, part.part))}</main>
<footer>
<p>Written by cdk-twin ${tool}, target ${target}.</p>
</footer>
</body>
</html>
`.text;
}
