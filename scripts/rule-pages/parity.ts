import type { ParityRule } from '../../lib/parity/rules';
import type { ParityPage } from './parity-page';

/** A queue in YAML with some properties. */
const queue = (properties: string): string => `
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      ${properties}
`;

const service = (count: number): string => `
Resources:
  Web:
    Type: AWS::ECS::Service
    Properties:
      DesiredCount: ${count}
`;

const COUNT_OF_WEB = {
  version: 1,
  factors: [
    {
      kind: 'count',
      reason: 'staging is not busy',
      type: 'AWS::ECS::Service',
      path: 'Properties.DesiredCount',
    },
  ],
} as const;

const IN_CONDITION = (condition: string): string => `
Conditions:
  IsLarge: ${condition}
Parameters:
  Tier:
    Type: String
Resources:
  Alarm:
    Type: AWS::SNS::Topic
    Condition: IsLarge
  Jobs:
    Type: AWS::SQS::Queue
`;

/** The pages of parity, by the name of the rule. */
export const PARITY: Readonly<Record<ParityRule, ParityPage>> = {
  difference: {
    what: 'A place of the templates that is not the same in both environments, and that nothing explains: no scale factor, no lifecycle of a staging, no name and no declared tag.',
    why: 'What is tested in staging is then something else than what runs in production. Such differences are small and many (a port, a timeout, an engine version), and each of them can hide a failure until production has it.',
    bad: {
      prod: queue('MessageRetentionPeriod: 1209600'),
      staging: queue('MessageRetentionPeriod: 86400'),
    },
    good: {
      prod: queue('MessageRetentionPeriod: 1209600'),
      staging: queue('MessageRetentionPeriod: 1209600'),
    },
    fix: 'Make both environments alike at the place that the finding names. Where production is larger on purpose, declare a scale factor with a reason and use its value there. Of two templates that no `Twins` made, list the place in an allowlist (`--allow`), with its kind and a reason. What one environment got from outside, by an aspect or an escape hatch, belongs into the construct that both are made from.',
  },
  switch: {
    what: 'A place that changes from one instance of the topology to the next as no amount of a factor does: a flag at a threshold, a table of words, a product of two factors, a number that falls while the factor rises. The message has the values that were seen. What follows the name of staging and not its values is [TWIN-PAR-003](TWIN-PAR-003.md).',
    why: 'A factor says how much there is of something. A switch changes what it does: below the threshold staging takes another path than production, and that path is the one that is tested.',
    bad: { code: "new sqs.CfnQueue(this, 'Jobs', { fifoQueue: tasks > 4 });" },
    good: {
      code: `
new sqs.CfnQueue(this, 'Jobs', { fifoQueue: true });
new ssm.CfnParameter(this, 'Workers', { type: 'String', value: \`\${1 + tasks} workers\` });`,
    },
    fix: 'Use the factor itself, or a rising linear function of it (`1 + tasks`, `512 * tasks`). A value that follows in another way is declared as `derived`, where it is tried over its whole range. What is not an amount is the same in every environment.',
  },
  'own-name': {
    what: 'A place that one environment has otherwise than all other instances of the same topology under other names: code that asks for the name, the stack or a flag of the environment, or something that was done to one environment alone after it was made, as by an aspect. A program or a condition that compares with the name of one environment asks after it is deployed: a script that tests whether its stack is called `Prod`, or a policy for what is tagged with that name.',
    why: 'An `if (isProd)` makes two definitions of one. Whatever is behind it is never tested before production runs it.',
    bad: {
      code: "new sqs.CfnQueue(this, 'Jobs', { messageRetentionPeriod: this.stackName === 'Prod' ? 1209600 : 86400 });",
    },
    good: {
      code: "new sqs.CfnQueue(this, 'Jobs', { queueName: `${this.stackName}-jobs`, messageRetentionPeriod: 1209600 });",
    },
    fix: 'Remove the question from the code: give both environments the same value, or declare a scale factor and use its value. Names may be made of the name of the environment; nothing else may depend on it. What has to be set on every stack is set in the construct, or by an aspect on the app.',
  },
  'literal-name': {
    what: 'A text that holds a name which belongs to one environment, in an instance that is called otherwise: it was written by hand, or a module kept it from the environment that was made first. It is found though both environments have the same there.',
    why: "Staging then reads production's host, queue or bucket, or writes to it.",
    bad: {
      code: `
new ssm.CfnParameter(this, 'Own', { type: 'String', value: \`\${this.stackName.toLowerCase()}.api.example.com\` });
new ssm.CfnParameter(this, 'Api', { type: 'String', value: 'https://prod.api.example.com/' });`,
    },
    good: {
      code: `
const host = \`\${this.stackName.toLowerCase()}.api.example.com\`;
new ssm.CfnParameter(this, 'Own', { type: 'String', value: host });
new ssm.CfnParameter(this, 'Api', { type: 'String', value: \`https://\${host}/\` });`,
    },
    fix: 'Let each environment refer to what is its own: make the text of the name of the stack, or refer to the resource. Keep nothing in a variable of a module from one environment to the next.',
  },
  random: {
    what: 'A place, or a logical id, that has another value when the same topology is made twice with the same name and the same values: it comes from a random source, from a counter, or from a variable that a module keeps.',
    why: 'Nobody can say what such a value follows, so no difference there can be explained. Each synth also changes the template, and each deployment the resource.',
    bad: {
      code: "new ssm.CfnParameter(this, 'Token', { type: 'String', value: randomUUID() });",
    },
    good: {
      code: "new secretsmanager.CfnSecret(this, 'Token', { generateSecretString: { passwordLength: 32 } });",
    },
    fix: 'Make the value of what the construct is given alone. A secret is generated by Secrets Manager at deployment; an id is made of the address of the construct (`Names.uniqueId(this)`).',
  },
  undecided: {
    what: 'A place that follows a factor as far as was seen, where what was tried does not decide it: the factor has no legal value beside those of the environments, or two factors always move together.',
    why: 'What looks like an amount at two values can be a table of two entries. It is not permitted on the strength of two points.',
    bad: { code: "new ssm.CfnParameter(this, 'Parts', { type: 'String', value: `${10 * shards} parts` });" },
    good: { code: "new ssm.CfnParameter(this, 'Parts', { type: 'String', value: `${shards} parts` });" },
    fix: 'Give the factor more legal values (raise its `max`), or use its own value and nothing computed from it. Make one factor of two that always move together.',
  },
  decides: {
    what: "A place in CloudFormation's own logic that follows a scale factor or a name: a condition, a rule, the key of a mapping, or an argument of `Fn::If`, `Fn::Select` or `Fn::FindInMap`. The account and the Region may choose an entry of a mapping. Or a property that follows a scale factor and says what something is: a port, a version, a protocol, a network, a type, a cipher, a share in percent, a time of the day.",
    why: 'A factor decides how much there is, never what. A value that CloudFormation compares is a switch which is thrown at deployment, where no comparison of templates sees it.',
    bad: {
      code: "new CfnCondition(this, 'IsLarge', { expression: Fn.conditionEquals(tasks, 6) });",
    },
    good: { code: "new ssm.CfnParameter(this, 'Tasks', { type: 'String', value: `${tasks}` });" },
    fix: "Keep the factor out of CloudFormation's conditions, mappings and selections: use its value at the place that it is for.",
  },
  'unlike-member': {
    what: 'One of several members that a factor makes (readers, shards, queues) which is not like the others, and which one of the environments leaves out. Members may differ in their index, in their own name, and in what belongs to them.',
    why: 'Staging has fewer members. The one that is special may be among those that it leaves out, and is then never tested.',
    bad: {
      code: `
for (let i = 0; i < tasks; i++)
  new sqs.CfnQueue(this, \`Jobs\${i}\`, { delaySeconds: i === 2 ? 60 : 0 });`,
    },
    good: {
      code: `
for (let i = 0; i < tasks; i++) new sqs.CfnQueue(this, \`Jobs\${i}\`, { delaySeconds: 0 });
new sqs.CfnQueue(this, 'Late', { delaySeconds: 60 });`,
    },
    fix: 'Give every member the same properties, or make the special one a construct of its own, beside those that the factor counts.',
  },
  'member-count': {
    what: 'Another number of members than the factor gives, or one that changes from several to one: a member was added or removed beside the factor, or `twin.json` counts them otherwise.',
    why: 'Many have to stay many: one reader shows no uneven lag, and one shard no spread of keys.',
    bad: {
      code: 'for (let i = 0; i < tasks - 1; i++) new sqs.CfnQueue(this, `Jobs${i}`);',
    },
    good: { code: 'for (let i = 0; i < tasks; i++) new sqs.CfnQueue(this, `Jobs${i}`);' },
    fix: 'Let a factor alone decide how many members there are, with values that keep none none, one one, and many many.',
  },
  'shape-rule': {
    what: "Values of a factor that do not keep its shape: some where production has none, one where production has several, another family of instances, an autoscaling range that cannot move, a value that is larger than production's. `Twins` refuses them before synth; the finding is about what is computed from a factor, and about allowlists and edited manifests.",
    why: 'A smaller environment of the same shape fails in the same ways, only earlier. Of another shape it fails otherwise: without a second task nothing shows that a session is kept in memory.',
    bad: { prod: service(6), staging: service(1), allow: COUNT_OF_WEB },
    good: { prod: service(6), staging: service(2), allow: COUNT_OF_WEB },
    fix: 'Give staging a value that keeps the shape; the message has those that are allowed.',
  },
  'other-value': {
    what: 'A place that may differ, where one side has another value than its factor or its lifecycle gives: it was set beside the scale.',
    why: 'The place is then explained by nothing, though it looks as if it were: a hand-set number stands where the factor is believed to be.',
    bad: {
      code: "new ecs.CfnService(this, 'Web', { desiredCount: tasks });",
      afterwards: "(staging.node.findChild('Web') as ecs.CfnService).desiredCount = 3; // the scale gives 2",
    },
    good: { code: "new ecs.CfnService(this, 'Web', { desiredCount: tasks });" },
    fix: 'Change the value where the scale is given (`twins.staging(..., { scale })`), not in the template or afterwards, and run `cdk synth` again.',
  },
  'nested-stack': {
    what: 'A nested stack whose template is another one in staging, where its template is not among those that are compared.',
    why: 'The address of a nested template is a hash of its content. Nothing is known of what differs in it.',
    bad: {
      shown: 'twin parity --prod Prod.template.json --staging Staging.template.json --allow twin.json',
      language: 'sh',
    },
    good: { shown: 'twin parity --assembly cdk.out', language: 'sh' },
    fix: 'Compare the whole assembly, which has the templates of nested stacks too.',
  },
  'changed-template': {
    what: 'A part of an assembly that is not the one which was synthesized: a template, what `manifest.json` or a list of assets says, or the contents of an asset. Its SHA-256 is not the one in `twin.json`.',
    why: 'What was proved is the assembly that was synthesized. An edit afterwards can be anything, in both environments alike too.',
    bad: {
      shown: "npx cdk synth\nsed -i 's/ARM64/X86_64/' cdk.out/*.template.json\nnpx twin parity",
      language: 'sh',
    },
    good: { shown: 'npx cdk synth\nnpx twin parity', language: 'sh' },
    fix: 'Run `cdk synth` again, and make the change in the code.',
  },
  manifest: {
    what: 'An entry of `twin.json` that may not permit what it permits: a text that follows nothing, a cause that no production has, a name that no environment has, a value that its factor does not give, members that are named twice.',
    why: '`twin.json` is written by the synth, from what the experiments saw. One that disagrees with itself was edited, or belongs to another assembly.',
    bad: {
      shown:
        '{ "path": ["Resources", "Jobs", "Properties", "DelaySeconds"], "by": "scale", "factor": "tasks", "text": "7" }',
      language: 'json',
    },
    good: {
      shown:
        '{ "path": ["Resources", "Jobs", "Properties", "DelaySeconds"], "by": "scale", "factor": "tasks", "text": "${tasks}" }',
      language: 'json',
    },
    fix: 'Run `cdk synth` again: `twin.json` is written, never edited.',
  },
  'unused-entry': {
    what: 'An entry of an allowlist that permits nothing: both templates are alike there, or neither has such a place.',
    why: 'The next difference at that place would pass unseen. An entry with a mistake in its path also leaves the difference that it was written for unexplained.',
    bad: { prod: service(2), staging: service(2), allow: COUNT_OF_WEB },
    good: { prod: service(6), staging: service(2), allow: COUNT_OF_WEB },
    fix: 'Remove the entry, or correct its type, id or path: write it as the report of the difference prints it.',
  },
  'deployed-differently': {
    what: 'A parameter that the environments are given different values for, and a condition, a look-up or a name that is decided otherwise in each of them by such values, or by the stack itself. The templates can be the same. A parameter may have the value of a scale factor, or the name of the environment.',
    why: 'What is deployed differs though what is written does not: a resource exists in one environment alone, or a property takes the other branch.',
    bad: {
      shown: `${IN_CONDITION('!Equals [!Ref Tier, large]').trim()}\n# Tier is "large" in production, and "small" in staging`,
      language: 'yaml',
    },
    good: {
      shown: `${IN_CONDITION('!Equals [!Ref Tier, large]').trim()}\n# Tier is "large" in both`,
      language: 'yaml',
    },
    fix: 'Give both environments the same value, or remove the condition: what production has, staging has too. A size is a scale factor of the definition, not a parameter.',
  },
  'left-open': {
    what: 'A condition, a look-up or a name that hangs on a parameter without a known value, on the name or the id of the stack, or on an account or a Region that is not known.',
    why: 'It is a switch that is thrown at deployment. From the templates alone nobody can say whether both environments take the same branch.',
    bad: {
      code: `
const tier = new CfnParameter(this, 'Tier', { type: 'String' });
const expression = Fn.conditionEquals(tier.valueAsString, 'large');
const isLarge = new CfnCondition(this, 'IsLarge', { expression });
new sqs.CfnQueue(this, 'Jobs').cfnOptions.condition = isLarge;`,
    },
    good: { code: "new sqs.CfnQueue(this, 'Jobs');" },
    fix: 'Give the values of the parameters of both environments (`parameters` in `Twins`; `--prod-parameters` and `--staging-parameters` for two templates), or remove what is decided at deployment.',
  },
  deployment: {
    what: 'What an assembly says beside its templates of how a stack is deployed, and what is not alike: the roles and the qualifier of its synthesizer, its notification topics, the stacks that it waits for, and its assets, by their build arguments and by what they hold, whatever hash they are published under. A property that a later AWS CDK writes there counts too.',
    why: 'Two equal templates are deployed otherwise under another role or bootstrap, and an image that was built with other arguments is another program.',
    bad: {
      shown:
        '{ "Prod": { "notificationArns": [] }, "Staging": { "notificationArns": ["arn:aws:sns:eu-west-1:111122223333:people"] } }',
      language: 'json',
    },
    good: {
      shown: '{ "Prod": { "notificationArns": [] }, "Staging": { "notificationArns": [] } }',
      language: 'json',
    },
    fix: 'Deploy both stacks in the same way: set on both environments what is set on one.',
  },
};
