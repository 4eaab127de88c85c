import {
  DefaultStackSynthesizer,
  DockerImage,
  FileAssetPackaging,
  LegacyStackSynthesizer,
  PermissionsBoundary,
  Stack,
  Stage,
  type App,
  type StackProps,
} from 'aws-cdk-lib';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, Twins } from '../../lib';
import { parityOfAssembly, parityOfWritten } from '../../lib/parity/assembly-parity';
import { synthesize } from '../../lib/twins/synthesize';
import { newApp } from '../app';
import { expires } from './pair';

/** Whether an environment is production: what no topology may ask. */
const asks = (id: string): boolean => id === 'Prod';

/** Production and a staging, of stacks that are made with properties by their names. */
function twins(
  propsOf: (id: string) => StackProps,
  build: (stack: Stack, id: string, backlog: number) => void = () => {},
  { outside = [] as { arn: string; reason: string }[], env = {} } = {},
): App {
  const app = newApp();
  const it = new Twins(app, {
    scale: { backlog: count({ reason: 'staging is not busy' }) },
    environment: (scope, id, { backlog }, options) => {
      const stack = new Stack(scope, id, { ...options, ...propsOf(id) });
      new CfnQueue(stack, 'Queue', { delaySeconds: backlog });
      build(stack, id, backlog);
      return stack;
    },
  });
  const of = (account: string) => ({ env: { account, region: 'eu-west-1' }, ...env });
  it.prod('Prod', { scale: { backlog: 4 }, ...of('111111111111') });
  it.staging('Staging', { scale: { backlog: 2 }, expires, outside, ...of('222222222222') });
  return app;
}

