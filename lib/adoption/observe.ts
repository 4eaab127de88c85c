import type { App } from 'aws-cdk-lib';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sourceOf } from './app';
import { argumentsOf } from './arguments';
import type { Child } from './child';
import { enumsIn } from './enums';
import { exportsIn, fileOfConstructor, loadedModules } from './exports';
import { OBSERVATION, type Observation } from './observation';
import { releaseInContext } from './release';
import { TrialApps, type Library } from './trial-app';
import { unitsOf } from './units';

/** The AWS CDK calls what stands here with every app that is made. */
const APP_HOOK = Symbol.for('@aws-cdk/core.App#initHook');

/**
 * Watches the process that it is loaded in: where an app of the AWS CDK is made, what stands at its top is noted, and once the
 * app was synthesised, tried with other values. Other processes, such as those that start the app, are left alone.
 */
export function observe(): void {
  const file = process.env[OBSERVATION];
  if (file === undefined) return;
  const children: Child[] = [];
  const context: Record<string, unknown> = {};
  let isFirst = true;
  const hooks = globalThis as { [APP_HOOK]?: (app: App) => void };
  hooks[APP_HOOK] = (app) => {
    if (!isFirst) return;
    isFirst = false;
    watch(app, children);
    const unhook = watchContext(app, context);
    // the app's own listener, which synthesises it, came first
    process.once('beforeExit', () => {
      unhook();
      delete hooks[APP_HOOK];
      void finish(app, { children, context }, file);
    });
  };
}

/** Notes what is added at the top of an app, while its constructor runs. */
function watch(app: App, children: Child[]): void {
  const node = app.node as unknown as { addChild: (construct: object, id: string) => void };
  const { addChild } = node;
  node.addChild = function (construct, id) {
    const file = fileOfConstructor(construct.constructor.name, new Error('where').stack ?? '');
    children.push({ construct, id, given: argumentsOf(construct), ...(file !== undefined && { file }) });
    addChild.call(this, construct, id);
  };
}

/**
 * Notes what constructs below the app read of its context: its entry reads it from the app itself.
 *
 * @returns a function that ends this
 */
function watchContext(app: App, read: Record<string, unknown>): () => void {
  const nodes = Object.getPrototypeOf(app.node) as {
    tryGetContext: (this: App['node'], key: string) => unknown;
  };
  const { tryGetContext } = nodes;
  nodes.tryGetContext = function (key) {
    const value = tryGetContext.call(this, key);
    if (this.scope !== undefined) read[key] = value;
    return value;
  };
  return () => (nodes.tryGetContext = tryGetContext);
}

interface Seen {
  readonly children: readonly Child[];
  readonly context: Readonly<Record<string, unknown>>;
}

async function finish(app: App, { children, context }: Seen, into: string): Promise<void> {
  const entry = process.argv[1] ?? '';
  const load = createRequire(entry);
  const library: Library = { cdk: load('aws-cdk-lib') as never, twin: load('cdk-twin') as never };
  const apps = new TrialApps(library, app.node.getAllContext() as Record<string, unknown>);
  const made = children.filter(
    ({ construct }) => library.cdk.Stack.isStack(construct) || library.cdk.Stage.isStage(construct),
  );
  const modules = await loadedModules(
    entry,
    made.flatMap(({ file }) => file ?? []),
  );
  const release = releaseInContext(context);
  const observation: Observation = {
    entry,
    ...(release && { release }),
    units: unitsOf(made, apps, {
      find: exportsIn(modules),
      member: enumsIn(modules),
      isStage: (it) => library.cdk.Stage.isStage(it),
      isTyped: /\.[cm]?tsx?$/.test(sourceOf(process.cwd(), entry)),
    }),
  };
  writeFileSync(into, JSON.stringify(observation));
}
