import {
  Aws,
  CfnCondition,
  CfnMapping,
  CfnParameter,
  CfnResource,
  Fn,
  NestedStack,
  Stack,
  type AppProps,
  type Environment,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { count, Twins } from '../../lib';
import { blueprintOf } from '../../lib/blueprint/read-blueprint';
import { parityOfTemplates, type GivenValues } from '../../lib/parity/parity';
import { renderMarkdown } from '../../lib/parity/reports/markdown';
import { renderText } from '../../lib/parity/reports/text';
import { stacksOf } from '../../lib/targets/aws/environment-stacks';
import { synthesize } from '../../lib/twins/synthesize';
import { newApp } from '../app';
import { expires, forbiddenIn, parityOf } from '../twins/pair';

/** A topology of one queue that says how long it keeps messages, and whatever else a test makes. */
function twinsWith(
  make: (stack: Stack, n: number) => void,
  given: {
    prod?: { env?: Environment; parameters?: Record<string, string> };
    staging?: { env?: Environment; parameters?: Record<string, string> };
  } = {},
  props: AppProps = {},
) {
  const app = newApp(props);
  const twins = new Twins(app, {
    scale: { n: count({ reason: 'less to do' }) },
    environment: (scope, id, { n }, options) => {
      const stack = new Stack(scope, id, { ...options });
      make(stack, n);
      return stack;
    },
  });
  twins.prod('Prod', { scale: { n: 4 }, ...given.prod });
  twins.staging('Staging', { scale: { n: 2 }, expires, ...given.staging });
  return app;
}

const queue = (stack: Stack, id: string, properties: object = {}): CfnResource =>
  new CfnResource(stack, id, { type: 'AWS::SQS::Queue', properties });

describe('in an assembly', () => {
  it.each<[what: string, make: (stack: Stack) => void, found: RegExp]>([
    [
      'a condition by a parameter',
      (stack) => {
        const tier = new CfnParameter(stack, 'Tier', { default: 'staging' });
        const isProd = new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals(tier, 'prod') });
        queue(stack, 'Dead').cfnOptions.condition = isProd;
      },
      /^IsProd: whether it holds is left to the deployment: it hangs on the parameter "Tier", and it decides Dead$/,
    ],
    [
      'a condition by the name within the id of the stack',
      (stack) => {
        const name = Fn.select(1, Fn.split('/', Aws.STACK_ID));
        const isProd = new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals(name, 'Prod') });
        queue(stack, 'Jobs', { DelaySeconds: Fn.conditionIf(isProd.logicalId, 0, 9) });
      },
      /^IsProd: .* hangs on AWS::StackId, and it decides Jobs\.Properties\.DelaySeconds$/,
    ],
    [
      'a look-up by the name of the stack',
      (stack) => {
        new CfnMapping(stack, 'Modes', { mapping: { Prod: { s: 1 }, Staging: { s: 9 } } });
        queue(stack, 'Jobs', { DelaySeconds: Fn.findInMap('Modes', Aws.STACK_NAME, 's') });
      },
      /^Jobs\.Properties\.DelaySeconds: what is looked up is left to the deployment: it hangs on AWS::StackName$/,
    ],
    [
      'a condition by an account that nobody knows',
      (stack) => {
        const expression = Fn.conditionEquals(Aws.ACCOUNT_ID, '111111111111');
        queue(stack, 'Dead').cfnOptions.condition = new CfnCondition(stack, 'Ours', { expression });
      },
      /^Ours: .* hangs on AWS::AccountId, and it decides Dead$/,
    ],
    [
      'the index of a list',
      (stack) => {
        const index = new CfnParameter(stack, 'Index', { type: 'Number' });
        queue(stack, 'Jobs', { DelaySeconds: { 'Fn::Select': [index.value, ['0', '9']] } });
      },
      /^Jobs\.Properties\.DelaySeconds: which item is taken is left to the deployment: .* "Index"$/,
    ],
    [
      'a value in Parameter Store by the name of the stack',
      (stack) =>
        void queue(stack, 'Jobs', { DelaySeconds: Fn.sub('{{resolve:ssm:/${AWS::StackName}/delay}}') }),
      /^Jobs\.Properties\.DelaySeconds: what is read from Parameter Store is left to .* AWS::StackName$/,
    ],
    [
      "a macro of the account's own",
      (stack) => {
        stack.addTransform('TeamDefaults');
        queue(stack, 'Jobs');
      },
      /^0: what a macro makes of the template is left to the deployment: .* "TeamDefaults"$/,
    ],
    [
      'a part of the template by a parameter',
      (stack) => {
        const place = new CfnParameter(stack, 'Place');
        const include = { Name: 'AWS::Include', Parameters: { Location: place.valueAsString } };
        queue(stack, 'Jobs', { Tags: [{ 'Fn::Transform': include }] });
      },
      /^Jobs\.Properties\.Tags\.0: what a macro makes of the template is left .* "Place"$/,
    ],
  ])('%s is refused', (_, make, found) => {
    expect(forbiddenIn(twinsWith(make))).toEqual([expect.stringMatching(found) as string]);
  });

  it.each<[what: string, make: (stack: Stack) => void]>([
    [
      'a parameter that flows into a value',
      (stack) =>
        void queue(stack, 'Jobs', { Tags: [new CfnParameter(stack, 'Owner', { default: 'shop' }).value] }),
    ],
    [
      'a name made of the id of the stack',
      (stack) =>
        void queue(stack, 'Jobs', {
          QueueName: Fn.join('-', ['jobs', Fn.select(2, Fn.split('/', Aws.STACK_ID))]),
        }),
    ],
    [
      'a look-up by partition',
      (stack) => {
        new CfnMapping(stack, 'Modes', { mapping: { aws: { s: 1 }, 'aws-cn': { s: 9 } } });
        queue(stack, 'Jobs', { DelaySeconds: Fn.findInMap('Modes', Aws.PARTITION, 's') });
      },
    ],
    [
      'a look-up by a region that nobody knows',
      (stack) => {
        new CfnMapping(stack, 'Images', {
          mapping: { 'eu-west-1': { ami: 'ami-1' }, 'us-east-1': { ami: 'ami-2' } },
        });
        queue(stack, 'Jobs', { QueueName: Fn.findInMap('Images', Aws.REGION, 'ami') });
      },
    ],
    [
      'a condition that nothing hangs on',
      (stack) => {
        const tier = new CfnParameter(stack, 'Tier');
        new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals(tier, 'prod') });
        queue(stack, 'Jobs');
      },
    ],
    [
      "a transform of AWS's own",
      (stack) => {
        stack.addTransform('AWS::LanguageExtensions');
        queue(stack, 'Jobs');
      },
    ],
    [
      'a secret by the name of the stack',
      (stack) =>
        void queue(stack, 'Jobs', { QueueName: Fn.sub('{{resolve:secretsmanager:${AWS::StackName}}}') }),
    ],
  ])('%s is no switch', (_, make) => {
    expect(forbiddenIn(twinsWith(make))).toEqual([]);
  });

  describe('where both environments say where they are', () => {
    const there = (region: string, account = '111111111111') => ({ env: { account, region } });
    const isHere = (stack: Stack): void => {
      const expression = Fn.conditionEquals(Aws.REGION, 'eu-west-1');
      queue(stack, 'Dead').cfnOptions.condition = new CfnCondition(stack, 'Here', { expression });
    };

    it('a condition that falls otherwise is refused, and one that does not is none', () => {
      const one = twinsWith(isHere, { prod: there('eu-west-1'), staging: there('eu-central-1') });
      expect(forbiddenIn(one)).toEqual([
        'Here: whether it holds hangs on AWS::Region, and falls otherwise in the two, and it decides Dead',
      ]);
      expect(parityOf(one).forbidden).toMatchObject([{ prod: true, staging: false }]);
      expect(
        forbiddenIn(twinsWith(isHere, { prod: there('eu-west-1'), staging: there('eu-west-1') })),
      ).toEqual([]);
    });

    it('a look-up finds what is called otherwise in each region, and nothing else', () => {
      const mapping = {
        'eu-west-1': { ami: 'ami-0a1b2c3d4e5f', n: 4 },
        'eu-central-1': { ami: 'ami-0f9e8d7c6b5a', n: 1 },
      };
      const looked = (key: string) => (stack: Stack) => {
        new CfnMapping(stack, 'Facts', { mapping });
        queue(stack, 'Jobs', { QueueName: Fn.findInMap('Facts', Aws.REGION, key) });
      };
      const places = { prod: there('eu-west-1'), staging: there('eu-central-1') };
      expect(forbiddenIn(twinsWith(looked('ami'), places))).toEqual([]);
      expect(forbiddenIn(twinsWith(looked('n'), places))).toEqual([
        'Jobs.Properties.QueueName: what is looked up hangs on AWS::Region, and falls otherwise in the two',
      ]);
    });
  });

  describe('where parameters are given', () => {
    const tiered = (stack: Stack): void => {
      const tier = new CfnParameter(stack, 'Tier', { allowedValues: ['gold', 'tin'] });
      const isGold = new CfnCondition(stack, 'IsGold', { expression: Fn.conditionEquals(tier, 'gold') });
      queue(stack, 'Dead').cfnOptions.condition = isGold;
      queue(stack, 'Jobs', { DelaySeconds: Fn.sub('${Tier}') });
    };
    const given = (prod: string, staging = prod) => ({
      prod: { parameters: { Tier: prod } },
      staging: { parameters: { Tier: staging } },
    });

    it('the same decides nothing, and another value does', () => {
      expect(forbiddenIn(twinsWith(tiered, given('gold')))).toEqual([]);
      expect(forbiddenIn(twinsWith(tiered, given('gold', 'tin')))).toEqual([
        'IsGold: whether it holds hangs on the parameter "Tier", and falls otherwise in the two, and it decides Dead',
        'Tier: it is given another value, and no scale factor explains it',
      ]);
    });

    it('only to one of the two is refused', () => {
      const { prod } = given('gold');
      expect(forbiddenIn(twinsWith(tiered, { prod }))).toEqual([
        expect.stringMatching(/^IsGold: whether it holds is left to the deployment/),
        'Tier: it is given another value, and no scale factor explains it',
      ]);
    });

    it('a factor may be one', () => {
      const sized = (stack: Stack): void => {
        const size = new CfnParameter(stack, 'Size', { type: 'Number' });
        queue(stack, 'Jobs', { DelaySeconds: size.valueAsNumber });
      };
      const app = twinsWith(sized, {
        prod: { parameters: { Size: '4' } },
        staging: { parameters: { Size: '2' } },
      });
      expect(parityOf(app)).toMatchObject({
        verdict: 'twins',
        permitted: expect.arrayContaining([
          expect.objectContaining({
            logicalId: 'Size',
            by: 'scale',
            factor: 'n',
            prod: '4',
            staging: '2',
          }) as object,
        ]) as object,
      });
    });

    it('a template that does not ask for one, or does not allow it, is told', () => {
      expect(() => parityOf(twinsWith(tiered, { staging: { parameters: { Tire: 'gold' } } }))).toThrow(
        'Staging gives the parameter "Tire", which the template has not; did you mean "Tier"?',
      );
      expect(() => parityOf(twinsWith(tiered, given('dev')))).toThrow('allowed are gold, tin');
      expect(() => twinsWith(tiered, { prod: { parameters: { Tier: 3 as never } } })).toThrow(
        'an object of texts, by the names of the parameters is expected',
      );
    });

    it('the environment is read, and deployed, as it then is', () => {
      const app = twinsWith(tiered, given('tin'));
      const assembly = synthesize(Stack.of(app.node.findChild('Prod')));
      const [stack] = blueprintOf(assembly, 'Staging').stacks;
      expect(Object.keys(stack!.template['Resources'] as object)).not.toContain('Dead');
      expect(stack!.template['Resources']).toMatchObject({
        Jobs: { Properties: { DelaySeconds: { 'Fn::Sub': 'tin' } } },
      });
      expect(stacksOf({ release: '1', assembly, environment: 'Staging' })).toMatchObject([
        { parameters: { Tier: 'tin' } },
      ]);
      Template.fromStack(Stack.of(app.node.findChild('Staging'))).hasParameter('Tier', {});
    });
  });

  describe('in a nested stack', () => {
    const nested =
      (value: (stack: Stack) => string, wanted = 'prod') =>
      (stack: Stack) => {
        const inner = new NestedStack(stack, 'Inner', { parameters: { Tier: value(stack) } });
        const tier = new CfnParameter(inner, 'Tier', { default: 'prod' });
        const isProd = new CfnCondition(inner, 'IsProd', { expression: Fn.conditionEquals(tier, wanted) });
        queue(inner, 'Dead').cfnOptions.condition = isProd;
      };

    it('what the stack around it gives it decides', () => {
      expect(forbiddenIn(twinsWith(nested(() => 'prod')))).toEqual([]);
      const named = nested((stack) => Stack.of(stack).stackName, 'Prod');
      expect(forbiddenIn(twinsWith(named))).toEqual([
        'IsProd: whether it holds hangs on the parameter "Tier", and falls otherwise in the two, and it decides Dead',
      ]);
      expect(forbiddenIn(twinsWith(nested(() => Aws.STACK_NAME)))).toEqual([
        expect.stringMatching(/^IsProd: whether it holds is left to the deployment: .* "Tier"/),
      ]);
      const open = nested((stack) => new CfnParameter(stack, 'Outer').valueAsString);
      expect(forbiddenIn(twinsWith(open))).toEqual([
        expect.stringMatching(/^IsProd: whether it holds is left to the deployment: .* "Tier"/),
      ]);
      const made = nested((stack) => queue(stack, 'Jobs').ref);
      expect(forbiddenIn(twinsWith(made))).toEqual([]); // both make it alike
    });

    it('the same holds where templates say nothing of constructs', () => {
      const silent = { context: { 'aws:cdk:enable-path-metadata': false } };
      const prod = nested(() => 'prod');
      expect(forbiddenIn(twinsWith(prod, {}, silent))).toEqual([]);
      const named = nested((stack) => Stack.of(stack).stackName, 'Prod');
      expect(forbiddenIn(twinsWith(named, {}, silent))).toEqual([
        expect.stringMatching(/^IsProd: whether it holds hangs on the parameter "Tier", and falls otherwise/),
      ]);
    });
  });
});

