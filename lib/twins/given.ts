import { App } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { wrongWith } from '../checks/outside';
import { didYouMean, TwinError } from '../error';
import { isObject } from '../json';
import type { RequiredRehearsal } from './definition';
import type { BuiltEnvironment, EnvironmentOptions } from './environments';

/** A definition as its constructor takes it, whatever a JavaScript app gives. */
export interface GivenDefinition {
  readonly scale: unknown;
  readonly derived?: unknown;
  readonly proportions?: unknown;
  readonly environment: unknown;
  readonly constructId?: string;
  readonly props?: object;
  readonly requireRehearsal?: boolean | RequiredRehearsal;
}

const DEFINITION_KEYS = [
  'scale',
  'derived',
  'proportions',
  'environment',
  'constructId',
  'props',
  'requireRehearsal',
];

/**
 * Checks what `Twins` is given.
 *
 * @throws TwinError `definition` with the first thing that is missing, of another type or not known
 */
export function checkDefinition(app: unknown, definition: unknown): asserts definition is GivenDefinition {
  const refuse = (message: string, fix: string): never => {
    throw new TwinError({ code: 'definition', message, fix });
  };
  if (!App.isApp(app)) refuse('Twins was not given an App of the AWS CDK', 'Write new Twins(app, { ... }).');
  if (!isObject(definition))
    return refuse('Twins was given no definition', 'Write new Twins(app, { scale, environment }).');
  const { scale, derived, proportions, environment, constructId, props, requireRehearsal } =
    definition as Partial<GivenDefinition>;
  if (!isObject(scale))
    refuse(
      'the definition has no scale',
      'Give it scale: { readers: replicas({ reason }) }, or what defineScale made.',
    );
  if (typeof environment !== 'function')
    refuse(
      'the definition has no environment: a function or a class is expected',
      'Give it environment: (scope, id, values, options) => new ShopStack(scope, id, { ...options, ...values }).',
    );
  if (isClass(environment) && !Construct.isConstruct((environment as { prototype?: unknown }).prototype))
    refuse(
      `the environment is the class ${(environment as { name: string }).name}, which is no construct`,
      'Give it a class that extends Stack, Stage or Construct, or a function that makes a stack or a stage.',
    );
  const types = [
    ['derived', 'an object', derived === undefined || isObject(derived)],
    ['proportions', 'a list', proportions === undefined || Array.isArray(proportions)],
    ['constructId', 'a text', constructId === undefined || typeof constructId === 'string'],
    ['props', 'an object', props === undefined || isObject(props)],
    ['requireRehearsal', 'true or { maxAgeHours, root }', isRequirement(requireRehearsal)],
  ] as const;
  for (const [key, expected, isRight] of types)
    if (!isRight)
      refuse(
        `the definition has ${inWords(definition[key])} as its ${key}; ${expected} is expected`,
        `Correct its ${key}, or leave it out.`,
      );
  const unknown = unknownKey(definition, DEFINITION_KEYS);
  if (unknown !== undefined) refuse(`the definition has ${unknown}`, `Use ${DEFINITION_KEYS.join(', ')}.`);
}

const isRequirement = (value: unknown): boolean => {
  if (value === undefined || typeof value === 'boolean') return true;
  if (!isObject(value) || unknownKey(value, ['maxAgeHours', 'root']) !== undefined) return false;
  const { maxAgeHours = 0, root = '' } = value;
  return typeof maxAgeHours === 'number' && maxAgeHours >= 0 && typeof root === 'string';
};

/** A class is called with `new` and nothing else; of a function that tells its source alone. */
const isClass = (value: unknown): boolean =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));

/** What an environment may be given, with what each has to be. */
const OPTIONS: Readonly<
  Record<keyof EnvironmentOptions, readonly [what: string, is: (value: unknown) => boolean]>
> = {
  env: ['an object such as { account, region }', isObject],
  stackName: ['a text', isText],
  description: ['a text', isText],
  tags: ['an object of texts', (value) => isObject(value) && Object.values(value).every(isText)],
};

const PARAMETERS: (typeof OPTIONS)['env'] = [
  'an object of texts, by the names of the parameters',
  (value) => isObject(value) && Object.values(value).every(isText),
];

const RESTORE_FROM: (typeof OPTIONS)['env'] = [
  'an object with { snapshot, kmsKeyArn }, { clone, kmsKeyArn }, { instanceSnapshot }, { cacheSnapshot } or { cacheSnapshotArns } by construct path',
  (value) => isObject(value) && Object.values(value).every(isSnapshot),
];

