import { setTimeout as sleep } from 'node:timers/promises';
import { version as tool } from '../../package.json';
import { machineFaultOf, messageOf, TwinError } from '../error';
import { showTraffic } from '../evidence/figures';
import { seal } from '../evidence/seal';
import type {
  Baseline,
  Forecast,
  SeenDrift,
  Verification,
  VerificationVerdict,
  WatchedProduction,
} from '../evidence/verification';
import { driftOf } from '../live/drift';
import type { Drift } from '../live/report';
import type { CheckResult } from '../probes/check';
import type { ProbeWatch } from '../probes/probes';
import { ranServices, tasksOf } from '../rehearsal/identify';
import { Journal, msBetween, type Listener } from '../rehearsal/journal';
import type { ClientsSeen, Production } from '../targets/production';
import type { RehearsedTier, TierState } from '../targets/target';
import { otherImages, problemsOf } from './gates/release';
import { judge, type Judged } from './judge';
import type { Measured } from './measured';
import type { Plan } from './plan';

/** What a verification is run with. */
export interface VerifyProps {
  readonly production: Production;
  readonly environment: string;
  readonly release: string;
  readonly moment: Verification['moment'];
  readonly plan: Plan;
  readonly baseline: Baseline | undefined;
  readonly forecast: Forecast | undefined;
  /** The name of its folder. */
  readonly verification: string;
  readonly assemblyDigest: string | undefined;
  readonly now: () => Date;
  /** Aborts when it is to stop. */
  readonly signal: AbortSignal;
  readonly listener: Listener;
  /** Where its parts are noted. @default - one of its own */
  readonly journal?: Journal;
}

/** A verification, and the error that kept it from being judged, if it was a bug. */
export interface Verified {
  readonly verification: Verification;
  readonly bug?: unknown;
}

/**
 * Looks at a production: which release it runs, what its checks say, and what requests see while it is watched. It changes nothing but
 * what these checks write and clean up.
 */
export async function verify(props: VerifyProps): Promise<Verified> {
  const { environment, release, moment, plan, baseline, forecast, production, signal } = props;
  const { journal = new Journal({ spans: [], listener: props.listener, now: props.now }) } = props;
  const startedAt = props.now().toISOString();
  const seen = new Seen(props, journal.watch(signal));
  let failure: unknown;
  try {
    await journal.span('identify', () => seen.identify(), signal);
    // of another release there is nothing else to say
    if (problemsOf(seen).length === 0) {
      await journal.span('checks', () => seen.check(), signal);
      await journal.span('watch', () => seen.watchRequests(), signal);
      await journal.span('identify again', () => seen.identify(), signal);
      if (production.observed && plan.config.gates.maxDrifts !== undefined)
        await journal.span('drift', () => seen.observe(), signal);
    }
  } catch (error) {
    failure = error;
  }
  const measured: Measured = {
    gates: plan.config.gates,
    release,
    ran: seen.ran,
    tiers: seen.tiers,
    checks: seen.checks,
    watched: seen.watched,
    clients: seen.clients?.tiers,
    drifts: seen.drifts,
    ...(moment === 'after' && { baseline, forecast }),
  };
  const judged = failure === undefined ? judgedAt(moment, measured) : undecided(failure, signal);
  const verification = seal<Verification>({
    kind: 'verification',
    version: 1,
    tool,
    verification: props.verification,
    target: production.target,
    environment,
    moment,
    release,
    ran: seen.ran,
    startedAt,
    endedAt: props.now().toISOString(),
    ...judged,
    spans: journal.spans,
    ...(props.assemblyDigest !== undefined && { assemblyDigest: props.assemblyDigest }),
    watchDigest: plan.watchDigest,
    gatesDigest: plan.gatesDigest,
    tiers: seen.tiers,
    checks: seen.checks,
    skipped: plan.others,
    ...(seen.watched && { watched: seen.watched }),
    ...(seen.clients && { clients: seen.clients.tiers }),
    ...(seen.drifts && { drifts: seen.drifts }),
    ...(measured.baseline && { baseline: measured.baseline }),
    ...(measured.forecast && { forecast: measured.forecast }),
    notes: [...otherImages(measured), ...(seen.clients?.unseen ?? [])],
  });
  return { verification, ...(isBug(failure, signal) && { bug: failure }) };
}

