import { EMPTIER_TYPE } from '../aws/life';
import { equalJson, isObject, listOf, mentions, type Json, type JsonObject } from '../json';
import { JSON_TEXT, type Model } from '../template/model';
import { textOf } from '../template/text';

/** The construct of a log group that a staging's function gets; its logical id ends with it and a hash. */
export const OWN_LOGS = 'StagingLogs';
const OWN_LOGS_ID = new RegExp(`${OWN_LOGS}[0-9A-F]{8}$`);

/** Which rule adds a resource; nothing when none does. */
export function addedByLifecycle(id: string, entry: Json | undefined): string | undefined {
  if (!isObject(entry)) return undefined;
  const added = ADDED.find((it) => it.type === entry['Type'] && it.id.test(id));
  return added?.does(propertiesOf(entry)) === true ? added.what : undefined;
}

/**
 * Which rule publishes an asset: it is the code of functions that are added, and of no others. What a nested stack alone uses is
 * told by its name: who uses it there is compared with that stack.
 */
export function publishedByLifecycle(
  name: string,
  asset: Json | undefined,
  prod: Model,
  staging: Model,
): string | undefined {
  const hash = isObject(asset) ? asset['hash'] : undefined;
  if (typeof hash !== 'string') return undefined;
  const all = Object.entries(staging.Resources);
  const uses = all.filter(([, entry]) => mentions(entry, hash));
  if (uses.length === 0) {
    const hasNested = all.some(([, entry]) => isObject(entry) && entry['Type'] === NESTED_STACK);
    return hasNested && EMPTIER_CODE.test(name) ? 'emptying before deletion' : undefined;
  }
  const rules = uses.map(([id, entry]) =>
    Object.hasOwn(prod.Resources, id) ? undefined : addedByLifecycle(id, entry),
  );
  return new Set(rules).size === 1 ? rules[0] : undefined;
}

const NESTED_STACK = 'AWS::CloudFormation::Stack';
/** What the CDK calls the code of the custom resource that empties buckets. */
const EMPTIER_CODE = /(?:^|\/)Custom::S3AutoDeleteObjectsCustomResourceProvider Code$/;

/** Resources that only an ephemeral environment has, each known by its type, its logical id and what it does. */
const ADDED: readonly {
  readonly what: string;
  readonly type: string;
  readonly id: RegExp;
  readonly does: (properties: JsonObject) => boolean;
}[] = [
  {
    what: 'self-destruct',
    type: 'AWS::IAM::Role',
    id: /^SelfDestructRole[0-9A-F]{8}$/,
    does: (role) => isRoleOfScheduler(role, deletesThisStack),
  },
  {
    what: 'self-destruct',
    type: 'AWS::Scheduler::Schedule',
    id: /^SelfDestructSchedule[0-9A-F]{8}$/,
    does: (schedule) =>
      callsOnce(schedule, 'cloudformation:deleteStack', (input) =>
        equalJson(input, { [JSON_TEXT]: { StackName: THIS_STACK } }),
      ),
  },
  {
    what: 'warning before self-destruct',
    type: 'AWS::IAM::Role',
    id: /^SelfDestructWarningRole[0-9A-F]{8}$/,
    does: (role) => isRoleOfScheduler(role, publishesToTopic),
  },
  {
    what: 'warning before self-destruct',
    type: 'AWS::Scheduler::Schedule',
    id: /^SelfDestructWarning[0-9A-F]{8}$/,
    does: (schedule) => callsOnce(schedule, 'sns:publish', isMessage),
  },
  {
    what: 'emptying before deletion',
    type: EMPTIER_TYPE,
    id: /AutoDeleteObjectsCustomResource[0-9A-F]{8}$/,
    does: ({ ServiceToken }) =>
      equalJson(ServiceToken, { 'Fn::GetAtt': [`${EMPTIER}Handler9D90184F`, 'Arn'] }),
  },
  {
    what: 'emptying before deletion',
    type: 'AWS::Lambda::Function',
    id: /^CustomS3AutoDeleteObjectsCustomResourceProviderHandler9D90184F$/,
    does: ({ Role }) => equalJson(Role, EMPTIER_ROLE),
  },
  {
    what: 'emptying before deletion',
    type: 'AWS::IAM::Role',
    id: /^CustomS3AutoDeleteObjectsCustomResourceProviderRole3B1BD092$/,
    does: ({ Policies, ManagedPolicyArns, AssumeRolePolicyDocument }) =>
      Policies === undefined &&
      isTrusted(AssumeRolePolicyDocument, 'lambda.amazonaws.com', []) &&
      listOf(ManagedPolicyArns).every((arn) =>
        JSON.stringify(arn).endsWith(':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}'),
      ),
  },
  {
    what: 'logs of its own',
    type: 'AWS::Logs::LogGroup',
    id: OWN_LOGS_ID,
    does: ({ RetentionInDays, LogGroupName, ...more }) =>
      RetentionInDays === 1 &&
      Object.keys(more).every((name) => name === 'Tags') &&
      (LogGroupName === undefined || SERVICE_GROUP.test(textOf(LogGroupName) ?? '')),
  },
  {
    what: 'emptying before deletion',
    type: 'AWS::S3::BucketPolicy',
    id: /./,
    does: ({ PolicyDocument }) =>
      isObject(PolicyDocument) && isEmptierStatements(PolicyDocument['Statement'], []),
  },
];

