import type { Container } from '../../../blueprint/blueprint';
import type { MemberState, TaskUsage } from '../../target';
import type { Program } from '../process/machine';
import type { TaskGroup } from '../process/control-groups';
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
  /** Its control group, in which the kernel limits its memory. @default - it is measured, and killed */
  readonly group?: TaskGroup;
  /** The name of a container that ended because it was killed; undefined where none was. */
  readonly killed: () => string | undefined;
}

/** A container of a task, as far as it is measured. */
export interface MeteredPart {
  readonly program: Program | undefined;
  readonly container: Pick<Container, 'name' | 'memoryMiB'>;
}

type Series = Pick<TaskUsage, 'requests' | 'memory' | 'openFiles'>;

/** Measures what a task uses while it runs, and kills it where it uses more memory than it has, as Fargate does. */
export class TaskMeter {
  private measuredExcess: string | undefined;
  /** How many kills of the kernel were reported, and since when there are more. */
  private reported = { kills: 0, since: Infinity };
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

  /** What it used too much of, in a phrase that follows its name; undefined unless it was killed for it. */
  get excess(): string | undefined {
    const { group, killed, memoryLimit, parts } = this.props;
    const container = killed();
    if (!group || container === undefined || group.kills === 0) return this.measuredExcess;
    const own = parts().find(({ container: { name } }) => name === container)?.container.memoryMiB;
    const limit = Math.min(memoryLimit ?? Infinity, own ?? Infinity);
    return excessOf(limit, limit, parts().length > 1 ? container : undefined);
  }

  /**
   * What became of it where the kernel killed one of its processes and it went on, as one with several workers does; in a phrase that
   * follows its name, once.
   */
  loss(): string | undefined {
    const kills = this.props.group?.kills ?? 0;
    if (kills <= this.reported.kills) return undefined;
    const { since } = this.reported;
    if (since === Infinity) this.reported = { ...this.reported, since: Date.now() }; // it may be about to end
    if (Date.now() - Math.min(since, Date.now()) < LOSS_MS) return undefined;
    this.reported = { kills, since: Infinity };
    return `used all of its ${show(this.props.memoryLimit ?? 0)} MiB: one of its processes was killed, as on Fargate, and it went on`;
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
    if (this.props.group || this.measuredExcess !== undefined) return;
    const largest = used.toSorted((a, b) => b.memory - a.memory)[0]!;
    const over = used.find((it) => it.memory > it.most);
    if (over)
      this.kill(over.program, over.memory, over.most, used.length > 1 ? over.container.name : undefined);
    else if (limit !== undefined && memory > limit * MIB)
      this.kill(largest.program, memory, limit * MIB, undefined);
  }

  /** @param container - the one of several that has used too much */
  private kill(program: Program, memory: number, limit: number, container: string | undefined): void {
    this.measuredExcess = excessOf(memory / MIB, limit / MIB, container);
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

/** After so long a task whose process was killed has gone on. */
const LOSS_MS = 1_000;

/** @param container - the one of several that has used too much */
const excessOf = (used: number, limit: number, container: string | undefined): string =>
  `${container === undefined ? '' : `its container ${container} `}used ${show(used)} MiB of its ${show(limit)} MiB and was killed, as Fargate would`;

const show = (mebibytes: number): string => Math.ceil(mebibytes).toLocaleString('en-US');
