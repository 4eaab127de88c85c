import { showDuration } from '../../duration';
import type { TrafficFigures } from '../../probes/traffic-figures';
import type { Disrupted, Disruption, Watch } from '../../targets/target';
import type { StepContext } from '../step';
import { whileWatched } from '../watched';
import type { Seen } from './drill';

/** Breaks something while requests are sent. Without a check that sends one nothing is measured. */
export async function recover(
  context: StepContext,
  during: string,
  disruption: Disruption,
  watch: Watch,
): Promise<Seen> {
  const { parts, ledger } = context;
  const { to: release, gates, handle } = ledger.value;
  const recoverWithinMs = gates.maxRecoverySeconds && Math.max(gates.maxRecoverySeconds * 2000, LEAST_MS);
  const meanwhile = { during, release, recoverWithinMs: recoverWithinMs ?? RECOVERY_LIMIT_MS };
  const { result, traffic } = await whileWatched(context, meanwhile, watch, () =>
    parts.target.disrupt(handle, disruption, watch),
  );
  const { requests, failedBefore, recoveryMs } = traffic;
  if (requests === 0 && !hasTraffic(context)) return withoutTraffic(result, disruption);
  if (failedBefore !== undefined)
    return { passed: false, detail: `nothing was broken, because requests failed before: ${failedBefore}` };
  const outage = result?.unwritableMs === undefined ? '' : `; ${outageInWords(result.unwritableMs)}`;
  const seen = withMembers(`${recoveryInWords(traffic)}${outage}`, result, disruption);
  return recoveryMs === undefined ? { ...seen, passed: false } : { ...seen, recoveryMs };
}

/** How long it is waited for a recovery: twice as long as it may take, so that the figure is known. */
const RECOVERY_LIMIT_MS = 60_000;
const LEAST_MS = 5_000;

function recoveryInWords(figures: TrafficFigures): string {
  const { requests, failures, firstFailure = 'no answer', failedAfter, recoveryMs } = figures;
  const counts = `${failures} of ${requests} requests failed`;
  if (recoveryMs === undefined) return `${counts}, and they still fail: ${failedAfter ?? firstFailure}`;
  if (failures === 0) return `no request failed (of ${requests})`;
  return `recovered in ${showDuration(recoveryMs)} (${counts}; first: ${firstFailure})`;
}

/** Where no check sends requests: by the writes of the target, where it makes some. */
function withoutTraffic(result: Disrupted | undefined, disruption: Disruption): Seen {
  const ms = result?.unwritableMs;
  const how = ms === undefined ? '' : `; ${outageInWords(ms)}`;
  const seen = withMembers(`recovered, with no check to measure how fast${how}`, result, disruption);
  return seen.passed && typeof ms === 'number' ? { ...seen, recoveryMs: ms } : seen;
}

const outageInWords = (ms: number | null): string =>
  ms === null ? 'no write is taken since' : `no write was taken for ${showDuration(ms)}`;

/** Adds what was lost, and what happened to the members. A disruption after which they are what they were has tested nothing. */
function withMembers(detail: string, disrupted: Disrupted | undefined, { kind }: Disruption): Seen {
  const changes = changesOf(disrupted ?? { before: [], after: [] });
  const passed = disrupted?.unwritableMs !== null;
  const said = disrupted?.lost === undefined ? detail : `${detail}; lost ${disrupted.lost}`;
  if (changes.length > 0) return { passed, detail: `${said}; ${changes.join(', ')}` };
  const what = kind === 'failover' ? 'no other member is primary' : 'no task was replaced';
  return { passed: false, detail: `${said}; but ${what}` };
}

/** What became of the members, such as `Orders-2 is primary, Orders-1 a replica`. */
function changesOf({ before, after }: Disrupted): string[] {
  const roleIn = (members: Disrupted['after'], name: string) => members.find((it) => it.name === name)?.role;
  const gone = before.filter(({ name }) => roleIn(after, name) === undefined);
  const changed = after.filter(({ name, role }) => roleIn(before, name) !== role);
  const isNew = (name: string): boolean => roleIn(before, name) === undefined;
  return [
    ...gone.map(({ name }) => `${name} is gone`),
    ...changed.map(({ name, role }) =>
      isNew(name) ? `${name} is new` : `${name} is ${role === 'primary' ? 'primary' : `a ${role}`} now`,
    ),
  ];
}

/** Whether the checks of the config are requests that can be sent. */
const hasTraffic = ({ script: { checks } }: StepContext): boolean =>
  [checks.smoke, checks.readYourWrites, checks.load].some((planned = []) => planned.length > 0);
