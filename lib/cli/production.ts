import { Argument, Option, type Command } from 'commander';
import { ownOf } from '../cutover/data';
import { machineFaultOf, TwinError } from '../error';
import { showMoment } from '../evidence/figures';
import { addressesOf } from '../probes/addresses';
import type { Ledger } from '../rehearsal/ledger';
import { releaseToProduction, standUpProduction, type Released } from '../rehearsal/production';
import { Rehearsals } from '../rehearsal/rehearsals';
import type { Ended } from '../rehearsal/run';
import { productionBy, TARGETS } from '../targets/registry';
import { UNSTOPPABLE, type Handle, type OwnData, type Target } from '../targets/target';
import { EXIT, type Outcome } from './outcome';
import { oldProductionDown } from './old-production-down';
import { commandNamed } from './overview';
import { productionDown } from './production-down';
import { commandsIn, progressOn, releaseOf, type RehearsalCommandProps } from './rehearsed';
import { onStopSignal, tearingDown } from './signals';

const ACTIONS = ['up', 'deploy', 'down'] as const;

type Action = (typeof ACTIONS)[number];

/** The flags of `twin production`. */
interface ProductionFlags {
  readonly release?: string;
  readonly environment?: string;
  readonly confirm?: string;
  readonly snapshots?: boolean;
  readonly target: string;
  readonly config: string;
}

/** The command `twin production`: a production on this machine, to try verification on. */
export function productionCommand(props: RehearsalCommandProps): Command {
  return commandNamed('production')
    .description(
      "Stands an environment with production's topology and size up on this machine, brings other releases to it as they would be " +
        'deployed, and tears it down: something to try twin verify on. It deletes itself after four hours, or later with twin extend. ' +
        'On AWS production is deployed by cdk deploy; of two, the one that no client uses is torn down here, with final snapshots.',
    )
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .option(
      '--release <release>',
      'what is to run, with up and deploy; what runs, with down on AWS (default: "baseline" in the config)',
      releaseOf,
    )
    .option(
      '--environment <name>',
      'the production (default: with up the only one that has a staging, otherwise the only one that stands)',
    )
    .option('--confirm <name>', 'with down: its name, where nobody is asked for it')
    .option('--no-snapshots', 'with down and a name: keep no copy of the data of its databases')
    .addOption(
      new Option('--target <name>', 'with down: where it stands').choices(TARGETS).default(TARGETS[0]),
    )
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (action: Action, flags: ProductionFlags) => {
      const release = releaseFor(action, flags);
      if (action === 'down' && productionBy(flags.target) === 'assembly')
        return props.done(await oldProductionDown(props, flags));
      props.done(
        release === undefined
          ? await productionDown(props, flags)
          : await bring(props, action, release, flags),
      );
    });
}

const MORE_HELP = `
Exit codes:
  0   it stands, runs the release, or is gone
  1   it could not be stood up, or the release not be brought
  2   bad input, and nothing was changed
  3   there may be leftovers
  70  a fault of cdk-twin or of the machine

Examples:
  twin production up --release 1.41.0
  twin verify --before
  twin production deploy --release 1.43.0
  twin verify --release 1.43.0
  twin production up --environment ProdB --release 1.43.0
  twin production down --environment ProdB
  twin production down --environment Prod --target aws`;

/** The release that is brought; undefined where none is. @throws TwinError `usage` */
function releaseFor(
  action: Action,
  { release, confirm, snapshots, target }: ProductionFlags,
): string | undefined {
  const refuse = (message: string, fix: string): TwinError => new TwinError({ code: 'usage', message, fix });
  if (confirm !== undefined && action !== 'down')
    throw refuse(`--confirm has no use with ${action}: nothing is torn down`, 'Leave it out.');
  if (snapshots === false && action !== 'down')
    throw refuse(`--no-snapshots has no use with ${action}: nothing is torn down`, 'Leave it out.');
  if (action === 'down' && productionBy(target) === 'assembly') return release;
  if (action === 'down' && release !== undefined)
    throw refuse(`--release has no use with down, got "${release}"`, 'Leave it out.');
  if (action !== 'down' && release === undefined)
    throw refuse(
      `${action} needs the release that is to run`,
      `Name it, such as twin production ${action} --release 1.43.0.`,
    );
  return release;
}

