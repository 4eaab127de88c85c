import type { IBaseCredentialsProvider, IIoHost, Toolkit } from '@aws-cdk/toolkit-lib';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TwinError } from '../../error';
import type { Deployment, Watch } from '../target';
import type { Place } from './clients';
import type { PlannedStack } from './environment-stacks';
import { causesOf, signIn } from './failed-call';
import { ToolkitCalls } from './toolkit-calls';

/** What a deployment is made with. */
export interface DeployProps {
  readonly deployment: Deployment;
  readonly stacks: readonly PlannedStack[];
  /** On every stack beside its own, and by CloudFormation on everything in it that can have tags. */
  readonly tags: Readonly<Record<string, string>>;
  readonly place: Place;
  readonly pollMs: number;
  /** Called before anything is deployed, when its images are there. @default - nothing is done */
  readonly onPublished?: (watch: Watch) => Promise<void>;
  /** Takes a stack's id as soon as CloudFormation has given it one. */
  readonly onStack: (name: string, id: string) => void;
}

/**
 * Deploys an environment as `cdk deploy` does: the app's own assembly, by change sets, with the bootstrap's roles. It ends soon
 * after its signal aborts, while CloudFormation may still be at work.
 */
export async function deploy(props: DeployProps, watch: Watch): Promise<void> {
  const { deployment, stacks, tags, pollMs } = props;
  const { Toolkit: TheToolkit, StackSelectionStrategy, StackParameters, BaseCredentials } = loadToolkit();
  const calls = new ToolkitCalls();
  const toolkit: Toolkit = new TheToolkit({
    ioHost: hostOf(props, calls, watch),
    emojis: false,
    color: false,
    unstableFeatures: ['publish-assets'],
    sdkConfig: {
      baseCredentials: impatient(
        BaseCredentials.awsCliCompatible({
          ...(props.place.profile !== undefined && { profile: props.place.profile }),
          ...(props.place.region !== undefined && { defaultRegion: props.place.region }),
        }),
        props.place.requestMs ?? REQUEST_MS,
      ),
    },
  });
  // the toolkit writes into the folder that it deploys from, and the proof reads that folder again
  const copy = mkdtempSync(join(tmpdir(), 'twin-assembly-'));
  try {
    cpSync(deployment.assembly, copy, { recursive: true });
    watch.signal.throwIfAborted();
    const source = await toolkit.fromAssemblyDirectory(copy);
    if (props.onPublished) {
      const patterns = stacks.map(({ hierarchicalId }) => hierarchicalId);
      const strategy = StackSelectionStrategy.PATTERN_MUST_MATCH;
      await toolkit.publishAssets(source, { stacks: { strategy, patterns } });
      watch.signal.throwIfAborted();
      await props.onPublished(watch);
    }
    for (const stack of stacks) {
      watch.signal.throwIfAborted();
      const { stacks: deployed } = await toolkit.deploy(source, {
        stacks: {
          strategy: StackSelectionStrategy.PATTERN_MUST_MATCH_SINGLE,
          patterns: [stack.hierarchicalId],
        },
        deploymentMethod: { method: 'change-set' },
        rollback: true,
        parameters: StackParameters.withExisting(stack.parameters),
        // given to the toolkit, tags take the place of the stack's own
        tags: Object.entries({ ...stack.tags, ...tags }).map(([Key, Value]) => ({ Key, Value })),
        stackEventPollingInterval: pollMs,
      });
      for (const { stackName, stackArn } of deployed) props.onStack(stackName, stackArn);
    }
  } catch (error) {
    watch.signal.throwIfAborted();
    throw failed(error, calls);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** An upload of a part of an asset may take so long. */
const REQUEST_MS = 120_000;

/** The same credentials, for clients that do not wait for ever: the toolkit's own limit of five minutes only warns. */
const impatient = (
  credentials: IBaseCredentialsProvider,
  requestTimeout: number,
): IBaseCredentialsProvider => ({
  sdkBaseConfig: (ioHost, clientConfig) => {
    // all clients of the toolkit get what is in there then
    const requestHandler = { ...clientConfig.requestHandler, requestTimeout, throwOnRequestTimeout: true };
    clientConfig.requestHandler = requestHandler;
    return credentials.sdkBaseConfig(ioHost, clientConfig);
  },
});

/** What the toolkit reports of an event of a stack. */
interface StackActivity {
  readonly event?: {
    readonly StackId?: string;
    readonly StackName?: string;
    readonly LogicalResourceId?: string;
    readonly ResourceStatus?: string;
    readonly ResourceStatusReason?: string;
  };
  readonly progress?: { readonly formatted?: string };
  readonly metadata?: { readonly constructPath?: string };
}

function hostOf(props: DeployProps, calls: ToolkitCalls, watch: Watch): IIoHost {
  return {
    notify: ({ code, level, data }) => {
      if (code === 'CDK_TOOLKIT_I5502') logActivity(data as StackActivity, props.onStack, watch);
      if (code === 'CDK_SDK_I0100') calls.note(data);
      // The only place from which an error reaches the caller of deploy: one that is thrown elsewhere ends the process, or
      // is lost. A test holds this against the version that is installed.
      if (watch.signal.aborted && code === undefined && level === 'debug')
        return Promise.reject(watch.signal.reason as Error);
      return Promise.resolve();
    },
    requestResponse: ({ defaultResponse }) => Promise.resolve(defaultResponse),
  };
}

function logActivity(
  { event = {}, progress, metadata }: StackActivity,
  onStack: DeployProps['onStack'],
  watch: Watch,
): void {
  const { StackId: id, StackName: name, ResourceStatus: status = '', ResourceStatusReason: reason } = event;
  if (id !== undefined && name !== undefined) onStack(name, id);
  const what = metadata?.constructPath ?? event.LogicalResourceId ?? '';
  const why = reason !== undefined && status.endsWith('FAILED') ? `: ${reason}` : '';
  watch.log([progress?.formatted?.trim(), status, `${what}${why}`].filter(Boolean).join(' '));
}

/**
 * Checks that the toolkit is installed: it is 140 MB with what it needs, and who does not rehearse on AWS needs none.
 *
 * @throws TwinError `toolkit-missing`
 */
export function checkToolkit(): void {
  try {
    require.resolve('@aws-cdk/toolkit-lib');
  } catch (cause) {
    throw new TwinError({
      code: 'toolkit-missing',
      message: 'the AWS target deploys with @aws-cdk/toolkit-lib, which is not installed',
      fix: 'Run npm i -D @aws-cdk/toolkit-lib, then try again.',
      cause,
    });
  }
}

function loadToolkit(): typeof import('@aws-cdk/toolkit-lib') {
  checkToolkit();
  return require('@aws-cdk/toolkit-lib') as typeof import('@aws-cdk/toolkit-lib');
}

function failed(cause: unknown, calls: ToolkitCalls): Error {
  if (cause instanceof TwinError) return cause;
  const { ToolkitError } = loadToolkit();
  const unprepared = causesOf(cause).find(
    (it) => ToolkitError.isBootstrapError(it) || NO_BUCKET.test(it.message),
  );
  if (unprepared) return notBootstrapped(unprepared);
  const call = calls.failureIn(cause);
  const isOfCredentials = call ? call.code === 'aws-credentials' : ToolkitError.isAuthenticationError(cause);
  return new TwinError({
    code: isOfCredentials ? 'aws-credentials' : 'deploy',
    message: `the deployment failed: ${call?.message ?? whatFailed((cause as Error).message)}`,
    fix: call?.fix ?? (isOfCredentials ? signIn() : READ_EVENTS),
    cause,
    isMachineFault: call?.isMachineFault ?? isOfCredentials,
  });
}

/** Assets are published before a version is asked for. */
const NO_BUCKET = /^No bucket named .*bootstrapped\?$/s;

/** Of nothing that is deployed: no release is to blame. */
const notBootstrapped = (cause: Error): TwinError =>
  new TwinError({
    code: 'not-bootstrapped',
    message: `the deployment failed: ${cause.message.split('. Has ')[0]!}`,
    fix: 'Run npx cdk bootstrap for that account and Region, or correct the Region.',
    cause,
    isMachineFault: true,
  });

const READ_EVENTS = 'The events of the stack, in the logs of the rehearsal, say what came before it.';

/** CloudFormation's reasons with their constructs, and the first line of the app that led to each: no trace. */
function whatFailed(message: string): string {
  const lines = message.trim().replace(/^❌ +/, '').split('\n');
  const isTrace = (line: string): boolean => /^\s{8,}\S/.test(line);
  return lines.filter((line) => line.trim() !== '' && !isTrace(line)).join('\n  ');
}
