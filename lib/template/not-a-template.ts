import { TwinError } from '../error';
import { isObject, listOf, type Json, type JsonObject } from '../json';

/**
 * The error for what is no template: names what it is instead, as far as its form tells.
 *
 * @param origin - the file or stack, for messages
 * @param found - what was read: a value, or a text that is neither JSON nor YAML
 * @param why - what is wrong with it, where its form tells nothing
 */
export function notATemplate(
  origin: string,
  found: unknown,
  why: string,
  allowed = 'an object with Resources',
): TwinError {
  const { what = why, fix = GIVE.template } = mistakenFor(found) ?? {};
  return new TwinError({
    code: 'template',
    message: `${origin} is not a CloudFormation template: ${what}; expected ${allowed}`,
    fix,
  });
}

/** Something that people give instead of a template, and what to give. */
export interface Mistaken {
  readonly what: string;
  readonly fix: string;
}

/** What a text is that was given instead of a template; undefined when nothing is known of it. */
export function mistakenText(text: string): Mistaken | undefined {
  const start = text.slice(0, LOOKED_AT);
  const isMeantAsTemplate = /^\s*["']?Resources["']?\s*:/m.test(text);
  const known = TEXTS.find(
    ({ pattern, hasTemplate = false }) =>
      (hasTemplate || !isMeantAsTemplate) && pattern.test(hasTemplate ? text : start),
  );
  return known && { what: `it is ${known.what} (${firstLine(text)})`, fix: known.fix };
}

/** How much of a text tells what it is. */
const LOOKED_AT = 10_000;
const LINE_WIDTH = 60;

function firstLine(text: string): string {
  const line = text.trim().split(/\r?\n/, 1)[0] ?? '';
  return JSON.stringify(line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH)}...` : line);
}

function mistakenFor(found: unknown): Mistaken | undefined {
  if (typeof found === 'string')
    return mistakenText(found) ?? { what: `it is the text ${firstLine(found)}`, fix: GIVE.again };
  if (Array.isArray(found)) return listFor(found as Json[]);
  if (!isObject(found)) return undefined;
  const known = OBJECTS.find(({ is }) => is(found));
  if (known) return { what: `it is ${known.what}`, fix: known.fix };
  const keys = Object.keys(found);
  // the texts of an error are YAML: one key and a value
  const [first] = keys;
  const text = first === undefined || keys.length > 3 ? undefined : `${first}: ${String(found[first])}`;
  return (text === undefined ? undefined : mistakenText(text)) ?? unknownObject(keys);
}

const GIVE = {
  template: 'Give a template as CloudFormation accepts it, such as cdk.out/Prod.template.json.',
  deployed:
    'Give the template of the stack: the output of aws cloudformation get-template --stack-name <name>.',
  assembly:
    'Give a template of the folder, such as cdk.out/Prod.template.json, or the folder with --assembly.',
  synthesized: 'Run cdk synth, and give a template that it wrote, such as cdk.out/Prod.template.json.',
  parametersOf: 'Give the template that has these parameters.',
  again: 'Run the command that wrote the file again, and look at what it says.',
} as const;

interface Known extends Mistaken {
  readonly is: (found: JsonObject) => boolean;
}

const has =
  (...keys: readonly string[]) =>
  (found: JsonObject): boolean =>
    keys.every((key) => Object.hasOwn(found, key));

const output = (command: string, ...keys: readonly string[]): Known => ({
  what: `the output of aws cloudformation ${command}`,
  fix: GIVE.deployed,
  is: has(...keys),
});

const PACKAGE_KEYS = ['scripts', 'dependencies', 'devDependencies', 'private', 'main', 'license'];

const SECTIONS = new Set(
  'AWSTemplateFormatVersion Description Metadata Parameters Rules Mappings Conditions Transform Outputs Hooks Globals'.split(
    ' ',
  ),
);

/** Recognized by the keys at the top; the first that fits. */
const OBJECTS: readonly Known[] = [
  output('describe-stacks', 'Stacks'),
  output('describe-stacks', 'StackName', 'StackStatus'),
  output('describe-change-set', 'Changes', 'ChangeSetName'),
  output('list-stacks', 'StackSummaries'),
  output('describe-stack-events', 'StackEvents'),
  output('describe-stack-resources', 'StackResources'),
  output('list-stack-resources', 'StackResourceSummaries'),
  output('get-template-summary', 'ResourceTypes'),
  output('validate-template', 'Parameters', 'Capabilities'),
  output('get-stack-policy', 'StackPolicyBody'),
  {
    what: "a cloud assembly's manifest.json",
    fix: GIVE.assembly,
    is: (it) => has('version')(it) && (has('artifacts')(it) || has('minimumCliVersion')(it)),
  },
  { what: 'a twin.json, which says what may differ', fix: GIVE.assembly, is: has('definitions') },
  {
    what: 'an allowlist, which says what may differ',
    fix: 'Give it with --allow, and a template here.',
    is: (it) => listOf(it['factors']).some((factor) => isObject(factor) && has('name')(factor)),
  },
  { what: "a cloud assembly's list of assets", fix: GIVE.assembly, is: has('files', 'dockerImages') },
  { what: "a cloud assembly's tree.json", fix: GIVE.assembly, is: has('tree', 'version') },
  { what: 'a validation report of cdk synth', fix: GIVE.assembly, is: has('pluginReports') },
  { what: 'a package-lock.json', fix: GIVE.synthesized, is: has('lockfileVersion') },
  {
    what: 'a package.json',
    fix: GIVE.synthesized,
    is: (it) => has('name')(it) && PACKAGE_KEYS.some((key) => has(key)(it)),
  },
  { what: 'a cdk.json', fix: GIVE.synthesized, is: (it) => typeof it['app'] === 'string' },
  {
    what: 'a cdk.context.json',
    fix: GIVE.synthesized,
    is: (it) =>
      Object.keys(it).some((key) => /:account=\d+|^@aws-cdk\/|^acknowledged-issue-numbers$/.test(key)),
  },
  { what: 'a tsconfig.json', fix: GIVE.synthesized, is: has('compilerOptions') },
  {
    what: 'a samconfig.yaml',
    fix: 'Give the template that it is for, such as template.yaml.',
    is: (it) => has('version')(it) && isObject(it['default']),
  },
  {
    what: 'a file of parameters',
    fix: GIVE.parametersOf,
    is: ({ Parameters: parameters }) =>
      listOf(parameters).some((it) => isObject(it) && has('ParameterKey')(it)),
  },
  {
    what: 'a file of parameters',
    fix: GIVE.parametersOf,
    is: ({ Parameters: parameters, ...others }) =>
      isObject(parameters) &&
      Object.values(parameters).every((value) => !isObject(value)) &&
      Object.keys(others).every((key) => ['Tags', 'StackPolicy'].includes(key)),
  },
  {
    what: 'the state or the plan of Terraform',
    fix: 'Give a CloudFormation template: Terraform makes none.',
    is: has('terraform_version'),
  },
  {
    what: 'a configuration of Terraform',
    fix: 'Give a CloudFormation template: Terraform makes none.',
    is: (it) =>
      ['resource', 'terraform', 'provider', 'module'].some((key) => isObject(it[key])) && !has('service')(it),
  },
  {
    what: 'a configuration of the Serverless Framework',
    fix: 'Run serverless package, and give the template that it wrote to .serverless.',
    is: has('service', 'provider'),
  },
  { what: 'a manifest of Kubernetes', fix: GIVE.template, is: has('apiVersion', 'kind') },
  { what: 'a configuration of Docker Compose', fix: GIVE.template, is: (it) => isObject(it['services']) },
  { what: 'an API in OpenAPI', fix: GIVE.template, is: (it) => has('openapi')(it) || has('swagger')(it) },
  {
    what: 'a template of Azure',
    fix: 'Give a CloudFormation template.',
    is: (it) => /deploymentTemplate/.test(String(it['$schema'])),
  },
  { what: 'a JSON Schema', fix: GIVE.template, is: has('$schema', 'properties') },
  { what: 'a policy of IAM', fix: GIVE.template, is: has('Statement') },
  {
    what: 'a file of values, such as parameters',
    fix: GIVE.parametersOf,
    is: (it) =>
      Object.entries(it).every(
        ([key, value]) => /^[A-Za-z\d]+$/.test(key) && !SECTIONS.has(key) && typeof value !== 'object',
      ) && Object.keys(it).length > 0,
  },
];

/** The output of an AWS command has keys like a template's, and none that a template has. */
function unknownObject(keys: readonly string[]): Mistaken {
  if (keys.length === 0) return { what: 'it is an empty object', fix: GIVE.again };
  const shown = `${keys.slice(0, KEYS_SHOWN).join(', ')}${keys.length > KEYS_SHOWN ? ' ...' : ''}`;
  const what = `it has the ${keys.length === 1 ? 'key' : 'keys'} ${shown}, and no Resources`;
  const isOutput = keys.every((key) => /^[A-Z][A-Za-z]+$/.test(key) && !SECTIONS.has(key));
  return isOutput
    ? { what: `it looks like the output of an AWS command: ${what}`, fix: GIVE.deployed }
    : { what, fix: GIVE.template };
}

const KEYS_SHOWN = 5;

function listFor(items: readonly Json[]): Mistaken {
  const [first] = items;
  if (first === undefined) return { what: 'it is an empty list', fix: GIVE.again };
  if (typeof first === 'string' && /^[A-Za-z][A-Za-z\d]*=/.test(first))
    return { what: 'it is a file of parameters', fix: GIVE.parametersOf };
  if (!isObject(first)) return { what: 'it is a list', fix: GIVE.template };
  if (Object.hasOwn(first, 'ParameterKey'))
    return { what: 'it is a file of parameters', fix: GIVE.parametersOf };
  if (Object.hasOwn(first, 'StackName') || Object.hasOwn(first, 'StackId'))
    return { what: 'it is a list of stacks, or of what is in them', fix: GIVE.deployed };
  return {
    what: `it is a list of objects with ${Object.keys(first).slice(0, 5).join(', ')}`,
    fix: GIVE.template,
  };
}

interface KnownText extends Mistaken {
  readonly pattern: RegExp;
  /** Whether there may be a template in it, as it is or with mistakes. @default false */
  readonly hasTemplate?: boolean;
}

/** Recognized by how a text begins, or by a line of it; the first that fits. */
const TEXTS: readonly KnownText[] = [
  {
    pattern:
      /^\s*(?:aws: )?(?:\[ERROR\]:?\s*)?An error occurred \(\w+\)|^\s*(?:usage: )?aws: (?:\[ERROR\]|error)/i,
    what: 'an error of the AWS CLI',
    fix: GIVE.again,
  },
  {
    pattern:
      /^\s*(?:Unable to locate credentials|Error when retrieving|You must specify a region|Could not connect to the endpoint|The (?:config profile|SSO session)|usage: aws|Partial credentials|Token has expired)/i,
    what: 'an error of the AWS CLI',
    fix: GIVE.again,
  },
  { pattern: /^\s*(?:<!doctype html|<html|<head|<body)/i, what: 'a page in HTML', fix: GIVE.again },
  { pattern: /^\s*<(?:\?xml|[A-Za-z])/, what: 'XML', fix: GIVE.again },
  {
    pattern: /^(?:resource|data|provider|variable|module|output|terraform|locals)\b[^:\n]*\{\s*$/m,
    what: 'a configuration of Terraform',
    fix: 'Give a CloudFormation template: Terraform makes none.',
  },
  {
    pattern: /^\[[\w."-]+\]\s*$[^]*^\s*[\w-]+\s*=/m,
    what: 'a configuration in TOML, such as a samconfig.toml',
    fix: 'Give the template that it is for, such as template.yaml.',
  },
  {
    pattern: /^(?:<{7}|>{7}) /m,
    hasTemplate: true,
    what: 'a file with the marks of a merge conflict',
    fix: 'Resolve the conflict first.',
  },
  {
    pattern: /^version https:\/\/git-lfs\.github\.com/,
    what: 'a pointer of Git LFS',
    fix: 'Run git lfs pull first.',
  },
  { pattern: /^(?:diff --git |--- \S+\s*\n\+\+\+ )/, what: 'a diff', fix: GIVE.template },
  {
    pattern: /^-{10,}\s*\n\|.*\|\s*$/m,
    what: 'a table of the AWS CLI',
    fix: 'Run the command again with --output json.',
  },
  {
    pattern: /^STAGESAVAILABLE\t/m,
    hasTemplate: true,
    what: 'the output of aws cloudformation get-template as text',
    fix: 'Run the command again with --output json.',
  },
  {
    pattern:
      /^(?:\s|\/\/.*\n|#.*\n)*(?:import |from \S+ import |(?:const|export|package|using|function|class) )/,
    what: 'the source of a program',
    fix: GIVE.synthesized,
  },
  {
    pattern: /^(?:\s|#.*\n)*(?:export )?[A-Z_][A-Z\d_]*=\S*\s*$/m,
    what: 'a list of variables',
    fix: GIVE.template,
  },
];
