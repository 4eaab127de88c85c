import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import { modelOf } from '../../lib/template/model';
import { readTemplate } from '../../lib/template/read';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-mistaken-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is said of a file, and what to give. */
async function said(content: string, name = 'prod.json'): Promise<{ message: string; fix: string }> {
  const file = join(folder, name);
  writeFileSync(file, content);
  try {
    modelOf(await readTemplate(file), name);
  } catch (error) {
    if (!(error instanceof TwinError)) throw error;
    return { message: error.message.replace(file, name), fix: error.fix };
  }
  throw new Error('it was taken for a template');
}

const DEPLOYED = /get-template/;
const FOLDER = /--assembly/;
const SYNTH = /^Run cdk synth/;

describe('a file of JSON or YAML is named for what it is', () => {
  it.each<[string, unknown, string, RegExp]>([
    [
      'describe-stacks',
      { Stacks: [{ StackName: 'Prod' }] },
      'output of aws cloudformation describe-stacks',
      DEPLOYED,
    ],
    [
      'its stacks alone',
      [{ StackId: 'arn:aws:cloudformation:eu-west-1:1:stack/Prod/1' }],
      'a list of stacks',
      DEPLOYED,
    ],
    ['a change set', { ChangeSetName: 'c', Changes: [] }, 'aws cloudformation describe-change-set', DEPLOYED],
    ['resources', { StackResources: [] }, 'aws cloudformation describe-stack-resources', DEPLOYED],
    [
      'resource summaries',
      { StackResourceSummaries: [] },
      'aws cloudformation list-stack-resources',
      DEPLOYED,
    ],
    ['a summary', { Parameters: [], ResourceTypes: [] }, 'aws cloudformation get-template-summary', DEPLOYED],
    ['a validation', { Parameters: [], Capabilities: [] }, 'aws cloudformation validate-template', DEPLOYED],
    [
      'any other answer of AWS',
      { SecurityGroups: [], NextToken: 'a' },
      'the output of an AWS command',
      DEPLOYED,
    ],
    ['an assembly', { version: '48.0.0', artifacts: {} }, "a cloud assembly's manifest.json", FOLDER],
    [
      'its assets',
      { version: '48.0.0', files: {}, dockerImages: {} },
      "a cloud assembly's list of assets",
      FOLDER,
    ],
    ['its tree', { version: 'tree-0.1', tree: { id: 'App' } }, "a cloud assembly's tree.json", FOLDER],
    ['a twin.json', { version: 2, definitions: [] }, 'a twin.json', FOLDER],
    ['an allowlist', { factors: [{ name: 'readers' }] }, 'an allowlist', /--allow/],
    ['a package.json', { name: 'shop', version: '1.0.0', scripts: {} }, 'a package.json', SYNTH],
    ['a cdk.json', { app: 'npx tsx bin/app.ts' }, 'a cdk.json', SYNTH],
    ['a context', { 'availability-zones:account=1:region=eu-west-1': [] }, 'a cdk.context.json', SYNTH],
    [
      'parameters',
      [{ ParameterKey: 'Env', ParameterValue: 'prod' }],
      'a file of parameters',
      /these parameters/,
    ],
    [
      "a pipeline's parameters",
      { Parameters: { Env: 'prod' }, Tags: {} },
      'a file of parameters',
      /these parameters/,
    ],
    ['parameters in pairs', ['Env=prod', 'Size=2'], 'a file of parameters', /these parameters/],
    [
      'a state',
      { version: 4, terraform_version: '1.9.0', resources: [] },
      'of Terraform',
      /Terraform makes none/,
    ],
    ['a manifest', { apiVersion: 'v1', kind: 'Service' }, 'a manifest of Kubernetes', /^Give a template/],
    ['a service', { service: 'shop', provider: {} }, 'the Serverless Framework', /serverless package/],
    ['a policy', { Version: '2012-10-17', Statement: [] }, 'a policy of IAM', /^Give a template/],
    ['anything else', { a: 1, b: [2] }, 'it has the keys a, b, and no Resources', /^Give a template/],
    ['an empty object', {}, 'it is an empty object', /^Run the command/],
    ['an empty list', [], 'it is an empty list', /^Run the command/],
    ['a list', [{ a: 1 }], 'it is a list of objects with a', /^Give a template/],
    ['a text', 'Prod', 'it is the text "Prod"', /^Run the command/],
    [
      'one stack',
      { StackName: 'Prod', StackStatus: 'UPDATE_COMPLETE', Outputs: [] },
      'describe-stacks',
      DEPLOYED,
    ],
    ['a samconfig.yaml', { version: 0.1, default: { deploy: {} } }, 'a samconfig.yaml', /template\.yaml/],
    [
      'a skeleton of a command',
      { StackName: '', TemplateBody: '', Parameters: [{ ParameterKey: '', ParameterValue: '' }] },
      'a file of parameters',
      /these parameters/,
    ],
    ['values', { Env: 'prod', Size: 2 }, 'a file of values, such as parameters', /these parameters/],
    ['a number', 5, 'it holds a number', /^Give a template/],
    ['nothing', null, 'it holds nothing', /^Give a template/],
  ])('%s', async (_, content, what, fix) => {
    const json = await said(JSON.stringify(content));
    expect(json.message).toMatch(
      /^prod\.json is not a CloudFormation template: .*; expected an object with Resources$/,
    );
    expect(json.message).toContain(what);
    expect(json.fix).toMatch(fix);
    // JSON is YAML too
    const yaml = await said(` \n# comment\n${JSON.stringify(content, null, 2)}`, 'prod.yaml');
    expect(yaml.message).toContain(what);
  });
});

