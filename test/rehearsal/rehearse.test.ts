import { unclean } from '../parity/reports/samples';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../../lib/error';
import type { Evidence } from '../../lib/evidence/evidence';
import { lastEvidence, readEvidence } from '../../lib/evidence/read';
import type { Ledger } from '../../lib/rehearsal/ledger';
import { environments } from '../evidence/shop-sample';
import type { Call } from './fake-target';
import { BAD, CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

const stepsOf = ({ steps }: Ledger): string[] =>
  steps.map(({ name, state }) => (state === 'done' ? name : `${name} ${state}`));

/** The claims on the last rehearsal. */
const workerFiles = (): string[] =>
  readdirSync(bench.rehearsals.folderOf(bench.last)).filter((name) => name.startsWith('claim'));

const STEPS = [
  'plan',
  'seed',
  'stand up',
  'baseline',
  'checkpoint',
  'release',
  'verify',
  'drill',
  'judge',
  'logs',
];
const GONE = ['tear down', 'leftovers', 'evidence'];

describe('a rehearsal', () => {
  it('runs every step once, and leaves nothing but its evidence', async () => {
    const { evidence, ledger, problems } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({
      verdict: 'GO',
      reasons: [],
      tearDown: { outcome: 'gone', leftovers: [] },
    });
    expect(stepsOf(ledger)).toEqual([...STEPS, ...GONE]);
    expect(bench.world.calls.filter((call) => call !== 'probes')).toEqual([
      'preflight',
      'preflight',
      'seed',
      'up',
      'describe',
      'checkpoint',
      'release',
      'describe',
      'describe', // whether a program ends by itself in the failover
      'failover',
      'describe',
      'kill task',
      'release', // back
      'describe',
      'release', // forward
      'describe',
      'describe',
      'logs',
      'down',
      'inventory',
    ]);
    expect(bench.world.standing.size).toBe(0);
    expect(problems).toEqual([]);
    expect(bench.ledger).toEqual(JSON.parse(JSON.stringify(ledger)));
    expect(ledger).toMatchObject({ standing: 'gone' });
    expect(workerFiles()).toEqual([]);
  });

  it('is NO-GO for what a check sees, names it with the reason first, and still tears down', async () => {
    const { evidence } = ended(await bench.rehearse(BAD));
    expect(evidence).toMatchObject({ verdict: 'NO-GO', tearDown: { outcome: 'gone' } });
    expect(evidence!.reasons[0]).toBe('orders: 37 of 50 reads did not show the write before them');
    expect(evidence!.gates.filter(({ passed }) => !passed).map(({ gate }) => gate)).toEqual([
      'failed checks',
      'stale reads',
    ]);
  });

  it('records each effect before it happens', async () => {
    const seen: string[] = [];
    bench.world.onCall = (call) => {
      if (['preflight', 'probes', 'describe'].includes(call)) return;
      const { steps, standing, handle } = bench.ledger;
      seen.push(`${call}: ${steps.at(-1)!.name} ${steps.at(-1)!.state}, ${standing}`);
      expect(handle.name).toMatch(/^fake-\d{8}-\d{6}-1\.43\.0$/);
      expect(workerFiles()).toEqual(['claim-1.json']);
    };
    await bench.rehearse(GOOD);
    expect(seen).toEqual([
      'seed: seed started, maybe',
      'up: stand up started, maybe',
      'checkpoint: checkpoint started, maybe',
      'release: release started, maybe',
      'failover: drill started, maybe',
      'kill task: drill started, maybe',
      'release: drill started, maybe',
      'release: drill started, maybe',
      'logs: logs started, maybe',
      'down: tear down started, maybe',
      'inventory: leftovers started, maybe',
    ]);
  });

  it('leaves evidence, events and logs in a folder that git ignores', async () => {
    const { folder, evidence } = ended(await bench.rehearse(GOOD));
    expect(readEvidence(folder)).toEqual(JSON.parse(JSON.stringify(evidence)));
    expect(evidence!.files).toEqual([
      'events.ndjson',
      'synth-1.41.0.log',
      'synth-1.43.0.log',
      'logs/Web-1.log',
    ]);
    for (const file of evidence!.files) expect(existsSync(join(folder, file))).toBe(true);
    expect(readFileSync(join(bench.folder, '.twin', '.gitignore'), 'utf8')).toBe('*\n');
    const events = readFileSync(join(folder, 'events.ndjson'), 'utf8').trim().split('\n');
    expect(events.map((line) => JSON.parse(line) as unknown)).toEqual(bench.events);
  });

  it('keeps what another release is asked again out of its evidence: its headers are credentials', async () => {
    const { ledger, evidence } = ended(await bench.rehearse(GOOD));
    const readsOf = ({ baseline, checks }: Pick<Evidence, 'baseline' | 'checks'>) =>
      [...baseline, ...checks].filter(({ lastReads }) => lastReads !== undefined).length;
    expect(readsOf(ledger)).toBe(2);
    expect(readsOf(evidence!)).toBe(0);
  });

  it('times its steps and what is within them', async () => {
    const { evidence } = ended(await bench.rehearse(GOOD));
    const steps = evidence!.spans.filter(({ parent }) => parent === null).map(({ name }) => name);
    expect(steps).toEqual([...STEPS, 'tear down', 'leftovers']);
    const drill = evidence!.spans.find(({ name }) => name === 'drill')!;
    expect(evidence!.spans.filter(({ parent }) => parent === drill.id).map(({ name }) => name)).toEqual([
      'failover of Orders',
      'one task of Web killed',
      'roll back and forward',
    ]);
  });

  it('has a folder of its own, though two begin in the same second', async () => {
    const now = new Date('2026-11-21T04:12:00Z');
    expect(bench.rehearsals.create('feature/x y', now)).toBe('20261121-041200-feature-x-y');
    expect(bench.rehearsals.create('feature/x y', now)).toBe('20261121-041201-feature-x-y');
  });
});

describe('a baseline that failed', () => {
  it('does not test the candidate, which is never released', async () => {
    bench.world.failing = ['1.41.0'];
    const { evidence, ledger } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'BASELINE FAILED', gates: [], checks: [], drills: [] });
    expect(evidence!.reasons).toEqual([
      'baseline failed: 1 of 2 checks failed on 1.41.0, which production runs: "orders". Repair staging or its checks first.',
      'orders: 37 of 50 reads did not show the write before them',
    ]);
    expect(stepsOf(ledger)).toEqual([...STEPS.slice(0, 3), 'baseline failed', 'judge', 'logs', ...GONE]);
    expect(bench.world.calls).not.toContain('release');
  });
});

