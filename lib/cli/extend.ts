import { Option, type Command } from 'commander';
import { TwinError } from '../error';
import { showMoment } from '../evidence/figures';
import { extend } from '../rehearsal/extend';
import { Rehearsals } from '../rehearsal/rehearsals';
import { UNSTOPPABLE } from '../targets/target';
import { EXIT, type Outcome } from './outcome';
import { commandNamed } from './overview';
import { progressOn, type RehearsalCommandProps } from './rehearsed';
import { partsOf } from './sweep';

/** The flags of `twin extend`. */
interface ExtendFlags {
  readonly hours: number;
  readonly config: string;
}

/** The command `twin extend`: moves the time at which an environment deletes itself. */
export function extendCommand(props: RehearsalCommandProps): Command {
  return commandNamed('extend')
    .description(
      'Moves the time at which the environment of a rehearsal deletes itself to so many hours from now, unless it is later ' +
        'already. The target limits how long an environment may stand in all: a day, where the config does not say otherwise.',
    )
    .argument('[rehearsal]', 'its name in .twin (default: the last with an environment)')
    .addOption(
      new Option('--hours <hours>', 'how long it stands from now')
        .argParser(parseHours)
        .makeOptionMandatory(),
    )
    .option('--config <dir>', 'the folder of twin.config.ts', '.')
    .addHelpText('after', MORE_HELP)
    .action(async (named: string | undefined, flags: ExtendFlags) => {
      props.done(await extendOne(props, named, flags));
    });
}

const MORE_HELP = `
Exit codes:
  0   it stands that long
  2   bad input, or longer than it may stand
  70  a bug in cdk-twin

Examples:
  twin extend --hours 4
  twin extend 20261121-041233-1.42.0 --hours 12`;

async function extendOne(
  { context, terminal }: RehearsalCommandProps,
  named: string | undefined,
  { hours, config }: ExtendFlags,
): Promise<Outcome> {
  const rehearsals = new Rehearsals(config);
  const rehearsal = named ?? lastStanding(rehearsals);
  const progress = progressOn(terminal);
  try {
    const ledger = rehearsals.open(rehearsal).value;
    const { target } = await partsOf(context, { config, target: ledger.target });
    const ends = await extend({
      target,
      rehearsals,
      rehearsal,
      hours,
      watch: {
        signal: UNSTOPPABLE, // it takes seconds, and can be repeated
        log: (message) => progress.note(message),
        span: (_, work) => work(),
      },
    });
    return { text: `${rehearsal} deletes itself at ${showMoment(ends)}\n`, exitCode: EXIT.ok };
  } finally {
    progress.close();
  }
}

function lastStanding(rehearsals: Rehearsals): string {
  const last = rehearsals.standing().at(-1);
  if (last !== undefined) return last;
  throw new TwinError({
    code: 'nothing-stands',
    message: 'no rehearsal has an environment that stands',
    fix: 'Rehearse with --keep to leave one standing.',
  });
}

function parseHours(text: string): number {
  const hours = text.trim() === '' ? NaN : Number(text);
  if (hours > 0 && Number.isFinite(hours)) return hours;
  throw new TwinError({
    code: 'usage',
    message: `--hours is "${text}"; expected a number of hours above 0`,
    fix: 'Say how long the environment is still needed, such as --hours 4.',
  });
}