/** The names of the log groups that services make by themselves. */
const SERVICE_GROUP =
  /^(?:\/aws\/(?:appsync\/apis|codebuild|docdb|ecs\/containerinsights|eks|neptune|rds\/(?:cluster|instance|proxy))\/|API-Gateway-Execution-Logs_)[\w${}.:/-]+$/;

/** The CDK's custom resource that empties a bucket before it is deleted: one for all buckets of a stack. */
const EMPTIER = 'CustomS3AutoDeleteObjectsCustomResourceProvider';
const EMPTIER_ROLE: Json = { 'Fn::GetAtt': [`${EMPTIER}Role3B1BD092`, 'Arn'] };
/** What the CDK tags a bucket with that its custom resource may empty. */
export const EMPTYING_TAG = { Key: 'aws-cdk:auto-delete-objects', Value: 'true' };
const EMPTYING_ACTION = /^s3:(PutBucketPolicy|GetBucket\*|List\*|DeleteObject\*)$/;
const THIS_STACK = { Ref: 'AWS::StackId' };

/** A resource's properties; empty when it has none. */
export const propertiesOf = (entry: Json | undefined): JsonObject =>
  isObject(entry) && isObject(entry['Properties']) ? entry['Properties'] : {};

/** Whether a logical id is that of the schedule that deletes the stack. */
export const isSchedule = (id: Json): boolean =>
  typeof id === 'string' && /^SelfDestructSchedule[0-9A-F]{8}$/.test(id);

/** Whether a logical id is that of the custom resource that empties a bucket. */
export const isEmptier = (id: Json): boolean =>
  typeof id === 'string' && /AutoDeleteObjectsCustomResource[0-9A-F]{8}$/.test(id);

/** Whether a logical id is that of a log group that only staging has. */
export const isOwnLogs = (id: Json): boolean => typeof id === 'string' && OWN_LOGS_ID.test(id);

/** Whether a value refers to a log group that a staging's function gets. */
export const isOwnLogGroup = (value: Json | undefined): boolean =>
  isObject(value) && Object.keys(value).join() === 'Ref' && isOwnLogs(value['Ref']!);

/** Production's statements, and after them one that lets the emptier in. */
export function isEmptierStatements(staging: Json | undefined, before: readonly Json[]): boolean {
  const statements = listOf(staging);
  return (
    statements.length === before.length + 1 &&
    equalJson(statements.slice(0, -1), before) &&
    isEmptierStatement(statements.at(-1))
  );
}

