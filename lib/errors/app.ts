import { pages } from './pages';

/** What is wrong with an app, or with how it makes its environments. */
export const OF_APP = pages({
  'no-app': ['A folder has no `cdk.json` with an `app`.', 'Run the command in the folder of a CDK app.'],
  language: [
    'The app is not written in TypeScript or JavaScript, so that `twin init` cannot write Twins for it.',
    'Compare its stacks as they are: see [existing stacks](existing-stacks.md).',
  ],
  entry: [
    '`cdk.json` starts the app by a script that does not name its entry, so that nothing can be written beside it.',
    'Name the entry in `app`, such as `npx tsx bin/shop.ts`.',
  ],
  'not-installed': [
    'The folder of the app lacks a package that Twins need, or has one that is too old.',
    'Install what the message names.',
  ],
  'cdk-version': [
    'The installed aws-cdk-lib is older than what cdk-twin works with.',
    'Update aws-cdk-lib, and aws-cdk with it.',
  ],
  synth: [
    'The command that synthesises the app failed, or wrote no assembly. The message ends with its last lines.',
    'Run it by itself and repair the app. `synth.command` of `twin.config.ts` has the command.',
  ],
  definition: [
    '`Twins` is not given what it needs: an app, a scale, and a function or a class that makes an environment.',
    'Write `new Twins(app, { scale, environment })`: see [adopting it](adopting.md#2-make-production-and-staging-from-it).',
  ],
  'environment-props': [
    '`twins.prod` or `twins.staging` is called without an id or without the values of the scale.',
    "Write `twins.prod('Prod', { scale: { ... } })`.",
  ],
  'environment-id': ['Two environments of an app have one id.', 'Give every environment an id of its own.'],
  'no-production': [
    'A staging has no production that it could be compared with, or none stands that the command is about.',
    'Make production first: `twins.prod(...)` in an app, `twin production up` on this machine.',
  ],
  env: [
    'One environment has a known account or Region, and the other has not.',
    'Give `env` to both, or to none.',
  ],
  tags: [
    'A tag is given to one environment alone.',
    'Give all environments the same tags; the values may differ.',
  ],
  'stage-options': [
    'An environment of several stacks is given a `stackName`, a `description` or `tags`, which a stage does not hand on.',
    'Leave them out, or hand them on in a function that makes the stage.',
  ],
  'other-stacks': [
    'One environment makes a stack that another does not make.',
    'Make the same stacks in every environment, or as many as a scale factor says.',
  ],
  'outside-construct': [
    'An environment uses a construct that was made outside of it, so that it cannot be made once more.',
    'Make or import it in the function or the class: see [what an experiment needs](concepts.md#what-an-experiment-needs).',
  ],
  'asks-name': [
    'The environment cannot be made under another name: something in it asks what it is called.',
    'Let nothing depend on the name of a stack or a stage, but for names that are made of it.',
  ],
  expires: [
    'The time at which a staging is to delete itself is no time.',
    'Write it in UTC as `2026-12-01T18:00:00`, or use `defaultExpiry(new Date())`.',
  ],
  warning: [
    'What is to be warned before a staging deletes itself is no topic.',
    'Give the ARN of a standard SNS topic in the account and the Region of the staging.',
  ],
  'restore-from': [
    '`restoreFrom` names a tier that does not exist, or one that is not restored from such a snapshot.',
    'Name the tier by its construct path, and give a snapshot of its kind: see [data](staging.md#data).',
  ],
  'restore-context': [
    'The context key from which `Twins` reads what to restore is malformed.',
    'Leave it to `twin rehearse`, or write `restoreFrom` where the staging is made.',
  ],
  'full-size': [
    'The context key for factors at the size of production names one that is not declared.',
    'Give names of factors, separated by commas.',
  ],
  unrehearsed: [
    'Production is to be deployed without a rehearsal, and without a reason.',
    'Give the reason in the context: see [the gate](gate.md#a-deployment-without-twin-gate).',
  ],
  context: [
    "A value of the CDK's context is not what the app takes.",
    'Give the value that the message describes, with `-c name=value`.',
  ],
  'physical-name': [
    'The name of a stack makes a physical name that AWS does not accept.',
    'Give the stack a shorter name, of letters, digits and single hyphens.',
  ],
  matcher: [
    '`toBeTwinOf` is loaded or called where it cannot work.',
    'Import the matcher of your test runner, and give it two stacks: see [testing](testing.md#the-matcher).',
  ],
  'not-an-environment': [
    '`shape` is given a stack that no `Twins` made.',
    'Give it the stack of an environment that `twins.prod` or `twins.staging` made.',
  ],
  access: [
    'A construct of `cdk-twin/access` is given a value that would let in more than is meant, or nothing at all.',
    'Correct the option that the message names.',
  ],
});
