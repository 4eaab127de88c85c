import { setTimeout as sleep } from 'node:timers/promises';
import { longestOutage, type Writer } from '../../../lib/targets/local/writes';

/** What takes writes while it is told to. */
function store() {
  const it = { takes: true, writes: 0, closed: 0 };
  const writer: Writer = {
    write: async () => {
      if (!it.takes) throw new Error('no write is taken');
      it.writes++;
    },
    close: async () => void it.closed++,
  };
  return { it, writer };
}

it('is as long as no write was taken, and was written to all the time', async () => {
  const { it: tier, writer } = store();
  const ms = await longestOutage(writer, async () => {
    await sleep(50);
    tier.takes = false;
    await sleep(200);
    tier.takes = true;
    await sleep(50);
  });
  expect(ms).toBeGreaterThanOrEqual(195);
  expect([tier.writes > 3, tier.closed]).toEqual([true, 1]);
});

it('lasts until the first write after what caused it', async () => {
  const { it: tier, writer } = store();
  const ms = await longestOutage(writer, async () => {
    tier.takes = false;
    setTimeout(() => (tier.takes = true), 150);
  });
  expect(ms).toBeGreaterThanOrEqual(145);
});

const LIMITS = { limitMs: 60, writeLimitMs: 100 };

it('is without an end where no write is taken afterwards, or all hang', async () => {
  const { it: tier, writer } = store();
  expect(await longestOutage(writer, async () => void (tier.takes = false), LIMITS)).toBeNull();
  const hanging: Writer = { write: () => new Promise(() => {}), close: () => new Promise(() => {}) };
  expect(await longestOutage(hanging, async () => {}, LIMITS)).toBeNull();
});

it('ends with what fails, and leaves nothing written', async () => {
  const { it: tier, writer } = store();
  const broken = longestOutage(writer, () => Promise.reject(new Error('no replica')));
  await expect(broken).rejects.toThrow('no replica');
  expect(tier.closed).toBe(1);
});
