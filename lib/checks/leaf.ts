import { RESTORES } from '../aws/life';
import { isAccountOfAws } from '../aws/types';
import type { Json } from '../json';
import type { GivenName, Unnamed } from './names';
import type { Outside } from './outside';
import type { NamedKey } from './restore-key';

/** What is known of a staging beside its template. */
export interface IsolationContext {
  /** The names of the environment's own stacks: what they export may be imported. */
  readonly stackNames: readonly string[];
  /** Names of exports of the environment's own stacks that do not begin with `StackName:`. @default - none */
  readonly exportNames?: readonly string[];
  /** Names of the resources of the environment's other stacks, each after its type. @default - none */
  readonly resourceNames?: readonly string[];
  /** The account that the staging is in: its id may stand in a template. @default - every literal account is foreign */
  readonly account?: string;
  /** The region that the staging is in. @default - not known */
  readonly region?: string;
  /** Production's account: flagged wherever it stands, unless staging is in it too. @default - not known */
  readonly prodAccount?: string;
  /** The names that production gives to its resources. @default - not known */
  readonly prodNames?: readonly GivenName[];
  /** Those of them that are where the staging's stack is: what an ARN there may mean. @default - all of them */
  readonly prodNamesNear?: readonly GivenName[];
  /** The resources of the environment's other stacks that CloudFormation gives their names. @default - none */
  readonly unnamed?: readonly Unnamed[];
  /** The keys that production's data is under. @default - not known */
  readonly prodKeys?: readonly NamedKey[];
  /** The hosts that production makes. @default - those with "prod" in a label */
  readonly prodHosts?: readonly string[];
  /** The hosts and zones that the environment's other stacks make. @default - none */
  readonly hosts?: readonly string[];
  /** What it may reach outside. @default - nothing */
  readonly outside?: readonly Outside[];
}

/** The context, with what the template says of itself. */
export interface Scan extends Required<
  Omit<IsolationContext, 'account' | 'region' | 'prodAccount' | 'prodNames' | 'prodHosts' | 'resourceNames'>
> {
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly prodAccount: string | undefined;
  /** The names that production gives and the environment does not, by their first words. */
  readonly prodNames: ReadonlyMap<string, readonly GivenName[]>;
  /** The hosts that production makes and the environment does not. */
  readonly prodHosts: readonly RegExp[];
  readonly defaults: ReadonlyMap<string, string>;
  readonly buckets: ReadonlySet<string>;
  /** The logical ids of the template's resources. */
  readonly resources: ReadonlySet<string>;
  /** The names of all resources of the environment, each after its type. */
  readonly names: ReadonlySet<string>;
}

/** A text in an entry, and where. */
export interface Leaf {
  readonly type: string;
  readonly path: readonly (string | number)[];
  readonly text: string;
  /** The property that the text is the value of; for a pair such as `{ Name, Value }` the name. */
  readonly key: string;
  readonly value: Json;
  /** Whether it is in a statement of a policy that denies: what is denied is not reached. */
  readonly isDenied: boolean;
}

/** Whether a text refers to a resource or a parameter: what only begins with the stack's name is nobody's for that. */
export const isOwn = (text: string): boolean => /\$\{(?!!|AWS::)/.test(text);

/** Every match of a pattern: its first group, or all of it. Most texts have none, and `matchAll` compiles the pattern anew. */
export const all = (text: string, pattern: RegExp): string[] =>
  text.search(pattern) < 0 ? [] : [...text.matchAll(pattern)].map((m) => m[1] ?? m[0]);

/** A part of an ARN or a bucket's name: `${AWS::Partition}` is one character of it. */
export const PART = String.raw`(?:\$\{[^}]*\}|[^:/\s"'\\,])*`;

/** A text that is, as a whole, no reference to the stack. */
export const whole = ({ text }: Leaf): string[] => (text === '' || isOwn(text) ? [] : [text]);

export const isForeign = (account: string | undefined, scan: Scan): boolean =>
  account !== undefined && account !== scan.account && !isAccountOfAws(account);

/** Restoring production's data is the one thing that a staging may reach out for. */
export const isSeed = ({ type, path }: Leaf): boolean =>
  Object.hasOwn(RESTORES, type) && path.length > 1 && RESTORES[type]!.from.includes(String(path[1]));

export const isKeyOfRestore = ({ type, path }: Leaf): boolean =>
  Object.hasOwn(RESTORES, type) && path[1] === 'KmsKeyId';

/** Whether a text is in the environment variables of a program: a task, a function, a job. What builds it is none. */
export const isEnvironmentOf = ({ type, path }: Leaf): boolean =>
  type !== 'AWS::CodeBuild::Project' &&
  path.some((step) => /^(?:Runtime)?Environment(?:Variables)?$/.test(String(step)));

/** Who may call a function, and what is allowed at most: neither reaches out of the staging. */
export const INWARD: ReadonlySet<string> = new Set(['Principal', 'SourceArn', 'PermissionsBoundary']);

/** Whether a text says who may come in, in a property or in a condition of a policy. */
export const isInward = ({ key, path }: Leaf): boolean =>
  INWARD.has(key) || /(?:Source|Principal)Arn$/.test(key) || path.includes('Principal');

/** Whether a text is in a statement of a policy that allows nothing of it. */
export const grantsNothing = ({ isDenied, path }: Leaf): boolean => isDenied || path.includes('NotResource');

/** Names that AWS and the AWS CDK keep for what they make in an account. */
export const KEPT_BY_AWS = /^\/?(?:aws[/-]|aws-service-role\/|cdk-)/;

/** A type without its service: the ARNs of several services name resources of one kind alike. */
export const lastOf = (type: string): string => type.split('::').at(-1)!;