async function bring(
  { terminal, context }: RehearsalCommandProps,
  action: Action,
  release: string,
  { config, environment, target }: ProductionFlags,
): Promise<Outcome> {
  const { newParts, configFile, config: rules } = await context.open(config, target);
  const parts = newParts();
  const progress = progressOn(terminal);
  const commandOf = commandsIn(config);
  const rehearsals = new Rehearsals(config);
  let current = '';
  const stop = onStopSignal(
    context.signals,
    (message) => progress.note(message),
    action === 'up'
      ? tearingDown(() => commandOf('down', current))
      : {
          first: () => 'the release is broken off, and production stays as it is then',
          second: () => 'production may be between two releases',
          fix: 'Bring a release again.',
        },
  );
  const run = {
    parts,
    rehearsals,
    configFile,
    release,
    signal: stop.signal,
    commandOf,
    listener: (event: Parameters<typeof progress.listener>[0]) => {
      if (event.event === 'run-start') current = event.rehearsal;
      else progress.listener(event);
    },
  };
  try {
    if (action === 'deploy') {
      return releasedOutcome(await releaseToProduction({ ...run, environment }), release);
    }
    const own = ownOf(rules.cutover?.data ?? {});
    const ended = await standUpProduction({ ...run, environment, own });
    const { beside } = ended.ledger;
    const first = beside === undefined ? undefined : rehearsals.open(beside).value;
    return await standing(ended, first && { ledger: first, own }, parts.target, commandOf);
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason)
      return { text: `${stop.signal.reason.message}\n`, exitCode: EXIT.no };
    if (error instanceof TwinError && error.isMachineFault)
      return { text: '', exitCode: EXIT.bug, problems: [error] };
    throw error;
  } finally {
    stop.close();
    progress.close();
  }
}

function releasedOutcome({ ledger, error }: Released, release: string): Outcome {
  const { environment, from, to } = ledger;
  if (error === undefined) return { text: `${environment} runs ${to}, after ${from}\n`, exitCode: EXIT.ok };
  const known = error instanceof TwinError ? error : machineFaultOf(error);
  if (!known) throw error;
  const text = `${release} could not be brought to ${environment}, which ran ${to}: twin verify --before says what runs\n`;
  return { text, exitCode: known.isMachineFault ? EXIT.bug : EXIT.no, problems: [known] };
}

async function standing(
  { ledger, problems }: Ended,
  first: First | undefined,
  target: Target,
  commandOf: (verb: 'down', rehearsal: string) => string,
): Promise<Outcome> {
  const { rehearsal, handle, standing: state, failure, tearDown } = ledger;
  if (state !== 'kept') {
    const isLeft = tearDown?.outcome !== 'gone';
    const lines = [
      failure?.message ?? 'production could not be stood up',
      isLeft
        ? `there may be leftovers; finish with ${commandOf('down', rehearsal)}`
        : 'nothing is left of it',
    ];
    const exitCode = isLeft ? EXIT.leftovers : failure?.isFault ? EXIT.bug : EXIT.no;
    return { text: `${lines.join('\n')}\n`, exitCode, problems };
  }
  const lines = [
    first === undefined ? alone(ledger) : besideWords(ledger, first),
    ...(await addressLines(target, handle)),
    ...(handle['expires'] === undefined ? [] : [`  until     ${showMoment(handle['expires'])}`]),
    `  tear down ${commandOf('down', rehearsal)}`,
  ];
  return { text: `${lines.join('\n')}\n`, exitCode: EXIT.ok, problems };
}

function alone({ environment, to, tiers }: Ledger): string {
  const skipped = tiers.filter((it) => it.skipped).map(({ tier }) => tier);
  const without = skipped.length === 0 ? '' : `: without ${skipped.join(', ')}`;
  return `${environment} stands with ${to}, for ${tiers.length - skipped.length} of ${tiers.length} tiers${without}`;
}

/** The production that another one stands beside, and what that has for itself. */
interface First {
  readonly ledger: Ledger;
  readonly own: OwnData;
}

function besideWords({ environment, to, tiers }: Ledger, { ledger, own }: First): string {
  const named = tiers.flatMap(({ tier, skipped }) =>
    skipped || own[tier] === undefined
      ? []
      : [own[tier] === 'copy' ? `its own copy of ${tier}` : `an empty ${tier}`],
  );
  const data = ['uses its data', ...(named.length === 0 ? [] : [`but for ${named.join(', ')}`])].join(' ');
  return `${environment} stands with ${to} beside ${ledger.environment}, and ${data}; no client meets it before twin cutover --to ${environment}`;
}

/** Where it is reached, without databases: production is looked at from outside. */
async function addressLines(target: Target, handle: Handle): Promise<string[]> {
  const watch = {
    signal: UNSTOPPABLE,
    log: () => {},
    span: <T>(_: string, work: () => Promise<T>) => work(),
    learn: () => {},
  };
  const { addresses } = await target.probes(handle, watch);
  const web = addressesOf({ ...addresses, databases: [] });
  return Object.entries(web).map(([name, url]) => `  ${name}=${url}`);
}
