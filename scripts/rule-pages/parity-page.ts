import type { FactorList } from '../../lib/parity/factor-list';

/** What a page of parity shows as an example. */
export type ParityExample =
  | {
      /** Two templates in CloudFormation YAML, with what may differ between them. */
      readonly prod: string;
      readonly staging: string;
      readonly allow?: FactorList;
    }
  | {
      /** What makes an environment; its factors are those of {@link CODE_INTRO}. */
      readonly code: string;
      /** What is done to the environments afterwards. @default - nothing */
      readonly afterwards?: string;
    }
  | {
      /** What no template and no code shows, such as an edit of the assembly. */
      readonly shown: string;
      readonly language: 'sh' | 'json' | 'yaml' | 'text';
    };

/** What the page of a parity rule says. Texts are Markdown. */
export interface ParityPage {
  /** What the rule finds, and what it lets pass. */
  readonly what: string;
  /** What goes wrong when it is let through. */
  readonly why: string;
  /** The rule finds this. */
  readonly bad: ParityExample;
  /** Parity finds nothing here. */
  readonly good: ParityExample;
  /** What to do about a finding. */
  readonly fix: string;
}

/** The environments of all examples in code. */
export const CODE_INTRO = `Production has 6 tasks, 3 readers and 3 shards; staging has 2 tasks, 2 readers and 2 shards. \`this\` is the stack of the environment.`;

/** The page of a parity rule. */
export function parityPageOf(
  { id, title }: { readonly id: string; readonly title: string },
  page: ParityPage,
): string {
  return [
    `# ${id}: ${title}`,
    'Found by parity. [All rules](README.md)',
    '## What it finds',
    page.what,
    '## Why it matters',
    page.why,
    '## Example',
    ...('code' in page.bad ? [CODE_INTRO] : []),
    'Parity finds this:',
    ...exampleOf(page.bad),
    'It finds nothing here:',
    ...exampleOf(page.good, page.bad),
    '## What to do',
    page.fix,
  ]
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n');
}

/** An example; an allowlist that was shown before is not repeated. */
function exampleOf(example: ParityExample, shown?: ParityExample): string[] {
  if ('shown' in example) return [block(example.language, example.shown)];
  if ('code' in example) {
    const { code, afterwards } = example;
    return [
      block(
        'ts',
        afterwards === undefined ? code : `${code.trim()}\n\n// in bin/app.ts:\n${afterwards.trim()}`,
      ),
    ];
  }
  const { prod, staging, allow } = example;
  const isSame = prod.trim() === staging.trim();
  return [
    block('yaml', isSame ? prod : `# production\n${prod.trim()}`),
    ...(isSame ? ['The same is in both.'] : [block('yaml', `# staging\n${staging.trim()}`)]),
    ...allowlistOf(allow, shown && 'allow' in shown ? shown.allow : undefined),
  ];
}

function allowlistOf(allow: FactorList | undefined, shown: FactorList | undefined): string[] {
  if (!allow) return [];
  if (allow === shown) return ['with the same allowlist.'];
  return ['with this allowlist:', block('json', JSON.stringify(allow, undefined, 2))];
}

const block = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;
