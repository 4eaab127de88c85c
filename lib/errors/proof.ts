import { pages } from './pages';

/** What is wrong with an assembly, its manifest or an allowlist. */
export const OF_PROOF = pages({
  assembly: [
    'There is no cloud assembly where one is read, or what is there is none.',
    'Run `npx cdk synth`, or name the folder that it wrote.',
  ],
  manifest: [
    'The manifest of an assembly, `twin.json`, is missing, was edited, was written by another version, or belongs to other templates.',
    'Run `npx cdk synth` again, with the version of cdk-twin that reads it: see [formats](versions.md#formats).',
  ],
  'unknown-environment': [
    'An environment is named that the app does not make.',
    'Name one that the app makes with `twins.prod(...)` or `twins.staging(...)`.',
  ],
  'unknown-stack': [
    'A stack is named that nothing is compared with.',
    'Name one of the stacks that the message lists.',
  ],
  environment: [
    'It is not known which production, staging or other environment is meant: none is of that name, or there are several.',
    'Name the one that is meant, most often with `--environment`.',
  ],
  'same-stack': [
    'A stack would be compared with itself, or two environments would be deployed as one stack.',
    'Give each environment a stack of its own, or name both.',
  ],
  whitelist: [
    'An allowlist does not follow its schema.',
    'Correct the place that the message names; the schema is `cdk-twin/schema/whitelist.json`.',
  ],
  'whitelist-stacks': [
    'It is not known which stacks of `twin.json` the given templates are.',
    'Keep the file names that they have in the assembly, or compare the whole folder with `--assembly`.',
  ],
  'allowlist-environment': [
    '`twin.json` names an environment that it does not describe.',
    'Run `npx cdk synth` again: the file is written, and never edited.',
  ],
  'allowlist-pair': [
    '`twin.json` compares two environments that are no pair.',
    'Run `npx cdk synth` again: the file is written, and never edited.',
  ],
  'allowlist-place': [
    '`twin.json` or an allowlist permits a place that the templates do not have.',
    'Give the templates that it was written for, or run `npx cdk synth` again.',
  ],
  'allowlist-reason': [
    'An allowlist that was proposed still lacks reasons.',
    'Write why each place may differ, and take out what may not: see [existing stacks](existing-stacks.md).',
  ],
  'nothing-to-compare': [
    'What is deployed has no database, cache or service.',
    'Compare the templates with `twin parity`.',
  ],
});
