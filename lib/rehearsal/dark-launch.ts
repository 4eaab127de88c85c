import { setTimeout as sleep } from 'node:timers/promises';
import type { DarkLaunchConfig, RequestPlan } from '../config/types';
import { TwinError } from '../error';
import type { DarkLaunch } from '../evidence/evidence';
import { nonBlank, type Zod } from '../field';
import { nameOf, type Reply } from '../probes/http';
import { planOf } from '../probes/replay';
import { atScale } from '../replay/recording';
import type { Watch } from '../targets/target';
import { compareAnswers } from './compare-answers';
import { mixOf } from './capacity';
import type { StepContext } from './step';
import { trafficOf } from './watched';

/** What `darkLaunch` takes where a config does not say. */
const DARK_LAUNCH_DEFAULTS = { requests: 200, showValues: false } as const;

/** The schema of `darkLaunch`. */
export const darkLaunchSchema = (z: Zod) =>
  z
    .strictObject({
      of: z
        .array(nonBlank(z))
        .min(1)
        .describe('The names of the load and replay checks whose requests are sent: those that read.'),
      requests: z
        .int()
        .min(1)
        .max(2000)
        .default(DARK_LAUNCH_DEFAULTS.requests)
        .describe('How many different requests of each are sent, at the most.'),
      safe: z
        .array(
          z
            .string()
            .regex(/^[A-Z]+ \/\S*$/)
            .meta({ expected: 'a method and a path, such as "POST /search"' }),
        )
        .default([])
        .meta({
          description:
            'Requests that are sent although they are no GET or HEAD, each as `POST /search`, with the path of the check or route.',
          absent: 'none',
        }),
      ignore: z.array(nonBlank(z)).default([]).meta({
        description:
          'Fields of JSON that may differ, such as times and ids: `order.id`, `items[].id`, or `*.placedAt` wherever it is.',
        absent: 'none',
      }),
      showValues: z
        .boolean()
        .default(DARK_LAUNCH_DEFAULTS.showValues)
        .describe(
          'Whether reports show an example of the values that differ: they may be of persons. Otherwise they show types.',
        ),
    })
    .meta({
      name: 'DarkLaunchConfig',
      about: 'Which requests both releases are asked, so that their answers are compared.',
    });

/** Requests, and the answers of the baseline to them. */
export interface Asked {
  readonly requests: readonly Named[];
  readonly leftOut: DarkLaunch['leftOut'];
  /** Two rounds. @default - it could not be asked */
  readonly baseline?: readonly [readonly Reply[], readonly Reply[]];
  /** Why it could not be asked. @default - it was */
  readonly problem?: string;
}

interface Named {
  /** With placeholders. */
  readonly route: string;
  readonly plan: RequestPlan;
}

/** So long after the first round the baseline is asked again: clocks of whole seconds have moved on then. */
const LATER_MS = 1_100;

/**
 * Asks the baseline, just before the candidate is brought: twice, the second time while the requests of the checks are sent in the background,
 * so that what changes by itself, or with the data, is known.
 */
export async function askBaseline(context: StepContext, watch: Watch): Promise<void> {
  const { script, parts, ledger } = context;
  if (!script.darkLaunch) return;
  const { requests, leftOut } = requestsOf(context, script.darkLaunch);
  const plans = { requests: requests.map(({ plan }) => plan) };
  await watch.span('answers of the baseline', () =>
    measured(watch, async () => {
      const probes = await parts.target.probes(ledger.value.handle, watch);
      const first = await probes.answers(plans, watch);
      await sleep(LATER_MS, undefined, { signal: watch.signal });
      let second: readonly Reply[] = [];
      const traffic = { checks: trafficOf(script.checks, ledger.value.from), ...script.traffic };
      await probes.sendTraffic(
        traffic,
        async () => void (second = await probes.answers(plans, watch)),
        watch,
      );
      context.asked = { requests, leftOut, baseline: [first, second] };
    }).then((problem) => {
      if (problem !== undefined) context.asked = { requests, leftOut, problem };
    }),
  );
}

/** Asks the candidate the same, and compares. */
export async function askCandidate(context: StepContext, watch: Watch): Promise<void> {
  const { script, parts, ledger, asked } = context;
  if (!script.darkLaunch || !asked) return;
  const { ignore = [], showValues = false } = script.darkLaunch;
  const { requests, leftOut, baseline } = asked;
  const nothing: DarkLaunch = {
    requests: requests.length,
    leftOut,
    compared: 0,
    differing: 0,
    unanswered: 0,
    differences: [],
    varying: [],
  };
  const problem =
    asked.problem ??
    (await watch.span('answers of the candidate', () =>
      measured(watch, async () => {
        const probes = await parts.target.probes(ledger.value.handle, watch);
        const candidate = await probes.answers({ requests: requests.map(({ plan }) => plan) }, watch);
        const all = requests.map(({ route }, i) => ({
          route,
          baseline: baseline![0][i]!,
          again: baseline![1][i]!,
          candidate: candidate[i]!,
        }));
        const compared = compareAnswers(all, { ignore, showValues });
        const differences = compared.differences.slice(0, MOST_DIFFERENCES);
        ledger.change({ darkLaunch: { ...nothing, ...compared, differences } });
        watch.log(`${compared.differing} of ${compared.compared} answers differ`);
      }),
    ));
  if (problem !== undefined) ledger.change({ darkLaunch: { ...nothing, problem } });
}

/** More would not be read. */
const MOST_DIFFERENCES = 50;

/** Does what a target may refuse. @returns why it was refused */
async function measured(watch: Watch, work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    watch.signal.throwIfAborted();
    if (!(error instanceof TwinError) || error.isMachineFault) throw error;
    watch.log(error.message);
    return error.message;
  }
}

const READS = new Set(['GET', 'HEAD']);

/** The requests of the checks that may be sent, each with what the others of it are called. */
function requestsOf(
  context: StepContext,
  { of, requests: most = DARK_LAUNCH_DEFAULTS.requests, safe = [] }: DarkLaunchConfig,
): Pick<Asked, 'requests' | 'leftOut'> {
  const leftOut = new Map<string, number>();
  const requests: Named[] = [];
  for (const name of of) {
    const { recording, headers } = mixOf(context, name);
    const names = recording.routes.map(nameOf);
    const isSent = names.map(
      (route, i) => READS.has(recording.routes[i]!.method ?? 'GET') || safe.includes(route),
    );
    const each = new Map(recording.requests.map((it) => [JSON.stringify([it.route, it.values]), it]));
    const sent = [...each.values()].filter(({ route }) => isSent[route]);
    for (const { route } of recording.requests)
      if (!isSent[route]) leftOut.set(names[route]!, (leftOut.get(names[route]!) ?? 0) + 1);
    const some = atScale({ ...recording, requests: sent }, Math.min(1, most / Math.max(1, sent.length)));
    requests.push(
      ...some.requests
        .slice(0, most)
        .map((request) => ({ route: names[request.route]!, plan: planOf(recording, request, headers) })),
    );
  }
  return { requests, leftOut: [...leftOut].map(([what, count]) => ({ what, requests: count })) };
}
