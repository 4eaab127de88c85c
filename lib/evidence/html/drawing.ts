import type { Tier } from '../../blueprint/blueprint';
import { sizeOfClass, type MemberSize } from '../../scale/class-size';

/** The members of a tier, as they are drawn. */
export interface Plan {
  /** The members of each shard; without shards, one group with all members. */
  readonly groups: readonly (readonly Box[])[];
  readonly isSharded: boolean;
  /** The total of all members that run; undefined when the size of any is unknown. */
  readonly vcpu: number | undefined;
  /** Such as `1 writer and 3 readers`. */
  readonly count: string;
  /** Such as `db.r7g.2xlarge: 8 vCPU, 64 GiB each`; empty for storage. */
  readonly size: string;
}

/** One member. */
export interface Box {
  readonly role: 'first' | 'copy' | 'task' | 'room' | 'storage';
  readonly size: MemberSize | undefined;
}

/** The plan of a tier's drawing. */
export function planOf(tier: Tier): Plan {
  switch (tier.kind) {
    case 'sql':
    case 'document':
      return clusterPlan(tier);
    case 'cache':
      return cachePlan(tier);
    case 'service':
      return servicePlan(tier);
    case 'function':
      return { ...storagePlan('AWS::Lambda::Function'), size: tier.runtime ?? 'container image' };
    default:
      return storagePlan(tier.type);
  }
}

const of = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function clusterPlan(tier: Extract<Tier, { kind: 'sql' | 'document' }>): Plan {
  const { kind, members } = tier;
  const boxes = members.map((member, i): Box => ({
    role: i === 0 ? 'first' : 'copy',
    size: sizeOfClass(member.class),
  }));
  const standby = kind === 'sql' && tier.instance?.isMultiAz === true ? ' with a standby' : '';
  const [first, copy] = kind === 'sql' ? [`writer${standby}`, 'reader'] : ['primary', 'replica'];
  const classes = [...new Set(members.map((member) => member.class))];
  return {
    groups: [boxes],
    isSharded: false,
    vcpu: sum(boxes),
    count: `1 ${first} and ${of(Math.max(members.length - 1, 0), copy)}`,
    size: classes.map((name) => showSize(name, sizeOfClass(name))).join('; '),
  };
}

function cachePlan({ shards, replicas, class: type, clusterMode }: Extract<Tier, { kind: 'cache' }>): Plan {
  const size = sizeOfClass(type);
  const shard: Box[] = [{ role: 'first', size }, ...repeat(replicas, { role: 'copy', size } as const)];
  const each = `1 primary and ${of(replicas, 'replica')}`;
  return {
    groups: repeat(shards, shard),
    isSharded: clusterMode,
    vcpu: size && size.vcpu * shards * (replicas + 1),
    count: clusterMode ? `${of(shards, 'shard')} of ${each}` : each,
    size: showSize(type, size, ' for data'),
  };
}

/** The size of a service's task; undefined when the template does not declare it. */
function sizeOfTask({ cpu, memoryMiB }: Extract<Tier, { kind: 'service' }>): MemberSize | undefined {
  if (cpu === undefined) return undefined;
  return { vcpu: cpu / 1024, memoryGiB: memoryMiB === undefined ? undefined : memoryMiB / 1024 };
}

function servicePlan(tier: Extract<Tier, { kind: 'service' }>): Plan {
  const size = sizeOfTask(tier);
  const { tasks, maxTasks, architecture } = tier;
  return {
    groups: [
      [
        ...repeat(tasks, { role: 'task', size } as const),
        ...repeat(Math.max(maxTasks - tasks, 0), { role: 'room', size } as const),
      ],
    ],
    isSharded: false,
    vcpu: size && size.vcpu * tasks,
    count: maxTasks > tasks ? `${of(tasks, 'task')}, up to ${maxTasks}` : of(tasks, 'task'),
    size: showSize(`Fargate ${architecture}`, size),
  };
}

