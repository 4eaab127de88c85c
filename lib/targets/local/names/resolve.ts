import { TwinError } from '../../../error';
import { isObject, type Json, type JsonObject } from '../../../json';
import type { BlueprintStack } from '../../../blueprint/blueprint';

/** The values of an environment's resources on this machine. */
export interface Names {
  /** The value of `Ref`; undefined for a resource that was not stood up. */
  ref(stack: string, logicalId: string): string | undefined;
  /** The value of `Fn::GetAtt`; undefined likewise. */
  attribute(stack: string, logicalId: string, name: string): string | undefined;
  /** The values of pseudo parameters that are other ones than usual. @default - none is */
  readonly pseudo?: Readonly<Record<string, string>>;
  /** The value of a dynamic reference, by the text between `{{resolve:` and `}}`; undefined when it leads out of the environment. */
  dynamic(reference: string): string | undefined;
}

/** Evaluates a template's intrinsic functions on this machine. */
export class Resolver {
  constructor(
    private readonly stacks: readonly BlueprintStack[],
    private readonly names: Names,
  ) {}

  /**
   * The text of a value in a template.
   *
   * @throws TwinError `intrinsic` for a function that is not supported here
   */
  text(stack: string, value: Json): string {
    const resolved = this.value(stack, value);
    const text = typeof resolved === 'string' ? resolved : JSON.stringify(resolved);
    return text.replaceAll(/\{\{resolve:([^}]+)\}\}/g, (whole, reference: string) => {
      return this.names.dynamic(reference) ?? whole;
    });
  }

  /** The value with every intrinsic function evaluated. @throws TwinError `intrinsic` */
  value(stack: string, value: Json): Json {
    if (Array.isArray(value)) return (value as Json[]).map((item) => this.value(stack, item));
    if (!isObject(value)) return value;
    const [name, ...others] = Object.keys(value);
    if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::')))
      return this.call(stack, name, value[name]!);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.value(stack, item)]));
  }

  private call(stack: string, name: string, argument: Json): Json {
    const evaluate = FUNCTIONS[name];
    if (!evaluate) throw noMeaning(name, 'is not known');
    return evaluate(argument, this.scope(stack));
  }

  private scope(stack: string): Scope {
    const template = this.stacks.find(({ path }) => path === stack)?.template ?? {};
    return {
      section: (name) => sectionOf(template, name),
      value: (value) => this.value(stack, value),
      text: (value) => this.text(stack, value),
      ref: (id) => this.ref(stack, id),
      attribute: (id, attribute) =>
        this.names.attribute(stack, id, attribute) ?? `${id}.${attribute}.${SKIPPED_HOST}`.toLowerCase(),
      exported: (exportName) => this.exported(exportName),
      output: (stackName, output) => this.output(stackName, output),
    };
  }

  private ref(stack: string, id: string): string {
    const { name, template } = this.stacks.find(({ path }) => path === stack)!;
    if (id === 'AWS::StackName') return name;
    const pseudo = this.names.pseudo?.[id] ?? PSEUDO[id];
    if (pseudo !== undefined) return pseudo;
    const parameter = sectionOf(template, 'Parameters')[id];
    if (isObject(parameter)) return String(parameter['Default'] ?? '');
    return this.names.ref(stack, id) ?? `${name}-${id}`.toLowerCase();
  }

  private exported(exportName: string): string {
    for (const { path, template } of this.stacks) {
      for (const output of Object.values(sectionOf(template, 'Outputs'))) {
        if (!isObject(output) || !isObject(output['Export'])) continue;
        if (this.text(path, output['Export']['Name']!) === exportName)
          return this.text(path, output['Value']!);
      }
    }
    return `${exportName}.${SKIPPED_HOST}`.toLowerCase();
  }

  private output(stackName: string, name: string): string {
    const stack = this.stacks.find((it) => it.name === stackName);
    const output = stack && sectionOf(stack.template, 'Outputs')[name];
    if (isObject(output)) return this.text(stack!.path, output['Value']!);
    return `${name}.${SKIPPED_HOST}`.toLowerCase();
  }
}

/**
 * The end of every host name of a skipped resource. The name never resolves (RFC 2606), so a service that uses it fails at
 * once instead of waiting, or of reaching something else.
 */
