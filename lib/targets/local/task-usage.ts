import type { MemberState } from '../target';
import type { Program } from './machine';
import { hasProc } from './proc';
import { usageOf } from './process-group';

const MIB = 1024 ** 2;
const SAMPLE_MS = 1000;

/** Measures what a task uses while it runs, and kills it where it uses more memory than it has, as Fargate does. */
export class TaskUsage {
  /** What it used too much of, in a phrase that follows its name; undefined unless it was killed for it. */
  excess: string | undefined;
  private memory = 0;
  private openFiles = 0;

  /** @param limitMiB - undefined where it has no limit */
  constructor(
    private readonly program: Program,
    private readonly limitMiB: number | undefined,
  ) {
    if (!hasProc()) return;
    const timer = setInterval(() => this.sample(), SAMPLE_MS).unref();
    void program.ended.then(() => clearInterval(timer));
  }

  /** The most that it used; empty before it was measured. */
  get most(): Pick<MemberState, 'memoryMiB' | 'openFiles'> {
    if (this.memory === 0) return {};
    return { memoryMiB: Math.ceil(this.memory / MIB), openFiles: this.openFiles };
  }

  private sample(): void {
    const { program, limitMiB } = this;
    if (program.child.pid === undefined || !program.running) return;
    const { memory, openFiles } = usageOf(program.child.pid, (limitMiB ?? Infinity) * MIB);
    this.memory = Math.max(this.memory, memory);
    this.openFiles = Math.max(this.openFiles, openFiles);
    if (limitMiB === undefined || memory <= limitMiB * MIB || this.excess !== undefined) return;
    this.excess = `used ${show(memory / MIB)} MiB of its ${show(limitMiB)} MiB and was killed, as Fargate would`;
    void program.kill();
  }
}

const show = (mebibytes: number): string => Math.ceil(mebibytes).toLocaleString('en-US');
