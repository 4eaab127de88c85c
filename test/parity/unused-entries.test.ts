import { verifyByList, type ListedFactor } from '../../lib/parity/factor-list';
import { model } from './small-shop';

type Entry = Omit<ListedFactor, 'reason'>;

const service = (DesiredCount: number, more: object = {}) => ({
  Type: 'AWS::ECS::Service',
  Properties: { DesiredCount, Deployment: { MaxPercent: 200 }, ...more },
});
const target = (Max: number) => ({
  Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  Properties: { MinCapacity: 2, MaxCapacity: Max },
});
const task = (...cpus: readonly number[]) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: { Containers: cpus.map((Cpu) => ({ Cpu })) },
});

const PROD = { Web: service(6), Worker: service(4), Scaling: target(20), Task: task(512, 256) };
const STAGING = { Web: service(2), Worker: service(4), Scaling: target(5), Task: task(128, 256) };

function unused(entries: readonly Entry[], prod: object = PROD, staging: object = STAGING) {
  const factors = entries.map((entry): ListedFactor => ({ reason: 'less will do', ...entry }));
  const outputs = { Outputs: { Url: { Value: 'x' } } };
  return verifyByList(model(prod, outputs), model(staging, outputs), { version: 1, factors });
}

const count = (entry: Omit<Entry, 'kind'>): Entry => ({ kind: 'count', ...entry });

const SERVICE = 'AWS::ECS::Service';
const COUNT = 'Properties.DesiredCount';

describe('an entry whose place is nowhere is to be corrected, and the nearest is named', () => {
  it.each<[string, Entry, string, string | undefined, string]>([
    [
      'another case of a type',
      count({ type: 'AWS::ECS::service', path: COUNT }),
      'neither template has a resource of the type "AWS::ECS::service"',
      SERVICE,
      'type',
    ],
    [
      'a misspelt type',
      count({ type: 'AWS::ECS::Servce', path: COUNT }),
      'neither template has a resource of the type "AWS::ECS::Servce"',
      SERVICE,
      'type',
    ],
    [
      'a type that nothing is like',
      count({ type: 'AWS::S3::Bucket', path: COUNT }),
      'neither template has a resource of the type "AWS::S3::Bucket"',
      undefined,
      'type',
    ],
    [
      'a misspelt type without a path',
      count({ type: 'AWS::ECS::Servce' }),
      'neither template has a resource of the type "AWS::ECS::Servce"',
      SERVICE,
      'type',
    ],
    [
      'a misspelt id',
      count({ id: 'Wbe', path: COUNT }),
      'neither template has a resource "Wbe"',
      'Web',
      'id',
    ],
    [
      'an id that is an output',
      count({ id: 'Url', path: COUNT }),
      '"Url" is one of the Outputs, and factors stand in resources',
      undefined,
      'id',
    ],
    [
      'an id and a path of another resource',
      count({ id: 'Worker', path: 'Web.Properties.DesiredCount' }),
      'its path begins with "Web", and its id is "Worker"',
      'Web',
      'id',
    ],
    [
      'a type and a path of a resource of another one',
      count({ type: 'AWS::ECS::TaskDefinition', path: 'Web.Properties.DesiredCount' }),
      'its path begins with "Web", which is no AWS::ECS::TaskDefinition',
      SERVICE,
      'type',
    ],
    [
      'a path without Properties',
      count({ type: SERVICE, path: 'DesiredCount' }),
      `no ${SERVICE} has such a place`,
      COUNT,
      'path',
    ],
    [
      'a path without Properties, by id',
      count({ id: 'Web', path: 'DesiredCount' }),
      '"Web" has no such place',
      COUNT,
      'path',
    ],
    [
      'a pointer',
      count({ id: 'Web', path: '/Properties/DesiredCount' }),
      '"Web" has no such place',
      COUNT,
      'path',
    ],
    [
      'a pointer without the first slash',
      count({ id: 'Web', path: 'Properties/DesiredCount' }),
      '"Web" has no such place',
      COUNT,
      'path',
    ],
    [
      'a pointer from the top',
      count({ id: 'Task', path: '/Resources/Task/Properties/Containers/0/Cpu' }),
      '"Task" has no such place',
      'Properties.Containers[0].Cpu',
      'path',
    ],
    [
      'another case of a path',
      count({ id: 'Web', path: 'properties.desiredCount' }),
      '"Web" has no such place',
      COUNT,
      'path',
    ],
    [
      'a misspelt path',
      count({ id: 'Web', path: 'Properties.DesiredCuont' }),
      '"Web" has no such place',
      COUNT,
      'path',
    ],
    [
      'the end of a path',
      count({ id: 'Task', path: 'Cpu' }),
      '"Task" has no such place',
      'Properties.Containers[0].Cpu',
      'path',
    ],
    [
      'an index that there is not',
      count({ id: 'Task', path: 'Properties.Containers[7].Cpu' }),
      '"Task" has no such place',
      'Properties.Containers[0].Cpu',
      'path',
    ],
    [
      'an index that is not the one that differs',
      count({ id: 'Task', path: 'Properties.Containers[1].Cpu' }),
      'the templates differ beside it',
      'Properties.Containers[0].Cpu',
      'path',
    ],
    [
      'a range where there is none',
      { kind: 'autoscalingRange', id: 'Scaling', path: 'Properties.Limits' },
      '"Scaling" has no such place with the parts of kind autoscalingRange',
      'Properties',
      'path',
    ],
    [
      'a range of a resource that has none',
      { kind: 'autoscalingRange', id: 'Web', path: 'Properties' },
      '"Web" has no such place with the parts of kind autoscalingRange',
      undefined,
      'path',
    ],
  ])('%s', (_, entry, why, nearest, field) => {
    const { unused: found, forbidden } = unused([entry]);
    expect(found).toEqual([
      {
        id: 'TWIN-PAR-015',
        index: 0,
        name: expect.any(String),
        kind: entry.kind,
        isMisplaced: true,
        why,
        ...(nearest !== undefined && { nearest }),
        fix: `${nearest === undefined ? 'Correct' : 'Write the nearest as'} its ${field}, or take it out of the allowlist.`,
      },
    ]);
    // what differs is told all the same
    expect(forbidden).toHaveLength(3);
  });

  it('with the nearest the entry permits what it should', () => {
    for (const entry of [
      count({ id: 'Wbe', path: COUNT }),
      count({ id: 'Web', path: '/Properties/DesiredCount' }),
    ]) {
      const [{ nearest } = {}] = unused([entry]).unused;
      const corrected = entry.id === 'Wbe' ? { ...entry, id: nearest! } : { ...entry, path: nearest! };
      expect(unused([corrected]).unused).toEqual([]);
    }
  });
});

