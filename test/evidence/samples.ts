import type { DrillResult, Evidence, Span, Watched } from '../../lib/evidence/evidence';
import type { Ran } from '../../lib/evidence/ran';
import { seal } from '../../lib/evidence/seal';
import type { CheckResult } from '../../lib/probes/check';
import type { RehearsedTier, TierState } from '../../lib/targets/target';
import { cost, environments, parity, subject } from './shop-sample';

const START = Date.parse('2026-11-21T04:12:00.000Z');
const moment = (ms: number): string => new Date(START + ms).toISOString();

/** A span: name, length, where it begins in its parent, its parts. */
type Part = readonly [
  name: string,
  ms: number,
  offset?: number,
  parts?: readonly Part[],
  outcome?: Span['outcome'],
];

/** Steps one after another; parts where they say. */
function spansOf(
  steps: readonly (readonly [string, number, (readonly Part[])?, Span['outcome']?])[],
): Span[] {
  const spans: Span[] = [];
  const add = (
    [name, ms, offset = 0, parts = [], outcome = 'done']: Part,
    parent: number | null,
    from: number,
  ): void => {
    const id = spans.length + 1;
    spans.push({ id, parent, name, startedAt: moment(from + offset), ms, outcome });
    for (const part of parts) add(part, id, from + offset);
  };
  let from = 0;
  for (const [name, ms, parts = [], outcome = 'done'] of steps) {
    add([name, ms, 0, parts, outcome], null, from);
    from += ms;
  }
  return spans;
}

const STAND_UP: readonly Part[] = [
  [
    'Orders',
    3900,
    0,
    [
      ['Orders-0 starts', 620],
      ['Orders-1 copies the primary', 2210, 640],
      ['Orders-2 copies the primary', 2950, 640],
      ['reader endpoint answers', 280, 3610],
    ],
  ],
  ['Sessions', 850],
  [
    'Web',
    1250,
    3920,
    [
      ['Web-1 is healthy', 1100],
      ['Web-2 is healthy', 1250],
    ],
  ],
  ['Worker', 640, 3920],
];

const orders = (member: string): RehearsedTier => ({
  tier: 'Orders',
  kind: 'sql',
  skipped: false,
  engine: 'PostgreSQL 18.4',
  standsFor: 'aurora-postgresql 17.9',
  members: [
    { name: 'Orders-0', role: member === 'Orders-0' ? 'primary' : 'replica', state: 'running' },
    { name: 'Orders-1', role: member === 'Orders-1' ? 'primary' : 'replica', state: 'running' },
    { name: 'Orders-2', role: 'replica', state: 'running' },
  ],
  differs: [
    'Streaming replication instead of shared storage: every reader has its own copy of the data.',
    'PostgreSQL 18.4 stands in for Aurora PostgreSQL 17.9.',
    'Replicas delay every write by 400 ms (local.replicationDelayMs), so that a race is certain.',
  ],
});

const tiers: readonly TierState[] = [
  {
    tier: 'Web',
    kind: 'service',
    skipped: false,
    engine: 'processes',
    standsFor: 'ECS tasks',
    members: [
      { name: 'Web-1', role: 'task', state: 'running' },
      { name: 'Web-2', role: 'task', state: 'running' },
    ],
    differs: [
      'No container: the command of twin.config.ts runs with the environment variables of the task definition.',
    ],
  },
  {
    tier: 'Worker',
    kind: 'service',
    skipped: false,
    engine: 'processes',
    standsFor: 'ECS tasks',
    members: [
      { name: 'Worker-1', role: 'task', state: 'running' },
      { name: 'Worker-2', role: 'task', state: 'running' },
    ],
    differs: [],
  },
  orders('Orders-1'),
  {
    tier: 'Catalog',
    kind: 'document',
    skipped: true,
    because: 'mongod is not on the PATH: install MongoDB 7 or later to include it.',
  },
  {
    tier: 'Sessions',
    kind: 'cache',
    skipped: false,
    engine: 'Valkey 8.1.1',
    standsFor: 'valkey 8.1',
    members: [
      { name: 'Sessions-1', role: 'primary', state: 'running' },
      { name: 'Sessions-2', role: 'replica', state: 'running' },
      { name: 'Sessions-3', role: 'replica', state: 'running' },
    ],
    differs: ['No TLS between the service and the cache.'],
  },
  {
    tier: 'Pages',
    kind: 'cache',
    skipped: true,
    because: 'The cluster bus of Valkey needs ports that are taken here.',
  },
  { tier: 'Assets', kind: 'storage', skipped: true, because: 'Nothing on this machine serves S3.' },
  { tier: 'Alarms', kind: 'storage', skipped: true, because: 'Nothing on this machine serves SNS.' },
];