describe('before anything is stood up', () => {
  it('stands nothing up for environments that are not twins', async () => {
    bench.verdict = 'not-twins';
    expect(await bench.rehearse(GOOD)).toMatchObject({ kind: 'not-twins', release: '1.41.0' });
    expect(bench.world.calls).toEqual([]);
    expect(bench.ledger.standing).toBe('none');
  });

  it('stands nothing up for a staging that failed a check, though it is a twin', async () => {
    bench.checks = unclean.checks;
    expect(await bench.rehearse(GOOD)).toMatchObject({
      kind: 'not-twins',
      report: { verdict: 'twins', checks: { isolation: { result: 'failed' } } },
    });
    expect(bench.world.calls).toEqual([]);
  });

  it('stops the other synthesis when one fails, waits for it, and stands nothing up', async () => {
    let stopped = false;
    bench.synthesize = ({ release, signal }) =>
      release === GOOD
        ? Promise.reject(new TwinError({ code: 'synth', message: 'no', fix: 'Repair.' }))
        : new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              stopped = true;
              reject(signal.reason as Error);
            });
          });
    await expect(bench.rehearse(GOOD)).rejects.toThrow('no');
    expect({ stopped, calls: bench.world.calls }).toEqual({ stopped: true, calls: [] });
    expect(bench.ledger).toMatchObject({ standing: 'none', steps: [] });
    expect(workerFiles()).toEqual([]);
    const events = readFileSync(join(bench.rehearsals.folderOf(bench.last), 'not-started.ndjson'), 'utf8');
    expect(events).toMatch(/"name":"synthesise 1\.43\.0","ms":\d+,"outcome":"failed"/);
    expect(events).toMatch(/"name":"synthesise 1\.41\.0","ms":\d+,"outcome":"stopped"/);
  });

  it('refuses what production runs as a candidate, before anything is written', async () => {
    await expect(bench.rehearse('1.41.0')).rejects.toMatchObject({ code: 'same-release' });
    expect(bench.synthesized).toEqual([]);
    expect(bench.rehearsals.standing()).toEqual([]);
  });

  it('synthesises nothing where the target misses something, and says what', async () => {
    bench.world.unreachable = new TwinError({
      code: 'aws-credentials',
      message: 'there are none',
      fix: 'Sign in.',
    });
    await expect(bench.rehearse(GOOD)).rejects.toThrow('there are none');
    expect([bench.synthesized, bench.world.calls]).toEqual([[], []]);
  });

  it('leaves the last report what it is where another rehearsal cannot start', async () => {
    ended(await bench.rehearse(GOOD));
    const before = bench.last;
    const root = join(bench.folder, '.twin');
    bench.isAppDeaf = true;
    await expect(bench.rehearse('1.44.0')).rejects.toMatchObject({ code: 'same-release' });
    const last = lastEvidence(root);
    expect(last).toMatchObject({ evidence: { rehearsal: before }, notStarted: bench.last });
    expect(existsSync(join(last.folder, 'report.html'))).toBe(true);
  });

  it('refuses two releases that are deployed alike', async () => {
    bench.isAppDeaf = true;
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'same-release',
      message: `1.41.0 and ${GOOD} are deployed alike: the templates of StagingEphemeral do not differ`,
    });
    expect(bench.world.standing.size).toBe(0);
    expect(bench.world.calls).not.toContain('up');
  });

  it('stops at once while it plans', async () => {
    bench.synthesize = ({ signal }) => {
      bench.interrupt();
      return Promise.reject(signal.reason as Error);
    };
    expect(await bench.rehearse(GOOD)).toEqual({
      kind: 'stopped',
      message: 'stopped by SIGINT: nothing was stood up',
    });
  });
});

