import { spawn } from 'node:child_process';
import type { Program } from '../../../../lib/targets/local/process/machine';
import { TaskMeter } from '../../../../lib/targets/local/service/task-meter';

it('keeps samples of a task that runs for long which are as far apart as each other', async () => {
  const child = spawn('sleep', ['60'], { detached: true });
  const ended = new Promise<NodeJS.Signals>((resolve) => child.once('exit', () => resolve('SIGKILL')));
  jest.useFakeTimers({ doNotFake: ['performance'] });
  try {
    const program = { child, ended, running: true } as unknown as Program;
    const meter = new TaskMeter({
      parts: () => [{ program, container: { name: 'app', memoryMiB: undefined } }],
      memoryLimit: undefined,
      requests: () => Date.now(),
      ended,
      killed: () => undefined,
    });
    jest.advanceTimersByTime(500 * 1000);
    const { requests: at, memory, openFiles } = meter.series;
    expect(at.length).toBeGreaterThanOrEqual(60);
    expect(at.length).toBeLessThan(120);
    expect([memory.length, openFiles.length]).toEqual([at.length, at.length]);
    expect(new Set(at.slice(1).map((it, i) => it - at[i]!)).size).toBe(1);
    meter.stop();
    jest.advanceTimersByTime(5000);
    expect(meter.series.requests).toEqual(at);
  } finally {
    jest.useRealTimers();
    child.kill('SIGKILL');
    await ended;
  }
});
