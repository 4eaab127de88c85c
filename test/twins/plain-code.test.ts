import { Application, ConfigurationContent, HostedConfiguration } from 'aws-cdk-lib/aws-appconfig';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { CfnOutput, CfnResource, Duration, Fn, Lazy, Names, RemovalPolicy } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { parityOf, twinsOf } from './pair';
import { times, WORDS } from './pieces';

/** A piece of code in a scope of its own, with what the stack is called and two factors. */
type Code = (scope: Construct, name: string, values: { readonly a: number; readonly b: number }) => void;

const out = (scope: Construct, value: string, id = 'Out'): CfnOutput => new CfnOutput(scope, id, { value });
const hash = (text: string): string => createHash('md5').update(text).digest('hex');

/** Makes every piece in one topology; the scopes that are accused, with the first rule and reason. */
function accused(codes: Readonly<Record<string, Code>>, ids = { prod: 'Prod', staging: 'Staging' }) {
  const scopes = Object.keys(codes);
  const { app } = twinsOf(
    { a: [5, 3], b: [8, 4] },
    (stack, values) => {
      scopes.forEach((scope, i) =>
        codes[scope]!(new Construct(stack, `${letter(i)}Scope`), stack.stackName, values),
      );
    },
    ids,
  );
  const all = parityOf(app).forbidden.map(({ logicalId, rule, why }) => {
    const [, first] = /^(?:Exports)?([A-Z]{2})Scope/.exec(logicalId) ?? [];
    return [scopes.find((_, i) => letter(i) === first) ?? logicalId, `${rule}: ${why}`] as const;
  });
  return new Map([...all].toReversed());
}

/** Two letters: a scope's id has no number in it, which would be a member's. */
const letter = (i: number): string => String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26));

