import { App } from 'aws-cdk-lib';
import { cacheNode, count, instanceClass, Twins } from 'cdk-twin';
import { HelpDesk } from './help-desk';

const app = new App();
const release = app.node.tryGetContext('release') as string;

const twins = new Twins(app, {
  scale: {
    database: instanceClass({ reason: 'staging asks for fewer connections' }),
    sessions: cacheNode({ reason: 'staging has few sessions' }),
    tasks: count({ reason: 'staging has less traffic' }),
  },
  environment: (scope, id, sizes, options) => new HelpDesk(scope, id, { ...options, ...sizes, release }),
});
twins.prod('Prod', { scale: { database: 'r7g.xlarge', sessions: 'cache.r7g.xlarge', tasks: 4 } });
twins.staging('Staging', {
  scale: { database: 'r7g.large', sessions: 'cache.r7g.large', tasks: 2 },
  stackName: `Staging-${app.node.tryGetContext('rehearsal')}`,
  expires: '2037-01-01T00:00:00',
});
app.synth();