/** Every call of the target before the tear-down, and what comes of it when it fails. */
const FAILING: readonly (readonly [Call, string, string])[] = [
  ['seed', 'BASELINE FAILED', 'seed failed: seed was refused. Ask again.'],
  ['up', 'BASELINE FAILED', 'stand up failed: up was refused. Ask again.'],
  ['describe', 'BASELINE FAILED', 'stand up failed: describe was refused. Ask again.'],
  ['probes', 'BASELINE FAILED', 'baseline failed: probes was refused. Ask again.'],
  ['checkpoint', 'BASELINE FAILED', 'checkpoint failed: checkpoint was refused. Ask again.'],
  ['release', 'NO-GO', 'release failed: release was refused. Ask again.'],
  ['failover', 'NO-GO', 'failover of Orders: failover was refused'],
  ['kill task', 'NO-GO', 'one task of Web killed: kill task was refused'],
];

describe('what the target says before anything exists', () => {
  it('ends the rehearsal where a tier would be skipped that the gates do not allow', async () => {
    const because = 'no server is here';
    const catalog = { tier: 'Catalog', kind: 'document', skipped: true, because } as const;
    bench.world.preflight = { ...bench.world.preflight, tiers: [catalog] };
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'coverage',
      message:
        'the target local cannot stand 1 tier up that the gates do not allow to be skipped\n  Catalog: no server is here',
      fix: "Make that possible, or allow it with gates.allowSkipped: ['Catalog'].",
    });
    expect(bench.world.calls).not.toContain('seed');
    expect(bench.ledger.standing).toBe('none');
    bench.config = { ...bench.config, gates: { allowSkipped: ['Catalog'] } };
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
  });

  it('ends it where the lag of a tier cannot be measured, unless its check may be skipped', async () => {
    const pages = { tier: 'Pages', kind: 'cache', skipped: false, noLag: 'Pages has no replica' } as const;
    bench.world.preflight = { ...bench.world.preflight, tiers: [pages] };
    const replicaLag = [{ name: 'pages follow', tier: 'Pages', maxMs: 1000 }];
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO'); // nobody asks for it
    bench.world.calls.length = 0;
    bench.config = { ...bench.config, checks: { ...bench.config.checks, replicaLag } };
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'coverage',
      message:
        'the target local cannot measure what the check "pages follow" is about, the replica lag of Pages: Pages has no replica',
      fix: "Leave the check out, or allow it to be skipped with gates.allowSkipped: ['Pages'].",
    });
    expect(bench.world.calls).not.toContain('seed');
    bench.config = { ...bench.config, gates: { allowSkipped: ['Pages'] } };
    expect(ended(await bench.rehearse(GOOD)).kind).toBe('ended');
  });

  it('ends it where it refuses, with each reason', async () => {
    bench.world.preflight = { ...bench.world.preflight, refusals: ['it is production', 'it is night'] };
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'refused',
      message: 'StagingEphemeral may not be stood up on the target local\n  it is production\n  it is night',
    });
    expect(bench.world.calls).toEqual(['preflight']);
  });

  it('logs once what could not be made sure of, and goes on', async () => {
    bench.world.preflight = { ...bench.world.preflight, warnings: ['production is elsewhere'] };
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
    const logged = bench.events.flatMap((it) => (it.event === 'log' ? [it.message] : []));
    expect(logged.filter((it) => it.includes('elsewhere'))).toEqual(['warning: production is elsewhere']);
  });

  it('says how long releases wait on purpose, and warns where the price is judged for less', async () => {
    bench.world.preflight = { ...bench.world.preflight, waitMinutes: 61 };
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
    const logged = bench.events.flatMap((it) => (it.event === 'log' ? [it.message] : []));
    expect(logged.filter((it) => /on purpose|costHours/.test(it))).toEqual([
      'each release waits for 61 min on purpose: 4 in this rehearsal, 244 min in all at least',
      'warning: that is longer than gates.costHours (4 h), for which the price is judged',
    ]);
  });

  it('says what failovers take of what an account has of them, and ends it where that is not enough', async () => {
    const quota = { of: 'test failovers in 24 hours', takes: { Orders: 3, Pages: 9 }, most: 15, back: [] };
    const withLeft = (left: number, more = {}) => {
      bench.world.preflight = { ...bench.world.preflight, failovers: [{ ...quota, left, ...more }] };
    };
    const logged = () => bench.events.flatMap((it) => (it.event === 'log' ? [it.message] : []));
    withLeft(3);
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
    expect(logged().filter((it) => it.includes('test failovers'))).toEqual([
      'failovers of Orders take 3 of the 3 test failovers in 24 hours that are left of 15',
    ]);
    bench.world.calls.length = 0;
    withLeft(2, { back: [new Date('2026-11-29T12:00:00Z'), new Date('2026-11-29T13:00:00Z')] });
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'failover-quota',
      message:
        'failovers of Orders take 3 test failovers in 24 hours, and 2 of 15 are left; there are enough from 2026-11-29 12:00 UTC on',
      fix: 'Rehearse again then, or take a cache out of drills.failover.',
      isMachineFault: true,
    });
    expect(bench.world.calls).toEqual(['preflight']);
    withLeft(15, { takes: { Orders: 16 } });
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'failover-quota',
      fix: 'Take a cache out of drills.failover, or give it fewer shards in staging.',
      isMachineFault: false,
    });
    withLeft(15, { takes: { Orders: 16 }, unknown: 'nobody may ask' });
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
    expect(logged()).toContain(
      'failovers of Orders take 16 of 15 test failovers in 24 hours; how many are left is not known: nobody may ask',
    );
    withLeft(0, { takes: { Pages: 3 } }); // which no drill fails over
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('GO');
  });

  it('judges the price before where it is paid, and at the end where it is not', async () => {
    bench.config = { ...bench.config, gates: { maxCostUsd: 0.01 } };
    expect(ended(await bench.rehearse(GOOD)).evidence).toMatchObject({ verdict: 'NO-GO' });
    bench.world.calls.length = 0;
    bench.world.preflight = { ...bench.world.preflight, isBilled: true };
    await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
      code: 'price',
      message: expect.stringMatching(
        /^StagingEphemeral would cost \$[\d.]+.*; gates\.maxCostUsd allows at most \$0\.01 for 4 h on AWS$/,
      ) as string,
    });
    expect(bench.world.calls).toEqual(['preflight']);
  });
});

