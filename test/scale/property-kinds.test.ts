import { isNoAmount, isNoScale, kindOfProperty, numberOf } from '../../lib/scale/property-kinds';

it.each([
  ['DesiredCount', 6, 'count'],
  ['DesiredCapacity', '6', 'count'],
  ['EvaluationPeriods', 5, 'count'],
  ['MaximumRetryAttempts', 5, 'count'],
  ['MaxAge', 600, 'duration'],
  ['MaximumRecordAgeInSeconds', 600, 'duration'],
  ['WEB_WORKERS', '8', 'count'],
  ['ReservedConcurrentExecutions', 50, 'concurrency'],
  ['NumNodeGroups', 3, 'shards'],
  ['ShardCount', 4, 'shards'],
  ['ReplicasPerNodeGroup', 2, 'replicas'],
  ['ReplicaCount', 2, 'replicas'],
  ['Iops', 12_000, 'throughput'],
  ['StorageThroughput', 500, 'throughput'],
  ['ReadCapacityUnits', 400, 'throughput'],
  ['ThrottlingBurstLimit', 400, 'throughput'],
  ['MemorySize', 1024, 'memory'],
  ['VisibilityTimeout', 300, 'duration'],
  ['MessageRetentionPeriod', 1_209_600, 'duration'],
  ['RetentionInDays', 30, 'duration'],
  ['DefaultTTL', 86_400, 'duration'],
  ['AllocatedStorage', '100', 'storage'],
  ['VolumeSize', 100, 'storage'],
  ['SizeInGB', 100, 'storage'],
  ['DBInstanceClass', 'db.r7g.2xlarge', 'instanceClass'],
  ['InstanceType', 'm7g.large', 'instanceClass'],
  ['InstanceType', 'r7g.large.search', 'instanceClass'],
  ['CacheNodeType', 'cache.r7g.large', 'cacheNode'],
])('%s of %j is a %s', (property, value, kind) => {
  expect(kindOfProperty(property, value)).toBe(kind);
});

it.each([
  ['Port', 8080],
  ['FromPort', 443],
  ['ContainerPort', '8080'],
  ['PORT', '8080'],
  ['DB_PORT', '5432'],
  ['EngineVersion', '16'],
  ['PlatformVersion', 2],
  ['Protocol', 6],
  ['IpProtocol', '6'],
  ['StatusCode', 302],
  ['Priority', 10],
  ['RuleNumber', 100],
  ['AmazonSideAsn', 64_512],
  ['Ipv4NetmaskLength', 24],
  ['AccountId', '123456789012'],
  ['Uid', '1000'],
  ['DeviceIndex', 1],
  ['MinimumHealthyPercent', 100],
  ['MultiAZ', true],
  ['LaunchType', 'FARGATE'],
  ['Subnets', ['a']],
  ['Name', undefined],
])('%s of %j is no size', (property, value) => {
  expect(kindOfProperty(property, value)).toBeUndefined();
});

it('takes no word for another that it is a part of', () => {
  for (const property of ['Support', 'Import', 'Viewports', 'PortfolioSize', 'ConversionRate', 'Codes'])
    expect(isNoAmount(property)).toBe(false);
});

it.each(['KeySpec', 'KeySize', 'Algorithms', 'SslPolicy', 'ContainerPercent', 'ErrorCode'])(
  'no number of %s follows a scale',
  (property) => {
    expect(isNoScale(property)).toBe(true);
  },
);

it.each(['Code', 'FunctionCode', 'InlineCode', 'Policy', 'ScalingPolicy', 'Length', 'Size'])(
  'a number in %s may follow one',
  (property) => {
    expect(isNoScale(property)).toBe(false);
  },
);

it('reads numbers that are written as texts, and nothing else', () => {
  expect(['6', '0.5', 6, 0].map(numberOf)).toEqual([6, 0.5, 6, 0]);
  expect(['', ' 6', '6 ', '1e3', '-1', '0x1', '1.2.3', null, true, [6]].map(numberOf)).toEqual(
    Array<undefined>(10).fill(undefined),
  );
});
