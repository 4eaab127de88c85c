import { type App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  CutoverAccess,
  ProductionAccess,
  RehearsalAccess,
  type RehearsalAccessProps,
} from '../../lib/access';
import { isObject, type Json } from '../../lib/json';
import { newApp } from '../app';

const PROPS: RehearsalAccessProps = {
  repository: 'acme/shop',
  stackPrefixes: ['Staging-'],
  productionAccount: '444455556666',
};

const appOf = (context = {}): App => newApp({ context });

const rehearsal = (props: Partial<RehearsalAccessProps> = {}): Template =>
  Template.fromStack(new RehearsalAccess(appOf(), 'Access', { ...PROPS, ...props }));

const production = (keyArns: readonly string[] = []): Template =>
  Template.fromStack(new ProductionAccess(appOf(), 'Access', { stagingAccount: '111122223333', keyArns }));

/** The properties of the one resource of a type. */
function only(type: string, template: Template): Json {
  const found = Object.values(template.findResources(type)) as { Properties: Json }[];
  expect(found).toHaveLength(1);
  return found[0]!.Properties;
}

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly Condition?: unknown;
  readonly Resource: unknown;
}

/** The statements of the boundary by their ids. */
function boundary(template: Template): ReadonlyMap<string, Statement> {
  const policy = only('AWS::IAM::ManagedPolicy', template) as unknown as {
    PolicyDocument: { Statement: Statement[] };
  };
  return new Map(policy.PolicyDocument.Statement.map((it) => [it.Sid!, it]));
}

/** The length of a policy as IAM counts it: with the longest partition and an account in the place of references. */
function lengthOf(document: Json): number {
  const resolved = JSON.stringify(document, (_, value: Json) => {
    if (!isObject(value)) return value;
    const [name, parts] = Object.entries(value)[0] ?? [];
    if (name === 'Ref') return parts === 'AWS::Partition' ? 'aws-us-gov' : '1'.repeat(12);
    if (name === 'Fn::GetAtt') return 'x'.repeat(90);
    return value;
  });
  return resolved.replaceAll(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, (_, parts: string) => parts).length;
}

describe('the role of the pipeline', () => {
  const trust = (subject: string): object => ({
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Action: 'sts:AssumeRoleWithWebIdentity',
          Effect: 'Allow',
          Condition: {
            StringEquals: {
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
              'token.actions.githubusercontent.com:sub': subject,
            },
          },
        },
      ],
    },
  });

  it('is taken on by one environment of one repository, with either form of its subject', () => {
    expect(only('AWS::IAM::Role', rehearsal())).toMatchObject(trust('repo:acme/shop:environment:rehearsal'));
    const repository = 'acme@123456/shop@456789';
    expect(only('AWS::IAM::Role', rehearsal({ repository, gitHubEnvironment: 'staging' }))).toMatchObject(
      trust('repo:acme@123456/shop@456789:environment:staging'),
    );
  });

  it('lasts longer than a rehearsal', () => {
    expect(only('AWS::IAM::Role', rehearsal())).toMatchObject({
      RoleName: 'cdk-twin-rehearsal',
      MaxSessionDuration: 6 * 3600,
    });
  });

  it('uses the provider that the account has already', () => {
    const providerArn = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
    expect(rehearsal({ providerArn }).findResources('AWS::IAM::OIDCProvider')).toEqual({});
    expect(only('AWS::IAM::OIDCProvider', rehearsal())).toMatchObject({
      ClientIdList: ['sts.amazonaws.com'],
    });
  });

  it('may take on the roles of the bootstrap and that for snapshots, and no other one', () => {
    const { PolicyDocument } = only('AWS::IAM::Policy', rehearsal()) as unknown as {
      PolicyDocument: { Statement: Statement[] };
    };
    const assuming = PolicyDocument.Statement.filter(({ Action }) => Action === 'sts:AssumeRole');
    const roles = [...JSON.stringify(assuming).matchAll(/role\/([\w-]+)/g)].map(([, name]) => name);
    expect(roles).toEqual([
      'cdk-hnb659fds-deploy-role-',
      'cdk-hnb659fds-file-publishing-role-',
      'cdk-hnb659fds-image-publishing-role-',
      'cdk-hnb659fds-lookup-role-',
      'cdk-twin-snapshots',
    ]);
    expect(JSON.stringify(rehearsal({ qualifier: 'acme' }).toJSON())).not.toContain('hnb659fds');
  });
});

it('lets the workflows of one environment move traffic, for as long as a cutover takes', () => {
  const template = Template.fromStack(
    new CutoverAccess(appOf(), 'Access', {
      repository: 'acme/shop',
      traffic: { hostedZone: 'Z0123', record: 'shop.example.com' },
    }),
  );
  const role = only('AWS::IAM::Role', template);
  expect(role).toMatchObject({ RoleName: 'cdk-twin-cutover', MaxSessionDuration: 6 * 3600 });
  expect(JSON.stringify(role)).toContain('repo:acme/shop:environment:production');
  expect(JSON.stringify(only('AWS::IAM::Policy', template))).toContain('route53:::hostedzone/Z0123');
});