describe('of two plain templates', () => {
  const template = {
    Parameters: { Env: { Type: 'String', Default: 'test' }, Size: { Type: 'Number', Default: 1 } },
    Mappings: { Sizes: { prod: { n: 6 }, test: { n: 1 } } },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } },
    Resources: {
      Reader: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' },
      Jobs: {
        Type: 'AWS::SQS::Queue',
        Properties: { DelaySeconds: { Ref: 'Size' }, N: { 'Fn::FindInMap': ['Sizes', { Ref: 'Env' }, 'n'] } },
      },
    },
  };
  const compare = (
    values?: { prod: Record<string, string>; staging: Record<string, string> },
    staging: object = template,
  ) => {
    const mapped = values && {
      prod: new Map(Object.entries(values.prod)),
      staging: new Map(Object.entries(values.staging)),
    };
    return parityOfTemplates(template, staging, {
      ...(mapped && { parameters: mapped satisfies GivenValues }),
    });
  };
  const places = ({ forbidden }: ReturnType<typeof compare>): string[] =>
    forbidden.map(({ logicalId, path }) => [logicalId, ...path].join('.')).sort();

  it('the verdict is undecided, and its first line says what decides', () => {
    const report = compare();
    expect(report).toMatchObject({ verdict: 'undecided', forbidden: [] });
    expect(report.open?.map(({ logicalId, path }) => [logicalId, ...path].join('.')).sort()).toEqual([
      'IsProd',
      'Jobs.Properties.N',
    ]);
    expect(report.given).toEqual([
      { name: 'Env', type: 'String', default: 'test' },
      { name: 'Size', type: 'Number', default: '1' },
    ]);
    const text = renderText(report, { color: false, width: 80, verbose: false });
    expect(text).toMatch(/^UNDECIDED: the parameter "Env" decides whether staging is a twin of production\n/);
    expect(text).toContain('Size (Number, by default 1)');
    expect(text).toContain('--prod-parameters');
    expect(renderMarkdown(report)).toMatch(/^### ❔ the parameter "Env" decides whether `staging`/);
  });

  it('values make of one template two, or one', () => {
    expect(places(compare({ prod: { Env: 'prod' }, staging: {} }))).toEqual(['Jobs.Properties.N', 'Reader']);
    expect(places(compare({ prod: { Size: '3' }, staging: {} }))).toEqual(['Jobs.Properties.DelaySeconds']);
    expect(compare({ prod: { Env: 'prod' }, staging: { Env: 'prod' } })).toMatchObject({ verdict: 'twins' });
    expect(compare({ prod: {}, staging: {} })).toMatchObject({ verdict: 'twins' }); // the defaults, as given
  });

  it('what is written otherwise and deployed alike is one', () => {
    const plain = {
      Resources: {
        Reader: { Type: 'AWS::SQS::Queue' },
        Jobs: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: '1', N: 6 } },
      },
    };
    const { Parameters: _, ...rest } = template;
    const literal = { ...rest, Conditions: { IsProd: { 'Fn::Equals': ['a', 'a'] } } };
    const [jobs] = [literal.Resources.Jobs];
    const decided = {
      ...literal,
      Resources: {
        ...literal.Resources,
        Jobs: { ...jobs, Properties: { DelaySeconds: '1', N: { 'Fn::FindInMap': ['Sizes', 'prod', 'n'] } } },
      },
    };
    expect(parityOfTemplates(decided, plain)).toMatchObject({ verdict: 'twins', forbidden: [] });
  });

  it('what only one of them has, and neither deploys, is none', () => {
    const { Resources, ...rest } = template;
    const test = { Env: 'test' };
    const fewer = { ...rest, Resources: { Jobs: Resources.Jobs } };
    expect(compare({ prod: test, staging: test }, fewer)).toMatchObject({ verdict: 'twins', forbidden: [] });
    expect(places(compare({ prod: { Env: 'prod' }, staging: { Env: 'prod' } }, fewer))).toEqual(['Reader']);
  });

  it('a difference outweighs what is open', () => {
    const other = structuredClone(template);
    other.Resources.Jobs.Properties.DelaySeconds = { Ref: 'Env' };
    const report = compare(undefined, other);
    expect(report.verdict).toBe('not-twins');
    expect(report.open).toHaveLength(2);
  });

  it('a macro is noted, since it makes the same of both', () => {
    const macro = { Transform: ['Mine', 'AWS::LanguageExtensions'], Resources: {} };
    expect(parityOfTemplates(macro, macro)).toMatchObject({
      verdict: 'twins',
      notes: ['what the macro Mine makes of the templates was not compared'],
    });
    const handed = {
      Transform: { Name: 'Theirs', Parameters: { Of: 'shop' } },
      Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { 'Fn::Transform': { Name: 'Ours' } } } },
    };
    expect(parityOfTemplates(handed, handed)).toMatchObject({
      verdict: 'twins',
      notes: [
        expect.stringContaining('macro Ours ') as string,
        expect.stringContaining('macro Theirs ') as string,
      ],
    });
    const location = { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location: { Ref: 'Env' } } } };
    const included = {
      Parameters: template.Parameters,
      Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { Tags: [location] } } },
    };
    expect(parityOfTemplates(included, included).verdict).toBe('undecided');
  });
});
