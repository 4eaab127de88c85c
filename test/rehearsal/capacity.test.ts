import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CapacityConfig, GatesConfig } from '../../lib/config/types';
import { TwinError } from '../../lib/error';
import { gate } from '../../lib/deployment-gate/gate';
import { renderText } from '../../lib/evidence/text';
import { CONFIG, ended, GOOD, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.remove());

/** The bench with a capacity to find. */
function looking(more: Partial<CapacityConfig> = {}, gates: GatesConfig = { minCapacityRatio: 0.9 }): void {
  bench.config = {
    ...CONFIG,
    checks: { ...CONFIG.checks, load: [{ name: 'reads', path: '/orders/1' }] },
    capacity: { of: 'reads', maxP95Ms: 300, scale: 0.25, ...more },
    gates: { ...CONFIG.gates, p95: { maxRatio: 1.5 }, ...gates },
  };
}

it('is measured of both releases in turns, after everything else, and the candidate runs in the end', async () => {
  looking();
  bench.world.capacityOf = (release) => (release === GOOD ? 97 : 100);
  const { evidence, ledger } = ended(await bench.rehearse(GOOD, { keep: true }));
  expect(evidence).toMatchObject({ verdict: 'GO' });
  expect(evidence!.capacity!.rounds.map(({ release }) => release)).toEqual([GOOD, '1.41.0', '1.41.0', GOOD]);
  expect(ledger.steps.map(({ name }) => name).slice(-5)).toEqual([
    'capacity',
    'judge',
    'logs',
    'keep',
    'evidence',
  ]);
  expect([...bench.world.standing.values()].map(({ release }) => release)).toEqual([GOOD]);
  expect(new Set(bench.world.levels.map(({ path }) => path))).toEqual(new Set(['/orders/1']));
  expect(evidence!.gates.find((it) => it.gate === 'capacity')).toMatchObject({
    passed: true,
    rule: "at least 0.9 times the baseline's",
  });
});

it('is no step where the config does not ask for it', async () => {
  const { ledger, evidence } = ended(await bench.rehearse(GOOD));
  expect(ledger.steps.map(({ name }) => name)).not.toContain('capacity');
  expect(evidence!.capacity).toBeUndefined();
  expect(bench.world.levels).toEqual([]);
});

it('is NO-GO where the candidate carries less than the gate allows, after it was measured again', async () => {
  looking();
  bench.world.capacityOf = (release) => (release === GOOD ? 60 : 100);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({ verdict: 'NO-GO' });
  expect(evidence!.reasons).toEqual([
    expect.stringMatching(
      /^capacity: 0\.59 times \(.*\): .* requests a second, the baseline .*; allowed: at least 0\.9 times the baseline's$/,
    ),
  ]);
  expect(evidence!.capacity!.rounds.filter(({ release }) => release === GOOD)).toHaveLength(4);
});

/** In each round of the baseline, which begins with 20, another capacity. */
function baselineOf(...capacities: readonly number[]): void {
  // it is sent once at its beginning, and once at its end
  const roundsOf = (): number =>
    Math.ceil(bench.world.levels.filter((it) => it.release !== GOOD && it.perSecond === 20).length / 2);
  bench.world.capacityOf = (release) => (release === GOOD ? 100 : (capacities[roundsOf() - 1] ?? 0));
}

it('measures the baseline again where two measurements differ, so that a bad minute lets no candidate pass', async () => {
  looking();
  baselineOf(50, 100, 96);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({ verdict: 'GO' });
  const { rounds } = evidence!.capacity!;
  expect(rounds.map(({ release }) => release)).toEqual([GOOD, '1.41.0', '1.41.0', '1.41.0', GOOD]);
});

it('is too noisy to judge where no two measurements are alike, whatever their ratio', async () => {
  looking();
  baselineOf(100, 50, 40, 30);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.reasons).toEqual([
    expect.stringMatching(
      /^capacity: too noisy to judge, since measurements of one release differ by more than that: 1 times/,
    ),
  ]);
});