const HONEST: Readonly<Record<string, Code>> = {
  'members by an index from 0': (scope, _, { a }) => times(a, (i) => new Queue(scope, `Queue${i}`)),
  'members that count down': (scope, _, { a }) => {
    for (let i = a; i > 0; i--) new Queue(scope, `Queue${i}`);
  },
  'members with ids from words': (scope, _, { a }) => WORDS.slice(0, a).map((word) => new Queue(scope, word)),
  'members of words with names of their own': (scope, name, { b }) =>
    WORDS.slice(0, b).map((word) => new CfnQueue(scope, word, { queueName: `${name}-${word}` })),
  'members of words of one letter and two': (scope, name, { a, b }) => {
    ['Q', 'D', 'A', 'Z', 'F']
      .slice(0, a)
      .forEach((word) => new CfnQueue(scope, word, { queueName: `${name}-${word}` }));
    const two = ['Qu', 'De', 'Ar', 'ab', 'Xy', 'Se', 'To', 'In'].slice(0, b);
    two.forEach((word) => new Queue(scope, word, { queueName: `${word.toLowerCase()}-${name}-Queue` }));
  },
  'members that take turns': (scope, _, { a, b }) => {
    times(
      a,
      (i) =>
        new CfnQueue(scope, `Queue${i}`, {
          delaySeconds: i % 2,
          tags: [{ key: 'zone', value: `z${i % 3}` }],
        }),
    );
    times(b, (i) => new CfnTopic(scope, `Topic${i}`, { displayName: ['red', 'green', 'blue'][i % 3]! }));
  },
  'an id that ends with a short hash of a name': (scope, _, { a }) => {
    const application = new Application(scope, 'Config', { description: `${a} parts` });
    new HostedConfiguration(scope, 'Settings', {
      application,
      content: ConfigurationContent.fromInlineText('on'),
      deployTo: [application.addEnvironment('Live')],
    });
  },
  'a limited sum in every member': (scope, _, { a, b }) =>
    times(2 * a, (i) => new CfnQueue(scope, `Queue${i}`, { delaySeconds: 20 + Math.min(9, b) })),
  'a sum that is limited': (scope, _, { a }) =>
    new CfnQueue(scope, 'Queue', { delaySeconds: 20 + Math.max(4, a) }),
  'members that are lettered': (scope, _, { a }) =>
    times(a, (i) => new CfnTopic(scope, `Topic${i}`, { displayName: `/dev/sd${'fghijk'[i]}` })),
  'members of words beside another of their class': (scope, _, { a }) => {
    new Queue(scope, 'Other', { fifo: true });
    WORDS.slice(0, a).forEach((word) => new Queue(scope, word));
  },
  'members of words beside numbered ones that are alike': (scope, _, { a, b }) => {
    const topic = new Topic(scope, 'Topic');
    times(b, (i) => topic.addSubscription(new SqsSubscription(new Queue(scope, `Part${i}`))));
    WORDS.slice(0, a).forEach((word) => new Queue(scope, word));
  },
  'one more than there are': (scope, _, { a }) => times(1 + a, (i) => new Queue(scope, `Queue${i}`)),
  'members of two factors': (scope, _, { a, b }) => {
    times(a, (i) => new Queue(scope, `A${i}`));
    times(b, (i) => new Queue(scope, `B${i}`));
  },
  'members with members of a constant number': (scope, _, { a }) =>
    times(a, (i) => times(2, (j) => new Queue(new Construct(scope, `Outer${i}Inner${j}`), 'Queue'))),
  'a dead letter queue for each member': (scope, _, { a, b }) =>
    times(a, (i) => {
      const queue = new Queue(scope, `Dead${i}`);
      return new Queue(scope, `Queue${i}`, { deadLetterQueue: { queue, maxReceiveCount: b } });
    }),
  'rights on every member': (scope, _, { a }) => {
    const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    times(a, (i) => new Queue(scope, `Queue${i}`).grantSendMessages(role));
  },
  'references joined in plain JavaScript': (scope, _, { a }) =>
    out(scope, times(a, (i) => new CfnQueue(scope, `Queue${i}`).attrArn).join(',')),
  'references joined by Fn.join': (scope, _, { a }) =>
    out(
      scope,
      Fn.join(
        ',',
        times(a, (i) => new CfnQueue(scope, `Queue${i}`).attrArn),
      ),
    ),
  'a list in a JSON text': (scope, _, { a, b }) =>
    out(scope, JSON.stringify({ parts: times(a, (i) => `p${i}`), b })),
  'a list of objects in a JSON text': (scope, _, { a, b }) =>
    out(scope, JSON.stringify(times(a, (i) => ({ name: `p${i}`, weight: b })))),
  'a map with a key for each member': (scope, _, { a }) =>
    new CfnResource(scope, 'Resource', {
      type: 'Custom::Parts',
      properties: Object.fromEntries(times(a, (i) => [`Part${i}`, { Index: i }])),
    }),
  'a list of numbered tags': (scope, _, { a }) =>
    new CfnQueue(scope, 'Queue', { tags: times(a, (i) => ({ key: `part${i}`, value: 'x' })) }),
  'metrics of a sum': (scope, _, { a, b }) =>
    new Alarm(scope, 'Alarm', {
      metric: new Metric({ namespace: 'n', metricName: 'm', dimensionsMap: { part: `of ${a}` } }),
      threshold: 0.5 * b,
      evaluationPeriods: 1,
    }),
  'fractions in texts': (scope, _, { a, b }) => out(scope, `-Xmx${0.75 * 1024 * a}m -Xss${0.5 * b}m`),
  'fractions that a double misses': (scope, _, { a, b }) => {
    out(scope, `${0.1 * a} ${0.7 * b}`);
    new Alarm(scope, 'Alarm', {
      metric: new Metric({ namespace: 'n', metricName: 'm' }),
      threshold: 0.1 * a,
      evaluationPeriods: 1,
    });
  },
  'two numbers with a point between them': (scope, _, { a, b }) => out(scope, `${a}.${b}`),
  'numbers that are none of a factor': (scope, _, { a }) => out(scope, `1.0 007 -5 3,4 v2 ${a}`),
  'numbers in another writing': (scope, _, { a, b }) => {
    out(scope, `rate ${(a / 4).toFixed(2)}`);
    out(scope, `part ${String(b).padStart(3, '0')}`, 'Padded');
    out(scope, Duration.minutes(12 * b).toIsoString(), 'Iso');
    new Rule(scope, 'Rule', { schedule: Schedule.rate(Duration.minutes(12 * b)) });
  },
  'lists of numbered words in a text': (scope, _, { a, b }) => {
    out(scope, times(a, (i) => `part-${i}`).join(','));
    out(scope, `sum of ${times(b, (i) => `m${i + 1}`).join(' + ')}`, 'Sum');
  },
  limits: (scope, _, { a, b }) => out(scope, `${Math.min(4, a)} ${Math.max(5, b)}`),
  'names in all spellings': (scope, name, { a }) => {
    const snake = name.replaceAll('-', '_');
    out(scope, `${name} ${name.toLowerCase()} ${name.toUpperCase()} ${snake} ${snake.toUpperCase()} ${a}`);
    out(scope, `https://${name.toLowerCase()}.shop.example.com/`, 'Url');
    out(scope, `x${name}y`, 'Glued');
  },
  'names cut to a length': (scope, name) => {
    out(scope, `${name}-the-queue-of-the-shop`.slice(0, 20));
    out(scope, `/${`${name}-the-queue-of-the-shop`.slice(0, 12)}/limits`, 'Path');
  },
  'names that the CDK makes': (scope) => {
    const queue = new Queue(scope, 'MyQueueWithALongName');
    for (const maxLength of [20, 24, 28, 32, 64]) {
      const id = 'abcdefg'[maxLength % 7]!;
      out(scope, Names.uniqueResourceName(queue, { maxLength }), `Plain${id}`);
      out(scope, Names.uniqueResourceName(queue, { maxLength, separator: '-' }), `Hyphens${id}`);
    }
    out(scope, Names.uniqueId(queue), 'Id');
  },
  'names in ids and in keys': (scope, name, { a }) => {
    new CfnQueue(scope, `${name}Queue`);
    new CfnQueue(scope, `to ${name.toLowerCase()}`);
    out(scope, JSON.stringify({ [name]: a, other: 1 }));
  },
  'hashes of names, and of what is scaled': (scope, name, { a }) => {
    out(scope, hash(name));
    out(scope, `config-${hash(JSON.stringify({ a }))}`, 'Config');
    out(scope, hash(name + String(a)), 'Both');
  },
  'the clock': (scope) => out(scope, `${new Date().toISOString()} ${Date.now()}`),
  'a policy that names its environment': (scope, name) =>
    new Role(scope, 'Role', { assumedBy: new ServicePrincipal('x') }).addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [`arn:aws:s3:::${name.toLowerCase()}-data/*`],
        conditions: { StringEquals: { 'aws:PrincipalTag/environment': name } },
      }),
    ),
};

