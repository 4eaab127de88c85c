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
    ['a name in lower case', 'S=$(echo ${AWS::StackName} | tr A-Z a-z)\n[ "$S" = prod ] && replicate'],
    ['a name that a shell folds', 'S=${AWS::StackName}\n[[ ${!S,,} == prod ]] && replicate'],
    ['a search without regard to case', 'echo ${AWS::StackName} | grep -qi prod && replicate'],
    ['a pattern', '[[ ${AWS::StackName} == Prod* ]] && replicate'],
    ['a pattern of a case', 'case ${AWS::StackName} in Prod*) replicate;; esac'],
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

describe('a program that knows a word of the name of one environment is refused', () => {
  const ids = { prod: 'shop-prod', staging: 'shop-staging' };

  it.each([
    ['a pattern', '[[ ${AWS::StackName} == *-prod ]] && replicate'],
    ['what is cut from it', 'S=${AWS::StackName}; [ "${!S##*-}" = "prod" ] && replicate'],
    ['a field of it', 'case $(echo ${AWS::StackName} | cut -d- -f2) in staging) exit 0;; esac'],
  ])('%s', (_, text) => {
    expect(asked(script(text), ids)).toHaveLength(1);
  });

  it.each([
    ['an end', "if (process.env.STACK.endsWith('-prod')) replicate();"],
    ['a part', "if (process.env.STACK.split('-')[1] === 'prod') replicate();"],
  ])('%s', (_, code) => {
    expect(asked(program(code), ids)[0]).toContain('it compares with "prod", which is shop-prod\'s alone');
  });

  it.each([
    ['that both have', '[[ ${AWS::StackName} == shop-* ]] && tell'],
    [
      'that is given to the program',
      'export MODE=prod\nif [ "$MODE" = prod ]; then tell ${AWS::StackName}; fi',
    ],
    ['that it only says', 'echo "not a prod of ${AWS::StackName}"'],
  ])('but not for one %s', (_, text) => {
    expect(asked(script(text), ids)).toEqual([]);
  });

  it.each([
    ["const mode = 'prod';\nif (mode === 'prod') tell(process.env.STACK);"],
    ["if (event.stack.startsWith('shop-')) tell(process.env.STACK);"],
  ])('nor for %s', (code) => {
    expect(asked(program(code), ids)).toEqual([]);
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

  it('that compares what it is given with that in another case', () => {
    const text = 'MODE=prod\nU=$(echo $MODE | tr a-z A-Z)\n[ "$MODE" = prod ] && tell ${AWS::StackName}';
    expect(asked(script(text))).toEqual([]);
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
    ['StringLike', 'aws:ResourceTag/tier', 'P*d'],
    ['StringNotLike', 'aws:ResourceTag/tier', 'St?ging'],
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
    [[{ prefix: 'Pr' }], 1],
    [[{ suffix: 'ging' }], 1],
    [[{ wildcard: 'P*' }], 1],
    [[{ prefix: 'Shop' }], 0],
    [[{ wildcard: '*' }], 0],
  ])('of an event, %j, is refused where one environment meets it alone', (stackPattern, count) => {
    const make = (stack: Stack) =>
      void new CfnRule(stack, 'Rule', { eventPattern: { detail: { stack: stackPattern } } });
    expect(asked(make)).toHaveLength(count);
  });

  it.each([
    ['by what follows the principal', 'aws:ResourceTag/tier', '${aws:PrincipalTag/tier}'],
    ['by another tag of the same value', 'aws:ResourceTag/app', 'Prod'],
    ['by a tag that is the same in both', 'fixed', 'Prod'],
    ['by a pattern that both meet', 'aws:ResourceTag/tier', '*'],
  ])('is not: %s', (_, key, value) => {
    expect(asked((stack) => policy(stack, 'StringEquals', key, value))).toEqual([]);
  });
});