it('writes down at once what a call learns of the environment, for whoever finishes it', async () => {
  bench.world.onCall = (call) => {
    if (call !== 'describe') return;
    const { handle, rehearsal } = bench.ledger;
    expect(handle).toEqual({ target: 'local', name: `fake-${rehearsal}`, id: `id of fake-${rehearsal}` });
  };
  ended(await bench.rehearse(GOOD));
  expect(bench.world.calls).toContain('describe');
});

describe('a call that exceeds its limit', () => {
  it.each(['hangs', 'is deaf'] as const)('is stopped where it %s, and fails its step', async (does) => {
    bench.world.limitSeconds = 0.05;
    bench.world.mishaps.push({ call: 'up', does });
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'BASELINE FAILED', tearDown: { outcome: 'gone' } });
    expect(evidence!.reasons[0]).toBe(
      'stand up failed: "up" on the target local was not done after 50 ms, and was stopped. See the log of the rehearsal for what it waited for.',
    );
    expect(bench.world.calls.includes('stop')).toBe(does === 'is deaf');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bench.world.standing.size).toBe(0);
  });

  it('is not waited for in the tear-down either: there may be leftovers', async () => {
    bench.world.limitSeconds = 0.05;
    bench.world.mishaps.push({ call: 'down', does: 'hangs' });
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.tearDown).toMatchObject({ outcome: 'left', finish: `npx twin down ${bench.last}` });
    expect(evidence!.tearDown.error).toMatch(
      /^the tear-down failed: "down" on the target local was not done/,
    );
  });
});

