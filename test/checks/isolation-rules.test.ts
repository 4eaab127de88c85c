import { LEAF_RULES } from '../../lib/checks/isolation-rules';
import type { Leaf, Scan } from '../../lib/checks/leaf';

const SCAN: Scan = {
  stackNames: [],
  exportNames: [],
  account: undefined,
  prodAccount: undefined,
  region: undefined,
  prodKeys: [],
  prodNames: new Map(),
  prodNamesNear: [
    { logicalId: 'Q', type: 'AWS::SQS::Queue', property: 'QueueName', name: 'prod-orders', whole: 'prod-orders', scope: 'region', isGenerated: true }, // prettier-ignore
  ],
  unnamed: [],
  prodHosts: [],
  hosts: [],
  outside: [],
  defaults: new Map(),
  buckets: new Set(),
  names: new Set(),
  resources: new Set(),
};

/** One text for each rule that asks only texts with something in them. */
const BROKEN: Readonly<Record<string, string>> = {
  'dynamic-reference': '{{resolve:ssm:/shop/key}}',
  'literal-arn': 'arn:aws:sqs:eu-west-1:111122223333:orders',
  'literal-id': 'vpc-0123456789abcdef0',
  'literal-endpoint': 'orders.cabcdefghijk.eu-west-1.rds.amazonaws.com',
  'production-name': 'arn:aws:sqs:*:*:prod-*',
};
const texts = Object.values(BROKEN);

const leafOf = (text: string): Leaf => ({
  type: 'AWS::Lambda::Function',
  path: ['Properties', 'Environment', 'Variables', 'IT'],
  text,
  key: 'IT',
  value: text,
  isDenied: false,
});

const picky = LEAF_RULES.flatMap((rule) => (rule.has === undefined ? [] : [{ ...rule, has: rule.has }]));

it('every rule that asks only some texts has one here', () => {
  expect(picky.map(({ rule }) => rule)).toEqual(Object.keys(BROKEN));
});

it.each(picky.map((it) => [it.rule, it] as const))(
  '%s finds nothing in what it is not asked of',
  (name, it) => {
    expect(it.finds(leafOf(BROKEN[name]!), SCAN)).not.toEqual([]);
    expect(BROKEN[name]).toContain(it.has);
    // each text spoilt at one place after the other: whatever is still found there has it
    const spoilt = texts.flatMap((text) =>
      Array.from(text, (_, i) => `${text.slice(0, i)}%${text.slice(i + 1)}`),
    );
    const found = spoilt.filter((text) => it.finds(leafOf(text), SCAN).length > 0);
    expect(found.filter((text) => !text.includes(it.has))).toEqual([]);
  },
);
