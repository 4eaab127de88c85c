import { propertiesOf } from '../../lib/aws/properties';
import properties from '../../lib/aws/properties.json';
import type { Shape } from '../../lib/shape';
import { CORRECTIONS } from '../../scripts/list-order-corrections';
import { listsOfSpecification, propertiesOfSpecification } from '../../scripts/properties';

it('is what the installed specification says: run `npm run aws-types` when it is not', () => {
  expect(properties).toEqual(propertiesOfSpecification());
});

it('corrects lists that the specification has', () => {
  const lists = listsOfSpecification();
  expect(Object.keys(CORRECTIONS).filter((list) => !lists.has(list))).toEqual([]);
});

/** What stands at a path of a type; a list and a map are looked into. */
const at = (type: string, path: string): Shape | undefined =>
  path.split('.').reduce<Shape | undefined>((shape, name) => {
    const inner = shape?.kind === 'list' || shape?.kind === 'map' ? shape.element : shape;
    return inner?.kind === 'object' ? inner.member(name) : undefined;
  }, propertiesOf(type));

describe('what a property is', () => {
  it.each([
    ['AWS::S3::Bucket', 'BucketName', { kind: 'text' }],
    ['AWS::RDS::DBInstance', 'MultiAZ', { kind: 'boolean' }],
    ['AWS::CloudWatch::Alarm', 'Threshold', { kind: 'number' }],
    ['AWS::AutoScaling::AutoScalingGroup', 'MinSize', { kind: 'text' }],
    ['AWS::StepFunctions::StateMachine', 'Definition', { kind: 'any' }],
    ['AWS::Events::Rule', 'EventPattern', { kind: 'choice', isOpen: true }],
    ['AWS::Lambda::Function', 'Environment.Variables', { kind: 'map', element: { kind: 'text' } }],
    ['AWS::IAM::Role', 'Policies.PolicyDocument', { kind: 'choice' }],
    ['AWS::Logs::ResourcePolicy', 'PolicyDocument', { kind: 'choice', isOpen: true }],
    ['AWS::RDS::DBParameterGroup', 'Parameters', { kind: 'map', element: { kind: 'text' } }],
    ['AWS::ECS::TaskDefinition', 'ContainerDefinitions.Command', { kind: 'list', order: 'kept' }],
    ['AWS::RDS::DBSubnetGroup', 'SubnetIds', { kind: 'list', order: 'none' }],
    ['AWS::WAFv2::WebACL', 'Rules', { kind: 'list', order: { unique: 'Priority' } }],
    [
      'AWS::WAFv2::WebACL',
      'Rules.Statement.AndStatement.Statements.NotStatement.Statement',
      { kind: 'object' },
    ],
    ['AWS::CodeBuild::Project', 'Triggers.FilterGroups', { kind: 'list', element: { kind: 'list' } }],
  ])('%s %s', (type, path, shape) => {
    expect(at(type, path)).toMatchObject(shape);
  });

  it.each([
    ['AWS::S3::Bucket', 'Nothing'],
    ['AWS::S3::Bucket', 'constructor'],
    ['AWS::S3::Nothing', 'BucketName'],
    ['Custom::Thing', 'Name'],
    ['', ''],
  ])('%s %s is not known', (type, path) => {
    expect(at(type, path)).toBeUndefined();
  });
});