describe('a call of the target that fails', () => {
  it.each(FAILING)('%s: %s, and everything is torn down', async (call, verdict, reason) => {
    bench.world.mishaps.push({ call, does: 'fails' });
    const { evidence, problems } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict, tearDown: { outcome: 'gone' } });
    expect(evidence!.reasons[0]).toBe(reason);
    expect(bench.world.standing.size).toBe(0);
    expect(bench.ledger.standing).toBe('gone');
    expect(problems).toEqual([]);
  });

  it.each(FAILING)('%s: a bug in it is logged, and everything is torn down', async (call) => {
    bench.world.mishaps.push({ call, does: 'crashes' });
    const { evidence, problems } = ended(await bench.rehearse(GOOD));
    expect(problems).toEqual([new RangeError(`${call} went mad`)]);
    expect(evidence!.verdict).not.toBe('GO');
    expect(evidence!.reasons[0]).toContain(`a bug in cdk-twin: RangeError: ${call} went mad`);
    expect(bench.ledger.standing).toBe('gone');
  });

  it('logs: the verdict stays, with the reason why there are none', async () => {
    bench.world.mishaps.push({ call: 'logs', does: 'crashes' });
    const { evidence, problems } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone' } });
    expect(problems).toEqual([]);
    expect(bench.events).toContainEqual(
      expect.objectContaining({ message: 'the logs could not be copied: logs went mad' }),
    );
  });

  it('continues with the next drill when one fails', async () => {
    bench.world.mishaps.push({ call: 'failover', does: 'fails' });
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills.map(({ outcome }) => outcome)).toEqual(['failed', 'passed', 'passed']);
    // a drill that failed did not recover at all
    expect(evidence!.gates).toContainEqual(
      expect.objectContaining({ gate: 'recovery', measured: 'not measured', passed: false }),
    );
  });
});

describe('a candidate', () => {
  it('with a tier that the target did not stand up has that tier skipped', async () => {
    const [web] = environments.staging.tiers;
    bench.added = [{ ...web!, name: 'History' }];
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.tiers).toContainEqual({
      tier: 'History',
      kind: 'service',
      skipped: true,
      because: '1.43.0 adds it, and it was not stood up',
    });
    expect(evidence).toMatchObject({
      verdict: 'NO-GO',
      reasons: ['skipped: History; allowed: none'],
    });
  });
});

describe('a clock that is set back', () => {
  it('makes no step shorter than nothing', async () => {
    let now = Date.parse('2026-11-21T04:12:00Z');
    bench.now = () => new Date((now -= 1000));
    const { evidence, problems } = ended(await bench.rehearse(GOOD));
    expect([...evidence!.spans, ...evidence!.drills].every(({ ms }) => ms === 0)).toBe(true);
    expect({ verdict: evidence!.verdict, problems }).toEqual({ verdict: 'GO', problems: [] });
  });
});

