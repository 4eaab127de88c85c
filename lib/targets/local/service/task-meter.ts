import type { Container } from '../../../blueprint/blueprint';
import type { MemberState, TaskUsage } from '../../target';
import type { Program } from '../process/machine';
import { hasProc } from '../process/proc';
import { usageOf } from '../process/process-group';

const MIB = 1024 ** 2;
const SAMPLE_MS = 500;
/** How many samples are kept: of a task that runs for long, every second one, every fourth one, and so on. */
const MOST_SAMPLES = 120;

/** What a task is measured against. */
export interface TaskMeterProps {
  /** Its containers that run. */
  readonly parts: () => readonly MeteredPart[];
  /** In MiB, of all together; undefined where it has no limit. */
  readonly memoryLimit: number | undefined;
  /** How many requests it has been sent. */
  readonly requests: () => number;
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>;
}

/** A container of a task, as far as it is measured. */
export interface MeteredPart {
  readonly program: Program | undefined;
  readonly container: Pick<Container, 'name' | 'memoryMiB'>;
}

type Series = Pick<TaskUsage, 'requests' | 'memory' | 'openFiles'>;

/** Measures what a task uses while it runs, and kills it where it uses more memory than it has, as Fargate does. */
export class TaskMeter {
  /** What it used too much of, in a phrase that follows its name; undefined unless it was killed for it. */
  excess: string | undefined;
  private samples: { readonly requests: number; readonly memory: number; readonly openFiles: number }[] = [];
  private most = { memory: 0, openFiles: 0 };
  /** Of so many samples one is kept. */
  private stride = 1;
  private taken = 0;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(private readonly props: TaskMeterProps) {
    if (!hasProc()) return;
    this.timer = setInterval(() => this.sample(), SAMPLE_MS).unref();
    void props.ended.then(() => this.stop());
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** The most that it used; empty before it was measured. */
  get peak(): Pick<MemberState, 'memoryMiB' | 'openFiles'> {
    const { memory, openFiles } = this.most;
    return memory === 0 ? {} : { memoryMiB: Math.ceil(memory / MIB), openFiles };
  }

  /** What it used, over time. */
  get series(): Series {
    return {
      requests: this.samples.map(({ requests }) => requests),
      memory: this.samples.map(({ memory }) => Math.round((memory / MIB) * 10) / 10),
      openFiles: this.samples.map(({ openFiles }) => openFiles),
    };
  }

  private sample(): void {
    const limit = this.props.memoryLimit;
    const used = this.props.parts().flatMap(({ program, container }) => {
      if (program?.child.pid === undefined || !program.running) return [];
      const most = Math.min(limit ?? Infinity, container.memoryMiB ?? Infinity) * MIB;
      return [{ program, container, most, ...usageOf(program.child.pid, most) }];
    });
    const memory = used.reduce((sum, it) => sum + it.memory, 0);
    const openFiles = used.reduce((sum, it) => sum + it.openFiles, 0);
    if (memory === 0) return; // it has just ended
    this.most = {
      memory: Math.max(this.most.memory, memory),
      openFiles: Math.max(this.most.openFiles, openFiles),
    };
    this.keep(memory, openFiles);
    if (this.excess !== undefined) return;
    const largest = used.toSorted((a, b) => b.memory - a.memory)[0]!;
    const over = used.find((it) => it.memory > it.most);
    if (over)
      this.kill(over.program, over.memory, over.most, used.length > 1 ? over.container.name : undefined);
    else if (limit !== undefined && memory > limit * MIB)
      this.kill(largest.program, memory, limit * MIB, undefined);
  }

  /** @param container - the one of several that has used too much */
  private kill(program: Program, memory: number, limit: number, container: string | undefined): void {
    const what = container === undefined ? '' : `its container ${container} `;
    this.excess = `${what}used ${show(memory / MIB)} MiB of its ${show(limit / MIB)} MiB and was killed, as Fargate would`;
    void program.kill();
  }

  private keep(memory: number, openFiles: number): void {
    if (this.taken++ % this.stride !== 0) return;
    this.samples.push({ requests: this.props.requests(), memory, openFiles });
    if (this.samples.length < MOST_SAMPLES) return;
    this.samples = this.samples.filter((_, i) => i % 2 === 0);
    this.stride *= 2;
  }
}

const show = (mebibytes: number): string => Math.ceil(mebibytes).toLocaleString('en-US');
