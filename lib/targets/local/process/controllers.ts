import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the system has its control groups: the contents of two files of proc(5). */
export interface SystemGroups {
  /** `/proc/self/mounts`. */
  readonly mounts: string;
  /** `/proc/self/cgroup`: the groups of this process. */
  readonly own: string;
}

/** A hierarchy of control groups, in which an environment may have a group. */
export interface Controller {
  /** Of several of one kind one is used. */
  readonly kind: 'unified' | 'memory' | 'cpu';
  /** The environment's group. */
  readonly root: string;
  readonly limitsMemory: boolean;
  readonly limitsCpu: boolean;
  /** Makes the environment's group. @throws where this process may not */
  prepare(): void;
  /** @param isParent - whether groups with limits of their own come below it */
  make(folder: string, limits: { readonly memoryMiB: number | undefined }, isParent: boolean): void;
  setCpus(folder: string, cpus: number): void;
  /** Gives a group as much of a busy machine as so many programs beside it have together. */
  setWeight(folder: string, programs: number): void;
  /** How many processes of a group were killed because it had too little memory. */
  kills(folder: string): number;
}

/**
 * The hierarchies in which an environment may have a group, those to prefer first.
 *
 * @param name - of the environment's group
 */
export function controllersAt(name: string, system = systemGroups()): readonly Controller[] {
  if (!system) return [];
  const mounts = system.mounts.split('\n').map((line) => line.split(' '));
  const ownOf = (controller: string): string =>
    new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm').exec(system.own)?.[1] ?? '/';
  const unified = mounts.find(([, , type]) => type === 'cgroup2')?.[1];
  const own = /^0::(.*)$/m.exec(system.own)?.[1] ?? '/';
  // a group with processes can have none below it that limit, but for the first of all: then it is one beside it
  const places = unified === undefined ? [] : [join(unified, own), dirname(join(unified, own))];
  const second = places
    .filter((it) => it.startsWith(unified!) && controllersOf(it).includes('memory'))
    .map((it) => new Unified(it, join(it, name), controllersOf(it).includes('cpu')));
  const first = (['memory', 'cpu'] as const).flatMap((kind) => {
    const at = mounts.find(
      ([, , type, options = '']) => type === 'cgroup' && options.split(',').includes(kind),
    );
    if (at?.[1] === undefined) return [];
    const below = join(at[1], ownOf(kind));
    return new Separate(kind, join(existsSync(below) ? below : at[1], name));
  });
  return second.length > 0 ? second : first;
}

function systemGroups(): SystemGroups | undefined {
  try {
    return {
      mounts: readFileSync('/proc/self/mounts', 'utf8'),
      own: readFileSync('/proc/self/cgroup', 'utf8'),
    };
  } catch {
    return undefined; // no Linux, or one without control groups
  }
}

function controllersOf(folder: string): readonly string[] {
  try {
    return readFileSync(join(folder, 'cgroup.controllers'), 'utf8').trim().split(' ');
  } catch {
    return []; // not there in this namespace
  }
}

const MIB = 1024 ** 2;
const PERIOD_US = 100_000;
const quotaOf = (cpus: number): number => Math.max(1000, Math.round(cpus * PERIOD_US));
const countOf = (folder: string, file: string): number => {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // removed meanwhile
  }
};

/** One hierarchy for all: https://docs.kernel.org/admin-guide/cgroup-v2.html */
class Unified implements Controller {
  readonly kind = 'unified';
  readonly limitsMemory = true;

  constructor(
    private readonly above: string,
    readonly root: string,
    readonly limitsCpu: boolean,
  ) {}

  prepare(): void {
    this.enable(this.above);
    mkdirSync(this.root);
    this.enable(this.root);
  }

  make(folder: string, { memoryMiB }: { readonly memoryMiB: number | undefined }, isParent: boolean): void {
    if (dirname(folder) !== this.root) this.make(dirname(folder), { memoryMiB: undefined }, true);
    mkdirSync(folder, { recursive: true });
    if (memoryMiB !== undefined) {
      writeFileSync(join(folder, 'memory.max'), String(memoryMiB * MIB));
      withoutSwap(join(folder, 'memory.swap.max'), '0');
    }
    if (isParent) this.enable(folder);
  }

  setCpus(folder: string, cpus: number): void {
    writeFileSync(join(folder, 'cpu.max'), `${quotaOf(cpus)} ${PERIOD_US}`);
  }

  setWeight(folder: string, programs: number): void {
    writeFileSync(join(folder, 'cpu.weight'), String(Math.min(100 * programs, 10_000)));
  }

  kills(folder: string): number {
    return countOf(folder, 'memory.events');
  }

  /** Has the groups below limit by these controllers. */
  private enable(folder: string): void {
    writeFileSync(join(folder, 'cgroup.subtree_control'), this.limitsCpu ? '+memory +cpu' : '+memory');
  }
}

/** A hierarchy for each controller: https://docs.kernel.org/admin-guide/cgroup-v1/index.html */
class Separate implements Controller {
  constructor(
    readonly kind: 'memory' | 'cpu',
    readonly root: string,
  ) {}

  get limitsMemory(): boolean {
    return this.kind === 'memory';
  }

  get limitsCpu(): boolean {
    return this.kind === 'cpu';
  }

  prepare(): void {
    mkdirSync(this.root);
  }

  make(folder: string, { memoryMiB }: { readonly memoryMiB: number | undefined }): void {
    mkdirSync(folder, { recursive: true });
    if (memoryMiB === undefined || !this.limitsMemory) return;
    const bytes = String(memoryMiB * MIB);
    writeFileSync(join(folder, 'memory.limit_in_bytes'), bytes);
    withoutSwap(join(folder, 'memory.memsw.limit_in_bytes'), bytes);
  }

  setCpus(folder: string, cpus: number): void {
    writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD_US));
    writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quotaOf(cpus)));
  }

  setWeight(folder: string, programs: number): void {
    writeFileSync(join(folder, 'cpu.shares'), String(Math.min(1024 * programs, 262_144)));
  }

  kills(folder: string): number {
    return countOf(folder, 'memory.oom_control');
  }
}

/** Fargate has no swap; a kernel that does not limit it has no such file. */
function withoutSwap(file: string, value: string): void {
  if (existsSync(file)) writeFileSync(file, value);
}
