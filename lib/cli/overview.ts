import { Command } from 'commander';

/** A command as the overview lists it. */
interface Listed {
  readonly summary: string;
  /** Its arguments. @default - none */
  readonly takes?: string;
  readonly hasNoOptions?: true;
}

/** What `twin --help` says of each command, in the order of its work. */
const OVERVIEW = {
  init: { summary: 'propose Twins for a CDK app that exists' },
  parity: { summary: 'check that staging and production are twins' },
  watch: { summary: 'prove again that staging is a twin, on every save' },
  live: { summary: 'check that staging and production run as twins' },
  rehearse: { summary: 'rehearse a release: GO or NO-GO' },
  retry: { takes: '[rehearsal]', summary: 'rerun a rehearsal from its checkpoint' },
  gate: { summary: 'say whether a release may be deployed to production' },
  verify: { summary: 'verify a release in production: GO ON or ROLL BACK' },
  production: {
    takes: '<action>',
    summary: 'stand a production up here for trial, or tear the old one of two down',
  },
  cutover: { summary: 'move the traffic from one production to another' },
  down: { takes: '[names...]', summary: 'tear down what a rehearsal left standing' },
  extend: { takes: '[rehearsal]', summary: 'move the end of an environment' },
  sweep: { takes: '[names...]', summary: 'tear down what dead runners left' },
  explain: { takes: '[rule]', hasNoOptions: true, summary: 'explain a rule, such as TWIN-PAR-003' },
  cost: { summary: 'estimate what the environments and a rehearsal cost' },
  doctor: { summary: 'say what can be rehearsed here, and what is missing' },
  report: { takes: '[rehearsal]', summary: 'show the result of the last rehearsal' },
  comment: { takes: '[file]', summary: 'write a report into a pull request, and edit it in place' },
  list: { summary: 'list rehearsals and verifications' },
  compare: { takes: '<a> <b>', summary: 'set two rehearsals or releases side by side' },
  history: { summary: 'look back over all rehearsals' },
  prune: { summary: 'remove the folders of old rehearsals' },
  completion: { takes: '<shell>', hasNoOptions: true, summary: 'print what makes a shell complete twin' },
} as const satisfies Readonly<Record<string, Listed>>;

/** The name of a command. */
export type CommandName = keyof typeof OVERVIEW;

/** The names of all commands. */
export const COMMAND_NAMES = Object.keys(OVERVIEW) as readonly CommandName[];

/** A command of which nothing is defined yet but how it is listed. */
export const commandNamed = (name: CommandName): Command => new Command(name).summary(OVERVIEW[name].summary);

/** The commands as they are listed: enough for the overview, which needs nothing of what they do. */
export const listedCommands = (): readonly Command[] =>
  COMMAND_NAMES.map((name) => {
    const { takes, hasNoOptions }: Listed = OVERVIEW[name];
    const command = commandNamed(name).helpOption('-h, --help', 'show help');
    if (takes !== undefined) command.arguments(takes);
    return hasNoOptions ? command : command.option('--option', 'its own options');
  });
