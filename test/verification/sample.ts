import type { ChecksConfig } from '../../lib/config/types';
import type { Ran } from '../../lib/evidence/ran';
import { seal } from '../../lib/evidence/seal';
import type { Baseline, Forecast, Verification } from '../../lib/evidence/verification';
import type { CheckResult } from '../../lib/probes/check';
import type { TrafficFigures } from '../../lib/probes/traffic-figures';
import type { RehearsedTier } from '../../lib/targets/target';
import { judge } from '../../lib/verification/judge';
import type { Measured } from '../../lib/verification/measured';

/** Checks of which some may run in production. */
export const CHECKS: ChecksConfig = {
  smoke: [
    { name: 'home', path: '/', safeInProduction: true },
    { name: 'admin', path: '/admin' },
  ],
};

/** Requests, by what was sent: how many, how many failed, and how long they took. */
export const traffic = (
  streams: Readonly<Record<string, readonly [requests: number, failures: number, p95Ms?: number]>>,
  staleReads = 0,
): TrafficFigures => ({
  requests: Object.values(streams).reduce((sum, [requests]) => sum + requests, 0),
  failures: Object.values(streams).reduce((sum, [, failures]) => sum + failures, 0),
  longestOutageMs: 0,
  staleReads,
  streams: Object.entries(streams).map(([name, [requests, failures, p95Ms]]) => ({
    name,
    requests,
    failures,
    ...(p95Ms !== undefined && { p95Ms }),
  })),
  strip: { partMs: 1000, sent: [1], failed: [0] },
});

/** The result of a check. */
export const check = (more: Partial<CheckResult> = {}): CheckResult => ({
  name: 'home',
  kind: 'smoke',
  outcome: 'passed',
  detail: 'GET / answered 200',
  startedAt: '2026-11-21T04:12:00.000Z',
  ms: 3,
  ...more,
});

/** What Web runs. */
export const ran = (release: string, more: Partial<Ran['services'][number]> = {}): Ran => ({
  release,
  services: [{ service: 'Web', tasks: 4, code: [], answered: release, ...more }],
});

export const WEB: RehearsedTier = {
  tier: 'Web',
  kind: 'service',
  skipped: false,
  engine: 'ECS',
  members: [],
  differs: [],
  incidents: [],
};

const watched = (startedAt: string, figures: TrafficFigures) => ({
  startedAt,
  ms: 600_000,
  traffic: figures,
});

export const BASELINE: Baseline = {
  verification: '20261121-035000-before-1.41.0',
  release: '1.41.0',
  ran: ran('1.41.0'),
  startedAt: '2026-11-21T03:50:00.000Z',
  checks: [check()],
  seal: 'seal',
  watched: watched('2026-11-21T03:50:01.000Z', traffic({ 'GET /': [600, 0, 40] })),
};

export const FORECAST: Forecast = {
  rehearsal: '20261120-220000-1.43.0',
  seal: 'seal',
  verdict: 'GO',
  from: '1.41.0',
  target: 'local',
  ratios: [{ name: 'GET /', ratio: 1.1 }],
  code: [],
};

/** A sound release in production. */
export const SOUND: Measured = {
  gates: {
    maxFailedChecks: 0,
    maxStaleReads: 0,
    maxTaskFailures: 0,
    maxErrorRate: 0.01,
    maxErrorRateIncrease: 0.005,
    p95: { maxRatio: 1.5, ignoreBelowMs: 0 },
    forecast: { maxRatio: 1.5, ignoreBelowMs: 0 },
  },
  release: '1.43.0',
  ran: ran('1.43.0'),
  tiers: [WEB],
  checks: [check()],
  watched: watched('2026-11-21T04:12:05.000Z', traffic({ 'GET /': [600, 1, 45] })),
  baseline: BASELINE,
  forecast: FORECAST,
};

/** The same with requests that were answered otherwise. */
export const watching = (figures: TrafficFigures): Measured => ({
  ...SOUND,
  watched: watched('2026-11-21T04:12:05.000Z', figures),
});

/** The record of a verification. */
export function verificationOf(measured: Measured, more: Partial<Verification> = {}): Verification {
  const { gates: _, watched: seen, baseline, forecast, ...others } = measured;
  return seal<Verification>({
    kind: 'verification',
    version: 1,
    tool: '0.1.0',
    verification: '20261121-041200-verify-1.43.0',
    target: 'local',
    environment: 'Prod',
    moment: 'after',
    startedAt: '2026-11-21T04:12:00.000Z',
    endedAt: '2026-11-21T04:22:05.000Z',
    spans: [],
    watchDigest: 'watch',
    gatesDigest: 'gates',
    skipped: ['admin'],
    notes: [],
    ...others,
    ...(seen && { watched: seen }),
    ...(baseline && { baseline }),
    ...(forecast && { forecast }),
    ...judge(measured),
    ...more,
  });
}