export const SKIPPED_HOST = 'skipped.invalid';

/** A section of a template; empty when it has none. */
function sectionOf(template: JsonObject, name: string): JsonObject {
  const section = template[name];
  return isObject(section) ? section : {};
}

/** What an intrinsic function can read. */
interface Scope {
  readonly section: (name: string) => JsonObject;
  readonly value: (value: Json) => Json;
  readonly text: (value: Json) => string;
  readonly ref: (id: string) => string;
  readonly attribute: (id: string, attribute: string) => string;
  readonly exported: (name: string) => string;
  readonly output: (stackName: string, name: string) => string;
}

type Evaluate = (argument: Json, scope: Scope) => Json;

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '0'.repeat(12),
  'AWS::Partition': 'aws',
  'AWS::Region': 'local',
  'AWS::URLSuffix': 'amazonaws.invalid',
  'AWS::NoValue': '',
  'AWS::StackId': 'local',
};

const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  Ref: (id, { ref }) => ref(String(id)),
  'Fn::GetAtt': (argument, { attribute }) => {
    const [id = '', ...rest] = Array.isArray(argument) ? (argument as string[]) : String(argument).split('.');
    return attribute(id, rest.join('.'));
  },
  'Fn::Join': (argument, { value, text }) => {
    const [separator, items] = list(argument);
    return list(value(items!)).map(text).join(String(separator));
  },
  'Fn::Sub': (argument, { ref, attribute, text }) => {
    const [template, variables]: readonly Json[] = Array.isArray(argument)
      ? (argument as Json[])
      : [argument, {}];
    return String(template).replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      const variable = isObject(variables) ? variables[name] : undefined;
      if (variable !== undefined) return text(variable);
      const [id = '', ...rest] = name.split('.');
      return rest.length > 0 ? attribute(id, rest.join('.')) : ref(name);
    });
  },
  'Fn::Select': (argument, { value }) => {
    const [index, items] = list(argument);
    return list(value(items!))[Number(index)] ?? '';
  },
  'Fn::Split': (argument, { text }) => {
    const [separator, source] = list(argument);
    return text(source!).split(String(separator));
  },
  'Fn::GetAZs': () => ['local-a', 'local-b', 'local-c'],
  'Fn::Base64': (argument, { text }) => Buffer.from(text(argument)).toString('base64'),
  'Fn::FindInMap': (argument, { section, text }) => {
    const [map, first, second] = list(argument).map(text);
    const entry = section('Mappings')[map!];
    const row = isObject(entry) ? entry[first!] : undefined;
    return isObject(row) ? (row[second!] ?? '') : '';
  },
  'Fn::ImportValue': (argument, { exported, text }) => exported(text(argument)),
  'Fn::GetStackOutput': (argument, { output, text }) => {
    if (!isObject(argument)) throw noMeaning('Fn::GetStackOutput', 'has no StackName and OutputName');
    return output(text(argument['StackName'] ?? ''), text(argument['OutputName'] ?? ''));
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list(argument);
    return scope.value((holds({ Condition: condition! }, scope) ? yes : no) ?? '');
  },
};

/** Whether a condition holds. */
function holds(condition: Json, scope: Scope): boolean {
  if (!isObject(condition)) return condition === true || condition === 'true';
  const [[name, argument] = ['', null]] = Object.entries(condition);
  if (name === 'Condition') return holds(scope.section('Conditions')[String(argument)] ?? false, scope);
  if (name === 'Fn::Not') return !holds(list(argument)[0]!, scope);
  if (name === 'Fn::And') return list(argument).every((item) => holds(item, scope));
  if (name === 'Fn::Or') return list(argument).some((item) => holds(item, scope));
  if (name === 'Fn::Equals') {
    const [left, right] = list(argument).map(scope.text);
    return left === right;
  }
  throw noMeaning(name, 'is not known in a condition');
}

function list(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as Json[];
  throw noMeaning(JSON.stringify(value), 'is not a list');
}

function noMeaning(name: string, why: string): TwinError {
  return new TwinError({
    code: 'intrinsic',
    message: `${name} in the template ${why}, so its value on this machine is unknown`,
    fix: 'Compose the value of Ref, Fn::GetAtt, Fn::Join, Fn::Sub or another common function.',
  });
}
