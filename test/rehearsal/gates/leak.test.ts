import type { Watched } from '../../../lib/evidence/evidence';
import type { GatesConfig } from '../../../lib/config/types';
import { resultsOf } from '../../../lib/rehearsal/gates/gate';
import type { LeakProps } from '../../../lib/rehearsal/gates/leak';
import { LEAK_GATES } from '../../../lib/rehearsal/gates/registry';
import type { TaskUsage, TierState } from '../../../lib/targets/target';

const leakGates = (measured: LeakProps) => LEAK_GATES.flatMap((gate) => resultsOf(gate, measured));

const leaksOfBoth = (measured: LeakProps): string[] =>
  LEAK_GATES.flatMap((gate) => gate.leaksOfBoth(measured));

const RELEASED = '2026-11-21T04:12:30.000Z';
const SAMPLES = Array.from({ length: 24 }, (_, i) => i);

interface Grows {
  readonly kib?: number;
  readonly files?: number;
  readonly requests?: number;
}

/** A task of a release which is sent requests, and grows with each of them. */
const task = (
  release: string,
  { kib = 0, files = 0, requests = 1200 }: Grows,
  more: Partial<TaskUsage> = {},
): TaskUsage => ({
  task: `Web-${release}`,
  release,
  startedAt: release === '1' ? '2026-11-21T04:12:00.000Z' : '2026-11-21T04:12:31.000Z',
  memoryLimit: 1024,
  openFilesLimit: 1024,
  requests: SAMPLES.map((i) => Math.round((i * requests) / 23)),
  memory: SAMPLES.map((i) => 40 + (((i * requests) / 23) * kib) / 1024),
  openFiles: SAMPLES.map((i) => Math.round(30 + ((i * requests) / 23) * files)),
  ...more,
});

const props = (usage: readonly TaskUsage[] | undefined, gates: GatesConfig = {}): LeakProps => ({
  gates,
  from: '1',
  to: '2',
  tiers: [
    {
      tier: 'Web',
      kind: 'service',
      skipped: false,
      engine: 'processes',
      members: [],
      differs: [],
      ...(usage && { usage }),
    },
    { tier: 'Pages', kind: 'cache', skipped: true, because: 'no server' },
  ] as readonly TierState[],
  watched: [
    { during: 'baseline', startedAt: '2026-11-21T04:12:05.000Z' },
    { during: 'release', startedAt: RELEASED },
  ] as unknown as readonly Watched[],
});

const gate = (
  name: 'memory growth' | 'open files growth',
  usage: readonly TaskUsage[] | undefined,
  gates?: GatesConfig,
) => leakGates(props(usage, gates)).find((it) => it.gate === name);

it('fails where memory grows with each request, and says when it is used up', () => {
  expect(gate('memory growth', [task('1', { kib: 2 }), task('2', { kib: 50 })])).toEqual({
    gate: 'memory growth',
    rule: "at most 16 KiB a request over the baseline's",
    measured:
      'Web-2 grew by 50 KiB a request (the baseline 2 KiB): at this rate it reaches its limit of 1,024 MiB after some 20,000 requests',
    passed: false,
  });
  expect(gate('memory growth', [task('1', {}), task('2', { kib: 5 * 1024, requests: 190 })])!.measured).toBe(
    'Web-2 grew by 5 MiB a request (the baseline 0 KiB): at this rate it reaches its limit of 1,024 MiB after some 200 requests',
  );
});

it('fails where files and sockets stay open', () => {
  expect(gate('open files growth', [task('1', {}), task('2', { files: 0.25 })])).toEqual({
    gate: 'open files growth',
    rule: "at most 0.02 files and sockets a request over the baseline's",
    measured:
      'Web-2 left open 0.25 files and sockets a request (the baseline 0 files and sockets): at this rate it reaches its limit of 1,024 after some 4,000 requests',
    passed: false,
  });
});

it('passes with the figures where a service is sound', () => {
  expect(leakGates(props([task('1', { kib: 4 }), task('2', { kib: 5 })]))).toMatchObject([
    { measured: 'Web-2 grew by 5 KiB a request (the baseline 4 KiB)', passed: true },
    {
      measured: 'Web-2 left open 0 files and sockets a request (the baseline 0 files and sockets)',
      passed: true,
    },
  ]);
});

it('passes where the baseline grows as well, and says so', () => {
  const both = [task('1', { kib: 50, files: 0.5 }), task('2', { kib: 55, files: 0.5 })];
  expect(leakGates(props(both)).every(({ passed }) => passed)).toBe(true);
  expect(leaksOfBoth(props(both))).toEqual([
    'Web-2 grew by 55 KiB a request (the baseline 50 KiB) and with 1, which production runs, too',
    'Web-2 left open 0.5 files and sockets a request (the baseline 0.5 files and sockets) and with 1, which production runs, too',
  ]);
  expect(leaksOfBoth(props([task('1', { kib: 4 }), task('2', { kib: 50 })]))).toEqual([]);
  expect(gate('memory growth', [task('1', { kib: 50 }), task('2', { kib: 90 })])).toMatchObject({
    passed: false,
  });
  // a heap that is still growing into its limit with either of them, a little faster with one
  expect(gate('memory growth', [task('1', { kib: 90 }), task('2', { kib: 120 })])).toMatchObject({
    passed: true,
  });
});

it('passes what gets larger once, and what grows little more than with the baseline', () => {
  const memory = SAMPLES.map((i) => (i < 18 ? 40 : 120));
  expect(gate('memory growth', [task('1', {}), task('2', {}, { memory })])).toEqual({
    gate: 'memory growth',
    rule: "at most 16 KiB a request over the baseline's",
    measured: expect.stringMatching(
      /^Web-2 grew by \d+ KiB a request \(the baseline 0 KiB\), which did not go on$/,
    ) as string,
    passed: true,
  });
  expect(gate('memory growth', [task('1', { kib: 20 }), task('2', { kib: 35 })])).toMatchObject({
    passed: true,
  });
  expect(gate('memory growth', [task('1', { kib: 20 }), task('2', { kib: 37 })])).toMatchObject({
    passed: false,
  });
});

