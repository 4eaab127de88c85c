import { Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import fs from 'node:fs';
import { join } from 'node:path';
import { count, Twins } from '../../lib';
import { newApp } from '../app';
import { expires } from './pair';

it('a synth reads what it has written once for all that it proves', () => {
  const app = newApp();
  const twins = new Twins(app, {
    scale: { backlog: count({ reason: 'staging is not busy' }) },
    environment: (scope, id, { backlog }, options) => {
      const stack = new Stack(scope, id, options);
      new CfnQueue(stack, 'Queue', { delaySeconds: backlog });
      return stack;
    },
  });
  twins.prod('Prod', { scale: { backlog: 4 } });
  twins.staging('Staging', { scale: { backlog: 2 }, expires });
  const opened = jest.spyOn(fs, 'openSync');
  const { directory } = app.synth();
  const files = opened.mock.calls.map(([file]) => String(file));
  for (const file of ['twin.json', 'Prod.template.json', 'Staging.template.json'])
    expect([file, files.filter((it) => it === join(directory, file)).length]).toEqual([file, 1]);
});