describe('the boundary of staging', () => {
  it('lets CloudFormation make no role without it, and change none that has it not', () => {
    const { Action: actions, Condition: when } = boundary(rehearsal()).get('OutsideTheBoundary')!;
    expect(actions).toEqual(
      expect.arrayContaining(['iam:CreateRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy']),
    );
    expect(JSON.stringify(when)).toMatch(
      /StringNotEquals.*iam:PermissionsBoundary.*policy\/cdk-twin-staging/,
    );
    expect(boundary(rehearsal({ allowUnboundRoles: 'a role of a vendor' })).has('OutsideTheBoundary')).toBe(
      false,
    );
  });

  it('denies all of production but its images and snapshots', () => {
    const statements = boundary(rehearsal());
    expect(statements.get('Production')).toMatchObject({
      Effect: 'Deny',
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceAccount': '444455556666' } },
      NotAction: expect.not.arrayContaining(['sts:AssumeRole', 's3:GetObject']) as unknown,
    });
    expect(JSON.stringify(statements.get('RolesOfProduction'))).toContain(':iam::444455556666:*');
    expect([...boundary(rehearsal({ productionAccount: undefined as never })).keys()]).not.toContain(
      'Production',
    );
  });

  it('protects itself, those who rehearse, and the roles that are named', () => {
    const statements = boundary(rehearsal({ protectedRoles: ['Administrator'] }));
    expect(JSON.stringify(statements.get('TheBoundary')!.Resource)).toContain('policy/cdk-twin-staging');
    const inUse = JSON.stringify(statements.get('RolesInUse'));
    for (const role of ['cdk-twin-rehearsal', 'cdk-hnb659fds-*', 'OrganizationAccountAccessRole'])
      expect(inUse).toContain(`role/${role}`);
    expect(inUse).toContain('role/Administrator');
    expect(JSON.stringify(statements.get('PassedRoles')!.Resource)).toContain('role/Administrator');
  });

  it('fits into a policy, with room for more', () => {
    const template = rehearsal({ protectedRoles: ['Administrator'] });
    const documentOf = (type: string): Json =>
      (only(type, template) as unknown as { PolicyDocument: Json }).PolicyDocument;
    expect(lengthOf(documentOf('AWS::IAM::ManagedPolicy'))).toBeLessThan(5000); // of 6,144
    expect(lengthOf(documentOf('AWS::IAM::Policy'))).toBeLessThan(8000); // of 10,240
  });
});

describe("the role in production's account", () => {
  it('is taken on by the role of the pipeline alone, which need not be there yet', () => {
    expect(only('AWS::IAM::Role', production())).toMatchObject({
      RoleName: 'cdk-twin-snapshots',
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Condition: {
              ArnEquals: {
                'aws:PrincipalArn': {
                  'Fn::Join': [
                    '',
                    ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:role/cdk-twin-rehearsal'],
                  ],
                },
              },
            },
          },
        ],
      },
    });
  });

  it('uses keys by Amazon RDS alone, and none without being given one', () => {
    expect(JSON.stringify(production().toJSON())).not.toContain('kms:');
    const policies = JSON.stringify(
      production(['arn:aws:kms:eu-west-1:444455556666:key/1']).findResources('AWS::IAM::Policy'),
    );
    expect(policies).toContain(':kms:eu-west-1:444455556666:key/1');
    expect(policies.match(/kms:ViaService/g)).toHaveLength(2);
  });

  it('comes with a boundary of the same name that limits nothing: twins name one', () => {
    expect(only('AWS::IAM::ManagedPolicy', production())).toMatchObject({
      ManagedPolicyName: 'cdk-twin-staging',
      PolicyDocument: { Statement: [{ Action: '*', Effect: 'Allow', Resource: '*' }] },
    });
  });
});

it('is deployed without a bootstrap, and is not bound by the boundary that cdk.json gives to all roles', () => {
  const app = appOf({ '@aws-cdk/core:permissionsBoundary': { name: 'cdk-twin-staging' } });
  const stacks: Stack[] = [
    new RehearsalAccess(app, 'RehearsalAccess', PROPS),
    new ProductionAccess(app, 'ProductionAccess', { stagingAccount: '111122223333' }),
  ];
  for (const { artifactId } of stacks) {
    const artifact = app.synth().getStackArtifact(artifactId);
    expect(artifact.assumeRoleArn).toBeUndefined();
    expect(artifact.assets).toEqual([]);
    expect(JSON.stringify(artifact.template)).not.toContain('"PermissionsBoundary"');
  }
});

it.each([
  [
    { repository: 'acme/*' },
    'repository is "acme/*"; expected is owner/name, or owner@id/name@id, without a wildcard',
  ],
  [
    { gitHubEnvironment: '*' },
    'gitHubEnvironment is "*"; expected is the name of an environment of the repository, without ":" and wildcards',
  ],
  [
    { stackPrefixes: [] },
    'stackPrefixes is empty; expected is how the names of the stagings start: four letters, digits or hyphens and more, without a wildcard',
  ],
  [
    { stackPrefixes: ['Staging-', 'S*'] },
    'stackPrefixes is "S*"; expected is how the names of the stagings start: four letters, digits or hyphens and more, without a wildcard',
  ],
  [{ productionAccount: '4444' }, 'productionAccount is "4444"; expected is the twelve digits of an account'],
])('refuses %j', (props, message) => {
  expect(() => rehearsal(props)).toThrow(expect.objectContaining({ code: 'access', message }) as Error);
});
