import type { Evidence } from '../../lib/evidence/evidence';
import { noGo } from './samples';

/** What an attacker, or a careless program, may put into any text. */
export const POISON = `</script><img src=x onerror=alert(1)>"'\`|&\u0000\u001B[2J\u202E\uD800 @all`;

/** Texts that are one of a few words, or a moment: the rehearsal itself writes them. */
const FIXED = new Set([
  'version',
  'verdict',
  'outcome',
  'kind',
  'role',
  'state',
  'by',
  'startedAt',
  'endedAt',
  'target',
  'asOf',
  'architecture',
]);

function poisoned(value: unknown, key: string): unknown {
  if (typeof value === 'string')
    return FIXED.has(key) || value === 'usage-based' ? value : `${value}${POISON}`;
  if (Array.isArray(value)) return value.map((item) => poisoned(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, poisoned(part, name)]));
}

/** The NO-GO with poison in every text. */
export const hostile = poisoned({ ...noGo, advice: ['the table carts is unlogged'] }, '') as Evidence;
