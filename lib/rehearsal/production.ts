import { join, resolve } from 'node:path';
import { version as tool } from '../../package.json';
import { productionIn } from '../blueprint/production-name';
import { blueprintOf } from '../blueprint/read-blueprint';
import { TwinError } from '../error';
import { Assembly } from '../parity/assembly';
import { fenced } from '../targets/fence';
import { UNSTOPPABLE, type Deployment, type OwnData, type Watch } from '../targets/target';
import { PATIENCE_MS } from '../targets/bounded';
import { NOTHING_DONE } from './fresh-ledger';
import { LedgerFile, type Ledger } from './ledger';
import { assemblyFor } from './assembly-folders';
import type { Rehearsals } from './rehearsals';
import { claimed, runFrom, startRun, type Ended, type RunProps } from './run';
import { besideOf, checkTwin, firstBeside, severalStand } from './second-production';
import { deploymentOf, watchOf, type StepContext } from './step';

/** What a production for trial is stood up with, or a release of it. */
export interface ProductionProps extends RunProps {
  readonly configFile: string;
  readonly release: string;
}

/** How a production is stood up. */
export interface StandUpProps extends ProductionProps {
  /** Its name. @default - the only one with a staging */
  readonly environment?: string | undefined;
  /** The tiers whose data it has for itself where it stands beside another one. @default - none */
  readonly own?: OwnData;
}

/** A release that is brought to a production. */
export interface ReleaseProps extends ProductionProps {
  /** Its name. @default - the only one that stands */
  readonly environment?: string | undefined;
}

/**
 * Stands a production up with a release, for trial, and leaves it standing.
 *
 * @throws TwinError where it cannot start: then nothing was stood up
 */
export async function standUpProduction(props: StandUpProps): Promise<Ended> {
  const { parts, rehearsals, release } = props;
  checkTarget(props);
  const beside = firstBeside(standingProductions(rehearsals), props.environment);
  const now = parts.now();
  const name = rehearsals.create(`production-${release}`, now);
  new LedgerFile(rehearsals.folderOf(name), firstEntry(props, beside, name, now)).change({});
  return claimed({ rehearsals, rehearsal: name }, async (ledger) => {
    const context = startRun(props, ledger);
    const { assembly, environment } = await plan(context, props);
    if (beside) checkTwin(assembly, environment, beside.environment ?? '');
    return runFrom(context, 'seed', props);
  });
}

/** What became of a release that was brought to a production. */
export interface Released {
  readonly ledger: Ledger;
  /** Why it could not be brought. @default - it runs */
  readonly error?: unknown;
}

/**
 * Deploys another release to the production that stands, as it would be deployed: migration, then a rolling update.
 *
 * @throws TwinError `no-production` where none stands, and those of the target
 */
export async function releaseToProduction(props: ReleaseProps): Promise<Released> {
  const { rehearsals, release, parts, patienceMs = PATIENCE_MS } = props;
  checkTarget(props);
  const standing = standingProduction(rehearsals, props.environment);
  if (!standing) throw noProduction(props.environment);
  return claimed({ rehearsals, rehearsal: standing.rehearsal }, async (ledger) => {
    const context = startRun(props, ledger);
    const { environment = '' } = ledger.value;
    const before = ledger.value;
    const watch = watchOf(context, props.signal);
    const { target } = context.parts;
    const noteBefore = (): void =>
      ledger.note({
        from: before.from,
        to: before.to,
        assemblies: before.assemblies,
        code: before.code ?? {},
      });
    const planned = await plan(context, { ...props, environment }).catch((error: unknown) => {
      noteBefore();
      throw error;
    });
    try {
      await watch.span(`release ${release}`, () =>
        fenced(target.release(ledger.value.handle, planned, watch), props.signal, patienceMs, () =>
          target.stop(ledger.value.handle, watchOf(context, UNSTOPPABLE)),
        ),
      );
    } catch (error) {
      // what runs now is for its services to say; the ledger names what ran before
      noteBefore();
      return { ledger: ledger.value, error };
    }
    ledger.change({ from: before.to, tiers: await target.describe(ledger.value.handle, watch) });
    watch.log(`${environment} runs ${release}, since ${parts.now().toISOString()}`);
    return { ledger: ledger.value };
  });
}

