import {
  type App,
  Aspects,
  AssetHashType,
  CfnOutput,
  PropertyInjectors,
  Stack,
  Tags,
  type IPropertyInjector,
} from 'aws-cdk-lib';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { CfnQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { JsonObject } from '../../lib/json';
import { Laboratory } from '../../lib/twins/instances/instance';
import { newApp } from '../app';

const instant = Date.UTC(2026, 11, 1, 18);
const NONE: ReadonlyMap<string, string> = new Map();

/** Makes an instance like an app's. */
const makeIn = (app: App, make: (stack: Stack) => void) =>
  new Laboratory(app, instant, { areCopied: false, contents: () => 'unread' }).make(
    'an instance',
    (other) => {
      const stack = new Stack(other, 'Kqzm');
      make(stack);
      return stack;
    },
    NONE,
    { names: new Map([['tag.team', 'web']]), env: 'given', isNamed: false },
  );

const resourcesOf = (instance: ReturnType<typeof makeIn>): Record<string, { Properties: JsonObject }> =>
  (instance.stacks[0]!.template as { Resources: never }).Resources;

/** The folders that laboratories make, and those of them that are there still: other tests use the same folder meanwhile. */
function watchFolders(): { made: () => string[]; left: () => string[] } {
  const spy = jest.spyOn(fs, 'mkdtempSync');
  const made = (): string[] =>
    spy.mock.results
      .map(({ value }) => String(value))
      .filter((folder) => basename(folder).startsWith('twin-'));
  return { made, left: () => made().filter((folder) => fs.existsSync(folder)) };
}

afterEach(() => jest.restoreAllMocks());

describe('an instance', () => {
  it('is a stack in an app of its own, with its template, its constructs and its names', () => {
    const instance = makeIn(newApp(), (stack) => void new CfnQueue(stack, 'Queue'));
    expect(Object.keys(resourcesOf(instance))).toEqual(['Queue']);
    expect(instance.stacks[0]!.elements.get('Queue')).toBeInstanceOf(CfnQueue);
    expect(instance.names.get('name')).toBe('Kqzm');
    expect(instance.names.get('stackName.lower')).toBe('kqzm');
    expect(instance.names.get('tag.team')).toBe('web');
    expect(instance.names.has('account')).toBe(false);
  });

  it('keeps no metadata of what is in it: nobody reads it', () => {
    const app = newApp();
    app.node.setContext('@aws-cdk/core:enableAdditionalMetadataCollection', true);
    const metadata = (stack: Stack) =>
      stack.node.findAll().flatMap((it) => (it === stack ? [] : it.node.metadata));
    const made = new Stack(app, 'Prod');
    new Queue(made, 'Queue');
    expect(metadata(made)).not.toEqual([]);
    const instance = makeIn(app, (stack) => void new Queue(stack, 'Queue'));
    expect(metadata(instance.stacks[0]!.stack)).toEqual([]);
  });

  it("has the app's context, aspects, tags and injectors", () => {
    const app = newApp({ context: { flavour: 'sour' } });
    Tags.of(app).add('team', 'web');
    Aspects.of(app).add({ visit: (node) => node instanceof CfnQueue && (node.delaySeconds = 7) });
    const injector: IPropertyInjector = {
      constructUniqueId: Queue.PROPERTY_INJECTION_ID,
      inject: (props) => ({ ...props, fifo: true }),
    };
    PropertyInjectors.of(app).add(injector);
    const instance = makeIn(app, (stack) => {
      new Queue(stack, 'Queue');
      new CfnOutput(stack, 'Flavour', { value: String(stack.node.tryGetContext('flavour')) });
    });
    const [queue] = Object.values(resourcesOf(instance));
    expect(queue!.Properties).toMatchObject({
      DelaySeconds: 7,
      FifoQueue: true,
      Tags: [{ Key: 'team', Value: 'web' }],
    });
    expect(JSON.stringify(instance.stacks[0]!.template)).toContain('"sour"');
    expect(app.node.children).toEqual([]);
  });

  it('bundles and copies nothing, and leaves no file', () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'code-'));
    fs.writeFileSync(join(folder, 'index.js'), 'exports.handler = 1;');
    const folders = watchFolders();
    let bundled = 0;
    const local = { tryBundle: () => ++bundled > 0 };
    const instance = makeIn(newApp(), (stack) => {
      new LambdaFunction(stack, 'Function', {
        runtime: Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: Code.fromAsset(folder, {
          assetHashType: AssetHashType.OUTPUT,
          bundling: { image: Runtime.NODEJS_22_X.bundlingImage, local },
        }),
      });
      new LambdaFunction(stack, 'Plain', {
        runtime: Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: Code.fromAsset(folder),
      });
    });
    expect(bundled).toBe(0);
    expect(instance.stacks[0]!.assets.size).toBeGreaterThan(0);
    expect(folders.made()).toHaveLength(1);
    expect(folders.left()).toEqual([]);
  });

  it('leaves no file and no held clock either when the topology throws, and passes its error on', () => {
    const folders = watchFolders();
    const error = new Error('no');
    expect(() =>
      makeIn(newApp(), () => {
        throw error;
      }),
    ).toThrow(error);
    expect(folders.made()).toHaveLength(1);
    expect(folders.left()).toEqual([]);
    expect(Date.now()).not.toBe(instant);
  });

  it('prints nothing, and is made at the moment that it is told', () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const warn = jest.spyOn(console, 'warn').mockReturnValue();
    const instance = makeIn(newApp(), (stack) => {
      console.warn('a deprecation');
      process.stdout.write('hello');
      new CfnOutput(stack, 'Now', { value: new Date().toISOString() });
    });
    expect(write).not.toHaveBeenCalled();
    expect(warn).not.toHaveBeenCalled();
    jest.restoreAllMocks();
    expect(JSON.stringify(instance.stacks[0]!.template)).toContain('2026-12-01T18:00:00.000Z');
  });

  it('may not use what was made outside of it', () => {
    const app = newApp();
    const outside = new Queue(new Stack(app, 'Shared'), 'Queue');
    const made = (use: (stack: Stack) => void) => () => makeIn(app, use);
    const refused = expect.objectContaining({ code: 'outside-construct' }) as Error;
    expect(made((stack) => void new CfnOutput(stack, 'Arn', { value: outside.queueArn }))).toThrow(refused);
  });
});

it('another app knows nothing of instances', () => {
  const hook = Symbol.for('@aws-cdk/core.App#initHook');
  const hooks = globalThis as { [hook]?: unknown };
  const seen: unknown[] = [];
  hooks[hook] = (app: unknown) => void seen.push(app);
  try {
    const app = newApp();
    makeIn(app, () => {});
    expect(seen).toEqual([app]);
    expect(hooks[hook]).toBeDefined();
  } finally {
    delete hooks[hook];
  }
});