describe('a drill', () => {
  it('of a tier that was not stood up is skipped, and nothing is broken', async () => {
    bench.world.tiers[0] = { tier: 'Orders', kind: 'sql', skipped: true, because: 'no server is here' };
    bench.config = { ...bench.config, gates: { allowSkipped: ['Orders'] } };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills[0]).toMatchObject({ outcome: 'skipped', detail: 'no server is here' });
    expect(bench.world.calls).not.toContain('failover');
    expect(evidence).toMatchObject({ verdict: 'GO', reasons: [] });
  });

  it('after which every member is what it was has tested nothing', async () => {
    bench.world.onCall = (call, handle) => {
      if (call === 'probes') bench.world.standing.get(handle.name)!.members = [];
    };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills.map(({ outcome, detail }) => [outcome, detail.split('\n')[0]])).toEqual([
      [
        'failed',
        'recovered in 1.2 s (48 of 400 requests failed; first: POST /orders: connection refused); but no other member is primary',
      ],
      [
        'failed',
        'recovered in 1.2 s (48 of 400 requests failed; first: POST /orders: connection refused); but no task was replaced',
      ],
      ['passed', 'Back: 1.41.0 runs.'],
    ]);
  });

  it('fails for what the checks see afterwards', async () => {
    bench.world.onCall = (call) => {
      if (call === 'failover') bench.world.failing = [GOOD];
    };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills[0]).toMatchObject({
      outcome: 'failed',
      detail:
        'recovered in 1.2 s (48 of 400 requests failed; first: POST /orders: connection refused); Orders-1 is a replica now, Orders-2 is primary now.\nAfter it, orders: 37 of 50 reads did not show the write before them.',
      recoveryMs: 1200,
      staleReads: 37,
    });
  });

  it('goes back to what production runs and forward again, on the data that the candidate changed', async () => {
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills[2]).toMatchObject({
      kind: 'roll back',
      detail:
        'Back: 1.41.0 runs.\nAfter it, 1 check passed.\n1.41.0 reads what 1.43.0 wrote (2 of 2).\nForward: 1.43.0 runs.\nAfter it, 1 check passed.\n1.43.0 reads what 1.43.0 wrote (2 of 2).',
    });
  });

  it('is no way back where what production runs cannot read what the candidate wrote', async () => {
    bench.world.forgetting = ['1.41.0'];
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.verdict).toBe('NO-GO');
    expect(evidence!.drills[2]).toMatchObject({ kind: 'roll back', outcome: 'failed' });
    expect(evidence!.drills[2]!.detail.split('\n')).toContain(
      '1.41.0 cannot read what 1.43.0 wrote: GET /orders/76 answered 500, expected 200; 2 of 2 such reads failed.',
    );
    expect(evidence!.drills[2]!.detail).toContain('1.43.0 reads what 1.43.0 wrote (2 of 2).');
  });

  it('reads nothing where the candidate wrote nothing', async () => {
    bench.config = { ...bench.config, checks: { smoke: CONFIG.checks.smoke! } };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills[1]!.detail).not.toContain('wrote');
  });

  it('takes the tasks of a zone away, says what was lost, and is judged by how long that took', async () => {
    bench.config = { ...bench.config, drills: { loseZone: ['Web'], soakSeconds: 0 } };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills).toMatchObject([
      {
        name: 'tasks of Web in one zone lost',
        kind: 'lose zone',
        outcome: 'passed',
        detail:
          'recovered in 1.2 s (48 of 400 requests failed; first: POST /orders: connection refused); lost zone 1, with 1 of 2 tasks; Web-1 is gone, Web-1+ is new',
        recoveryMs: 1200,
      },
    ]);
    expect(evidence!.gates.find(({ gate }) => gate === 'recovery')).toMatchObject({ passed: true });
    bench.config = { ...bench.config, gates: { maxRecoverySeconds: 1 } };
    expect(ended(await bench.rehearse(GOOD)).evidence!.verdict).toBe('NO-GO');
  });

  it('fails where a zone would take all tasks away', async () => {
    bench.config = { ...bench.config, drills: { loseZone: ['Web'], soakSeconds: 0 } };
    bench.world.mishaps.push({
      call: 'lose zone',
      does: 'fails',
      says: 'Web has all of its 2 tasks in zone 1',
    });
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills).toMatchObject([
      { outcome: 'failed', detail: 'Web has all of its 2 tasks in zone 1' },
    ]);
    expect(evidence!.verdict).toBe('NO-GO');
  });

  it('needs a request to measure with', async () => {
    bench.config = {
      ...bench.config,
      checks: {},
      drills: { failover: ['Orders'] },
      gates: { maxRecoverySeconds: 5 },
    };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.drills).toMatchObject([
      {
        outcome: 'passed',
        detail:
          'recovered, with no check to measure how fast; Orders-1 is a replica now, Orders-2 is primary now.\nAfter it, no check ran.',
      },
    ]);
    expect(evidence!.reasons).toEqual([
      'failed checks: not measured; allowed: at most 0',
      'recovery: not measured; allowed: at most 5 s',
    ]);
  });
});