describe('a text is named for what it is', () => {
  it.each([
    [
      '\nAn error occurred (ValidationError) when calling the GetTemplate operation: Stack with id Prod does not exist\n',
      'an error of the AWS CLI ("An error occurred (ValidationError)',
      'Run the command',
    ],
    [
      '\naws: [ERROR]: An error occurred (ExpiredToken) when calling\n',
      'an error of the AWS CLI',
      'Run the command',
    ],
    ['Unable to locate credentials. You can configure them\n', 'an error of the AWS CLI', 'Run the command'],
    ['<!DOCTYPE html>\n<html><body>Sign in</body></html>', 'a page in HTML', 'Run the command'],
    ['<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', 'XML', 'Run the command'],
    [
      'resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n',
      'a configuration of Terraform',
      'Terraform makes none',
    ],
    ['terraform {\n  backend "s3" {}\n}\n', 'a configuration of Terraform', 'Terraform makes none'],
    [
      'version = 0.1\n[default.deploy.parameters]\nstack_name = "prod"\n',
      'such as a samconfig.toml',
      'template.yaml',
    ],
    [
      '[default.deploy]\n[default.deploy.parameters]\nregion = "x"\n',
      'such as a samconfig.toml',
      'template.yaml',
    ],
    [
      "import * as cdk from 'aws-cdk-lib';\nexport class Shop {}\n",
      'the source of a program',
      'Run cdk synth',
    ],
    ['#!/usr/bin/env python3\nfrom aws_cdk import Stack\n', 'the source of a program', 'Run cdk synth'],
    ['# shop\nENV=prod\nSIZE=2\n', 'a list of variables', 'Give a template'],
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n',
      'a pointer of Git LFS',
      'git lfs pull',
    ],
    [
      `${'-'.repeat(30)}\n|   DescribeStacks   |\n+${'-'.repeat(28)}+\n`,
      'a table of the AWS CLI',
      '--output json',
    ],
    ['Resources:\n  A: {Type: T}\nSTAGESAVAILABLE\tOriginal\n', 'get-template as text', '--output json'],
    [
      'Resources:\n<<<<<<< HEAD\n  A: {Type: T}\n=======\n  B: {Type: T}\n>>>>>>> b\n',
      'a merge conflict',
      'Resolve',
    ],
    [
      '{\n<<<<<<< HEAD\n"Resources": {}\n=======\n"Resources": {"A":1}\n>>>>>>> b\n}',
      'a merge conflict',
      'Resolve',
    ],
  ])('%j', async (content, what, fix) => {
    for (const name of ['prod.json', 'prod.yaml']) {
      const { message, fix: advice } = await said(content, name);
      expect(message).toContain(`${name} is not a CloudFormation template: it is `);
      expect(message).toContain(what);
      expect(advice).toContain(fix);
    }
  });

  it('but a template with a mistake is told where that is, whatever else it holds', async () => {
    const template =
      'Resources:\n  A:\n    Type: T\n    Code: |\n      import json\n      ENV=prod\n   Bad: 1\n';
    expect((await said(template, 'prod.yaml')).message).toMatch(/^prod\.yaml:\d+:\d+ is malformed YAML/);
    expect((await said(`\n${template}\nAn error occurred (X)`, 'prod.yaml')).message).toMatch(
      /is malformed YAML/,
    );
    expect((await said('{"Resources": {"A": "<html>"')).message).toMatch(
      /^prod\.json:1:29 is malformed JSON/,
    );
  });
});