describe('honest code', () => {
  it.each([
    ['Prod', 'Staging'],
    ['P', 'S'],
    ['shop', 'data'],
    ['prod-1', 'staging-2'],
    ['Shop-Prod', 'Shop-Staging-1-42-0'],
    ['red', 'Queue'],
  ])('is accused of nothing in %s and %s', (prod, staging) => {
    expect(Object.fromEntries(accused(HONEST, { prod, staging }))).toEqual({});
  });
});

const remembered: { first?: string; count: number; readonly all: number[] } = { count: 0, all: [] };
const isProd = (name: string): boolean => name === 'Prod';

const DISHONEST: Readonly<Record<string, readonly [code: Code, told: string]>> = {
  'a number by name': [
    (scope, name) => new CfnQueue(scope, 'Queue', { delaySeconds: isProd(name) ? 1 : 2 }),
    'own-name: it follows no scale factor',
  ],
  'a number of staging alone': [
    (scope, name) => new CfnQueue(scope, 'Queue', { delaySeconds: name === 'Staging' ? 1 : 2 }),
    'own-name: it follows no scale factor',
  ],
  'a resource of staging alone': [
    (scope, name) => (name === 'Staging' ? new CfnTopic(scope, 'Topic') : undefined),
    'own-name: it is not there in all of them, and follows no scale factor',
  ],
  'a word by name': [
    (scope, name) => out(scope, isProd(name) ? 'full' : 'less'),
    'own-name: one environment has a text of its own',
  ],
  'a word by the first letter of the name': [
    (scope, name) => out(scope, name < 'Q' ? 'abcd' : 'bcde'),
    'a word in it is another one, and no name or hash',
  ],
  'a word by the length of the name': [
    (scope, name) => out(scope, name.length > 5 ? 'long' : 'wide'),
    'a word in it is another one, and no name or hash',
  ],
  'a word by the hash of the name': [
    (scope, name) => out(scope, Number.parseInt(hash(name).slice(0, 2), 16) % 2 ? 'odds' : 'even'),
    'a word in it is another one, and no name or hash',
  ],
  'a number made of the hash of the name': [
    (scope, name) =>
      new CfnQueue(scope, 'Queue', { delaySeconds: Number.parseInt(hash(name).slice(0, 2), 16) }),
    'own-name: it follows no scale factor',
  ],
  'the name beside a word by name': [
    (scope, name) => out(scope, `${name}-${isProd(name) ? 'keep' : 'drop'}`),
    'own-name: one environment has a text of its own',
  ],
  'the order of a list by name': [
    (scope, name) => out(scope, JSON.stringify(isProd(name) ? ['x', 'y'] : ['y', 'x'])),
    'own-name: one environment has a text of its own',
  ],
  'one item more by name': [
    (scope, name) => out(scope, JSON.stringify(['x', ...(isProd(name) ? ['y'] : [])])),
    'own-name: it is not in all of the lists, and follows no scale factor',
  ],
  'a key by name': [
    (scope, name) => out(scope, JSON.stringify({ [isProd(name) ? 'x' : 'y']: 1, z: 1 })),
    'own-name: it is not there in all of them, and follows no scale factor',
  ],
  'a dependency by name': [
    (scope, name) => {
      const [queue, topic] = [new CfnQueue(scope, 'Queue'), new CfnTopic(scope, 'Topic')];
      if (isProd(name)) queue.addResourceDependency(topic);
    },
    'own-name: it is not there in all of them, and follows no scale factor',
  ],
  'another attribute by name': [
    (scope, name) => {
      const queue = new CfnQueue(scope, 'Queue');
      out(scope, isProd(name) ? queue.ref : queue.attrArn);
    },
    'own-name: it is not there in all of them, and follows no scale factor',
  ],
  'a retention that staging would not keep anyway': [
    (scope, name) =>
      new Queue(scope, 'Queue', {
        removalPolicy: isProd(name) ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
      }),
    'own-name: one environment has a text of its own',
  ],
  'a mapping by name': [
    (scope, name) => out(scope, Fn.findInMap('Sizes', name, 'size')),
    'decides: what the environment is called decides here what exists, and not how much of it',
  ],
  'a flag by a factor': [
    (scope, _, { a }) => new CfnQueue(scope, 'Queue', { fifoQueue: a > 4 }),
    'switch: it is of another kind in some of them, and follows no scale factor',
  ],
  'a word of a table': [
    (scope, _, { a }) => out(scope, `size-${'abcdefghijklmnopq'[a]}`),
    'switch: a word in it is another one, and no name or hash',
  ],
  'a difference': [
    (scope, _, { a, b }) => new CfnQueue(scope, 'Queue', { delaySeconds: 50 + a - b }),
    'switch: it follows no scale factor',
  ],
  'a square': [
    (scope, _, { a }) => new CfnQueue(scope, 'Queue', { delaySeconds: a * a }),
    'switch: it follows no scale factor',
  ],
  'the larger of two': [
    (scope, _, { a, b }) => new CfnQueue(scope, 'Queue', { delaySeconds: Math.max(2 * a, b) }),
    'switch: it follows no scale factor',
  ],
  'a list of words in a text': [
    (scope, _, { a }) => out(scope, WORDS.slice(0, a).join(',')),
    'switch: its texts have different words',
  ],
  'a list of numbered words that ends in another word': [
    (scope, _, { a }) => out(scope, [...times(a, (i) => `m${i}`), a > 4 ? 'live' : 'test'].join(',')),
    'switch: its texts have different words',
  ],
  'a rate by a threshold': [
    (scope, _, { a }) => out(scope, a > 4 ? 'rate(1 hour)' : 'rate(5 minutes)'),
    'what it says in numbers follows no scale factor',
  ],
  'a number that falls': [(scope, _, { a }) => out(scope, `${100 - a}`), 'switch: the number 95, 97'],
  'a number that becomes none': [
    (scope, _, { a }) => new CfnQueue(scope, 'Queue', { delaySeconds: a - 3 }),
    'shape-rule: the manifest permits it by scale ("a"), but none must stay none',
  ],
  'a count that falls': [
    (scope, _, { a }) => times(20 - a, (i) => new CfnQueue(scope, `Queue${i}`)),
    'switch: it is not there in all of them, and follows no scale factor',
  ],
  'a resource at a threshold': [
    (scope, _, { a }) => a > 4 && new CfnQueue(scope, 'Queue'),
    'switch: it is not there in all of them, and follows no scale factor',
  ],
  'a special last member': [
    (scope, _, { a }) =>
      times(a, (i) => new CfnQueue(scope, `Queue${i}`, i === a - 1 ? { delaySeconds: 7 } : {})),
    'unlike-member: the members of a must be alike in production',
  ],
  'two of a kind among many': [
    (scope, _, { a }) =>
      times(
        a,
        (i) => new CfnQueue(scope, `Queue${i}`, i % 4 === 3 ? { delaySeconds: 7 } : { delaySeconds: 1 }),
      ),
    'unlike-member: the members of a must be alike in production',
  ],
  'a letter out of the row': [
    (scope, _, { a }) =>
      times(a, (i) => new CfnTopic(scope, `Topic${i}`, { displayName: `/dev/sd${'fghxjk'[i]}` })),
    'unlike-member: the members of a must be alike in production',
  ],
  'a factor in a condition': [
    (scope, _, { a }) => out(scope, Fn.conditionIf('Never', `${a}`, 'x').toString()),
    'decides: a decides here what exists, and not how much of it',
  ],
  'a random word': [
    (scope) => out(scope, `x${randomBytes(4).toString('hex')}`),
    'random: it is another one when the same is made twice',
  ],
  'a random id': [
    (scope) => out(scope, randomUUID()),
    'random: it is another one when the same is made twice',
  ],
  'a random logical id': [
    (scope) => new CfnQueue(scope, `Queue-${randomBytes(4).toString('hex')}`),
    'random: its logical id: it is another one when the same is made twice',
  ],
  'a counter of the module': [
    (scope) => out(scope, `n${remembered.count++}`),
    'random: it is another one when the same is made twice',
  ],
  'a list that all of them fill, read when both are there': [
    (scope, _, { a }) => {
      remembered.all.push(a);
      out(scope, Lazy.string({ produce: () => String(Math.max(...remembered.all)) }));
    },
    'random: it is another one when the same is made twice',
  ],
  'what a module remembers of production': [
    (scope, name) => {
      out(scope, `${name}-jobs.example.com`, 'Own');
      remembered.first ??= `${name}-jobs.example.com`;
      out(scope, remembered.first);
    },
    'literal-name: it refers to "Prod-jobs.example.com", which is Prod\'s, in every environment',
  ],
  'a host of production': [
    (scope, name) => {
      out(scope, `${name.toLowerCase()}.api.example.com`, 'Own');
      out(scope, 'https://prod.api.example.com/');
    },
    'literal-name: it refers to "prod.api.example.com", which is Prod\'s, in every environment',
  ],
};

describe('dishonest code', () => {
  const found = accused(Object.fromEntries(Object.entries(DISHONEST).map(([what, [code]]) => [what, code])));

  it('is found, each piece of it, and nothing else', () => {
    expect([...found.keys()].sort()).toEqual(Object.keys(DISHONEST).sort());
  });

  it.each(Object.keys(DISHONEST))('is told why: %s', (what) => {
    expect(found.get(what)).toContain(DISHONEST[what]![1]);
  });
});