/** What was seen of a production so far. */
class Seen {
  ran: Verification['ran'];
  tiers: readonly TierState[] = [];
  checks: readonly CheckResult[] = [];
  watched: WatchedProduction | undefined;
  clients: ClientsSeen | undefined;
  drifts: readonly SeenDrift[] | undefined;

  constructor(
    private readonly props: VerifyProps,
    private readonly watch: ProbeWatch,
  ) {
    this.ran = { release: props.release, services: [] };
  }

  /** Asks which release runs, and records it. */
  async identify(): Promise<void> {
    const { production, plan, release } = this.props;
    const { version } = plan;
    this.tiers = await production.describe(this.watch);
    const services = this.tiers.filter((it): it is RehearsedTier => !it.skipped && it.kind === 'service');
    const seen = version
      ? await production.versions({ version, release, tasks: tasksOf(services) }, this.watch)
      : [];
    this.ran = { release, services: ranServices(services, seen, undefined) };
  }

  async check(): Promise<void> {
    const { production, plan, release } = this.props;
    const results = await production.run(plan.safe, release, this.watch);
    // the requests that read what was written may hold credentials
    this.checks = results.map(withoutReads);
  }

  async watchRequests(): Promise<void> {
    const { production, plan, now } = this.props;
    const { watchMinutes, connections, everyMs } = plan.config;
    const start = now();
    const wait = async (): Promise<void> => {
      await sleep(watchMinutes * 60_000, undefined, { signal: this.watch.signal }).catch(() =>
        this.watch.signal.throwIfAborted(),
      );
    };
    this.watch.log(`for ${watchMinutes} min`);
    const traffic = await production.sendTraffic(
      { checks: plan.safe, connections, everyMs },
      wait,
      this.watch,
    );
    this.watched = { startedAt: start.toISOString(), ms: msBetween(start, now()), traffic };
    this.watch.log(showTraffic(traffic));
    this.clients = await production.clients?.(start, this.watch);
  }

  /** What runs otherwise than it was deployed, as `twin live` finds it. */
  async observe(): Promise<void> {
    const { production, environment } = this.props;
    const running = await production.observed?.(this.watch);
    this.drifts = running && driftOf(environment, running).map(seenDrift);
    for (const it of running?.unseen ?? []) this.watch.log(`not looked at: ${it}`);
  }
}

const seenDrift = ({ construct, logicalId, path, deployed, running, why }: Drift): SeenDrift => ({
  what: [construct ?? logicalId, path.at(-1)].filter((it) => it !== undefined).join(' '),
  deployed: deployed === undefined ? 'not there' : JSON.stringify(deployed),
  running: running === undefined ? 'not there' : JSON.stringify(running),
  why,
});

const withoutReads = (result: CheckResult): CheckResult => {
  const { lastReads: _, ...others } = result;
  return others;
};

/** Before a release nothing is judged but that it works: the figures are what the release is compared with. */
function judgedAt(moment: Verification['moment'], measured: Measured): Judged {
  if (moment === 'after') return judge(measured);
  const problems = [
    ...problemsOf(measured),
    ...measured.checks.flatMap(({ name, outcome, detail }) =>
      outcome === 'failed' ? [`${name}: ${detail}`] : [],
    ),
  ];
  return { verdict: problems.length === 0 ? 'RECORDED' : 'BASELINE FAILED', reasons: problems, gates: [] };
}

/** What was stopped, or kept from ending by a fault, says nothing of a release. */
function undecided(error: unknown, signal: AbortSignal): Judged & { readonly verdict: VerificationVerdict } {
  const known = error instanceof TwinError ? error : machineFaultOf(error);
  const reason = signal.aborted
    ? `${messageOf(signal.reason)} before it was judged`
    : known
      ? `${known.message}. ${known.fix}`
      : `a bug in cdk-twin: ${String(error)}`;
  return { verdict: 'UNDECIDED', reasons: [reason], gates: [] };
}

const isBug = (error: unknown, signal: AbortSignal): boolean =>
  error !== undefined &&
  !signal.aborted &&
  !(error instanceof TwinError) &&
  machineFaultOf(error) === undefined;
