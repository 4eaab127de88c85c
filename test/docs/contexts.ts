import { ALL_PAGES, blocksOf, type Block } from './pages';

/** What stands around a block that is a part of a file, so that its types can be checked. */
interface Context {
  readonly before: string;
  readonly after?: string;
}

const CDK = `
  import { App, Duration, Stack, Validations, type StackProps } from 'aws-cdk-lib';
  import * as rds from 'aws-cdk-lib/aws-rds';
  import * as sns from 'aws-cdk-lib/aws-sns';
  import * as sqs from 'aws-cdk-lib/aws-sqs';
  import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
  import type { Construct } from 'constructs';`;

/** Environments of the scale that adopting.md has, and what their options name. */
const TWINS = `${CDK}
  import { Twins, type Factor } from 'cdk-twin';
  type Scale = { readonly readers: Factor<'replicas'>; readonly dbClass: Factor<'instanceClass'> };
  declare const twins: Twins<Scale, Stack>;
  declare const small: { readers: number };
  declare const scale: typeof small;
  declare const account: string;
  declare const stagingKeyArn: string;
  declare const certificateArn: string;`;

/** Members of the config, as they stand in \`defineRehearsal({ ... })\`. */
const CONFIG = `
  import type { RehearsalConfig } from 'cdk-twin/rehearsal';
  export const config: Partial<RehearsalConfig> = {`;

/** By the word in the comment before a block. Blocks declare what they import themselves. */
const CONTEXTS: Readonly<Record<string, Context>> = {
  nothing: { before: '' },
  app: { before: `import { App } from 'aws-cdk-lib'; const app = new App();` },
  class: {
    before: `
      import { App, Stack, type StackProps } from 'aws-cdk-lib';
      import type { Construct } from 'constructs';
      const app = new App();
      declare const ShopStack: new (scope: Construct, id: string, props: StackProps & { scale: any }) => Stack;`,
  },
  topology: { before: `${CDK}\nimport { replicas, Twins } from 'cdk-twin';\nconst app = new App();` },
  stacks: {
    before: `
      import { App, Stage, type Stack, type StackProps } from 'aws-cdk-lib';
      import type { IVpc } from 'aws-cdk-lib/aws-ec2';
      import { replicas, Twins } from 'cdk-twin';
      import type { Construct } from 'constructs';
      const app = new App();
      type Made<P, S> = new (scope: Construct, id: string, props: StackProps & P) => S;
      declare const NetworkStack: Made<object, Stack & { readonly vpc: IVpc }>;
      declare const ShopStack: Made<{ readonly vpc: IVpc; readonly readers: number }, Stack>;`,
  },
  twins: { before: TWINS },
  staging: { before: TWINS },
  construct: {
    before: `${CDK}\nclass Shop extends Stack { constructor(scope: Construct, id: string) { super(scope, id);`,
    after: '} }\nexport { Shop };',
  },
  requirement: {
    before: `
      import type { App } from 'aws-cdk-lib';
      import { Twins, type EnvironmentFunction, type Factor } from 'cdk-twin';
      import type { Stack } from 'aws-cdk-lib';
      declare const app: App;
      declare const scale: { readers: Factor<'replicas'> };
      declare const environment: EnvironmentFunction<{ readers: number }, Stack>;`,
  },
  acknowledge: { before: `declare const till: import('constructs').Construct;` },
  shop: { before: `import { Stack } from 'aws-cdk-lib'; declare const [prod, staging]: [Stack, Stack];` },
  templates: {
    before: `
      declare const [prodTemplate, stagingTemplate]: [unknown, unknown];
      declare const whitelist: import('cdk-twin').Whitelist;`,
  },
  config: { before: CONFIG, after: '};' },
  local: { before: `${CONFIG} local: {`, after: '} };' },
};

/** A page of a rule shows the place of one call: what it is made on are constructs. */
function ruleContext(text: string): Context {
  const named = text.matchAll(/\bValidations\.of\((\w+)\)|\b(\w+)\.node\.addDependency\((\w+)\)/g);
  const names = new Set([...named].flatMap(([, ...groups]) => groups.filter((name) => name !== undefined)));
  return { before: `${TWINS}\n${[...names].map((name) => `declare const ${name}: Construct;`).join('\n')}` };
}

/** The whole file whose types are checked for a block: itself, or what it is a part of. */
export function fileOf({ page, line, context, text }: Block): string {
  const around = page.startsWith('docs/rules/') ? ruleContext(text) : CONTEXTS[context ?? 'nothing'];
  if (!around) throw new Error(`${page}:${line} names the context "${context}", which is none`);
  return `${around.before}\n${text}\n${around.after ?? ''}\nexport {};\n`;
}

/** The blocks of TypeScript in all pages. Those of the rules of parity are run by their own test. */
export const TYPED: readonly Block[] = ALL_PAGES.filter((page) => !page.includes('/TWIN-PAR-'))
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'ts');