const smoke = (at: number): CheckResult => ({
  name: 'health answers',
  kind: 'smoke',
  outcome: 'passed',
  detail: 'GET /health answered 200 in 9 ms',
  startedAt: moment(at),
  ms: 12,
});
const readYourWrites = (at: number, staleReads: number): CheckResult => ({
  name: 'an order is there once it is placed',
  kind: 'read-your-writes',
  outcome: staleReads === 0 ? 'passed' : 'failed',
  detail:
    staleReads === 0
      ? '50 of 50 reads showed the write before them'
      : `${staleReads} of 50 reads missed the write before them (first: GET /orders/3 answered 404)`,
  startedAt: moment(at),
  ms: 1830,
  measures: { reads: 50, staleReads },
});
const lag = (at: number): CheckResult => ({
  name: 'replicas keep up',
  kind: 'replica-lag',
  outcome: 'passed',
  detail: 'the slowest of 2 replicas showed a write after 412 ms; at most 2000 ms',
  startedAt: moment(at),
  ms: 460,
  measures: { lagMs: 412 },
});
const command = (at: number, failed = false): CheckResult => ({
  name: 'npm run test:checkout',
  kind: 'command',
  outcome: failed ? 'failed' : 'passed',
  detail: failed ? 'ended with 1 after 2.4 s' : 'ended with 0 after 2.1 s',
  startedAt: moment(at),
  ms: failed ? 2400 : 2100,
  output: failed ? HOSTILE_OUTPUT : 'Tests: 12 passed, 12 total\n',
});
const load = (at: number, p95Ms: number, errors = 0): CheckResult => ({
  name: 'front page under load',
  kind: 'load',
  outcome: 'passed',
  detail: `${errors} of 6,120 requests failed; p95 ${p95Ms} ms`,
  startedAt: moment(at),
  ms: 5010,
  measures: {
    requests: 6120,
    errors,
    errorRate: errors / 6120,
    requestsPerSecond: 1224,
    p50Ms: 7.2,
    p95Ms,
    p99Ms: p95Ms * 2.1,
  },
});

/** What a team's test may write: colours, markup, and characters that no XML can hold. */
export const HOSTILE_OUTPUT = [
  '\u001B[31mFAIL\u001B[39m test/checkout.test.ts',
  '  ● an order is shown once it is placed',
  '    expect(page).toContain("Thank you")',
  '    got: "</script><img src=x onerror=alert(1)><b>Order not found</b>"',
  '    a bell\u0007, a null\0, ]]> and `ticks` ```',
  'Tests: 1 failed, 11 passed, 12 total',
].join('\n');

const failover: DrillResult = {
  name: 'failover of Orders',
  kind: 'failover',
  outcome: 'passed',
  detail: 'recovered in 1.2 s (4 of 31 requests failed).\nAfter it, 2 checks passed.',
  startedAt: moment(29_000),
  ms: 3800,
  recoveryMs: 1240,
};
const drills: readonly DrillResult[] = [
  failover,
  {
    name: 'roll back and forward',
    kind: 'roll back',
    outcome: 'passed',
    detail: 'every check passed on 1.41.0 with the data of 1.43.0, and again on 1.43.0',
    startedAt: moment(32_800),
    ms: 4100,
  },
  {
    name: 'a task of Web is killed',
    kind: 'kill task',
    outcome: 'passed',
    detail: 'replaced; 0 of 88 requests failed',
    startedAt: moment(36_900),
    ms: 1400,
    recoveryMs: 0,
  },
];

const FILES = [
  'logs/Orders-0.log',
  'logs/Orders-1.log',
  'logs/Orders-2.log',
  'logs/Sessions-1.log',
  'logs/Web-1.log',
  'logs/Web-2.log',
  'logs/Worker-1.log',
  'logs/Worker-2.log',
];

