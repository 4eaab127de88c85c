import { attachCustomSynthesis, Stage, Token, Validations, type App } from 'aws-cdk-lib';
import { TwinError } from '../error';
import { Assembly, warningsIn } from '../parity/assembly';
import { parityOfWritten } from '../parity/assembly-parity';
import type { Definition } from '../parity/manifest';
import { ParityPlugin } from '../parity/plugin';
import type { ParityReport } from '../parity/report';
import { deployedAsOne } from '../template/assembly';
import { Contents } from '../template/contents';
import { ChecksPlugin } from './checks-plugin';
import { stacksOf } from './instances/instance';
import { writeManifest } from './manifest/manifest';
import { RehearsalPlugin, type GuardedProduction } from './rehearsal-plugin';

/** One `Twins`, as its app sees it. */
interface OneTwins {
  /** What the manifest says of it. */
  definition(outdir: string): Definition;
  /** Of its environments. */
  ids(): readonly string[];
  /** The productions that are deployed only as what was rehearsed. */
  guarded(): readonly GuardedProduction[];
}

/** All `Twins` of an app: they share its manifest and its plugins. */
export class AppTwins {
  static readonly #apps = new WeakMap<App, AppTwins>();

  static of(app: App): AppTwins {
    const known = this.#apps.get(app) ?? new AppTwins(app);
    this.#apps.set(app, known);
    return known;
  }

  readonly #all: OneTwins[] = [];
  #contents: Contents;
  #written: Assembly | undefined;
  #reports: readonly ParityReport[] | undefined;

  private constructor(app: App) {
    this.#contents = new Contents(app.outdir);
    attachCustomSynthesis(app, {
      onSynthesize: ({ outdir, assembly }) => {
        this.#reports = this.#written = undefined;
        this.#contents = new Contents(outdir);
        checkOneStackEach(app);
        assembly.buildAssembly(); // all stacks are in it by now, and what is said of them is compared too
        const definitions = this.#all.map((twins) => twins.definition(outdir));
        writeManifest(outdir, definitions, this.#contents);
      },
    });
    Validations.of(app).addPlugins(
      new ParityPlugin(
        () => this.reports(app),
        () => warningsIn(this.written(app)),
      ),
      new RehearsalPlugin(
        () => app.outdir,
        () => this.#all.flatMap((twins) => twins.guarded()),
      ),
      new ChecksPlugin(
        () => this.reports(app),
        (staging) => Stage.isStage(app.node.tryFindChild(staging)),
      ),
    );
  }

  /** What the assets of the assembly hold. */
  get contents(): Contents {
    return this.#contents;
  }

  /** What is found in the assembly that was just written: it is read once for both plugins. */
  private reports(app: App): readonly ParityReport[] {
    return (this.#reports ??= parityOfWritten(this.written(app)));
  }

  private written(app: App): Assembly {
    return (this.#written ??= new Assembly(app.outdir, true));
  }

  add(twins: OneTwins): void {
    this.#all.push(twins);
  }

  /** An environment is known by its id. */
  checkId(id: string): void {
    if (!this.#all.some((twins) => twins.ids().includes(id))) return;
    throw new TwinError({
      code: 'environment-id',
      message: `the app has an environment "${id}" already`,
      fix: 'Give every environment an id of its own.',
    });
  }
}

/** Before anything is compared: one of two stacks of one name would replace the other. */
function checkOneStackEach(app: App): void {
  const stacks = stacksOf(app).filter(({ nestedStackParent }) => nestedStackParent === undefined);
  const twice = deployedAsOne(
    stacks.map(({ node, stackName: name, account, region }) => ({
      path: node.path,
      name,
      ...(!Token.isUnresolved(account) && { account }),
      ...(!Token.isUnresolved(region) && { region }),
    })),
  );
  if (!twice) return;
  const [{ path: one, name }, { path: other }] = twice;
  throw new TwinError({
    code: 'same-stack',
    message: `${one} and ${other} are both deployed as the stack "${name}"`,
    fix: 'Give each environment a stackName of its own, or none: whichever is deployed last would replace the other.',
  });
}
