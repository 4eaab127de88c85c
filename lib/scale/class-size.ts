import { partsOf, valkeyMemory } from './sizes';

/** The size of one member, node or task. */
export interface MemberSize {
  readonly vcpu: number;
  /** For a cache node the memory for its data; undefined when unknown. */
  readonly memoryGiB: number | undefined;
}

const GIB = 1024 ** 3;

/** Nominal memory for each vCPU, by the family's letter, from `large` up (Amazon RDS user guide, "DB instance classes"). */
const GIB_PER_VCPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8, x: 16 };
const BURSTABLE_GIB: Readonly<Record<string, number>> = {
  micro: 1,
  small: 2,
  medium: 4,
  large: 8,
  xlarge: 16,
  '2xlarge': 32,
};

/** The size of a class such as `db.r7g.2xlarge` or a node type such as `cache.r7g.large`; undefined when unknown. */
export function sizeOfClass(name: string): MemberSize | undefined {
  const parts = partsOf(name);
  const letter = parts && /^[cmrtx](?=\d)/.exec(parts.family)?.[0];
  if (!letter) return undefined;
  const vcpu = vcpuOf(letter, parts.size);
  if (vcpu === undefined) return undefined;
  if (parts.service === 'cache') return { vcpu, memoryGiB: dataGiB(name) };
  return { vcpu, memoryGiB: letter === 't' ? BURSTABLE_GIB[parts.size] : vcpu * GIB_PER_VCPU[letter]! };
}

function vcpuOf(letter: string, size: string): number | undefined {
  const xlarges = /^(\d*)xlarge$/.exec(size);
  if (xlarges) return 4 * Number(xlarges[1] || 1);
  if (size === 'large' || (letter === 't' && size in BURSTABLE_GIB)) return 2;
  return undefined;
}

/** The memory for the data of a node type. */
function dataGiB(nodeType: string): number | undefined {
  try {
    return valkeyMemory(nodeType) / GIB;
  } catch {
    return undefined; // a node type without a known size
  }
}