/** Whether a statement of a bucket's policy lets the emptier in, and nothing else. */
export function isEmptierStatement(statement: Json | undefined): boolean {
  if (!isObject(statement)) return false;
  const { Action, Effect, Principal, Resource: _, ...more } = statement;
  return (
    Effect === 'Allow' &&
    Object.keys(more).length === 0 &&
    equalJson(Principal, { AWS: EMPTIER_ROLE }) &&
    Array.isArray(Action) &&
    (Action as Json[]).every((action) => typeof action === 'string' && EMPTYING_ACTION.test(action))
  );
}

const statementsIn = (policy: Json): readonly Json[] => {
  const document = isObject(policy) ? policy['PolicyDocument'] : undefined;
  return isObject(document) && Array.isArray(document['Statement']) ? listOf(document['Statement']) : [null];
};

/** Whether a role is EventBridge Scheduler's alone, and each of its statements is allowed. */
const isRoleOfScheduler = (
  { Policies, ManagedPolicyArns, AssumeRolePolicyDocument }: JsonObject,
  isAllowed: (statement: Json) => boolean,
): boolean =>
  ManagedPolicyArns === undefined &&
  listOf(Policies).flatMap(statementsIn).every(isAllowed) &&
  isTrusted(AssumeRolePolicyDocument, 'scheduler.amazonaws.com', ['aws:SourceAccount', 'aws:SourceArn']);

/** Whether a schedule makes one call of an AWS service once, with an input that is allowed. */
const callsOnce = (
  { Target, State, ScheduleExpression, EndDate }: JsonObject,
  call: string,
  isAllowed: (input: Json | undefined) => boolean,
): boolean =>
  State === undefined &&
  EndDate === undefined &&
  /^at\([\dT:-]+\)$/.test(String(ScheduleExpression)) &&
  isObject(Target) &&
  JSON.stringify(Target['Arn'] ?? '').includes(`:scheduler:::aws-sdk:${call}"`) &&
  isAllowed(Target['Input']);

const deletesThisStack = (statement: Json): boolean =>
  equalJson(statement, { Action: 'cloudformation:DeleteStack', Effect: 'Allow', Resource: THIS_STACK });

/** What is published, and where to; nothing else, such as a number to send it to. */
function isMessage(input: Json | undefined): boolean {
  const message = isObject(input) ? input[JSON_TEXT] : undefined;
  if (!isObject(message)) return false;
  const names = Object.keys(message).sort();
  return equalJson(names, ['Message', 'Subject', 'TopicArn']) && isTopic(message['TopicArn']);
}

/** A topic by its whole ARN, without a wildcard. */
const isTopic = (arn: Json | undefined): boolean =>
  /^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+$/.test(textOf(arn) ?? '');

const publishesToTopic = (statement: Json): boolean =>
  isObject(statement) &&
  equalJson(statement, { Action: 'sns:Publish', Effect: 'Allow', Resource: statement['Resource'] ?? null }) &&
  isTopic(statement['Resource']);

/** Whether a role is trusted to one service of AWS, under these conditions, and to nobody else. */
function isTrusted(document: Json | undefined, service: string, conditions: readonly string[]): boolean {
  const [statement, ...more] = statementsIn({ PolicyDocument: document ?? null });
  if (!isObject(statement) || more.length > 0) return false;
  const { Action, Effect, Principal, Condition = {}, ...rest } = statement;
  const equals = isObject(Condition) ? (Condition['StringEquals'] ?? {}) : {};
  return (
    Action === 'sts:AssumeRole' &&
    Effect === 'Allow' &&
    equalJson(Principal, { Service: service }) &&
    Object.keys(rest).length === 0 &&
    Object.keys(Condition ?? {}).every((operator) => operator === 'StringEquals') &&
    equalJson(Object.keys(equals as JsonObject).sort(), [...conditions])
  );
}