const storagePlan = (type: string): Plan => ({
  groups: [[{ role: 'storage', size: undefined }]],
  isSharded: false,
  vcpu: 0,
  count: type,
  size: '',
});

function showSize(name: string, size: MemberSize | undefined, memoryIsFor = ''): string {
  if (!size) return `${name}, size unknown`;
  const memory =
    size.memoryGiB === undefined ? '' : `, ${Number(size.memoryGiB.toFixed(1))} GiB${memoryIsFor}`;
  return `${name}: ${size.vcpu} vCPU${memory} each`;
}

function sum(boxes: readonly Box[]): number | undefined {
  return boxes.some(({ size }) => !size)
    ? undefined
    : boxes.reduce((total, { size }) => total + size!.vcpu, 0);
}

const repeat = <T>(times: number, value: T): T[] => Array.from({ length: times }, () => value);

/** The width of every drawing, in its own units: as all are equally wide, all have the same scale. */
export const WIDTH = 320;
const GAP = 5;
const PADDING = 6;
/** The side of the largest box: with larger ones a drawing would not fit. */
const LARGEST = 72;
/** The side of one vCPU, at the most. */
const UNIT = 16;
/** The side of a box of unknown size, or without a size. */
const UNKNOWN_SIDE = 20;
/** How many boxes and groups are drawn at the most; the caption has the full number. */
const MOST = 80;

/** The side of the box of one vCPU, so that the largest member of all fits. */
export function unitOf(plans: readonly Plan[]): number {
  const vcpus = plans.flatMap(({ groups }) => groups.flat()).map(({ size }) => size?.vcpu ?? 0);
  return Math.min(UNIT, LARGEST / Math.sqrt(Math.max(1, ...vcpus)));
}

/** The side of a box whose area stands for so many vCPUs. */
export const sideOf = (vcpu: number | undefined, unit: number): number =>
  vcpu === undefined ? UNKNOWN_SIDE : Math.max(Math.sqrt(vcpu) * unit, 3);

/** A box or a frame with its position. */
export interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The box; undefined for the frame around a group. */
  readonly box: Box | undefined;
}

/** The positions of all boxes and frames of a plan, and the height of the drawing. */
export function layout(
  { groups, isSharded }: Plan,
  unit: number,
): { placed: readonly Placed[]; height: number } {
  const shown = isSharded ? groups.slice(0, MOST) : groups.map((group) => group.slice(0, MOST));
  const padding = isSharded ? PADDING : 0;
  const blocks = shown.map((group) =>
    flow(
      group.map((box) => cellOf(box, unit)),
      WIDTH - 2 - 2 * padding,
    ),
  );
  const outer = flow(
    blocks.map(({ width, height }) => ({
      width: width + 2 * padding,
      height: height + 2 * padding,
      box: undefined,
    })),
    WIDTH - 2,
  );
  const placed = outer.cells.flatMap((frame, i) => [
    ...(isSharded ? [frame] : []),
    ...blocks[i]!.cells.map((cell) => ({
      ...cell,
      x: frame.x + padding + cell.x,
      y: frame.y + padding + cell.y,
    })),
  ]);
  return { placed: placed.map((it) => ({ ...it, x: it.x + 1, y: it.y + 1 })), height: outer.height + 2 };
}

type Cell = Omit<Placed, 'x' | 'y'>;

function cellOf(box: Box, unit: number): Cell {
  const side = sideOf(box.size?.vcpu, unit);
  return { width: side, height: side, box };
}

/** Places cells side by side, in as many rows as they need. */
function flow(
  cells: readonly Cell[],
  room: number,
): { cells: readonly Placed[]; width: number; height: number } {
  let [x, y, line, width] = [0, 0, 0, 0];
  const placed = cells.map((cell) => {
    if (x > 0 && x + cell.width > room) [x, y, line] = [0, y + line + GAP, 0];
    const at = { ...cell, x, y };
    width = Math.max(width, x + cell.width);
    line = Math.max(line, cell.height);
    x += cell.width + GAP;
    return at;
  });
  return { cells: placed, width, height: y + line };
}
