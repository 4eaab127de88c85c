import { rmSync } from 'node:fs';
import type { Json } from '../../lib/json';
import { driftOf } from '../../lib/live/drift';
import type { RunningEnvironment, RunningProperty, RunningResource } from '../../lib/targets/observe';
import { Running, synthesize } from './running';

/** What has drifted of one resource that was declared and runs with one property. */
function drift(
  declared: Json | undefined,
  running: Omit<RunningProperty, 'path'>,
  more: Partial<RunningResource> = {},
) {
  const environment: RunningEnvironment = {
    account: '111122223333',
    unseen: [],
    stacks: [
      {
        path: '',
        name: 'Prod',
        id: 'id',
        isNested: false,
        region: 'eu-west-1',
        deployed: '',
        status: 'CREATE_COMPLETE',
        template: {
          Resources: {
            It: { Type: 'T', Properties: declared === undefined ? {} : { Size: declared } },
            Group: { Type: 'G' },
          },
        },
        parameters: new Map([
          ['Level', 'info'],
          ['Secret', undefined],
        ]),
        deployedResources: new Map([['Group', { type: 'G', physicalId: 'group-1' }]]),
        resources: [
          {
            logicalId: 'It',
            type: 'T',
            exists: true,
            properties: [{ path: ['Properties', 'Size'], ...running }],
            states: [],
            strays: [],
            ...more,
          },
        ],
      },
    ],
  };
  return driftOf('Prod', environment).map(({ deployed, running: runs }) => [deployed, runs]);
}

it.each<[string, Json, Json]>([
  ['a number that is written as a text', '3', 3],
  ['a boolean that is written as a text', 'true', true],
  ['another case', 'Valkey', 'valkey'],
  ['a parameter of the stack', { Ref: 'Level' }, 'info'],
  ['what the same stack made', { Ref: 'Group' }, { Ref: 'Group' }],
  [
    'a text with the account and the Region',
    { 'Fn::Join': ['', [{ Ref: 'AWS::AccountId' }, '.ecr.', { Ref: 'AWS::Region' }]] },
    '111122223333.ecr.eu-west-1',
  ],
  ['what CloudFormation alone knows', { 'Fn::GetAtt': ['Group', 'Size'] }, 4],
  ['a part of a choice', { 'Fn::If': ['Big', 4, 2] }, 2],
  ['a secret parameter', { Ref: 'Secret' }, 'x'],
])('takes for no drift: %s', (_, declared, value) => {
  expect(drift(declared, { value })).toEqual([]);
});

it('takes for drift what is another value, and a beginning for a version alone', () => {
  expect(drift(3, { value: 4 })).toEqual([[3, 4]]);
  expect(drift({ Ref: 'Group' }, { value: 'group-of-another' })).toEqual([
    [{ Ref: 'Group' }, 'group-of-another'],
  ]);
  expect(drift('17', { value: '17.9' })).toEqual([['17', '17.9']]);
  expect(drift('17', { value: '17.9', isVersion: true })).toEqual([]);
  expect(drift('6.x', { value: '6.2.6', isVersion: true })).toEqual([]);
  expect(drift('1', { value: '17.9', isVersion: true })).toEqual([['1', '17.9']]);
});

it('knows what is where the template leaves something out, if the service does', () => {
  expect(drift(undefined, { value: true })).toEqual([]);
  expect(drift(undefined, { value: true, default: false })).toEqual([[false, true]]);
  expect(drift(undefined, { value: false, default: false })).toEqual([]);
  expect(drift({ Ref: 'AWS::NoValue' }, { value: true, default: false })).toEqual([[false, true]]);
  expect(drift(undefined, { value: 'on', default: null })).toEqual([[null, 'on']]);
  expect(drift('on', { value: null, default: null })).toEqual([['on', null]]);
});

it('lets autoscaling move a value within its bounds, whatever the template says', () => {
  const moves = { min: 2, max: 6 };
  expect(drift(2, { value: 6, moves })).toEqual([]);
  expect(drift(2, { value: 7, moves })).toEqual([['2 to 6', 7]]);
  expect(drift(undefined, { value: 1, moves })).toEqual([['2 to 6', 1]]);
});

it('names what is gone, and what was added', () => {
  expect(drift(3, { value: 3 }, { exists: false })).toEqual([['there', undefined]]);
  expect(drift(3, { value: 3 }, { strays: ['the instance one-more is a member'] })).toEqual([
    [undefined, 'there'],
  ]);
});

describe('between two environments', () => {
  let running: Running;
  beforeAll(() => (running = new Running(synthesize())));
  afterAll(() => rmSync(running.assembly, { recursive: true }));

  it("leaves the version of the CDK's bootstrap out, and does not say a difference twice", async () => {
    const [prod, staging] = [running.prod.stacks[0]!, running.staging.stacks[0]!];
    const given = (version: string) => new Map([...prod.parameters, ['BootstrapVersion', version]]);
    running.prod.stacks = [{ ...prod, parameters: given('28') }];
    running.staging.stacks = [{ ...staging, parameters: given('30') }];
    expect((await running.look()).differences).toEqual([]);
    const resources = staging.template['Resources'] as Record<string, { Properties: object }>;
    const orders = {
      ...resources['Orders']!,
      Properties: { ...resources['Orders']!.Properties, EngineVersion: '16' },
    };
    running.staging.stacks = [
      { ...staging, template: { ...staging.template, Resources: { ...resources, Orders: orders } } },
    ];
    running.set('staging', 'Orders', 'EngineVersion', '16.4');
    const { differences, drifts } = await running.look();
    expect(drifts).toEqual([]);
    expect(differences).toMatchObject([{ logicalId: 'Orders', prod: '17.7', staging: '16.4' }]);
  });
});
