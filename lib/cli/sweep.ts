import { Option, type Command } from 'commander';
import { showDuration } from '../duration';
import { TwinError } from '../error';
import { showMoment } from '../evidence/figures';
import type { RehearsalParts } from '../rehearsal/parts';
import { Rehearsals } from '../rehearsal/rehearsals';
import { sweep, type Swept } from '../rehearsal/sweep';
import { TARGETS } from '../targets/registry';
import { UNSTOPPABLE, type Watch } from '../targets/target';
import { hoursOf } from './hours';
import { removeAll } from './down';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import { progressOn, type RehearsalCommandProps } from './rehearsed';

/** The flags of `twin sweep`. */
interface SweepFlags {
  readonly target: string;
  readonly olderThan?: number;
  readonly config: string;
}

/** The command `twin sweep`: finds environments whose ledger is lost, and tears down the old ones. */
export function sweepCommand(props: RehearsalCommandProps): Command {
  return commandNamed('sweep')
    .description(
      'Lists the environments of rehearsals that stand on a target, from whatever folder and machine they were stood up, and ' +
        'tears down those that are named, or stand for longer than --older-than. Give more hours than your longest rehearsal takes.',
    )
    .argument('[names...]', 'environments, or their rehearsals, to tear down (default: none)')
    .addOption(new Option('--target <name>', 'where to look').choices(TARGETS).default(TARGETS[0]))
    .addOption(
      new Option('--older-than <hours>', 'tear down what is older (default: nothing)').argParser(
        hoursOf('--older-than', 'Give more hours than your longest rehearsal takes, such as --older-than 8.'),
      ),
    )
    .option('--config <dir>', 'the folder of twin.config.ts, if there is one', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (named: readonly string[], flags: SweepFlags) =>
      props.done(await sweepOn(props, named, flags)),
    );
}

const MORE_HELP = `
Exit codes:
  0   listed, and no leftovers of what was torn down
  2   bad input
  3   there may be leftovers
  70  a bug in cdk-twin

Examples:
  twin sweep --target aws
  twin sweep --target aws 20261121-041233-1.42.0
  twin sweep --target aws --older-than 8`;

async function sweepOn(
  props: RehearsalCommandProps,
  named: readonly string[],
  flags: SweepFlags,
): Promise<Outcome> {
  const { parts, swept } = await sweepWith(props, named, flags);
  const text = swept.map((it) => lineOf(it, parts.now())).join('');
  const isLeft = swept.some((it) => it.error !== undefined || (it.inventory && !isGone(it)));
  const closed = await closeLedgers(props, flags, swept.filter(isGone));
  return {
    text: text === '' ? `nothing stands on the target ${flags.target}\n` : `${text}${closed.text}`,
    exitCode: isLeft ? EXIT.leftovers : closed.exitCode,
    problems: [
      ...swept.flatMap(({ error }) => (error === undefined ? [] : [error])),
      ...(closed.problems ?? []),
    ],
  };
}

async function sweepWith(
  { context, terminal }: RehearsalCommandProps,
  named: readonly string[],
  flags: SweepFlags,
): Promise<{ readonly parts: RehearsalParts; readonly swept: readonly Swept[] }> {
  const progress = progressOn(terminal);
  const watch: Watch = {
    signal: UNSTOPPABLE, // never stopped: after an interruption the same command starts it again
    log: (message) => progress.note(`  ${message}`),
    span: (name, work) => (progress.note(name), work()),
    learn: () => {},
  };
  try {
    const parts = await partsOf(context, flags);
    const now = (): Date => parts.now();
    const swept = await sweep({ target: parts.target, olderThanHours: flags.olderThan, named, now, watch });
    return { parts, swept };
  } finally {
    progress.close();
  }
}

const isGone = ({ error, inventory }: Swept): boolean =>
  error === undefined && inventory !== undefined && inventory.found.length === 0;

/** Finishes the rehearsals in this folder whose environments were swept: their ledgers would say for ever that these may stand. */
async function closeLedgers(
  props: RehearsalCommandProps,
  { config }: SweepFlags,
  gone: readonly Swept[],
): Promise<Outcome> {
  const rehearsals = new Rehearsals(config);
  const isSwept = (name: string): boolean => {
    try {
      const { value } = rehearsals.open(name);
      return gone.some(({ handle }) => handle.name === value.handle.name);
    } catch (error) {
      if (error instanceof TwinError) return false; // a ledger that cannot be read names no environment
      throw error;
    }
  };
  const names = rehearsals.standing({ idle: true }).filter(isSwept);
  return names.length === 0
    ? { text: '', exitCode: EXIT.ok }
    : removeAll(props, { config, isConfirmed: true }, names);
}

/** With the config where there is one: it may say where to look. */
export async function partsOf(
  context: RehearsalCommandProps['context'],
  { config, target }: Pick<SweepFlags, 'config' | 'target'>,
): Promise<RehearsalParts> {
  try {
    return (await context.open(config, target)).newParts();
  } catch (error) {
    if (error instanceof TwinError && error.code === 'config-missing')
      return context.openToRemove(config, target);
    throw error;
  }
}

function lineOf({ handle, since, owner, inventory, error }: Swept, now: Date): string {
  const age = showDuration(Math.max(0, now.getTime() - Date.parse(since)));
  const by = owner === undefined ? '' : `, stood up by ${owner}`;
  const stands = `${handle.name} stands since ${showMoment(since)} (${age})${by}`;
  if (error !== undefined) return `${stands}, and could not be torn down\n`;
  if (!inventory) return `${stands}\n`;
  const { looked, found } = inventory;
  return [
    found.length === 0
      ? `${handle.name} is torn down: no leftovers`
      : `${handle.name} is not torn down: there are leftovers`,
    ...found.map(({ kind, what }) => `  - ${kind} ${what}`),
    ...looked.map((what) => `  looked for ${what}`),
    '',
  ].join('\n');
}
