import type { CommandFlag, ContextFlag } from '../../config/types';
import { nonBlank, show, timeLimit, type Zod } from '../../field';
import type { Watch } from '../../targets/target';
import { deploymentOf, runChecks, type StepContext } from '../step';
import { whileWatched } from '../watched';
import { afterwards, withChecks } from './afterwards';
import type { Drill, DrillKind, Seen } from './drill';

const STATE = '{state}';
/** How long a command may take that does not say. */
const SECONDS = 60;

const name = (z: Zod) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/, {
      error: ({ input }) => `is ${show(input)}; expected a name of letters, digits, ".", "_" and "-"`,
    })
    .describe('Its name in reports.');

const flag = (z: Zod) =>
  z
    .union([
      z
        .strictObject({
          name: name(z),
          context: z
            .record(z.string(), nonBlank(z))
            .refine((it) => Object.keys(it).length > 0, { error: 'is empty; expected a key at least' })
            .describe(
              "What switches it: values for keys of the app's context, as in `-c key=value`. The candidate is deployed with them, and then as it is.",
            ),
        })
        .meta({
          name: 'ContextFlag',
          about: 'A flag that the app reads from its context, for a variable of its services for example.',
        }),
      z
        .strictObject({
          name: name(z),
          run: nonBlank(z)
            .refine((it) => it.includes(STATE), {
              error: ({ input }) => `is ${show(input)}; expected a command with "${STATE}"`,
            })
            .describe(
              'The command that switches it, in which `{state}` stands for `on` or `off`: run by the shell in the folder of the config, as a check is.',
            ),
          default: z
            .enum(['on', 'off'])
            .default('off')
            .describe('The state in which the candidate is released.'),
          timeoutSeconds: timeLimit(z).default(SECONDS).describe('How long the command may take.'),
        })
        .meta({
          name: 'CommandFlag',
          about: 'A flag that is switched while the services run: in AWS AppConfig, a file, a database.',
        }),
    ])
    .meta({
      name: 'FlagConfig',
      about: 'A feature flag of the candidate.',
      expected: 'an object with a name, and with context or run',
    });

/** Feature flags: what is behind them is released with the candidate, whatever their state is on that day. */
export const FLAGS: DrillKind<'flags'> = {
  key: 'flags',
  kind: 'flag',
  schema: (z) =>
    z
      .array(flag(z))
      .describe('Feature flags: each is switched while requests are sent, checked, and switched back.'),
  default: [],
  plan: (wanted, context) => wanted.map((it) => drillOf(context, it)),
};

/** Switches a flag and back, and checks the candidate in both states. */
function drillOf(context: StepContext, wanted: ContextFlag | CommandFlag): Drill {
  const { to } = context.ledger.value;
  const states = statesOf(wanted);
  const during = (state: string): string => `${wanted.name} ${state}`;
  return {
    name: `flag ${wanted.name}`,
    ...('context' in wanted && { startsTasksDuring: during(states[1]) }),
    perform: async (watch) => {
      const seen: Seen[] = [];
      for (const state of states) {
        const { result: fault } = await whileWatched(
          context,
          { during: during(state), release: to },
          watch,
          () => watch.span(during(state), () => bring(context, wanted, state, watch)),
        );
        const runs: Seen = {
          passed: fault === undefined,
          detail: fault ?? `${to} runs with ${during(state)}`,
        };
        seen.push(fault === undefined ? await withChecks(context, runs, afterwards(context), watch) : runs);
      }
      return {
        passed: seen.every(({ passed }) => passed),
        detail: seen.map(({ detail }) => detail).join('\n'),
      };
    },
  };
}

/** The states in which it is tried, in their order: the last is the one in which the candidate is released. */
function statesOf(wanted: ContextFlag | CommandFlag): readonly [string, string] {
  if ('context' in wanted) return ['switched', 'as released'];
  return wanted.default === 'on' ? ['off', 'on'] : ['on', 'off'];
}

/** Brings a flag into a state. @returns why it could not be */
async function bring(
  context: StepContext,
  wanted: ContextFlag | CommandFlag,
  state: string,
  watch: Watch,
): Promise<string | undefined> {
  const { parts, ledger } = context;
  const { handle, to } = ledger.value;
  if ('context' in wanted) {
    const flagged = state === 'switched' ? wanted.name : undefined;
    await parts.target.release(handle, deploymentOf(context, 'to', flagged), watch);
    return undefined;
  }
  const { run, timeoutSeconds = SECONDS } = wanted;
  const command = {
    name: `switch ${wanted.name} ${state}`,
    run: run.replaceAll(STATE, state),
    timeoutSeconds,
  };
  const [result] = await runChecks(context, { commands: [command] }, to, watch);
  return result?.outcome === 'passed' ? undefined : `${command.name}: ${result?.detail ?? 'it was not run'}`;
}
