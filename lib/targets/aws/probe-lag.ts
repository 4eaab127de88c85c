import type { CheckResult } from '../../probes/check';
import type { ReplicaLagCheck } from '../../config/types';
import type { ProbeWatch } from '../../probes/probes';
import { CACHE_LAG, rdsLag, DOCUMENT_LAG, lagPoints, MINUTE, type LagMetric } from './lag-metrics';
import type { LiveTier } from './live-tiers';
import { membersOf } from './members';
import { until } from './until';

/** The metric of a tier's replicas; undefined for a tier that has none. */
export function lagMetricOf({ tier }: Pick<LiveTier, 'tier'>): LagMetric | undefined {
  if (tier.kind === 'sql') return rdsLag(tier.engine);
  if (tier.kind === 'document') return DOCUMENT_LAG;
  return tier.kind === 'cache' ? CACHE_LAG : undefined;
}

/**
 * How far the replicas of a tier are behind by CloudWatch, where no check inside the network can measure it. A point counts whose
 * minute ends after the check began: an earlier one would judge the release before. CloudWatch has it some minutes later, and it is
 * waited for, of every replica. A replica of which there is none fails the check: nothing was measured.
 */
export async function lagByCloudWatch(
  { name, tier, maxMs }: ReplicaLagCheck,
  live: LiveTier,
  metric: LagMetric,
  { watch, pollMs }: { readonly watch: ProbeWatch; readonly pollMs: number },
): Promise<CheckResult> {
  const start = Date.now();
  const { outcome, detail, measures } = await measure({ tier, maxMs }, live, metric, start, pollMs, watch);
  return {
    name,
    kind: 'replica-lag',
    outcome,
    tier,
    detail,
    startedAt: new Date(start).toISOString(),
    ms: Date.now() - start,
    ...(measures && { measures }),
  };
}

async function measure(
  { tier, maxMs }: Pick<ReplicaLagCheck, 'tier' | 'maxMs'>,
  live: LiveTier,
  metric: LagMetric,
  start: number,
  pollMs: number,
  watch: ProbeWatch,
): Promise<Pick<CheckResult, 'outcome' | 'detail' | 'measures'>> {
  const members = await membersOf(live, watch.signal);
  const replicas = members.filter(({ role }) => role === 'replica').map((it) => it.name);
  if (replicas.length === 0) return { outcome: 'failed', detail: `${tier} has no replica` };
  watch.log(`replica-lag: waits for ${metric.metric} of ${replicas.join(', ')} in CloudWatch`);
  const cloudWatch = live.clients.for('cloudwatch', watch.signal);
  const since = Math.floor(start / MINUTE) * MINUTE;
  let looks = 0;
  const points = await until(
    () => lagPoints(metric, replicas, since, cloudWatch),
    (seen) => ++looks > PATIENCE || missingOf(replicas, seen).length === 0,
    { signal: watch.signal, pollMs },
  );
  const missing = missingOf(replicas, points);
  if (missing.length > 0)
    return {
      outcome: 'failed',
      detail: `not measured: CloudWatch has no ${metric.metric} of ${missing.join(', ')} after ${shown(Date.now() - start)}`,
    };
  const slowest = points.reduce((one, other) => (other.value > one.value ? other : one));
  const lagMs = Math.round(slowest.value * (metric.unit === 's' ? 1000 : 1));
  const youngest = Math.max(...points.map(({ at }) => at));
  const how = [
    `by CloudWatch (${metric.metric})`,
    `over the last ${Math.max(1, Math.ceil((Date.now() - since) / MINUTE))} min`,
    'resolution 1 min',
    `youngest point ${shown(Math.max(0, Date.now() - youngest))} old`,
  ].join(', ');
  return {
    outcome: lagMs > maxMs ? 'failed' : 'passed',
    detail: `${slowest.replica} of ${tier} was ${lagMs} ms behind at most, expected ${maxMs} ms; ${how}`,
    measures: { lagMs },
  };
}

const missingOf = (replicas: readonly string[], points: readonly { readonly replica: string }[]): string[] =>
  replicas.filter((name) => !points.some(({ replica }) => replica === name));

const shown = (ms: number): string =>
  ms < MINUTE ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / MINUTE)} min`;

/** How many looks long a point is waited for: ten minutes. */
const PATIENCE = 120;
