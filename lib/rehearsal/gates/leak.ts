import type { GatesConfig } from '../../config/types';
import type { Watched } from '../../evidence/evidence';
import type { TaskUsage, TierState } from '../../targets/target';
import { BASELINE } from '../watched';
import type { Gate } from './gate';
import { growthOf, type Growth } from './growth';

/** What is judged of tasks. */
export interface LeakProps {
  readonly gates: GatesConfig;
  readonly from: string;
  readonly to: string;
  readonly tiers: readonly TierState[];
  readonly watched: readonly Watched[];
}

/** Something that a task can use up. */
export interface Resource {
  /** What a task has of it, in the unit of the values, and what a limit of 1 is in that unit. */
  readonly of: (usage: TaskUsage) => {
    readonly values: readonly number[];
    readonly limit: number | undefined;
  };
  readonly unit: number;
  /** Less than this in all is noise. */
  readonly leastRise: number;
  /** Whether a task goes on at its limit, and fails: then nothing grows any more. @default - it is killed there, or gets on with it */
  readonly goesOnAtLimit?: true;
  /** What becomes of it with each request. */
  readonly verb: string;
  readonly show: (perRequest: number) => string;
  readonly showLimit: (limit: number) => string;
}

/** The keys of the gates that judge what each request may take. */
type LeakKey = 'maxMemoryGrowthKiB' | 'maxOpenFilesGrowth';

/** A gate of what tasks use up request by request; it judges nothing where no task was measured. */
export const leakGate = (
  gate: Pick<Gate<LeakKey, readonly Service[]>, 'name' | 'key' | 'schema'> & { readonly default: number },
  resource: Resource,
): LeakGate => ({
  ...gate,
  isAssumed: true,
  isCause: true,
  mayStillPass: true,
  rule: (most) => `at most ${resource.show(most * resource.unit)} a request over the baseline's`,
  measure: (measured) => {
    const services = servicesOf(resource, measured);
    return services.length === 0 ? [] : [{ figure: services }];
  },
  passes: (services, most) => !services.some((it) => isLeak(it, resource, most * resource.unit)),
  show: (services, most) => {
    const limit = most * resource.unit;
    const leaks = services.filter((it) => isLeak(it, resource, limit));
    return leaks.length > 0
      ? leaks.map((it) => leakInWords(it, resource, limit)).join('; ')
      : services.map((it) => inWords(it, resource, limit)).join('; ');
  },
  leaksOfBoth: (measured) => {
    const most = (measured.gates[gate.key] ?? gate.default) * resource.unit;
    return servicesOf(resource, measured)
      .filter(
        (it) =>
          !isLeak(it, resource, most) &&
          isSteep(it.baseline, resource, most) &&
          isSteep(it.now, resource, most),
      )
      .map((it) => `${inWords(it, resource, most)} and with ${measured.from}, which production runs, too`);
  },
});

/** Such a gate. */
export interface LeakGate extends Gate<LeakKey, readonly Service[], LeakProps> {
  /** What leaks with the release that production runs as well: no fault of the candidate, and worth knowing. */
  leaksOfBoth(this: void, measured: LeakProps): string[];
}

/** How a service grew. */
interface Service {
  readonly usage: TaskUsage;
  readonly now: Growth;
  /** @default - not known */
  readonly baseline: Growth | undefined;
  /** Whether it ended at its limit, and with the baseline did not. */
  readonly isFull: boolean;
}

/** Nearly its limit: what a task needs for the next request, it may not get. */
const FULL = 0.95;

/** Whether a task ended at a limit that it goes on at. */
function isFull({ usage }: Pick<Service, 'usage'>, { of, goesOnAtLimit }: Resource): boolean {
  const { values, limit } = of(usage);
  return goesOnAtLimit === true && limit !== undefined && (values.at(-1) ?? 0) >= FULL * limit;
}

/** The candidate's growth over the baseline's by this factor at least: both get warm, and not always by the same. */
const LEAST_RATIO = 1.5;

function isLeak({ now, baseline, isFull: full }: Service, { leastRise }: Resource, most: number): boolean {
  const before = Math.max(0, baseline?.perRequest ?? 0);
  return (
    full ||
    (now.lasts &&
      now.rise >= leastRise &&
      now.perRequest - before > most &&
      now.perRequest >= LEAST_RATIO * before)
  );
}

const isSteep = (growth: Growth | undefined, { leastRise }: Resource, most: number): boolean =>
  growth !== undefined && growth.lasts && growth.perRequest > most && growth.rise >= leastRise;

/** The services whose tasks were measured with the candidate. */
function servicesOf(resource: Resource, props: LeakProps): readonly Service[] {
  const { from, to, tiers, watched } = props;
  const since = watched.find(({ during }) => during !== BASELINE)?.startedAt ?? '';
  return tiers.flatMap((tier) => {
    const usage = tier.skipped ? [] : (tier.usage ?? []);
    const ofCandidate = usage.filter(({ release, startedAt }) => release === to && startedAt >= since);
    const [now] = grown(ofCandidate, resource).toSorted((a, b) => Number(b.now.lasts) - Number(a.now.lasts));
    const [before] = grown(
      usage.filter(({ release }) => release === from),
      resource,
    );
    if (!now) return [];
    const full = isFull(now, resource) && (before === undefined || !isFull(before, resource));
    return [{ ...now, baseline: before?.now, isFull: full }];
  });
}

/** A task counts that was sent nearly as many requests as the one with the most: what others do may be how they get warm. */
const NEARLY = 0.8;

/** How these tasks grew, the steepest first. */
function grown(all: readonly TaskUsage[], { of }: Resource): readonly Pick<Service, 'usage' | 'now'>[] {
  const sent = ({ requests }: TaskUsage): number => requests.at(-1) ?? 0;
  const most = Math.max(0, ...all.map(sent));
  return all
    .filter((usage) => sent(usage) >= NEARLY * most)
    .flatMap((usage) => {
      const now = growthOf(usage.requests, of(usage).values);
      return now ? [{ usage, now }] : [];
    })
    .toSorted((a, b) => b.now.perRequest - a.now.perRequest);
}

/** Such as `Web-3 grew by 5.1 MiB a request (with the baseline 2 KiB)`. */
function inWords({ usage, now, baseline }: Service, { verb, show }: Resource, most: number): string {
  const before = baseline === undefined ? 'was not measured' : show(Math.max(0, baseline.perRequest));
  const end = now.lasts || now.perRequest <= most ? '' : ', which did not go on';
  return `${usage.task} ${verb} ${show(Math.max(0, now.perRequest))} a request (the baseline ${before})${end}`;
}

/** The same, and when it is used up. */
function leakInWords(service: Service, resource: Resource, most: number): string {
  if (!service.isFull) return inWords(service, resource, most) + untilLimit(service, resource);
  const { values, limit } = resource.of(service.usage);
  const { task } = service.usage;
  return `${task} ${resource.verb} ${resource.showLimit(values.at(-1)!)} of the ${resource.showLimit(limit!)} that it may`;
}

/** When it is used up. */
function untilLimit({ usage, now }: Service, { of, showLimit }: Resource): string {
  const { values, limit } = of(usage);
  if (limit === undefined) return '';
  const requests = usage.requests.at(-1)! + (limit - values.at(-1)!) / now.perRequest;
  return `: at this rate it reaches its limit of ${showLimit(limit)} after some ${Number(requests.toPrecision(2)).toLocaleString('en-US')} requests`;
}