describe('a failover that the target writes through', () => {
  const failover = async (unwritableMs: number | null, checks = bench.config.checks) => {
    bench.world.unwritableMs = unwritableMs;
    const gates = { maxRecoverySeconds: 5 };
    bench.config = { ...bench.config, checks, drills: { failover: ['Orders'] }, gates };
    return ended(await bench.rehearse(GOOD)).evidence!;
  };

  it('is measured by that where no check sends requests', async () => {
    const { drills, reasons } = await failover(840, {});
    expect(drills).toMatchObject([{ outcome: 'passed', recoveryMs: 840 }]);
    expect(drills[0]!.detail).toContain('with no check to measure how fast; no write was taken for 840 ms');
    expect(reasons).toEqual(['failed checks: not measured; allowed: at most 0']);
  });

  it('says so beside the requests', async () => {
    const { drills } = await failover(840);
    expect(drills[0]!.detail).toMatch(/; no write was taken for 840 ms; Orders-1 is a replica now/);
  });

  it.each([{}, undefined])('fails where nothing can be written afterwards (checks: %j)', async (checks) => {
    const { drills, verdict } = await failover(null, checks);
    expect(drills[0]!.outcome).toBe('failed');
    expect(drills[0]!.detail).toContain('no write is taken since');
    expect(verdict).toBe('NO-GO');
  });
});

describe('a tear-down', () => {
  it('that fails once is tried once more', async () => {
    bench.world.mishaps.push({ call: 'down', does: 'fails', times: 1 });
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone' } });
    expect(evidence!.tearDown.error).toBeUndefined();
  });

  it('that fails for good hides no verdict, and names what is left and what finishes it', async () => {
    bench.world.mishaps.push({ call: 'down', does: 'crashes' });
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({
      verdict: 'GO',
      tearDown: {
        outcome: 'left',
        leftovers: [{ kind: 'resource', what: `fake-${bench.last}` }],
        error: 'the tear-down failed: down went mad',
        finish: `npx twin down ${bench.last}`,
      },
    });
    expect(bench.ledger.standing).toBe('maybe');
  });

  it('that leaves something says so, though it did not fail', async () => {
    bench.world.stuck.push({ kind: 'process', what: 'process 4711: postgres' });
    const { evidence } = ended(await bench.rehearse(BAD));
    expect(evidence).toMatchObject({ verdict: 'NO-GO', tearDown: { outcome: 'left' } });
    expect(evidence!.tearDown.leftovers).toHaveLength(2);
  });

  it('is looked at again where something is only just ending', async () => {
    const { world } = bench;
    world.stuck.push({ kind: 'process', what: 'process 4711: postgres' });
    let looks = 0;
    world.onCall = (call) => {
      if (call === 'inventory' && ++looks === 2) world.standing.clear();
    };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone', leftovers: [] } });
    expect(looks).toBe(2);
  });

  it.each([
    [
      [undefined, undefined],
      'the tear-down failed: down was refused; the search for leftovers failed: inventory was refused. Ask again.',
    ],
    [
      ['the credentials have expired.', 'the credentials have expired.'],
      'the tear-down and the search for leftovers failed: the credentials have expired. Ask again.',
    ],
  ])(
    'says what to do about each failure, and once where both are one: %j',
    async ([down, inventory], error) => {
      const says = (it: string | undefined) => (it === undefined ? {} : { says: it });
      bench.world.mishaps.push({ call: 'down', does: 'fails', ...says(down) });
      bench.world.mishaps.push({ call: 'inventory', does: 'fails', ...says(inventory) });
      expect(ended(await bench.rehearse(GOOD)).evidence!.tearDown.error).toBe(error);
    },
  );

  it('is not trusted where the search for leftovers failed', async () => {
    bench.world.mishaps.push({ call: 'inventory', does: 'fails' });
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence!.tearDown).toMatchObject({
      outcome: 'left',
      error: 'the search for leftovers failed: inventory was refused. Ask again.',
    });
    expect(bench.ledger.standing).toBe('maybe');
  });

  it('takes place though nothing can be written down any more', async () => {
    const inTheWay = (): string => join(bench.rehearsals.folderOf(bench.last), `ledger.json.${process.pid}`);
    bench.world.onCall = (call) => {
      if (call === 'release') mkdirSync(inTheWay());
    };
    const { evidence, problems } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'UNDECIDED', tearDown: { outcome: 'gone' } });
    expect(evidence!.reasons[0]).toMatch(/^release failed: .*ledger\.json could not be written/);
    expect(bench.world.standing.size).toBe(0);
    expect(problems).toEqual([expect.objectContaining({ code: 'ledger-unwritable' })]);
    // what is on disk is what was known before: enough to look once more
    expect(bench.ledger).toMatchObject({ standing: 'maybe' });
    rmdirSync(inTheWay());
    expect(ended(await bench.finish()).ledger.standing).toBe('gone');
  });

  it('reports the verdict even where the evidence cannot be written', async () => {
    bench.world.onCall = (call) => {
      if (call === 'release')
        mkdirSync(join(bench.rehearsals.folderOf(bench.last), 'report.html'), { recursive: true });
    };
    const { evidence, problems } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone' } });
    expect(problems).toEqual([expect.objectContaining({ code: 'unwritable' })]);
  });
});

