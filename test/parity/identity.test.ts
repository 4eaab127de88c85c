import type { Json } from '../../lib/json';
import { explain } from '../../lib/parity/explain';
import {
  anonymousPlaces,
  areSameId,
  explainIdentity,
  renamedIds,
  type Names,
} from '../../lib/parity/identity';
import { keysOf, model } from './small-shop';

const names: Names = { prod: { Prod: 'environment' }, staging: { Staging: 'environment' } };

/** What the list says of two values at a place. */
const at = (place: string, prod: unknown, staging: unknown, own: Names = names): string | undefined =>
  explainIdentity({ path: keysOf(place), prod: prod as Json, staging: staging as Json }, own);

/** What the list says of two values at a place that may hold a name. */
const named = (prod: unknown, staging: unknown, own: Names = names): string | undefined =>
  at('Resources.A.Properties.Name', prod, staging, own);

describe('a place that may hold the own name', () => {
  it.each([
    ['tag', 'Resources.A.Properties.Tags.0.Value'],
    ['tag', 'Resources.A.Properties.TagSpecifications.1.Tags.0.Value'],
    ...[
      'Name',
      'Family',
      'AlarmName',
      'BucketName',
      'ClusterName',
      'DashboardName',
      'DBClusterIdentifier',
      'DBInstanceIdentifier',
      'DBSubnetGroupName',
      'DBSubnetGroupDescription',
      'FunctionName',
      'GroupName',
      'GroupDescription',
      'LoadBalancerName',
      'LogGroupName',
      'PolicyName',
      'QueueName',
      'ReplicationGroupId',
      'ReplicationGroupDescription',
      'RepositoryName',
      'RoleName',
      'RuleName',
      'ServiceName',
      'StateMachineName',
      'TableName',
      'TopicName',
    ].map((name) => ['name', `Resources.A.Properties.${name}`]),
    ['description', 'Description'],
    ['description', 'Outputs.Url.Description'],
    ['description', 'Parameters.Image.Description'],
    ['export', 'Outputs.Url.Export.Name'],
    ['import', 'Resources.A.Properties.VpcId.Fn::ImportValue'],
    ['import', 'Outputs.Url.Value.Fn::ImportValue'],
    ['import', 'Resources.A.Properties.VpcId.Fn::GetStackOutput.StackName'],
  ])('is a %s at %s', (what, place) => {
    expect(at(place, 'Prod-x', 'Staging-x')).toBe(what);
  });

  it('is an import as a whole', () => {
    const from = (name: string) => ({ 'Fn::ImportValue': `${name}:Vpc` });
    expect(at('Resources.A.Properties.VpcId', from('Prod'), from('Staging'))).toBe('import');
    expect(at('Resources.A.Properties.VpcId', from('Prod'), from('Other'))).toBeUndefined();
    expect(at('Parameters.A.Default', from('Prod'), from('Staging'))).toBeUndefined();
  });

  it('is the template of a nested stack, named for its content', () => {
    const url = (digit: string): string => `/${digit.repeat(64)}.json`;
    const nested = (place: string, prod: unknown, staging: unknown) =>
      at(`Resources.${place}`, prod, staging);
    expect(nested('A.Properties.TemplateURL', url('a'), url('b'))).toBe('nested template');
    expect(nested('A.Properties.TemplateURL', url('a'), '/other.json')).toBeUndefined();
    expect(nested('A.Properties.TemplateURL', url('a'), `https://x${url('b')}`)).toBeUndefined();
    expect(nested('A.Properties.Code', url('a'), url('b'))).toBeUndefined();
    expect(nested('A.Metadata.TemplateURL', url('a'), url('b'))).toBeUndefined();
    expect(at('Outputs.A.Properties.TemplateURL', url('a'), url('b'))).toBeUndefined();
  });

  it.each([
    'Resources.A.Properties.Image',
    'Resources.A.Properties.Environment.0.Value',
    'Resources.A.Properties.Config.Name',
    'Resources.A.Properties.Tags.0.Key',
    'Resources.A.Properties.Names',
    'Resources.A.Properties.DomainName',
    'Resources.A.DeletionPolicy',
    'Resources.Tags.Properties.Value',
    'Resources.Tags.Properties.Environment.0.Value',
    'Resources.Description',
    'Outputs.Description',
    'Outputs.Url.Value',
    'Outputs.Url.Export',
    'Parameters.Image.Default',
    'Conditions.IsProd',
    'Mappings.Map.Name.Value',
    'Transform',
  ])('is not at %s', (place) => {
    expect(at(place, 'Prod-x', 'Staging-x')).toBeUndefined();
  });
});

