import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Handle, Watch } from '../../../../lib/targets/target';
import { writeAssembly } from '../../../small-assembly';
import { makeFolder, targetOf, watching } from '../fixture';

jest.setTimeout(60_000);

const stage = makeFolder();
afterAll(() => stage.remove());

/** A service whose container has what leads an SDK to production, beside a queue. */
const template = {
  Resources: {
    Jobs: { Type: 'AWS::SQS::Queue' },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        ContainerDefinitions: [
          {
            Name: 'web',
            Environment: [
              { Name: 'QUEUE', Value: { Ref: 'Jobs' } },
              { Name: 'AWS_PROFILE', Value: 'prod' },
              { Name: 'AWS_ACCESS_KEY_ID', Value: 'AKIAPROD' },
              { Name: 'AWS_ENDPOINT_URL_SQS', Value: 'https://vpce.amazonaws.com' },
            ],
          },
        ],
      },
    },
    Web: { Type: 'AWS::ECS::Service', Properties: { TaskDefinition: { Ref: 'Task' } } },
  },
};

function assembly(): string {
  const folder = join(stage.folder, 'assembly');
  mkdirSync(folder, { recursive: true });
  writeAssembly(folder, { Prod: template, Staging: template });
  return folder;
}

async function inEnvironment<T>(
  settings: Parameters<typeof targetOf>[1],
  work: (target: ReturnType<typeof targetOf>, handle: Handle, watch: Watch) => Promise<T>,
): Promise<T> {
  const target = targetOf(stage.supervisor, { services: {}, seed: {}, ...settings });
  const [handle, watch] = [target.allocate(), watching()];
  try {
    return await work(target, handle, watch);
  } finally {
    await target.down(handle, watch);
    expect((await target.inventory(handle)).found).toEqual([]);
  }
}

const deployment = () => ({ release: '1', assembly: assembly(), environment: 'Staging' });

describe('a task', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = before;
  });

  it('reaches neither AWS nor the credentials of the user, also where nothing stands in for AWS', async () => {
    process.env = {
      ...before,
      AWS_PROFILE: 'mine',
      AWS_ACCESS_KEY_ID: 'AKIAMINE',
      AWS_SECRET_ACCESS_KEY: 'mine',
      AWS_SESSION_TOKEN: 'mine',
      AWS_SHARED_CREDENTIALS_FILE: '/home/me/.aws/credentials',
      AWS_CONFIG_FILE: '/home/me/.aws/config',
    };
    const file = join(stage.folder, 'environment');
    const services = { Web: { command: `env > ${file}; exec sleep 60` } };
    const states = await inEnvironment({ services }, async (target, handle, watch) => {
      await target.seed(handle, deployment(), watch);
      await target.up(handle, deployment(), watch);
      return target.describe(handle, watch);
    });
    const variables = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => /^(AWS_|QUEUE)/.test(line));
    expect(variables.toSorted()).toEqual([
      'AWS_ACCESS_KEY_ID=none',
      'AWS_CONFIG_FILE=/dev/null',
      'AWS_DEFAULT_REGION=us-east-1',
      'AWS_EC2_METADATA_DISABLED=true',
      'AWS_ENDPOINT_URL=http://aws.skipped.invalid',
      'AWS_REGION=us-east-1',
      'AWS_SECRET_ACCESS_KEY=emulated',
      'AWS_SHARED_CREDENTIALS_FILE=/dev/null',
      'QUEUE=staging--jobs',
    ]);
    expect(states).toMatchObject([
      { tier: 'Web', skipped: false },
      {
        tier: 'Jobs',
        skipped: true,
        because: 'local.awsEndpoint is false: no emulator of AWS stands in for it',
      },
    ]);
  });
});

it('where nothing answers at the endpoint, that is said, and nothing is left', async () => {
  const error = await inEnvironment({ awsEndpoint: 'http://127.0.0.1:1' }, async (target, handle, watch) => {
    await target.seed(handle, deployment(), watch);
    return target.up(handle, deployment(), watch).catch((thrown: unknown) => thrown);
  });
  expect(error).toMatchObject({
    code: 'emulator',
    message: 'nothing answers at local.awsEndpoint, http://127.0.0.1:1',
    fix: 'Start the emulator, or leave local.awsEndpoint out: one on the PATH is started.',
    isMachineFault: true,
  });
});

it('an emulator that does not start says why', async () => {
  const folder = join(stage.folder, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'ministack'),
    '#!/bin/sh\necho "ModuleNotFoundError: No module named ministack" >&2; exit 1',
    {
      mode: 0o755,
    },
  );
  const { PATH } = process.env;
  process.env['PATH'] = `${folder}:${PATH}`;
  const error = await inEnvironment({ awsEndpoint: undefined }, async (target, handle, watch) => {
    await target.seed(handle, deployment(), watch);
    return target.up(handle, deployment(), watch).catch((thrown: unknown) => thrown);
  }).finally(() => (process.env['PATH'] = PATH));
  expect(error).toMatchObject({
    code: 'emulator',
    message: `MiniStack (${join(folder, 'ministack')}) ended when it was started: ModuleNotFoundError: No module named ministack`,
    isMachineFault: true,
  });
});