const STOPPABLE = ['seed', 'up', 'checkpoint', 'release', 'failover', 'kill task'] as const;

describe('a rehearsal that is stopped', () => {
  it.each(STOPPABLE)('during %s tears down and is NO-GO because it was stopped', async (call) => {
    bench.world.mishaps.push({ call, does: 'hangs' });
    bench.world.onCall = (it) => {
      if (it === call) setImmediate(() => bench.interrupt());
    };
    const { evidence, problems } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({
      verdict: 'NO-GO',
      reasons: ['stopped by SIGINT before it was judged'],
      tearDown: { outcome: 'gone' },
    });
    expect(evidence!.spans.some(({ outcome }) => outcome === 'stopped')).toBe(true);
    expect(bench.world.standing.size).toBe(0);
    expect(problems).toEqual([]);
  });

  it('does not wait for ever for a call that does not listen', async () => {
    bench.world.mishaps.push({ call: 'up', does: 'is deaf' });
    bench.world.onCall = (it) => {
      if (it === 'up') setImmediate(() => bench.interrupt());
    };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'NO-GO', tearDown: { outcome: 'gone' } });
    expect(bench.world.calls.slice(-4)).toEqual(['stop', 'logs', 'down', 'inventory']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(bench.world.standing.size).toBe(0); // the call has created nothing since
  });

  it('is torn down after what it could not stop, and says so', async () => {
    bench.world.mishaps.push({ call: 'up', does: 'is deaf' }, { call: 'stop', does: 'fails' });
    bench.world.onCall = (it) => {
      if (it === 'up') setImmediate(() => bench.interrupt());
    };
    ended(await bench.rehearse(GOOD));
    const messages = bench.events.flatMap((event) => (event.event === 'log' ? [event.message] : []));
    expect(messages).toContain('it could not be stopped: stop was refused');
    expect(bench.world.calls).toContain('down');
  });

  it('is torn down though it was to be kept', async () => {
    bench.world.onCall = (it) => {
      if (it === 'release') bench.interrupt();
    };
    const { evidence } = ended(await bench.rehearse(GOOD, { keep: true }));
    expect(evidence!.tearDown.outcome).toBe('gone');
  });

  it('keeps its verdict when it was judged already', async () => {
    bench.world.onCall = (it) => {
      if (it === 'down') bench.interrupt();
    };
    const { evidence } = ended(await bench.rehearse(GOOD));
    expect(evidence).toMatchObject({ verdict: 'GO', tearDown: { outcome: 'gone' } });
  });
});