describe('two values are equal beside the names', () => {
  it.each<[string, unknown, unknown]>([
    ['the name alone', 'Prod', 'Staging'],
    ['a part of a path', 'Prod/Web/Task', 'Staging/Web/Task'],
    ['more than once', 'Prod-a-Prod', 'Staging-a-Staging'],
    ['in lower case', '/aws/rds/prod-orders/log', '/aws/rds/staging-orders/log'],
    [
      'in a joined text',
      { 'Fn::Join': ['-', ['Prod', { Ref: 'A' }]] },
      { 'Fn::Join': ['-', ['Staging', { Ref: 'A' }]] },
    ],
    ["in an id that the CDK makes of a construct's path", 'ProdWebTask1A2B3C4D', 'StagingWebTask5E6F7A8B'],
    ['in such an id within a text', 'the ProdWebTask1A2B3C4D', 'the StagingWebTask5E6F7A8B'],
  ])('%s', (_, prod, staging) => {
    expect(named(prod, staging)).toBe('name');
  });

  it.each<[string, unknown, unknown]>([
    ['production has another name', 'Other-x', 'Staging-x'],
    ['staging still has the name of production', 'Prod-x', 'Prod-y'],
    ['staging has the name of production beside its own', 'Prod-Prod', 'Staging-Prod'],
    ['the rest differs', 'Prod-x', 'Staging-y'],
    ['the name is only the beginning of a word', 'Production', 'Staginguction'],
    ['the name is only the end of a word', 'NonProd', 'NonStaging'],
    ['the name is in capitals', 'PROD', 'STAGING'],
    ['the names are the wrong way round', 'Staging-x', 'Prod-x'],
    ['staging has what stands for a name', 'Prod-x', '<environment>-x'],
    ['no name is in it', 'x', 'y'],
    ['production has nothing', undefined, 'Staging'],
    ['staging has nothing', 'Prod', undefined],
    ['one is a list', ['Prod'], 'Staging'],
    ["an id's path differs", 'ProdWebTask1A2B3C4D', 'StagingWorkerTask5E6F7A8B'],
    ['an id is of another environment', 'ProdWebTask1A2B3C4D', 'ProdWebTask5E6F7A8B'],
    ['eight digits are missing', 'ProdWebTask1A2B3C4', 'StagingWebTask5E6F7A8'],
    ['only the key is a name', { Prod: 1 }, { Staging: 1 }],
  ])('but not when %s', (_, prod, staging) => {
    expect(named(prod, staging)).toBeUndefined();
  });

  it('when one is called in lower case only', () => {
    const own: Names = { prod: { Prod: 'environment' }, staging: { staging: 'environment' } };
    expect(named('prod-orders', 'staging-orders', own)).toBe('name');
    expect(named('Prod/Web', 'staging/Web', own)).toBe('name');
  });

  it('with the longer of two names that begin alike', () => {
    const own: Names = {
      prod: { Prod: 'environment' },
      staging: { Staging: 'environment', 'Staging-1-42': 'environment' },
    };
    expect(named('Prod-web', 'Staging-1-42-web', own)).toBe('name');
    expect(named('ProdWeb1A2B3C4D', 'Staging142Web5E6F7A8B', own)).toBe('name');
  });

  it('with each stack for the same stack only', () => {
    const own: Names = {
      prod: { Prod: 'environment', 'Prod-Web': 'stack Web', 'Prod-Data': 'stack Data' },
      staging: { Staging: 'environment', 'Staging-Web': 'stack Web', 'Staging-Data': 'stack Data' },
    };
    expect(named('Prod-Web:Vpc', 'Staging-Web:Vpc', own)).toBe('name');
    expect(named('Prod-Web:Vpc', 'Staging-Data:Vpc', own)).toBeUndefined();
  });

  it('with names of characters that patterns are made of', () => {
    const own: Names = { prod: { 'P.d': 'environment' }, staging: { 'S+g': 'environment' } };
    expect(named('P.d-x', 'S+g-x', own)).toBe('name');
    expect(named('Pod-x', 'S+g-x', own)).toBeUndefined();
  });
});

