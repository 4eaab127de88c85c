import { blockFor, checkLoopback } from '../../../lib/targets/local/loopback';

it('gives each environment a block of its own where the machine has all of them', () => {
  const blocks = new Set(Array.from({ length: 20 }, () => blockFor('linux')));
  expect(blocks.size).toBeGreaterThan(10);
  for (const block of blocks) expect(block).toMatch(/^127\.(1[6-9]|[2-9]\d|1\d\d|2[0-4]\d|25[0-4])\.\d+$/);
});

it('gives all of them the same where addresses are added one by one', () => {
  expect(blockFor('darwin')).toBe(blockFor('darwin'));
});

it('accepts addresses that this machine has, and listens on them no longer', async () => {
  const block = blockFor();
  for (let i = 0; i < 2; i++) await expect(checkLoopback(block)).resolves.toBeUndefined();
});

it('says how to add addresses that it does not have', async () => {
  // TEST-NET-1 of RFC 5737: no machine has it
  await expect(checkLoopback('192.0.2')).rejects.toMatchObject({
    code: 'no-address',
    message: expect.stringMatching(/^nothing can listen on 192\.0\.2\.1 \(EADDRNOTAVAIL\): /) as string,
    fix: expect.stringContaining('sudo ifconfig lo0 alias 192.0.2.$i') as string,
  });
});