const watched = (during: string, offset: number, ms: number, failures = 0): Watched => ({
  during,
  release: '1.43.0',
  startedAt: moment(offset),
  ms,
  traffic: {
    requests: 310,
    failures,
    ...(failures > 0 && { firstFailure: 'GET /orders/7 answered 503, expected 200' }),
    longestOutageMs: failures > 0 ? 1200 : 0,
    recoveryMs: failures > 0 ? 1200 : 0,
    staleReads: 0,
    p95Ms: 12.4,
    strip: { partMs: 1000, sent: [110, 120, 80], failed: [0, failures, 0] },
  },
  databases: [{ tier: 'Orders', looks: 20, locks: [], connections: { most: 24, limit: 1797 } }],
});

const WATCHED: readonly Watched[] = [
  watched('baseline', 6750, 4000),
  watched('release', 16_800, 2600),
  watched('verify', 19_430, 4000),
  watched('failover of Orders', 29_000, 3800, 24),
];

const ranOf = (release: string): Ran => ({
  release,
  services: [
    { service: 'Web', tasks: 2, code: ['/shop'], answered: release },
    { service: 'Worker', tasks: 2, code: ['/shop'] },
  ],
});

/** A hotfix that may go to production, at the second attempt. */
export const go: Evidence = seal({
  version: 2,
  tool: '0.1.0',
  rehearsal: '20261121-0412-1.43.0',
  target: 'local',
  from: '1.41.0',
  to: '1.43.0',
  ran: { from: ranOf('1.41.0'), to: ranOf('1.43.0') },
  startedAt: moment(0),
  endedAt: moment(40_190),
  verdict: 'GO',
  reasons: [],
  tearDown: { outcome: 'gone', leftovers: [] },
  attempts: [
    {
      to: '1.42.0',
      verdict: 'NO-GO',
      reasons: ['stale reads: 37; allowed: at most 0'],
      endedAt: '2026-11-21T03:58:11.000Z',
      folder: 'attempts/1',
    },
  ],
  spans: spansOf([
    [
      'plan',
      310,
      [
        ['synthesise 1.41.0', 140],
        ['synthesise 1.43.0', 160, 150],
      ],
    ],
    ['seed', 1240, [['Orders', 1210]]],
    ['stand up', 5200, STAND_UP],
    [
      'baseline',
      9400,
      [
        ['health answers', 12],
        ['an order is there once it is placed', 1830, 15],
        ['replicas keep up', 460, 1850],
        ['npm run test:checkout', 2100, 2310],
        ['front page under load', 4980, 4415],
      ],
    ],
    ['checkpoint', 680, [['Orders', 660]]],
    [
      'release',
      2600,
      [
        ['migrate', 480],
        [
          'Web',
          2080,
          500,
          [
            ['Web-1 is replaced', 1020],
            ['Web-2 is replaced', 1050, 1025],
          ],
        ],
        ['Worker', 1300, 500],
      ],
    ],
    [
      'verify',
      9500,
      [
        ['health answers', 12],
        ['an order is there once it is placed', 1830, 15],
        ['replicas keep up', 460, 1850],
        ['npm run test:checkout', 2100, 2310],
        ['front page under load', 5010, 4415],
      ],
    ],
    [
      'drill',
      9310,
      [
        ['failover of Orders', 3800],
        ['roll back and forward', 4100, 3805],
        ['a task of Web is killed', 1400, 7910],
      ],
    ],
    ['judge', 4],
    [
      'tear down',
      1650,
      [
        ['logs', 90],
        ['Web', 610, 95],
        ['Worker', 430, 95],
        ['Orders', 910, 710],
        ['files', 25, 1622],
      ],
    ],
    ['leftovers', 296],
  ]),
  subject,
  gatesDigest: '3f0c9a1be7d25c64f1d8a7e90b53c2446ad1f6e87c0b9d3251e4f7a86c9d0b12',
  gates: [
    { gate: 'failed checks', rule: 'at most 0', measured: '0', passed: true },
    { gate: 'stale reads', rule: 'at most 0', measured: '0', passed: true },
    {
      gate: 'p95',
      rule: 'at most 1.5 times the baseline',
      measured: '22 ms, 1.05 times 21 ms',
      passed: true,
    },
    { gate: 'errors', rule: 'at most 0.1 % more than the baseline', measured: '0 % more', passed: true },
    { gate: 'recovery', rule: 'at most 30 s', measured: '1.2 s', passed: true },
    { gate: 'cost', rule: 'at most $25', measured: '$6.39 for 2 h', passed: true },
    {
      gate: 'skipped',
      rule: 'only Alarms, Assets, Catalog, Pages',
      measured: 'Alarms, Assets, Catalog, Pages',
      passed: true,
    },
  ],
  parity,
  environments,
  tiers,
  baseline: [smoke(6750), readYourWrites(6765, 0), lag(8600), command(9060), load(11_165, 21)],
  checks: [smoke(19_430), readYourWrites(19_445, 0), lag(21_280), command(21_740), load(23_845, 22)],
  drills,
  watched: WATCHED,
  cost,
  files: FILES,
});

