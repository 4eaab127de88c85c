import type { Factor } from './kinds';
import { checkShape, checkValue } from './rules';
export function otherValues(factor: Factor, known: readonly unknown[], most = 12): unknown[] {
  const keys = new Set(known.map((it) => JSON.stringify(it)));
  const [first] = known;
  const sizes = ['medium', 'large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
  const pool: unknown[] =
    typeof first === 'number'
      ? Array.from({ length: 64 }, (_, i) => i)
      : typeof first === 'string'
        ? sizes.map((size) => `${first.replace(/\.[^.]+$/, '')}.${size}`)
        : 'cpu' in (first as object)
          ? [[256, 512], [512, 2048], [1024, 3072], [2048, 8192], [4096, 9216], [8192, 16384]].map(([cpu, memoryMiB]) => ({ cpu, memoryMiB }))
          : [[2, 7], [3, 9], [5, 11], [4, 13], [6, 10], [7, 19]].map(([a, b]) => Object.fromEntries(Object.keys(first as object).map((key, i) => [key, i === 0 ? a : b])));
  const like = (value: unknown): boolean =>
    [checkShape('', factor, first, value), checkShape('', factor, value, first)].some((broken) => broken.filter((b) => b.rule !== 'larger' && b.rule !== 'ratio').length === 0);
  return pool.filter((value) => !keys.has(JSON.stringify(value)) && checkValue('', factor, value).length === 0 && like(value)).slice(0, most);
}
