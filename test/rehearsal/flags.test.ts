import { basename } from 'node:path';
import type { SynthesisProps } from '../../lib/rehearsal/synthesize';
import { CONFIG, ended, GOOD, Workbench } from './workbench';

const CONTEXT = { name: 'checkout', context: { checkout: 'new' } };
const COMMAND = { name: 'prices', run: 'node flags.mjs prices {state}' };

let bench: Workbench;
beforeEach(() => {
  bench = new Workbench();
  const { maxRecoverySeconds: _, ...gates } = CONFIG.gates; // nothing is broken here
  bench.config = { ...CONFIG, gates, drills: { flags: [CONTEXT, COMMAND], soakSeconds: 0 } };
});
afterEach(() => bench.remove());

/** The releases that were brought, each by the folder of its assembly. */
const brought = (): readonly string[] => bench.world.brought.map((assembly) => basename(assembly));

it('switches each flag and back under requests, and checks the candidate in both states', async () => {
  const { evidence } = ended(await bench.rehearse(GOOD));
  const { verdict, drills, watched } = evidence!;
  expect(verdict).toBe('GO');
  expect(drills.map(({ name, kind, outcome }) => [name, kind, outcome])).toEqual([
    ['flag checkout', 'flag', 'passed'],
    ['flag prices', 'flag', 'passed'],
  ]);
  expect(drills[0]!.detail).toBe(
    '1.43.0 runs with checkout switched.\nAfter it, 2 checks passed.\n' +
      '1.43.0 runs with checkout as released.\nAfter it, 2 checks passed.',
  );
  expect(watched.map(({ during }) => during).slice(-4)).toEqual([
    'checkout switched',
    'checkout as released',
    'prices on',
    'prices off',
  ]);
  expect(brought()).toEqual([`assembly-${GOOD}`, `assembly-${GOOD}-checkout`, `assembly-${GOOD}`]);
  expect(bench.world.commands.filter((run) => run.includes('flags'))).toEqual([
    'node flags.mjs prices on',
    'node flags.mjs prices off',
  ]);
});

it('synthesises the candidate once more with the context of a flag, and with its own', async () => {
  const { synthesize } = bench;
  const seen: [string, SynthesisProps['context']][] = [];
  bench.synthesize = (props) => {
    seen.push([basename(props.output), props.context]);
    return synthesize(props);
  };
  ended(await bench.rehearse(GOOD));
  const context = Object.fromEntries(seen);
  expect(Object.keys(context).toSorted()).toEqual([
    'assembly-1.41.0',
    'assembly-1.43.0',
    'assembly-1.43.0-checkout',
  ]);
  expect(context['assembly-1.43.0']).not.toHaveProperty('checkout');
  expect(context['assembly-1.43.0-checkout']).toEqual({ ...context['assembly-1.43.0'], checkout: 'new' });
});

it('begins with the other state, and ends with that in which the candidate is released', async () => {
  bench.config = {
    ...bench.config,
    drills: { flags: [{ ...COMMAND, default: 'on' }], soakSeconds: 0 },
  };
  ended(await bench.rehearse(GOOD));
  expect(bench.world.commands.filter((run) => run.includes('flags'))).toEqual([
    'node flags.mjs prices off',
    'node flags.mjs prices on',
  ]);
});

it('is NO-GO for a candidate that fails with a flag switched', async () => {
  bench.world.onBrought = (assembly) => (bench.world.failing = assembly.endsWith('checkout') ? [GOOD] : []);
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.verdict).toBe('NO-GO');
  expect(evidence!.drills[0]).toMatchObject({ name: 'flag checkout', outcome: 'failed' });
  expect(evidence!.drills[0]!.detail).toContain('as released.\nAfter it, 2 checks passed');
});

it('is NO-GO where requests fail while a flag is switched', async () => {
  const { traffic } = bench.world;
  bench.world.traffic = (turn) => ({ ...traffic(turn), failures: turn === 4 ? 3 : 0 });
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.verdict).toBe('NO-GO');
  expect(evidence!.gates.filter(({ passed }) => !passed).map(({ gate }) => gate)).toEqual([
    'requests during checkout switched',
  ]);
});

it('fails where the command that switches a flag fails, and checks nothing then', async () => {
  bench.world.failingCommands = /flags\.mjs prices on/;
  const { evidence } = ended(await bench.rehearse(GOOD));
  expect(evidence!.verdict).toBe('NO-GO');
  expect(evidence!.drills[1]).toMatchObject({ outcome: 'failed' });
  expect(evidence!.drills[1]!.detail).toMatch(/^switch prices on: .*\n1\.43\.0 runs with prices off/);
});

it('refuses a flag that the app does not read, before anything stands', async () => {
  bench.same = ['assembly-1.43.0', 'assembly-1.43.0-checkout'];
  await expect(bench.rehearse(GOOD)).rejects.toMatchObject({
    code: 'same-flag',
    message: expect.stringContaining('with -c checkout=new') as string,
  });
  expect(bench.world.calls).not.toContain('seed');
});

it('does not take a flag for the release that it is of, where code distinguishes releases', async () => {
  const { preflight } = bench.world;
  const plain = { ...bench.config, drills: { flags: [CONTEXT], soakSeconds: 0 } };
  bench.config = plain;
  const codes = ['a', 'b', 'b']; // the baseline's, the flag's, the candidate's
  let asked = 0;
  bench.world.onCall = (call) => {
    if (call === 'preflight') bench.world.preflight = { ...preflight, code: codes[asked++ % 3]! };
  };
  bench.world.failing = [GOOD];
  ended(await bench.rehearse(GOOD, { keep: true }));
  bench.world.failing = [];
  asked = 1;
  expect(ended(await bench.retry()).evidence!.verdict).toBe('GO');
});

it('is synthesised anew for a retry', async () => {
  bench.world.failing = [GOOD];
  ended(await bench.rehearse(GOOD, { keep: true }));
  bench.world.failing = [];
  bench.synthesized.length = 0;
  const { evidence } = ended(await bench.retry());
  expect(evidence!.verdict).toBe('GO');
  expect(bench.synthesized).toEqual([GOOD, GOOD]);
  expect(brought().slice(-3)).toEqual([
    `assembly-${GOOD}-2`,
    `assembly-${GOOD}-checkout-2`,
    `assembly-${GOOD}-2`,
  ]);
});