/** The productions for trial that stand, the oldest first. */
export const standingProductions = (rehearsals: Rehearsals): readonly Ledger[] =>
  rehearsals.standing({ of: 'production' }).map((name) => rehearsals.open(name).value);

/**
 * The production for trial that stands.
 *
 * @param environment - of that name; undefined for the only one
 * @throws TwinError `environment` where several stand and none is named
 */
export function standingProduction(
  rehearsals: Rehearsals,
  environment: string | undefined,
): Ledger | undefined {
  const all = standingProductions(rehearsals);
  if (environment !== undefined) return all.findLast((it) => it.environment === environment);
  if (all.length > 1) throw severalStand(all);
  return all[0];
}

/** What runs of a production that stands. */
export function productionDeployment(
  rehearsals: Rehearsals,
  { rehearsal, to: release, assemblies, environment = '', code }: Ledger,
): Deployment {
  const folder = code?.to?.folder;
  const assembly = resolve(rehearsals.folderOf(rehearsal), assemblies.to);
  return { release, assembly, environment, ...(folder !== undefined && { folder }) };
}

/** The error of a command that needs a production. */
export const noProduction = (environment?: string): TwinError =>
  new TwinError({
    code: 'no-production',
    message: `no production${environment === undefined ? '' : ` "${environment}"`} stands on this machine`,
    fix: 'Stand one up: twin production up --release <release>.',
  });

/** Synthesises a release, and asks the target whether it can stand it up. @returns what is to be deployed */
async function plan(
  context: StepContext,
  { release, environment: asked }: Pick<StandUpProps, 'release' | 'environment'>,
): Promise<Deployment> {
  const { parts, ledger, signal } = context;
  const watch = watchOf(context, signal);
  return watch.span('plan', async () => {
    await parts.target.reach(ledger.value.handle, watch);
    const found = await parts.findCode(release, watch);
    const assembly = assemblyFor(ledger.folder, release);
    await synthesize(context, release, assembly, found?.folder, watch);
    const directory = join(ledger.folder, assembly);
    const environment = productionIn(new Assembly(directory), asked);
    parts.checkConfig(blueprintOf(directory, environment));
    ledger.change({
      environment,
      to: release,
      assemblies: { from: assembly, to: assembly },
      code: found ? { from: found, to: found } : {},
    });
    const deployment = deploymentOf(context, 'to');
    const { refusals, warnings, tiers } = await parts.target.preflight(
      ledger.value.handle,
      deployment,
      watch,
    );
    if (refusals.length > 0) throw refused(environment, refusals);
    for (const warning of warnings) watch.log(`warning: ${warning}`);
    for (const it of tiers) if (it.skipped) watch.log(`${it.tier} is skipped: ${it.because}`);
    return deployment;
  });
}

async function synthesize(
  { parts, ledger }: StepContext,
  release: string,
  assembly: string,
  folder: string | undefined,
  watch: Watch,
): Promise<void> {
  const output = join(ledger.folder, assembly);
  const log = `${output.replace('assembly', 'synth')}.log`;
  // without a suffix: production has its own name
  await watch.span(`synthesise ${release}`, () =>
    parts.synthesize({ release, folder, context: {}, output: resolve(output), log, signal: watch.signal }),
  );
}

function firstEntry(
  { parts: { target }, configFile, release, own = {} }: StandUpProps,
  beside: Ledger | undefined,
  name: string,
  now: Date,
): Ledger {
  return {
    ...(beside && { beside: beside.rehearsal }),
    version: 1,
    tool,
    rehearsal: name,
    kind: 'production',
    target: target.name,
    handle: beside ? besideOf(target, beside, own) : target.allocate(name),
    from: release,
    to: release,
    startedAt: now.toISOString(),
    configFile,
    gates: {},
    gatesDigest: '',
    scriptDigest: '',
    assemblies: { from: '', to: '' },
    keep: false,
    ...NOTHING_DONE,
  };
}

function checkTarget({ parts: { target } }: ProductionProps): void {
  if (target.isForTrial) return;
  throw new TwinError({
    code: 'refused',
    message: `no production is stood up for trial on the target ${target.name}`,
    fix: 'There production is deployed by cdk deploy.',
  });
}

const refused = (environment: string, refusals: readonly string[]): TwinError =>
  new TwinError({
    code: 'refused',
    message: [`${environment} may not be stood up here`, ...refusals].join('\n  '),
    fix: 'Nothing was deployed. Correct what is named.',
  });
