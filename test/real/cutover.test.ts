import type { ChildProcess } from 'node:child_process';
import { answering, Customer, expectExit, lastCutover, twin, writeShop } from './two-productions';

jest.setTimeout(480_000);

/** Waits until a cutover has moved its first share. */
async function untilShared({ child, out }: { child: ChildProcess; out: { stderr: string } }): Promise<void> {
  while (!/ {2}20 %$/m.test(out.stderr) && child.exitCode === null)
    await new Promise((done) => setTimeout(done, 50));
}

it('moves a sound release to all clients, brings a faulty one back at the first step, and goes back where it is stopped', async () => {
  writeShop({ steps: [20, 100] });
  const up = ['production', 'up', '--environment'];
  const url = /TWIN_URL=(\S+)/.exec(await expectExit(0, ...up, 'Prod', '--release', '1.41.0'))![1]!;
  await expectExit(0, ...up, 'ProdB', '--release', '1.45.0');
  const customer = new Customer(url);
  try {
    // the faulty one
    await expectExit(1, 'cutover', '--to', 'ProdB');
    const faulty = lastCutover();
    expect(faulty).toMatchObject({ verdict: 'MOVED BACK', percent: 0 });
    expect(faulty.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['record Prod', 'passed'],
      ['verify ProdB', 'passed'],
      ['20 %', 'failed'],
    ]);
    expect(faulty.reasons[0]).toMatch(
      /^20 %: clients' error rate: \d+ of \d+, \S+ % \(first: answered 500\)/,
    );
    // a request of the customer may still be under way when the figures are read that end the step
    const counted = faulty.steps.at(-1)!.clients!.to.failures;
    expect([counted, counted + 1]).toContain(customer.failures);
    expect(customer.failures).toBeGreaterThanOrEqual(5);
    expect(await answering(url)).toEqual(new Set(['1.41.0']));
    const { failures } = customer;

    await expectExit(0, 'production', 'deploy', '--environment', 'ProdB', '--release', '1.43.0');

    // Ctrl-C
    const stopped = twin('cutover', '--to', 'ProdB');
    await untilShared(stopped);
    stopped.child.kill('SIGINT');
    expect((await stopped.ended).exitCode).toBe(1);
    expect(lastCutover()).toMatchObject({ verdict: 'MOVED BACK', percent: 0 });
    expect(await answering(url)).toEqual(new Set(['1.41.0']));

    // the process dies
    const killed = twin('cutover', '--to', 'ProdB');
    await untilShared(killed);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await new Promise((done) => setTimeout(done, 500));
    expect(await answering(url)).toEqual(new Set(['1.41.0']));

    // the sound one
    expect(await expectExit(0, 'cutover', '--to', 'ProdB')).toContain('MOVED: all traffic goes to ProdB');
    expect(await answering(url)).toEqual(new Set(['1.43.0']));
    expect(customer.failures).toBe(failures);
  } finally {
    await customer.leave();
  }
  // one database: what was ordered while the other production answered is there
  for (const id of [customer.placed[0]!, customer.placed.at(-1)!])
    expect((await fetch(`${url}/orders/${id}`)).status).toBe(200);

  await expectExit(2, 'production', 'down', '--environment', 'ProdB', '--confirm', 'ProdB');
  await expectExit(2, 'production', 'down', '--environment', 'Prod', '--confirm', 'Prod');
  await expectExit(0, 'cutover', '--to', 'Prod');
  expect(await answering(url)).toEqual(new Set(['1.41.0']));
  await expectExit(0, 'production', 'down', '--environment', 'ProdB', '--confirm', 'ProdB');
  expect(await expectExit(0, 'production', 'down')).toContain('no leftovers');
});
