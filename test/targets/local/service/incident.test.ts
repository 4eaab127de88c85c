import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckResult } from '../../../../lib/probes/check';
import type { LocalTarget } from '../../../../lib/targets/local/local-target';
import type { Deployment, Handle, MemberState, TierState } from '../../../../lib/targets/target';
import {
  atRelease,
  makeFolder,
  synthesize,
  targetOf,
  watching,
  withEngine,
  withoutReaders,
} from '../fixture';

// Standing up PostgreSQL takes seconds on a machine that does something else too.
jest.setTimeout(60_000);

const stage = makeFolder();
const healthy = synthesize(stage.folder, '1.41.0');
const broken = atRelease(healthy, '1.42.0');
const hotfix = atRelease(healthy, '1.43.0');
afterAll(() => stage.remove());

/** The team's test, word for word the same against every environment. */
const CHECKS = {
  smoke: [{ name: 'health', path: '/health' }],
  readYourWrites: [
    {
      name: 'an order can be read as soon as it is placed',
      write: { method: 'POST', path: '/orders', body: { customer: 'ada', cents: 4200 }, status: 201 },
      read: { path: '/orders/{id}' },
      times: 20,
    },
  ],
};

async function check(target: LocalTarget, handle: Handle, release: string): Promise<readonly CheckResult[]> {
  const probes = await target.probes(handle, watching());
  return probes.run(CHECKS, release, watching());
}

/** Stands an environment up, does something with it, and takes it down again, whatever happens. */
async function on(
  first: Deployment,
  work: (target: LocalTarget, handle: Handle) => Promise<void>,
): Promise<void> {
  const target = targetOf(stage.supervisor);
  const handle = target.allocate();
  try {
    await target.seed(handle, first, watching());
    await target.up(handle, first, watching());
    await work(target, handle);
  } finally {
    await target.down(handle, watching());
  }
  expect((await target.inventory(handle)).found).toEqual([]);
}

const tierOf = async (target: LocalTarget, handle: Handle, name: string): Promise<TierState | undefined> =>
  (await target.describe(handle, watching())).find(({ tier }) => tier === name);

const outcomes = (results: readonly CheckResult[]): string[] => results.map(({ outcome }) => outcome);

it('lets 1.42 pass where the database has one node: the lie that broke production', async () => {
  await on(withoutReaders(broken), async (target, handle) => {
    const results = await check(target, handle, '1.42.0');
    expect(outcomes(results)).toEqual(['passed', 'passed']);
    expect(results[1]!.measures).toEqual({ reads: 20, staleReads: 0, errors: 0 });
  });
});

it('catches 1.42 with the same test where there are readers, and lets 1.41 and 1.43 pass', async () => {
  await on(healthy, async (target, handle) => {
    expect(outcomes(await check(target, handle, '1.41.0'))).toEqual(['passed', 'passed']);
    await target.checkpoint(handle, 'before', watching());

    await target.release(handle, broken, watching());
    const [smoke, reads] = await check(target, handle, '1.42.0');
    expect(smoke!.outcome).toBe('passed');
    expect(reads).toMatchObject({ outcome: 'failed', measures: { reads: 20, errors: 0 } });
    expect(reads!.measures!.staleReads).toBeGreaterThan(10);

    await target.restore(handle, 'before', healthy, watching());
    expect(outcomes(await check(target, handle, '1.41.0'))).toEqual(['passed', 'passed']); // it runs again
    await target.release(handle, hotfix, watching());
    expect(outcomes(await check(target, handle, '1.43.0'))).toEqual(['passed', 'passed']);

    const primary = (members: readonly MemberState[]) => members.find(({ role }) => role === 'primary')?.name;
    const failover = await target.disrupt(handle, { kind: 'failover', tier: 'Orders' }, watching());
    expect(primary(failover.before)).not.toBe(primary(failover.after));
    expect(failover.after).toHaveLength(failover.before.length);
    const killed = await target.disrupt(handle, { kind: 'kill task', tier: 'Web' }, watching());
    expect(killed.after.filter(({ name }) => !killed.before.some((it) => it.name === name))).toHaveLength(1);
    expect(outcomes(await check(target, handle, '1.43.0'))).toEqual(['passed', 'passed']);

    expect(await tierOf(target, handle, 'Orders')).toMatchObject({ skipped: false });
    await target.release(handle, withEngine(hotfix, '18.1'), watching());
    expect(await tierOf(target, handle, 'Orders')).toEqual({
      tier: 'Orders',
      kind: 'sql',
      skipped: true,
      because: '1.43.0 changes this tier, which stays here as it was stood up',
    });

    const logs = await target.logs(handle, join(stage.folder, 'logs'));
    expect(logs).toEqual(
      expect.arrayContaining(['Orders-1.log', 'Web-1.log', 'migration.log', 'supervisor.log']),
    );
    expect(readFileSync(join(stage.folder, 'logs', 'supervisor.log'), 'utf8')).toBe('');
    expect(existsSync(handle.name)).toBe(true);
  });
});
