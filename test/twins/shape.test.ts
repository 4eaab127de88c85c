import { CfnOutput, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { count, shape, Twins } from '../../lib';
import { newApp } from '../app';
import { expires, pair, twinsOf } from './pair';

describe('the shape of an environment', () => {
  it('is its template with what each place follows, and one member for all of a tier', () => {
    const { prod } = twinsOf({ tasks: [4, 2], workers: [5, 3] }, (stack, { tasks, workers }) => {
      const refs = Array.from({ length: workers }, (_, i) => new CfnQueue(stack, `Worker${i + 1}`).ref);
      new CfnTopic(stack, 'News', {
        topicName: `${stack.stackName.toLowerCase()}-news`,
        displayName: `${1 + tasks} tasks, \${not} a factor`,
      });
      new CfnOutput(stack, 'Workers', { value: refs.join(',') });
    });
    expect(shape(prod)).toMatchObject({
      Resources: {
        News: {
          Type: 'AWS::SNS::Topic',
          Properties: {
            TopicName: '${name.lower}-news',
            DisplayName: '${1 + tasks} tasks, ${!not} a factor',
          },
        },
        Worker1: { Type: 'AWS::SQS::Queue' },
      },
      Outputs: { Workers: { Value: { 'Fn::Join': ['', [{ Ref: 'Worker1' }, ',']] } } },
    });
    expect(Object.keys(shape(prod)['Resources'] as object)).toEqual(['News', 'Worker1']);
  });

  it('is the same for all environments of a definition, and has nothing of a lifecycle', () => {
    const { prod, staging } = pair();
    expect(shape(staging)).toEqual(shape(prod));
    expect(JSON.stringify(shape(staging))).not.toMatch(/SelfDestruct|Prod|Staging/);
  });

  it('is the same whatever the environments are called and scaled to', () => {
    const make = (ids: { prod: string; staging: string }, tasks: readonly [number, number]) =>
      shape(
        twinsOf(
          { tasks },
          (stack, { tasks: n }) => {
            new Queue(stack, 'Queue', { queueName: `${stack.stackName}-jobs` });
            new Queue(stack, `${stack.stackName}Dead`);
            new CfnOutput(stack, 'Tasks', { value: `${n}` });
          },
          ids,
        ).prod,
      );
    const first = make({ prod: 'Prod', staging: 'Staging' }, [4, 2]);
    expect(make({ prod: 'Live', staging: 'Trial' }, [40, 20])).toEqual(first);
  });

  it('is one for each of its stacks', () => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: { tasks: count({ reason: 'less traffic' }) },
      environment: (scope, id, { tasks }) => {
        const stage = new Stage(scope, id);
        const data = new Stack(stage, 'Data');
        const queue = new Queue(data, 'Queue');
        const web = new Stack(stage, 'Web');
        new CfnOutput(new NestedStack(web, 'Nested'), 'Arn', { value: `${queue.queueArn} ${tasks}` });
        return stage;
      },
    });
    const [prod, staging] = [
      twins.prod('Prod', { scale: { tasks: 4 } }),
      twins.staging('Staging', { scale: { tasks: 2 }, expires }),
    ].map((stage) => stage.node.findAll().filter((node) => Stack.isStack(node)));
    expect(prod).toHaveLength(3);
    prod!.forEach((stack, i) => expect(shape(staging![i]!)).toEqual(shape(stack)));
    expect(shape(prod![2]!)).toMatchObject({
      Outputs: { Arn: { Value: { 'Fn::Join': ['', [expect.anything(), ' ${tasks}']] } } },
    });
  });

  it('of production alone is found all the same', () => {
    const app = newApp();
    const twins = new Twins(app, {
      scale: { tasks: count({ reason: 'less traffic' }) },
      environment: (scope, id, { tasks }) => {
        const stack = new Stack(scope, id);
        new CfnQueue(stack, 'Queue', { delaySeconds: tasks });
        return stack;
      },
    });
    const prod = twins.prod('Prod', { scale: { tasks: 4 } });
    expect(shape(prod)).toMatchObject({ Resources: { Queue: { Properties: { DelaySeconds: '${tasks}' } } } });
  });
});
