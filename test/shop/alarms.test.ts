import { Match } from 'aws-cdk-lib/assertions';
import { production, staging } from '../../bin/sizes';
import { idOf, propertiesOf, synth } from './shop';

const template = synth();
const smaller = synth({ values: staging });
const ALARM = 'AWS::CloudWatch::Alarm';

const alarm = (name: string, built = template): Record<string, unknown> =>
  propertiesOf(built, ALARM)[idOf(built, ALARM, `ShopAlarms${name}`)]!;

test('every alarm reports to the one topic', () => {
  const topic = idOf(template, 'AWS::SNS::Topic');
  template.allResourcesProperties(ALARM, { AlarmActions: [{ Ref: topic }] });
});

test('CloudWatch may publish to the topic, for this account only', () => {
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sns:Publish',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
});

test('connections are watched in proportion to what the instance class offers', () => {
  expect(alarm('OrdersConnections')).toMatchObject({ Threshold: 4000 });
  expect(alarm('OrdersConnections', smaller)).toMatchObject({ Threshold: 1441 });
  expect(alarm('CatalogConnections')).toMatchObject({ Threshold: 11360 });
  expect(alarm('CatalogConnections', smaller)).toMatchObject({ Threshold: 2720 });
});

test('fewer tasks than the scale says raise an alarm', () => {
  expect(alarm('WebTasks')).toMatchObject({ ComparisonOperator: 'LessThanThreshold', Threshold: 4 });
  expect(alarm('WorkerTasks')).toMatchObject({ ComparisonOperator: 'LessThanThreshold', Threshold: 3 });
});

test('each reader and replica has an alarm on its own lag', () => {
  const watched = (built: typeof template, start: string): unknown[] =>
    Object.entries(propertiesOf(built, ALARM))
      .filter(([id]) => id.startsWith(`ShopAlarms${start}`))
      .map(([, p]) => (p['Dimensions'] as [{ Value: { Ref: string } }])[0].Value.Ref);
  const members = (type: string, start: string): string[] =>
    Object.keys(template.findResources(type)).filter((id) => id.includes(start));
  expect(watched(template, 'OrdersReaderLag')).toEqual(members('AWS::RDS::DBInstance', 'OrdersReader'));
  expect(watched(template, 'CatalogReplicaLag')).toEqual(members('AWS::DocDB::DBInstance', 'CatalogReplica'));
  expect(watched(smaller, 'OrdersReaderLag')).toHaveLength(2);
});

test('members share every setting of their alarms', () => {
  const settings = Object.entries(propertiesOf(template, ALARM))
    .filter(([id]) => id.startsWith('ShopAlarmsOrdersReaderLag'))
    .map(([, alarmed]) => ({ ...alarmed, Dimensions: undefined }));
  expect(settings).toHaveLength(3);
  expect(settings).toEqual([settings[0], settings[0], settings[0]]);
});

test('full memory of the sessions, which never evict, is told in time', () => {
  const group = idOf(template, 'AWS::ElastiCache::ReplicationGroup', 'ShopSessions');
  expect(alarm('SessionsMemory')).toMatchObject({
    MetricName: 'DatabaseMemoryUsagePercentage',
    Threshold: 75,
    Dimensions: [{ Name: 'CacheClusterId', Value: { 'Fn::Join': ['', [{ Ref: group }, '-001']] } }],
  });
});

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly properties: {
    readonly title: string;
    readonly metrics: readonly unknown[];
    readonly annotations?: unknown;
  };
}

describe('the dashboard', () => {
  test('has a line for each member', () => {
    expect(graph('Orders replica lag').properties.metrics).toHaveLength(3);
    expect(graph('Orders replica lag', smaller).properties.metrics).toHaveLength(2);
    expect(JSON.stringify(graph('Catalog replica lag').properties.metrics)).toContain('CatalogReplica3');
  });

  test('has every graph at the same place, however many members there are', () => {
    const places = (built: typeof template): unknown[] =>
      widgetsOf(built).map(({ x, y, properties }) => [properties.title, x, y]);
    expect(places(smaller)).toEqual(places(template));
    expect(places(template)).toHaveLength(15);
  });

  test('shows the range that autoscaling may move in', () => {
    const { min, max } = production.webTasks;
    expect(graph('Web tasks').properties.annotations).toEqual({
      horizontal: [
        { label: 'fewest', value: min, yAxis: 'left' },
        { label: 'most', value: max, yAxis: 'left' },
      ],
    });
  });

  test('finds the nodes of a cache by a part of their ids', () => {
    expect(JSON.stringify(graph('Sessions memory').properties.metrics)).toContain(
      String.raw`MetricName=\"DatabaseMemoryUsagePercentage\" AND <reference>'`,
    );
  });
});

function widgetsOf(built: typeof template): Widget[] {
  const body = Object.values(propertiesOf(built, 'AWS::CloudWatch::Dashboard'))[0]!['DashboardBody'];
  const [, parts] = (body as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : '<reference>')).join('');
  return (JSON.parse(text) as { widgets: Widget[] }).widgets;
}

function graph(title: string, built = template): Widget {
  return widgetsOf(built).find(({ properties }) => properties.title === title)!;
}