it('says nothing where the baseline carries more than was sent, unless the config asks for no more', async () => {
  looking({ maxRequestsPerSecond: 50 });
  const most = ended(await bench.rehearse(GOOD)).evidence!;
  expect(most).toMatchObject({ verdict: 'GO' });
  expect(most.gates.find((it) => it.gate === 'capacity')!.measured).toMatch(
    /^1 times .* 50 or more \(50, 50\)/,
  );
  bench.world.lateAbove = 60;
  looking();
  const late = ended(await bench.rehearse(GOOD)).evidence!;
  expect(late.reasons).toEqual([expect.stringMatching(/^capacity: too little was sent to judge: /)]);
});

it('says on this machine that only the ratio means something, and elsewhere what it would be in production', async () => {
  looking({}, {});
  const local = ended(await bench.rehearse(GOOD)).evidence!;
  const text = (evidence: typeof local): string => renderText(evidence, { color: false, width: 400 });
  expect(text(local)).toContain(
    "at production's scale 1.43.0 would carry some 381 requests a second, if capacity follows the scale factors: times 4 (as the config says), with an error of at least 10 %",
  );
  const here = { ...local, capacity: { ...local.capacity!, hardware: 'this machine' } };
  expect(text(here)).toContain(
    'it ran on this machine, so that the rates say nothing of production: only the ratio of the two releases does',
  );
  expect(text(here)).not.toContain("at production's scale");
  const page = readFileSync(join(bench.rehearsals.folderOf(bench.last), 'report.html'), 'utf8');
  expect(page).toContain('The largest load that each release carries');
  expect(readFileSync(join(bench.rehearsals.folderOf(bench.last), 'report.md'), 'utf8')).toContain(
    '#### Capacity',
  );
});

it('fails its gate, and no other figure, where it cannot be measured', async () => {
  looking();
  bench.world.noLoad = new TwinError({
    code: 'probe',
    message: 'no load balancer is reached',
    fix: 'Make one.',
  });
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({
    verdict: 'NO-GO',
    reasons: ["capacity: not measured; allowed: at least 0.9 times the baseline's"],
  });
  expect(renderText(evidence!, { color: false, width: 200 })).toContain(
    'not measured to its end: no load balancer is reached',
  );
  expect(evidence!.drills.every(({ outcome }) => outcome === 'passed')).toBe(true);
});

it('waits after each measurement until an overload is over', async () => {
  looking();
  let isOver = 3;
  bench.world.capacityOf = (_, level) => {
    const { levels } = bench.world;
    const isEnd = levels[level - 1]!.perSecond === 20 && levels.length > 1 && isOver-- > 0;
    return isEnd ? 0 : 100;
  };
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence).toMatchObject({ verdict: 'GO' });
  const first = bench.world.levels.slice(
    0,
    bench.world.levels.findIndex(({ release }) => release !== GOOD),
  );
  expect(first.slice(-4).map(({ perSecond }) => perSecond)).toEqual([20, 20, 20, 20]);
});

it('stands nothing up where the drill "contract" would leave no schema for the baseline', async () => {
  looking();
  bench.world.contracts = true;
  await expect(bench.rehearse(GOOD)).rejects.toMatchObject({ code: 'capacity' });
  expect(bench.world.calls).toEqual([]);
  bench.config = { ...bench.config, drills: { ...bench.config.drills, contract: false } };
  expect(ended(await bench.rehearse(GOOD)).evidence).toMatchObject({ verdict: 'GO' });
});

it('is judged again by the gates of today before a deployment', async () => {
  looking();
  bench.world.capacityOf = (release) => (release === GOOD ? 93 : 100);
  const evidence = ended(await bench.rehearse(GOOD)).evidence!;
  const question = { production: evidence.subject.prod, now: new Date(), maxAgeHours: 24 };
  const stored = [{ folder: 'here', evidence }];
  expect(gate(question, stored, { config: bench.config, from: '1.41.0' }).isOpen).toBe(true);
  const stricter = { ...bench.config, gates: { ...bench.config.gates, minCapacityRatio: 1 } };
  expect(gate(question, stored, { config: stricter, from: '1.41.0' })).toMatchObject({
    isOpen: false,
    reasons: [expect.stringContaining('capacity: 0.92 times') as string],
  });
  const without = { ...bench.config, capacity: undefined };
  expect(gate(question, stored, { config: without, from: '1.41.0' }).isOpen).toBe(false);
});
