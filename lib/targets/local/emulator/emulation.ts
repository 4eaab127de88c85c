import { basename, join } from 'node:path';
import type { Blueprint } from '../../../blueprint/blueprint';
import { TwinError } from '../../../error';
import { UNSTOPPABLE, type Deployment, type RehearsedTier, type TierState, type Watch } from '../../target';
import type { Names } from '../names/names';
import type { Machine } from '../process/machine';
import type { LocalSettings } from '../settings';
import { assetsOf, upload } from './assets';
import { accessKeyOf, awsVariables, clientsFor, DEFAULT_REGION, type Reach } from './clients';
import { atEndpoint, byAddress } from './endpoint';
import { differencesOf, missingBeside, STAND_IN, type EmulatedDifferencesProps } from './differences';
import { whyNotEmulated } from './module';
import { notify } from './notifications';
import { emulatorProgram } from './programs';
import { assetBucketOf, noteRegion, remove } from './shared';
import { EmulatorStack, type MadeStack } from './stack';
import { isEmulated, selectionOf, type EmulatedTier, type Selection } from './selection';
import { answers, EmulatorServer, nameOf } from './server';
import { emulatorId, emulatorTemplate, outputKey } from './template';

/** What the emulated part of an environment is created with. */
export interface EmulationProps {
  /** The environment's. */
  readonly folder: string;
  readonly machine: Machine;
  readonly settings: LocalSettings;
}

/** What was made of a release. */
interface Made {
  readonly blueprint: Blueprint;
  readonly selection: Selection;
  readonly stack: MadeStack;
  readonly engine: string;
}

/** The part of an environment that an emulator of AWS stands in for: it follows the template of every release. */
export class Emulation {
  private server: EmulatorServer | undefined;
  private reach: Reach | undefined;
  private made: Made | undefined;
  private readonly uploaded = new Set<string>();
  /** The buckets whose events go somewhere. */
  private notified: ReadonlySet<string> = new Set();

  constructor(private readonly props: EmulationProps) {}

  /** Whether a blueprint has anything for an emulator, and there is one. */
  static isNeeded(blueprint: Blueprint, { awsEndpoint }: LocalSettings): boolean {
    if (awsEndpoint === false || (awsEndpoint === undefined && !emulatorProgram())) return false;
    return selectionOf(blueprint, tiersIn(blueprint, awsEndpoint)).made.length > 0;
  }

  /** The environment variables by which a program reaches it, and nothing of AWS; also before it is deployed. */
  get variables(): Readonly<Record<string, string>> {
    return awsVariables(this.reach ?? {});
  }

  /**
   * Starts the emulator that belongs to the environment, unless another one is named or it runs.
   *
   * @throws TwinError `emulator` where there is none, `timeout` where it does not answer
   */
  async start(blueprint: Blueprint, watch: Watch): Promise<Reach> {
    const { folder, machine, settings } = this.props;
    const env = blueprint.stacks.find(({ env: it }) => it?.region !== undefined)?.env;
    const region = env?.region ?? DEFAULT_REGION;
    if (typeof settings.awsEndpoint === 'string') {
      if (!(await answers(settings.awsEndpoint))) throw noAnswer(settings.awsEndpoint);
      const endpoint = await byAddress(settings.awsEndpoint);
      this.reach = { endpoint, region, accessKey: accessKeyOf(folder) };
      noteRegion(folder, region);
      watch.learn({ awsRegion: region });
      return this.reach;
    }
    this.server ??= new EmulatorServer({
      program: emulatorProgram()!,
      machine,
      folder: join(folder, 'aws-emulator'),
      code: settings.folder,
      region,
      accessKey: env?.account ?? NO_ACCOUNT,
    });
    await this.server.start(watch.signal);
    this.reach = this.server.reach;
    return this.reach;
  }

  /**
   * Makes the resources of a release, and changes or deletes those of the release before. The names have their values afterwards.
   *
   * @throws TwinError `emulator` where that fails, `timeout` where it does not answer
   */
  async deploy({ assembly }: Deployment, blueprint: Blueprint, names: Names, watch: Watch): Promise<void> {
    const { settings } = this.props;
    const { signal } = watch;
    const reach = await this.start(blueprint, watch);
    const clients = clientsFor(reach);
    const engine = await nameOf(reach.endpoint);
    const { Account: account = '' } = await clients.sts.getCallerIdentity({});
    const pseudo = { ...PSEUDO, 'AWS::Region': reach.region, 'AWS::AccountId': account };
    const selection = selectionOf(blueprint, tiersIn(blueprint, settings.awsEndpoint));
    const assets = assetsOf(assembly);
    const bucket = assetBucketOf(this.name);
    const stack = await new EmulatorStack(clients, this.name).deploy({
      engine,
      signal,
      template: (leftOut) => {
        const it = emulatorTemplate({ stacks: blueprint.stacks, selection, leftOut, names, pseudo });
        const inBuckets = assets.map((asset) => within(asset.bucket, pseudo));
        return { ...it, template: movedTo(bucket, inBuckets, it.template) };
      },
      before: (template) => upload(clients.s3, bucket, assets, { template, done: this.uploaded }),
    });
    this.made = { blueprint, selection, stack, engine };
    this.register(names, pseudo);
    this.notified = await notify(clients, selection, names.for(blueprint), this.notified);
    watch.log(`${engine} at ${reach.endpoint} has ${stack.physicalIds.size} resources of the template`);
    for (const [id, why] of stack.leftOut) watch.log(`${id} is not there: ${why}`);
  }

