import type { Outside } from '../../lib/checks/outside';
import { PLUGIN } from '../../lib/twins/acknowledged';

/** A template of a staging, with what the checks know beside it. */
export interface Example {
  /** CloudFormation YAML. */
  readonly template: string;
  /** What staging may reach outside. @default - nothing */
  readonly outside?: readonly Outside[];
  /** Whether the stack has termination protection, which the assembly says and no template. @default - it does not matter */
  readonly isProtected?: boolean;
}

/** What the page of a rule says. Texts are Markdown. */
export interface RulePage {
  /** What the rule finds, and what it lets pass. */
  readonly what: string;
  /** What AWS does. */
  readonly why: string;
  /** The rule finds this; no other rule does. */
  readonly bad: Example;
  /** No rule finds anything here. */
  readonly good: Example;
  /** What production is, where the rule compares. @default - the rule does not compare */
  readonly production?: {
    /** @default - it does not matter */
    readonly template?: string;
    /** The account of production and that of staging. @default - not known */
    readonly accounts?: readonly [production: string, staging: string];
  };
  /** What to do about a finding. */
  readonly fix: string;
  /** The same in CDK TypeScript. @default - none is shown */
  readonly cdk?: string;
  /** When a finding may stay; with code when there is an honest reason. */
  readonly acknowledge:
    | { readonly when: string; readonly construct: string; readonly reason: string }
    | { readonly never: string };
  /** Where AWS says so. Empty when the rule is about cdk-twin alone. */
  readonly sources: readonly Source[];
}

/** A section of the AWS documentation. */
export interface Source {
  readonly guide: string;
  readonly section: string;
  /** Absent when the address was not checked. */
  readonly url?: string;
}

/** A rule as its page and the index name it. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly check: string;
}

/** The page of a rule. */
export function pageOf({ id, title, check }: Rule, page: RulePage): string {
  return [
    `# ${id}: ${title}`,
    `Found by the ${check} check. [All rules](README.md)`,
    '## What it finds',
    page.what,
    '## Why it matters',
    page.why,
    '## Example',
    ...productionOf(page),
    ...exampleOf(page.bad, `${page.production ? 'In staging, the' : 'The'} check finds this:`),
    ...exampleOf(page.good, 'It finds nothing here:', page.bad),
    '## What to do',
    page.fix,
    ...(page.cdk === undefined ? [] : [typescript(page.cdk)]),
    ...acknowledgementOf(id, page),
    '## Source',
    sourcesOf(page.sources),
  ]
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n');
}

function productionOf({ production }: RulePage): string[] {
  if (!production) return [];
  const { template, accounts } = production;
  return [
    ...(accounts ? [`Production is in account ${accounts[0]}, staging in ${accounts[1]}.`] : []),
    ...(template === undefined ? [] : ['Production has this:', yaml(template)]),
  ];
}

/** An example; a template that was shown before is not repeated. */
function exampleOf(
  { template, outside = [], isProtected }: Example,
  says: string,
  shown?: Example,
): string[] {
  const isShown = template === shown?.template;
  if (isProtected !== undefined) return [says, json(artifactOf(isProtected))];
  const entries = outside.map((entry) => `${inTypeScript(entry)},`).join('\n');
  const staging = `twins.staging('Staging', { scale, expires: '2026-12-01T18:00:00', outside: [\n${entries}\n] });`;
  return [
    ...(isShown ? [] : [says, yaml(template)]),
    ...(entries === ''
      ? []
      : [
          isShown ? 'It finds nothing when staging is made with this:' : 'Where staging is made with this:',
          typescript(staging),
        ]),
  ];
}

/** What the list of an assembly says of a stack. */
const artifactOf = (isProtected: boolean): object => ({
  type: 'aws:cloudformation:stack',
  properties: { templateFile: 'Staging.template.json', terminationProtection: isProtected },
});

/** An entry as one writes it. */
const inTypeScript = (entry: Outside): string =>
  `{ ${Object.entries(entry)
    .map(([key, value]) => `${key}: ${quoted(value)}`)
    .join(', ')} }`;

const quoted = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);

function acknowledgementOf(id: string, { acknowledge }: RulePage): string[] {
  if ('never' in acknowledge) return ['## Acknowledge it', acknowledge.never];
  const { when, construct, reason } = acknowledge;
  return [
    '## Acknowledge it',
    when,
    typescript(
      `Validations.of(${construct}).acknowledge({ id: '${PLUGIN}::${id}', reason: ${quoted(reason)} });`,
    ),
  ];
}

const sourcesOf = (sources: readonly Source[]): string =>
  sources.length === 0
    ? 'The rule is about what cdk-twin is given; no AWS documentation applies.'
    : sources
        .map(({ guide, section, url }) => {
          const name = url === undefined ? section : `[${section}](${url})`;
          return `- ${guide}: ${name}`;
        })
        .join('\n');

const yaml = (text: string): string => `\`\`\`yaml\n${text.trim()}\n\`\`\``;
const json = (value: object): string => `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
const typescript = (text: string): string => `\`\`\`ts\n${text.trim()}\n\`\`\``;