const PROPS: Readonly<Record<'prod' | 'staging', typeof OPTIONS & Record<string, (typeof OPTIONS)['env']>>> =
  {
    prod: {
      ...OPTIONS,
      parameters: PARAMETERS,
      scale: ['an object', isObject],
      restoreFrom: RESTORE_FROM,
      terminationProtection: ['true or false', isBoolean],
    },
    staging: {
      ...OPTIONS,
      parameters: PARAMETERS,
      scale: ['an object', isObject],
      expires: ['a time such as 2026-12-01T18:00:00', isText],
      warning: [
        'an object such as { topicArn, before: Duration.minutes(30) }',
        (value) =>
          isObject(value) &&
          isText(value['topicArn']) &&
          Object.keys(value).every((key) => key === 'topicArn' || key === 'before') &&
          (value['before'] === undefined || isDuration(value['before'])),
      ],
      restoreFrom: RESTORE_FROM,
      outside: [
        'a list such as [{ host: "api.example.com", reason, standIn }], or with an arn, an id or an address',
        (value) => Array.isArray(value),
      ],
      physicalNames: [
        "'as-written' or 'generated'",
        (value) => value === 'as-written' || value === 'generated',
      ],
      twinOf: ['the id of a production', isText],
    },
  };

/** Another copy of the CDK may have made it. */
const isDuration = (value: unknown): boolean =>
  typeof (value as { toMilliseconds?: unknown } | null)?.toMilliseconds === 'function';

/**
 * Checks what `prod` and `staging` are given.
 *
 * @throws TwinError `environment-props` with the first thing that is missing, of another type or not known
 */
export function checkProps(method: 'prod' | 'staging', id: unknown, props: unknown): void {
  const example = `twins.${method}('${method === 'prod' ? 'Prod' : 'Staging'}', { scale: { ... }${method === 'prod' ? '' : ", expires: '2026-12-01T18:00:00'"} })`;
  const refuse = (what: string, fix = `Write ${example}.`): never => {
    throw new TwinError({ code: 'environment-props', message: `twins.${method} was given ${what}`, fix });
  };
  if (typeof id !== 'string' || id === '') refuse('no id');
  if (!isObject(props) || (method === 'prod' && props['scale'] === undefined))
    return refuse('no values for the scale factors');
  const known = PROPS[method];
  const unknown = unknownKey(props, Object.keys(known));
  if (unknown !== undefined) refuse(unknown, `Use ${Object.keys(known).join(', ')}.`);
  for (const [key, [expected, is]] of Object.entries(known)) {
    const value: unknown = props[key];
    if (value === undefined || is(value)) continue;
    refuse(
      `${inWords(value)} as ${key}; ${expected} is expected`,
      `Correct ${key}, or leave it out: ${example}.`,
    );
  }
  const wrong = Array.isArray(props['outside']) ? wrongEntry(props['outside']) : undefined;
  if (wrong !== undefined)
    refuse(wrong, "Correct that entry: { host: 'api.example.com', reason: 'its sandbox takes test cards' }.");
}

/** A tag that only one side has is a difference that nobody declared. */
export function checkTags(
  prod: Pick<BuiltEnvironment, 'id' | 'options'>,
  id: string,
  options: EnvironmentOptions,
): void {
  const [p, s] = [Object.keys(prod.options.tags ?? {}), Object.keys(options.tags ?? {})];
  const odd = [...p.filter((key) => !s.includes(key)), ...s.filter((key) => !p.includes(key))];
  if (odd.length === 0) return;
  throw new TwinError({
    code: 'tags',
    message: `${prod.id} and ${id} do not have the same tags: ${odd.join(', ')} ${odd.length === 1 ? 'is' : 'are'} given to one of them`,
    fix: 'Give every environment the same tags; their values may differ.',
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

/** A cluster that is restored without a key of its own would stay under production's. */
function isSnapshot(value: unknown): boolean {
  if (!isObject(value)) return false;
  const keys = Object.keys(value).sort().join();
  if (keys === 'cacheSnapshotArns')
    return Array.isArray(value[keys]) && value[keys].length > 0 && value[keys].every(isText);
  return (
    ['kmsKeyArn,snapshot', 'clone,kmsKeyArn', 'instanceSnapshot', 'cacheSnapshot'].includes(keys) &&
    Object.values(value).every(isText)
  );
}

/** The first entry of a list that is wrong, with what it names and what is wrong with it. */
function wrongEntry(outside: readonly unknown[]): string | undefined {
  const wrong = outside.map(wrongWith);
  const index = wrong.findIndex((why) => why !== undefined);
  return index < 0 ? undefined : `outside[${index}] (${shown(outside[index])}) ${wrong[index]}`;
}

/** An entry in a line, without what is said of it. */
function shown(entry: unknown): string {
  if (!isObject(entry)) return inWords(entry);
  const named = Object.entries(entry).filter(([key]) => key !== 'reason' && key !== 'standIn');
  return named.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ') || 'an object';
}

function unknownKey(given: object, known: readonly string[]): string | undefined {
  const key = Object.keys(given).find((it) => !known.includes(it));
  return key === undefined ? undefined : `"${key}", which is not known; ${didYouMean(key, known)}`;
}

/** A value of a wrong type, as a message shows it. */
const inWords = (value: unknown): string =>
  isText(value)
    ? `"${value}"`
    : isObject(value)
      ? 'an object of another form'
      : Array.isArray(value)
        ? 'a list'
        : String(value);