  /** Whether it was deployed. */
  get hasMade(): boolean {
    return this.made !== undefined;
  }

  /** The tiers that it stands in for, and those that it could not make. */
  states(): readonly TierState[] {
    if (!this.made) return [];
    const { blueprint, stack, engine } = this.made;
    const isRunning = this.server?.isRunning ?? true;
    return tiersIn(blueprint, this.props.settings.awsEndpoint).map((tier): TierState => {
      const because = stack.leftOut.get(emulatorId(tier));
      const { name, kind } = tier;
      if (because !== undefined) return { tier: name, kind, skipped: true, because };
      return {
        tier: name,
        kind,
        skipped: false,
        engine,
        standIn: STAND_IN,
        members: [{ name, role: 'primary', state: isRunning ? 'running' : 'stopped' }],
        differs: differencesOf(tier, this.madeProps),
      } satisfies RehearsedTier;
    });
  }

  /** What it could not make and is no part of a tier, in sentences: a secret, a parameter. */
  get missing(): readonly string[] {
    return this.made
      ? missingBeside(tiersIn(this.made.blueprint, this.props.settings.awsEndpoint), this.madeProps)
      : [];
  }

  /** Removes what was made in an emulator that goes on; one that was started here ends with the environment. */
  async remove(): Promise<void> {
    if (this.server === undefined && this.reach)
      await remove({ ...this.reach, name: this.name }, UNSTOPPABLE);
  }

  private get madeProps(): EmulatedDifferencesProps {
    const { engine, selection, stack } = this.made!;
    return { engine, selection, leftOut: stack.leftOut };
  }

  private get name(): string {
    return basename(this.props.folder);
  }

  private register(names: Names, pseudo: Readonly<Record<string, string>>): void {
    const { selection, stack } = this.made!;
    const { endpoint } = this.reach!;
    const here = (value: string | undefined): string | undefined => value && atEndpoint(value, endpoint);
    names.emulate({
      pseudo,
      ref: (path, logicalId) => {
        const id = emulatorId({ stack: path, logicalId });
        return here(stack.values.get(outputKey(id)) ?? stack.physicalIds.get(id));
      },
      attribute: (path, logicalId, name) =>
        here(stack.values.get(outputKey(emulatorId({ stack: path, logicalId }), name))),
    });
    for (const it of selection.made) {
      const id = stack.physicalIds.get(emulatorId(it));
      if (it.type === 'AWS::SecretsManager::Secret' && id !== undefined) {
        for (const other of [id, stack.values.get(outputKey(emulatorId(it)))])
          if (other !== undefined) names.alias(it.stack, it.logicalId, other);
      }
    }
  }
}

const NO_ACCOUNT = '0'.repeat(12);
const PSEUDO = { 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' } as const;

const tiersIn = ({ tiers }: Blueprint, endpoint: LocalSettings['awsEndpoint']): readonly EmulatedTier[] =>
  tiers.filter(isEmulated).filter((tier) => whyNotEmulated(tier, endpoint) === undefined);

/** A text with the placeholders of an asset manifest replaced. */
const within = (text: string, pseudo: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\{(AWS::\w+)\}/g, (whole, name: string) => pseudo[name] ?? whole);

function movedTo<T extends object>(bucket: string, from: readonly string[], template: T): T {
  const text = [...new Set(from)].reduce(
    (all, it) => all.replaceAll(JSON.stringify(it), JSON.stringify(bucket)),
    JSON.stringify(template),
  );
  return JSON.parse(text) as T;
}

const noAnswer = (endpoint: string): TwinError =>
  new TwinError({
    code: 'emulator',
    message: `nothing answers at local.awsEndpoint, ${endpoint}`,
    fix: 'Start the emulator, or leave local.awsEndpoint out: one on the PATH is started.',
    isMachineFault: true,
  });
