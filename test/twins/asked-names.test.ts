import { Fn, Tags, type Stack } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { forbiddenIn, twinsOf } from './pair';

// The AWS CDK prints what it warns of.
beforeEach(() => void jest.spyOn(console, 'error').mockImplementation());
afterEach(() => jest.restoreAllMocks());

/** What is forbidden in a stack that is made by a function, with what it may not compare with. */
function asked(make: (stack: Stack) => void, ids?: { prod: string; staging: string }): string[] {
  const { app } = twinsOf(
    { backlog: [4, 2] },
    (stack, { backlog }) => {
      new CfnQueue(stack, 'Queue', { delaySeconds: backlog });
      make(stack);
    },
    ids,
  );
  return forbiddenIn(app);
}

const script = (text: string) => (stack: Stack) =>
  void new CfnLaunchTemplate(stack, 'Workers', {
    launchTemplateData: { userData: Fn.base64(Fn.sub(text)) },
  });
const program = (code: string) => (stack: Stack) =>
  void new CfnFunction(stack, 'Tell', {
    role: 'arn:aws:iam::aws:policy/none',
    code: { zipFile: code },
    environment: { variables: { STACK: stack.stackName } },
  });

describe('a program that knows its stack by name is refused', () => {
  it.each([
    ['a test of a shell', '#!/bin/sh\nif [ "${AWS::StackName}" = "Prod" ]; then replicate; fi\n'],
    ['a test without quotes', 'S=${AWS::StackName}\n[[ $S == Prod ]] && replicate'],
    ['a case of a shell', 'case ${AWS::StackName} in\n  Prod) replicate ;;\nesac'],
    ['a search', 'echo ${AWS::StackName} | grep -q Prod && replicate'],
    ["staging's name", 'test "${AWS::StackName}" != Staging || exit 0'],
  ])('%s', (_, text) => {
    expect(asked(script(text))).toHaveLength(1);
  });

  it.each([
    ['an if', "if (process.env.STACK === 'Prod') replicate();"],
    ['a table', 'const n = { Prod: 4, Staging: 2 }[process.env.STACK];'],
    ['a list', "if (['Prod', 'ProdB'].includes(process.env.STACK)) replicate();"],
    ['a set of Python', "if os.environ['STACK'] in ('Prod', 'ProdB'): replicate()"],
  ])('%s', (_, code) => {
    expect(asked(program(code))[0]).toMatch(
      /^Tell\.Properties\.Code\.ZipFile: it compares with "(?:Prod|Staging)", which is (?:Prod|Staging)'s alone$/,
    );
  });
});

describe('a program is not', () => {
  const shop = { prod: 'shop', staging: 'shop-small' };

  it.each([
    ['that calls something by its stack', 'hostnamectl hostname "${AWS::StackName}"\nreplicate'],
    ['that only prints an ordinary word', 'echo "the shop of ${AWS::StackName} has started"'],
    [
      'whose paths, hosts and assignments hold it',
      'APP=shop run /srv/shop/start --db shop.local ${AWS::StackName}',
    ],
  ])('%s', (_, text) => {
    expect(asked(script(text), shop)).toEqual([]);
  });

  it('that cannot know what its stack is called', () => {
    const make = (stack: Stack) =>
      void new CfnFunction(stack, 'Tell', {
        role: 'arn:aws:iam::aws:policy/none',
        code: { zipFile: "if (event.kind === 'Prod') tell();" },
      });
    expect(asked(make)).toEqual([]);
  });
});

describe('a condition', () => {
  const table = (stack: Stack, tier: string) =>
    new CfnTable(stack, 'Orders', {
      keySchema: [{ attributeName: 'id', keyType: 'HASH' }],
      attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }],
      tags: [{ key: 'tier', value: tier }],
    });
  const policy = (stack: Stack, operator: string, key: string, value: string) =>
    void new CfnManagedPolicy(stack, 'Api', {
      policyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'dynamodb:PutItem',
            Resource: table(stack, key === 'fixed' ? value : stack.stackName).attrArn,
            Condition: { [operator]: { [key === 'fixed' ? 'aws:ResourceTag/tier' : key]: value } },
          },
        ],
      },
    });

  it.each([
    ['StringEquals', 'aws:ResourceTag/tier', 'Prod'],
    ['StringEqualsIgnoreCase', 'aws:ResourceTag/tier', 'prod'],
    ['StringLike', 'aws:ResourceTag/tier', 'Prod*'],
    ['StringNotEquals', 'aws:ResourceTag/tier', 'Staging'],
    ['StringEquals', 'kms:EncryptionContext:stack', 'Prod'],
  ])('that one environment meets alone is refused: %s of %s', (operator, key, value) => {
    expect(asked((stack) => policy(stack, operator, key, value))).toHaveLength(1);
  });

  it('by a tag that every environment is given a value of its own is refused too', () => {
    const make = (stack: Stack) => {
      Tags.of(stack).add('tier', stack.stackName);
      new CfnRule(stack, 'Rule', { eventPattern: { detail: { stack: ['Prod'] } } });
    };
    expect(asked(make)).toHaveLength(1);
  });

  it.each([
    ['by what follows the principal', 'aws:ResourceTag/tier', '${aws:PrincipalTag/tier}'],
    ['by another tag of the same value', 'aws:ResourceTag/app', 'Prod'],
    ['by a tag that is the same in both', 'fixed', 'Prod'],
  ])('is not: %s', (_, key, value) => {
    expect(asked((stack) => policy(stack, 'StringEquals', key, value))).toEqual([]);
  });
});