/** The incident: 37 of 50 reads are stale, a test and a drill fail, and there are leftovers. */
export const noGo: Evidence = seal({
  ...go,
  rehearsal: '20261121-0358-1.42.0',
  to: '1.42.0',
  ran: { from: ranOf('1.41.0'), to: ranOf('1.42.0') },
  verdict: 'NO-GO',
  reasons: [
    'stale reads: 37; allowed: at most 0: "an order is there once it is placed" failed',
    'failed checks: 3; allowed: at most 0: "an order is there once it is placed", "npm run test:checkout", "roll back and forward"',
    'p95: 58 ms; allowed: at most 1.5 times the 21 ms of the baseline',
  ],
  attempts: [],
  tearDown: {
    outcome: 'left',
    leftovers: [
      { kind: 'process', what: '48213 postgres: walreceiver streaming 0/3A1F2C8' },
      { kind: 'port', what: '127.84.12.3:5432' },
      { kind: 'file', what: '/tmp/twin-local/20261121-0358-1.42.0/Orders-2/data' },
    ],
    error: 'Orders-2 did not end within 10 s of SIGKILL',
    finish: 'twin down 20261121-0358-1.42.0',
  },
  gates: [
    { gate: 'failed checks', rule: 'at most 0', measured: '3', passed: false },
    { gate: 'stale reads', rule: 'at most 0', measured: '37', passed: false },
    {
      gate: 'p95',
      rule: 'at most 1.5 times the baseline',
      measured: '58 ms, 2.76 times 21 ms',
      passed: false,
    },
    { gate: 'errors', rule: 'at most 0.1 % more than the baseline', measured: '0 % more', passed: true },
    { gate: 'recovery', rule: 'at most 30 s', measured: '1.2 s', passed: true },
    { gate: 'cost', rule: 'at most $25', measured: 'not measured', passed: false },
    {
      gate: 'skipped',
      rule: 'only Alarms, Assets, Catalog, Pages',
      measured: 'Alarms, Assets, Catalog, Pages',
      passed: true,
    },
  ],
  spans: go.spans.map((span) =>
    ['roll back and forward', 'tear down', 'npm run test:checkout'].includes(span.name) && span.id > 30
      ? { ...span, outcome: 'failed' as const }
      : span,
  ),
  checks: [
    smoke(19_430),
    readYourWrites(19_445, 37),
    lag(21_280),
    command(21_740, true),
    load(23_845, 58, 3),
  ],
  drills: [
    failover,
    {
      name: 'roll back and forward',
      kind: 'roll back',
      outcome: 'failed',
      detail: '1.41.0 answered 500 to GET /orders/7 after the migration of 1.42.0: column "note" is null',
      startedAt: moment(32_800),
      ms: 4100,
    },
    {
      name: 'failover of Catalog',
      kind: 'failover',
      outcome: 'skipped',
      detail: 'Catalog was not stood up',
      startedAt: moment(36_900),
      ms: 0,
    },
  ],
});

/** The checks failed on the release that production runs. */
export const baselineFailed: Evidence = {
  ...go,
  watched: WATCHED.slice(0, 1),
  rehearsal: '20261121-0501-1.44.0',
  to: '1.44.0',
  ran: { from: ranOf('1.41.0') },
  endedAt: moment(9130),
  verdict: 'BASELINE FAILED',
  reasons: ['"health answers" failed on 1.41.0: GET /health answered 503 for 5 s'],
  attempts: [],
  spans: spansOf([
    ['plan', 310],
    ['seed', 1240],
    ['stand up', 5200, STAND_UP],
    ['baseline', 730, [['health answers', 720, 0, [], 'failed']], 'failed'],
    ['tear down', 1650],
  ]),
  gates: [],
  tiers: tiers.slice(0, 3),
  baseline: [{ ...smoke(6750), outcome: 'failed', detail: 'GET /health answered 503 for 5 s, expected 200' }],
  checks: [],
  drills: [],
  files: [],
};

/** All of them, by name. */
export const samples: Readonly<Record<string, Evidence>> = {
  go,
  'no-go': noGo,
  'baseline-failed': baselineFailed,
};
