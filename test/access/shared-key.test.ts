import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import { RehearsalAccess } from '../../lib/access';
import { newApp } from '../app';

interface Policy {
  readonly Statement: readonly {
    readonly Sid?: string;
    readonly Principal?: { readonly AWS: string };
    readonly Action?: string | readonly string[];
    readonly NotAction?: readonly string[];
  }[];
}

const page = readFileSync('docs/aws.md', 'utf8');
const { Statement } = JSON.parse(/```json\n(\{[^]*?)```/.exec(page)![1]!) as Policy;
const [production, staging] = ['444455556666', '111122223333'];

it('is looked after by its own account, or nobody could change its policy any more', () => {
  expect(Statement[0]).toMatchObject({
    Principal: { AWS: `arn:aws:iam::${production}:root` },
    Action: 'kms:*',
  });
});

it("lets staging's account do what the boundary there does not deny, and no more", () => {
  const access = new RehearsalAccess(newApp(), 'RehearsalAccess', {
    env: { account: staging, region: 'eu-west-1' },
    repository: 'acme/shop',
    stackPrefixes: ['Staging-'],
    productionAccount: production,
  });
  const policies = Object.values(
    Template.fromStack(access).findResources('AWS::IAM::ManagedPolicy'),
  ) as unknown as readonly { readonly Properties: { readonly PolicyDocument: Policy } }[];
  const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  const { NotAction: allowed = [] } = statements.find(({ Sid }) => Sid === 'Production')!;
  expect(Statement[1]).toMatchObject({
    Principal: { AWS: `arn:aws:iam::${staging}:root` },
    Action: allowed.filter((it) => it.startsWith('kms:')),
  });
  expect(Statement).toHaveLength(2);
});
