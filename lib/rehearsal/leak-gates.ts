import type { GateResult, Watched } from '../evidence/evidence';
import type { TaskUsage, TierState } from '../targets/target';
import { DEFAULT_MEMORY_GROWTH_KIB, DEFAULT_OPEN_FILES_GROWTH, type GatesConfig } from './config';
import { figure, resultOf } from './gate-result';
import { growthOf, type Growth } from './growth';
import { BASELINE } from './watched';

/** What these gates judge. */
export interface LeakProps {
  readonly gates: GatesConfig;
  readonly from: string;
  readonly to: string;
  readonly tiers: readonly TierState[];
  readonly watched: readonly Watched[];
}

/** Something that a task can use up. */
interface Resource {
  readonly gate: string;
  /** What the config sets, of each request. */
  readonly given: number | undefined;
  readonly most: number;
  /** Less than this in all is noise. */
  readonly leastRise: number;
  readonly of: (usage: TaskUsage) => {
    readonly values: readonly number[];
    readonly limit: number | undefined;
  };
  /** What becomes of it with each request. */
  readonly verb: string;
  readonly show: (perRequest: number) => string;
  readonly showLimit: (limit: number) => string;
}

const KIB = 1024;

/** What can leak, with what each request may take of it. */
const resourcesOf = (gates: GatesConfig): readonly Resource[] => [
  {
    gate: 'memory growth',
    given: gates.maxMemoryGrowthKiB,
    most: (gates.maxMemoryGrowthKiB ?? DEFAULT_MEMORY_GROWTH_KIB) / KIB,
    leastRise: 8,
    of: ({ memory, memoryLimit }) => ({ values: memory, limit: memoryLimit }),
    verb: 'grew by',
    show: showMemory,
    showLimit: (limit) => `${limit.toLocaleString('en-US')} MiB`,
  },
  {
    gate: 'open files growth',
    given: gates.maxOpenFilesGrowth,
    most: gates.maxOpenFilesGrowth ?? DEFAULT_OPEN_FILES_GROWTH,
    leastRise: 16,
    of: ({ openFiles, openFilesLimit }) => ({ values: openFiles, limit: openFilesLimit }),
    verb: 'left open',
    show: (perRequest) => `${figure(perRequest)} files and sockets`,
    showLimit: (limit) => limit.toLocaleString('en-US'),
  },
];

/** The gates of what tasks use up request by request; none where no task was measured and the config has none. */
export const leakGates = (props: LeakProps): GateResult[] =>
  resourcesOf(props.gates).flatMap((resource) => leakGate(resource, props));

/** What leaks with the release that production runs as well: no fault of the candidate, and worth knowing. */
export function leaksOfBoth(props: LeakProps): string[] {
  return resourcesOf(props.gates).flatMap((resource) =>
    servicesOf(resource, props)
      .filter((it) => !isLeak(it, resource) && isSteep(it.baseline, resource) && isSteep(it.now, resource))
      .map((it) => `${inWords(it, resource)} and with ${props.from}, which production runs, too`),
  );
}

/** How a service grew. */
interface Service {
  readonly usage: TaskUsage;
  readonly now: Growth;
  /** @default - not known */
  readonly baseline: Growth | undefined;
}

function leakGate(resource: Resource, props: LeakProps): GateResult[] {
  const services = servicesOf(resource, props);
  if (services.length === 0 && resource.given === undefined) return [];
  const leaks = services.filter((it) => isLeak(it, resource));
  const shown = leaks.length > 0 ? leaks : services;
  const measured = shown.map(
    (it) => inWords(it, resource) + (leaks.length > 0 ? untilLimit(it, resource) : ''),
  );
  const rule = `at most ${resource.show(resource.most)} a request over the baseline's`;
  return [resultOf(resource.gate, rule, measured.join('; ') || undefined, leaks.length === 0)];
}

/** The candidate's growth over the baseline's by this factor at least: both get warm, and not always by the same. */
const LEAST_RATIO = 1.5;

function isLeak({ now, baseline }: Service, resource: Resource): boolean {
  const before = Math.max(0, baseline?.perRequest ?? 0);
  return (
    now.lasts &&
    now.rise >= resource.leastRise &&
    now.perRequest - before > resource.most &&
    now.perRequest >= LEAST_RATIO * before
  );
}

const isSteep = (growth: Growth | undefined, { most, leastRise }: Resource): boolean =>
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
    return now ? [{ ...now, baseline: before?.now }] : [];
  });
}

/** A task counts that was sent nearly as many requests as the one with the most: what others do may be how they get warm. */
const NEARLY = 0.8;

/** How these tasks grew, the steepest first. */
function grown(all: readonly TaskUsage[], { of }: Resource): readonly Omit<Service, 'baseline'>[] {
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
function inWords({ usage, now, baseline }: Service, { verb, show, most }: Resource): string {
  const before = baseline === undefined ? 'was not measured' : show(Math.max(0, baseline.perRequest));
  const end = now.lasts || now.perRequest <= most ? '' : ', which did not go on';
  return `${usage.task} ${verb} ${show(Math.max(0, now.perRequest))} a request (the baseline ${before})${end}`;
}

/** When it is used up. */
function untilLimit({ usage, now }: Service, { of, showLimit }: Resource): string {
  const { values, limit } = of(usage);
  if (limit === undefined) return '';
  const requests = usage.requests.at(-1)! + (limit - values.at(-1)!) / now.perRequest;
  return `: at this rate it reaches its limit of ${showLimit(limit)} after some ${Number(requests.toPrecision(2)).toLocaleString('en-US')} requests`;
}

/** In MiB, as KiB or MiB. */
function showMemory(mebibytes: number): string {
  const kibibytes = Math.round(mebibytes * KIB);
  return kibibytes < 1000 ? `${kibibytes} KiB` : `${figure(Math.round(mebibytes * 10) / 10)} MiB`;
}