const reportOf = (app: App) => {
  const stack = app.node.findAll().find((node): node is Stack => Stack.isStack(node))!;
  return parityOfAssembly(synthesize(stack))[0]!;
};
const told = (app: App) =>
  reportOf(app).forbidden.map(({ type, logicalId, path }) => [type, logicalId, ...path].join('.'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-deployment-'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nARG MODE\n');
  for (const name of ['live', 'test']) writeFileSync(join(folder, `${name}.json`), name);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('how a stack is deployed', () => {
  it('is the same but for where it is: account and region stand in its roles', () => {
    const app = twins(() => ({ synthesizer: new DefaultStackSynthesizer({ qualifier: 'shop' }) }));
    expect(told(app)).toEqual([]);
  });

  it('may not follow the name of the environment: another qualifier is another bootstrap', () => {
    const app = twins((id) => ({
      synthesizer: new DefaultStackSynthesizer({ qualifier: asks(id) ? 'shop' : 'sandbox' }),
    }));
    const places = told(app);
    expect(places).toContain('Deployment.cloudFormationExecutionRoleArn');
    expect(places).toContain('Deployment.templateBucket');
    expect(reportOf(app).forbidden.find(({ logicalId }) => logicalId === 'assumeRoleArn')?.fix).toBe(
      'Give both environments the same synthesizer, with the same qualifier and roles.',
    );
  });

  it('may not depend on other stacks, and may on the same', () => {
    const waiting = (mayOnly: boolean) =>
      twins(
        () => ({}),
        (stack, id) => {
          const root = stack.node.root as App;
          const before =
            (root.node.tryFindChild('Network') as Stack | undefined) ?? new Stack(root, 'Network');
          if (!mayOnly || asks(id)) stack.addStackDependency(before);
        },
      );
    expect(told(waiting(false))).toEqual([]);
    expect(told(waiting(true))).toEqual(['Deployment.dependencies']);
  });

  it('may not tell the people of production: a topic for its events is reached like any other', () => {
    const arn = 'arn:aws:sns:eu-west-1:111111111111:people';
    const isolationOf = (app: App) =>
      reportOf(app).checks!.isolation.findings.map(({ id, type, logicalId }) => [id, type, logicalId]);
    const props = () => ({ notificationArns: [arn] });
    expect(isolationOf(twins(props))).toEqual([['TWIN-ISO-006', 'Deployment', 'notificationArns']]);
    const outside = [{ arn, reason: 'they want to know' }];
    expect(isolationOf(twins(props, undefined, { outside }))).toEqual([]);
  });
});

describe('what decides how a stack is deployed, in its template or beside it', () => {
  const role = (stack: Stack) =>
    void new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  const bounded = (has: (id: string) => boolean) =>
    twins((id) => (has(id) ? { permissionsBoundary: PermissionsBoundary.fromName('limits') } : {}), role);

  it('may have a permissions boundary in both environments, and not in one alone', () => {
    expect(told(bounded(() => true))).toEqual([]);
    expect(told(bounded(asks))).toEqual(['AWS::IAM::Role.Role1ABCC5F0.Properties.PermissionsBoundary']);
  });

  it('may be made with the legacy synthesizer, and not in one alone', () => {
    const legacy = (has: (id: string) => boolean) =>
      twins((id) => (has(id) ? { synthesizer: new LegacyStackSynthesizer() } : {}));
    expect(told(legacy(() => true))).toEqual([]);
    expect(told(legacy(asks))).toEqual(
      expect.arrayContaining(['Deployment.cloudFormationExecutionRoleArn', 'Deployment.assumeRoleArn']),
    );
  });

  it('may be told of no stack policy: the AWS CDK writes none, and one that it will write is compared', () => {
    const app = twins(() => ({}));
    const directory = synthesize(app.node.findAll().find((node): node is Stack => Stack.isStack(node))!);
    const file = join(directory, 'manifest.json');
    expect(readFileSync(file, 'utf8')).not.toMatch(/stackPolicy/i);
    const list = JSON.parse(readFileSync(file, 'utf8')) as {
      artifacts: Record<string, { properties: Record<string, unknown> }>;
    };
    list.artifacts['Staging']!.properties['stackPolicyBody'] = '{"Statement":[]}';
    writeFileSync(file, JSON.stringify(list));
    const [report] = parityOfWritten(directory);
    expect(report!.forbidden.map(({ type, logicalId }) => `${type}.${logicalId}`)).toEqual([
      'Deployment.stackPolicyBody',
    ]);
  });

  it('may run user data that is written in base64, and not another script in one alone', () => {
    const running = (scriptOf: (id: string) => string) =>
      twins(
        () => ({}),
        (stack, id) =>
          void new CfnLaunchTemplate(stack, 'Launch', {
            launchTemplateData: { userData: Buffer.from(scriptOf(id)).toString('base64') },
          }),
      );
    expect(told(running(() => '#!/bin/sh\necho up'))).toEqual([]);
    const place = 'AWS::EC2::LaunchTemplate.Launch.Properties.LaunchTemplateData.UserData';
    expect(told(running((id) => (asks(id) ? '#!/bin/sh\necho live' : '#!/bin/sh\necho test')))).toEqual([
      place,
    ]);
    // What stands in it can be a name or anything else: the name of the stack is known by reference.
    expect(told(running((id) => `#!/bin/sh\necho ${id}`))).toEqual([place]);
  });
});

describe('what is published for a stack', () => {
  const image = (more: (id: string) => object) => (stack: Stack, id: string) =>
    void new DockerImageAsset(stack, 'Image', {
      directory: folder,
      invalidation: { buildArgs: false },
      ...more(id),
    });
  const file = (nameOf: (id: string) => string) => (stack: Stack, id: string) =>
    void stack.synthesizer.addFileAsset({
      fileName: join(folder, nameOf(id)),
      sourceHash: 'settings',
      packaging: FileAssetPackaging.FILE,
    });

  it('is the same: a file, and an image with an argument', () => {
    const app = twins(
      () => ({}),
      (stack, id) => {
        image(() => ({ buildArgs: { MODE: 'live' } }))(stack, id);
        file(() => 'live.json')(stack, id);
      },
    );
    expect(told(app)).toEqual([]);
  });

  it('is built with the same arguments, though they are left out of the hash', () => {
    const app = twins(
      () => ({}),
      image((id) => ({ buildArgs: { MODE: asks(id) ? 'live' : 'test' } })),
    );
    expect(told(app)).toEqual(['Assets.Image.dockerBuildArgs.MODE']);
  });

  it('is made of the same files, though they are published under one hash', () => {
    const app = twins(
      () => ({}),
      file((id) => (asks(id) ? 'live.json' : 'test.json')),
    );
    expect(told(app)).toEqual(['Assets.file.contents.text']);
  });

  it('is not only published for one of them', () => {
    const app = twins(
      () => ({}),
      (stack, id) => asks(id) && file(() => 'live.json')(stack, id),
    );
    expect(told(app)).toEqual(['Assets.file']);
  });

  describe('and named in a template, with the account that it is published in', () => {
    const named = (nameOf: (id: string) => string) =>
      twins(
        () => ({}),
        (stack, id) => {
          const { s3ObjectUrl } = new Asset(stack, 'Settings', { path: join(folder, nameOf(id)) });
          new CfnParameter(stack, 'Where', { type: 'String', value: s3ObjectUrl });
        },
      );

    it('is the same under one hash', () => expect(told(named(() => 'live.json'))).toEqual([]));

    it('is another one under another hash', () =>
      expect(told(named((id) => (asks(id) ? 'live.json' : 'test.json')))).toEqual(
        expect.arrayContaining(['AWS::SSM::Parameter.Where.Properties.Value']),
      ));
  });

  describe('and holds what each environment is called, and its scale', () => {
    const written = (data: (stack: Stack, id: string, backlog: number) => object) =>
      twins(
        () => ({}),
        (stack, id, backlog) => {
          const { s3ObjectKey, s3ObjectUrl } = new Asset(stack, 'Settings', {
            path: folderWith(stack.stackName, {
              'app.json': JSON.stringify(data(stack, id, backlog)),
              'notes.txt': 'alike',
            }),
          });
          new CfnParameter(stack, 'Key', { type: 'String', value: `${stack.stackName}/${s3ObjectKey}` });
          new CfnParameter(stack, 'Where', { type: 'String', value: s3ObjectUrl });
        },
      );
    const folderWith = (name: string, files: Readonly<Record<string, string>>): string => {
      const own = mkdtempSync(join(folder, `${name}-`));
      for (const [it, text] of Object.entries(files)) writeFileSync(join(own, it), text);
      return own;
    };

    it('is the same text filled with the values of both, under hashes of its own', () => {
      const app = written(({ stackName: stack }, _, backlog) => ({ stack, backlog, most: 2 * backlog }));
      const { permitted, verdict } = reportOf(app);
      expect(verdict).toBe('twins');
      const where = permitted.map(
        ({ type, logicalId, path, by }) => [type, logicalId, ...path].join('.') + ` ${by}`,
      );
      expect(where).toEqual(
        expect.arrayContaining([
          'Assets.Settings.contents.app.json scale',
          'Assets.Settings.hash naming',
          'AWS::SSM::Parameter.Key.Properties.Value naming',
        ]),
      );
    });

    it.each<[string, (stack: Stack, id: string, backlog: number) => object]>([
      ['a switch on its name', (_, id) => ({ cache: asks(id) })],
      ['a switch on its scale', (_stack, _id, backlog) => ({ cache: backlog > 2 })],
      ['a number that follows nothing', (_stack, id) => ({ backlog: asks(id) ? 4 : 2 })],
      ['chance', () => ({ token: Math.random() })],
    ])('is refused with %s', (_, data) => {
      const { forbidden } = reportOf(written(data));
      const found = forbidden.filter(({ path }) => path.join('.') === 'contents.app.json');
      expect(found).toHaveLength(1);
      // As in a template, and not as what is beside one.
      expect(found.map(({ rule }) => rule)).not.toContain('deployment');
    });

    it('is compared as what it was synthesized to: a text that was edited afterwards is another one', () => {
      const app = written(({ stackName }) => ({ stackName }));
      const { directory } = app.synth();
      const { files } = JSON.parse(readFileSync(join(directory, 'Staging.assets.json'), 'utf8')) as {
        files: Record<string, { displayName: string; source: { path: string } }>;
      };
      const { source } = Object.values(files).find(({ displayName }) => displayName === 'Settings')!;
      const edited = join(directory, source.path, 'app.json');
      writeFileSync(edited, readFileSync(edited, 'utf8').replace('Staging', 'Other'));
      const [{ verdict, forbidden }] = parityOfAssembly(directory) as [ReturnType<typeof reportOf>];
      expect(verdict).toBe('not-twins');
      expect(forbidden.map(({ path }) => path.join('.'))).toContain('contents.app.json');
    });

    it('may be made of a folder that is gone by then, as the one of Source.jsonData is', () => {
      const app = twins(
        () => ({}),
        (stack, id) => {
          const path = folderWith(id, { 'app.json': JSON.stringify({ stack: stack.stackName }) });
          void new Asset(stack, 'Settings', { path });
          rmSync(path, { recursive: true });
        },
      );
      expect(told(app)).toEqual([]);
    });

    it.each<[string, (id: string) => Buffer]>([
      ['it is large', (id) => Buffer.from(id + 'x'.repeat(70_000))],
      ['it is no text', (id) => Buffer.from([0xff, ...Buffer.from(id)])],
    ])('is compared by its digest where %s', (_, contents) => {
      const app = twins(
        () => ({}),
        (stack, id) => {
          const path = join(folder, `picture-${id}`);
          writeFileSync(path, contents(id));
          void new Asset(stack, 'Picture', { path });
        },
      );
      expect(told(app)).toEqual(['Assets.Picture.hash', 'Assets.Picture.contents']);
    });

    it('is compared by its digest where something is bundled into it: an experiment bundles nothing', () => {
      const bundling = (stack: Stack) => ({
        image: DockerImage.fromRegistry('never-run'),
        environment: { STACK: stack.stackName }, // the CDK bundles once what is bundled alike
        local: {
          tryBundle: (out: string): boolean => {
            writeFileSync(join(out, 'settings.json'), stack.stackName);
            return true;
          },
        },
      });
      const app = twins(
        () => ({}),
        (stack) => void new Asset(stack, 'Bundled', { path: folder, bundling: bundling(stack) }),
      );
      expect(told(app).toSorted()).toEqual(['Assets.Bundled.contents', 'Assets.Bundled.hash']);
    });

    it('may be an image with an argument that its hash is made of', () => {
      const argument = (valueOf: (stack: Stack, id: string) => string) =>
        twins(
          () => ({}),
          (stack, id) =>
            void new DockerImageAsset(stack, 'Image', {
              directory: folder,
              buildArgs: { MODE: valueOf(stack, id) },
            }),
        );
      expect(told(argument(({ stackName }) => stackName))).toEqual([]);
      expect(told(argument((_, id) => (asks(id) ? 'live' : 'test')))).toContain(
        'Assets.Image.dockerBuildArgs.MODE',
      );
    });
  });

  it('is compared in the stacks of a stage too, which wait for each other', () => {
    const stage = (ask: boolean): App => {
      const app = newApp();
      const it = new Twins(app, {
        scale: { backlog: count({ reason: 'staging is not busy' }) },
        environment: (scope, id, { backlog }, options) => {
          const made = new Stage(scope, id, { ...options });
          const [data, web] = [new Stack(made, 'Data'), new Stack(made, 'Web')];
          new CfnQueue(data, 'Queue', { delaySeconds: backlog });
          new CfnQueue(web, 'Queue');
          if (!ask || asks(id)) web.addStackDependency(data);
          image(() => ({ buildArgs: { MODE: ask && asks(id) ? 'live' : 'test' } }))(web, id);
          return made;
        },
      });
      it.prod('Prod', { scale: { backlog: 4 } });
      it.staging('Staging', { scale: { backlog: 2 }, expires });
      return app;
    };
    expect(told(stage(false))).toEqual([]);
    expect(told(stage(true)).sort()).toEqual([
      'Assets.Image.dockerBuildArgs.MODE',
      'Deployment.dependencies',
    ]);
  });
});
