import { App } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { count, instanceClass, replicas, Twins } from 'cdk-twin';
import { BookingsStack } from './bookings-stack';

const app = new App();
const release = app.node.tryGetContext('release') as string;
const rehearsal = app.node.tryGetContext('rehearsal') as string;

const twins = new Twins(app, {
  scale: {
    readers: replicas({ reason: 'one reader already shows stale reads', max: 15 }),
    database: instanceClass({ reason: 'staging asks for fewer connections' }),
    tasks: count({ reason: 'staging has less traffic' }),
  },
  environment: (scope, id, { readers, database, tasks }, options) =>
    new BookingsStack(scope, id, {
      ...options,
      release,
      readers,
      tasks,
      instanceType: new InstanceType(database),
    }),
});
twins.prod('Prod', { scale: { readers: 2, database: 'r7g.2xlarge', tasks: 6 } });
twins.staging('Staging', {
  scale: { readers: 2, database: 'r7g.large', tasks: 2 },
  stackName: `Staging-${rehearsal}`,
  expires: '2037-01-01T00:00:00',
});
app.synth();