it('judges the task that was sent the most requests: a younger one is still getting warm', () => {
  const young = task('2', { kib: 60, requests: 500 });
  expect(gate('memory growth', [task('1', {}), task('2', { kib: 3 }), young])).toMatchObject({
    passed: true,
  });
  expect(
    gate('memory growth', [
      task('1', {}),
      task('2', { kib: 3 }),
      { ...task('2', { kib: 60, requests: 1000 }), task: 'Web-9' },
    ]),
  ).toMatchObject({
    measured: expect.stringMatching(/^Web-9 grew by 60 KiB/) as string,
    passed: false,
  });
});

it('judges no task of an earlier attempt', () => {
  const before = task('2', { kib: 60 }, { startedAt: '2026-11-21T04:12:29.000Z' });
  expect(gate('memory growth', [task('1', {}), before, task('2', { kib: 3 })])).toMatchObject({
    passed: true,
  });
});

it('takes little for nothing, however steep', () => {
  expect(gate('memory growth', [task('2', { kib: 60, requests: 150 })])).toMatchObject({ passed: true });
  expect(gate('memory growth', [task('2', { kib: 60 })])).toMatchObject({
    measured: expect.stringMatching(
      /^Web-2 grew by 60 KiB a request \(the baseline was not measured\)/,
    ) as string,
    passed: false,
  });
});

it('judges by what the config permits', () => {
  const usage = [task('1', {}), task('2', { kib: 50, files: 0.25 })];
  const gates = { maxMemoryGrowthKiB: 60, maxOpenFilesGrowth: 0.3 };
  expect(leakGates(props(usage, gates)).map(({ passed, rule }) => [passed, rule])).toEqual([
    [true, "at most 60 KiB a request over the baseline's"],
    [true, "at most 0.3 files and sockets a request over the baseline's"],
  ]);
});

it('fails where nothing was measured only if the config has it', () => {
  expect(leakGates(props(undefined))).toEqual([]);
  expect(leakGates(props([task('2', { requests: 20 })]))).toEqual([]);
  expect(gate('memory growth', undefined, { maxMemoryGrowthKiB: 16 })).toMatchObject({
    measured: 'not measured',
    passed: false,
  });
  expect(gate('open files growth', undefined, { maxMemoryGrowthKiB: 16 })).toBeUndefined();
  expect(gate('open files growth', undefined, { maxOpenFilesGrowth: 1 })).toMatchObject({
    measured: 'not measured',
    passed: false,
  });
});

describe('a sound service that is sent few requests', () => {
  /** Two samples a second of one that loads three clients of the AWS SDK with its first requests. */
  const requests = [4,4,5,5,5,5,6,9,11,13,15,18,22,23,27,27,31,34,36,39,41,43,47,50,52,56,57,60,62,66,68,70,72,76,78,81,83,86,89,92,95,97,99,102,105,107,111,112,115,117,121,123,126,128,131,133]; // prettier-ignore
  const memory = [11.6,12,17.8,16,19.6,26.2,28.2,27,27.1,27.1,27.2,27.3,27.3,27.3,27.4,27.4,27.4,27.8,28.2,28.9,28.9,28.9,28.9,29.3,29.3,29.3,29.5,30,30.4,31.2,31.5,32.1,32.4,33.1,33.4,34.1,34.1,34.1,34.2,34.2,34.2,35,35.3,35.9,36.6,36.8,37.5,37.9,38.3,38.3,38.3,38.3,38.3,38.4,38.4,38.4]; // prettier-ignore
  const until = (samples: number, kib = 0): TaskUsage =>
    task(
      '2',
      {},
      {
        requests: requests.slice(0, samples),
        memory: memory.slice(0, samples).map((it, i) => it + (requests[i]! * kib) / 1024),
      },
    );
  const verdicts = (kib: number, samples: readonly number[]): boolean[] =>
    samples.map((it) => gate('memory growth', [until(it, kib)])?.passed ?? true);

  it('gets warm for longer than a third of them, and passes whenever it ends', () => {
    expect(
      verdicts(
        0,
        SAMPLES.map((i) => 8 + i * 2),
      ),
    ).toEqual(SAMPLES.map(() => true));
  });

  it('is told from one that leaks', () => {
    expect(verdicts(5 * 1024, [30, 40, 54])).toEqual([false, false, false]);
    expect(verdicts(300, [46, 54])).toEqual([false, false]);
  });
});

it('fails where a task used up its files and goes on, however soon that was, unless the baseline does too', () => {
  const full = { openFiles: SAMPLES.map((i) => (i === 0 ? 30 : 1024)) };
  const failed = gate('open files growth', [task('1', {}), task('2', {}, full)]);
  expect(failed).toMatchObject({ measured: 'Web-2 left open 1,024 of the 1,024 that it may', passed: false });
  expect(gate('open files growth', [task('1', {}, full), task('2', {}, full)])!.passed).toBe(true);
  const most = { openFiles: SAMPLES.map((i) => (i === 0 ? 30 : 900)) };
  expect(gate('open files growth', [task('1', {}), task('2', {}, most)])!.passed).toBe(true);
  // A heap that fills its memory and is then collected is no leak.
  const heap = { memory: SAMPLES.map((i) => (i === 0 ? 40 : 1000)) };
  expect(gate('memory growth', [task('1', {}), task('2', {}, heap)])!.passed).toBe(true);
});