describe('an entry that is no longer needed is to be taken out', () => {
  it.each<[string, readonly Entry[], string]>([
    [
      'where both are alike',
      [count({ id: 'Worker', path: 'Properties.Deployment.MaxPercent' })],
      'the templates do not differ there',
    ],
    [
      'where another resource differs',
      [count({ id: 'Worker', path: COUNT })],
      'the templates do not differ there, but at Web.Properties.DesiredCount',
    ],
    ['in what is no size', [count({ id: 'Web', path: 'Type' })], 'the templates do not differ there'],
    ['for a number that is the same', [count({ type: SERVICE })], `both templates have as many ${SERVICE}`],
    ['for the number of one', [count({ id: 'Web' })], `both templates have as many ${SERVICE}`],
    [
      'twice',
      [count({ id: 'Web', path: COUNT }), count({ type: SERVICE, path: COUNT })],
      'factors.0 "Web Properties.DesiredCount" permits the same already',
    ],
    [
      'twice, of a range',
      [
        { kind: 'autoscalingRange', id: 'Scaling', path: 'Properties' },
        { kind: 'autoscalingRange', id: 'Scaling', path: 'Properties.MaxCapacity' },
      ],
      'factors.0 "Scaling Properties" permits the same already',
    ],
    [
      'at another item, since its own is listed',
      [
        count({ id: 'Task', path: 'Properties.Containers[0].Cpu' }),
        count({ id: 'Task', path: 'Properties.Containers[1].Cpu' }),
      ],
      'the templates do not differ there',
    ],
  ])('%s', (_, entries, why) => {
    expect(unused(entries).unused).toMatchObject([
      { index: entries.length - 1, isMisplaced: false, why, fix: 'Take it out of the allowlist.' },
    ]);
  });
});

it('is none when what it would permit breaks its rule: that is told at the place', () => {
  const one = { ...STAGING, Web: service(1) };
  const { unused: found, forbidden } = unused([count({ id: 'Web', path: COUNT })], PROD, one);
  expect(found).toEqual([]);
  expect(forbidden.map(({ why }) => why)).toContain(
    'Web Properties.DesiredCount: got 1 where production has 6; allowed is 2 or more',
  );
});

it('names every entry that permits nothing, each by its number', () => {
  const { unused: found } = unused([
    count({ type: SERVICE, path: 'Properties.Nothing' }),
    count({ id: 'Web', path: COUNT }),
    count({ id: 'Nobody', path: COUNT, name: 'mine' }),
  ]);
  expect(found.map(({ index, name }) => [index, name])).toEqual([
    [0, `${SERVICE} Properties.Nothing`],
    [2, 'mine'],
  ]);
});
