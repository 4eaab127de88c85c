import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { MARK } from '../../../../lib/targets/local/process/owned-processes';
import { processorTime } from '../../../../lib/targets/local/process/processor-time';

const folder = mkdtempSync(join(tmpdir(), 'twin-processors-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is used while a process computes. */
async function usedBy(variables: Readonly<Record<string, string>>) {
  const before = processorTime(folder)!;
  const busy = spawn(process.execPath, ['-e', 'for (;;);'], { env: { ...process.env, ...variables } });
  await setTimeout(1500);
  const after = processorTime(folder)!;
  busy.kill('SIGKILL');
  await once(busy, 'exit'); // from then on its time is that of a child of this process
  return { own: after.own - before.own, busy: after.busy - before.busy, total: after.total - before.total };
}

it("counts an environment's processes as its own, and no others", async () => {
  const others = await usedBy({});
  const ours = await usedBy({ [MARK]: folder });
  expect(ours.own).toBeGreaterThan(3 * Math.max(1, others.own));
  for (const { own, busy, total } of [others, ours]) {
    expect(busy).toBeGreaterThan(0.9 * own); // the kernel counts that by another clock
    expect(total).toBeGreaterThanOrEqual(busy);
  }
});