describe('logical ids that hold the own name', () => {
  const T = { Type: 'T::T' };
  const found = (prod: string[], staging: string[]) =>
    renamedIds(
      model(Object.fromEntries(prod.map((id) => [id, T]))),
      model(Object.fromEntries(staging.map((id) => [id, T]))),
      names,
    );

  it('are paired, beside the hashes that are made of them', () => {
    expect(found(['WebfromProdWeb1A2B3C4D80', 'Same'], ['WebfromStagingWeb5E6F7A8B80', 'Same'])).toEqual([
      { prod: 'WebfromProdWeb1A2B3C4D80', staging: 'WebfromStagingWeb5E6F7A8B80' },
    ]);
  });

  it('are not paired when it is not clear which belongs to which', () => {
    expect(found(['AProd11111111', 'AProd22222222'], ['AStaging33333333', 'AStaging44444444'])).toEqual([]);
    expect(found(['AProd11111111'], ['AStaging33333333', 'AStaging44444444'])).toEqual([]);
  });

  it('are not paired when the rest differs', () => {
    expect(found(['WebProd', 'ProdWeb1A2B3C4D'], ['WorkerStaging', 'StagingWorker5E6F7A8B'])).toEqual([]);
  });

  it('are the same beside their names only when both have them', () => {
    const same = (prod: string, staging: string) => areSameId({ prod, staging }, names);
    expect(same('WebProd1A2B3C4D', 'WebStaging5E6F7A8B')).toBe(true);
    expect(same('Web1A2B3C4D', 'WebStaging5E6F7A8B')).toBe(false);
    expect(same('WebProd', 'Web')).toBe(false);
    expect(same('WebProd', 'WorkerStaging')).toBe(false);
  });

  it('are told when a whitelist is drawn up', () => {
    const prod = { model: model({ AProd: T, B: { Type: 'T::T', DependsOn: 'AProd' } }), groups: [] };
    const staging = { model: model({ AStaging: T, B: { Type: 'T::T', DependsOn: 'AStaging' } }), groups: [] };
    expect(explain(prod, staging, names, (name) => name)).toEqual({
      renamed: [{ prod: 'AProd', staging: 'AStaging' }],
      groups: [],
      places: [],
      broken: [],
    });
  });
});

it('names are taken out of every place of a model that may hold them, and of no other', () => {
  const own = { Staging: 'environment' };
  const it = model(
    {
      A: {
        Type: 'T::T',
        Properties: {
          Name: 'staging-a',
          Image: 'Staging',
          Tags: [{ Key: 'Name', Value: 'Staging/A' }],
          Vpc: { 'Fn::ImportValue': 'Staging:Vpc' },
        },
      },
    },
    { Description: 'of Staging', Outputs: { Url: { Value: 'Staging', Export: { Name: 'Staging-url' } } } },
  );
  expect(anonymousPlaces(it, own)).toMatchObject({
    top: { Description: 'of <environment>' },
    Resources: {
      A: {
        Properties: {
          Name: '<environment>-a',
          Image: 'Staging',
          Tags: [{ Key: 'Name', Value: '<environment>/A' }],
          Vpc: { 'Fn::ImportValue': '<environment>:Vpc' },
        },
      },
    },
    Outputs: { Url: { Value: 'Staging', Export: { Name: '<environment>-url' } } },
  });
});
