import type { Path } from './differences';

/** Sections that decide what exists, and functions whose first argument does. */
const DECIDING = new Set(['Conditions', 'Rules']);
const FUNCTIONS = new Set(['Fn::If', 'Fn::Select', 'Fn::FindInMap']);
const COMPARISONS = new Set(['Fn::Equals', 'Fn::And', 'Fn::Or', 'Fn::Not', 'Fn::Contains']);

/**
 * What a place is in CloudFormation's own logic, where a factor would decide what exists: a part of what decides, a key of a
 * mapping, or a value that something else chooses. Elsewhere, such as in a policy's `Condition`, undefined.
 */
export function logicIn(path: Path): 'decision' | 'look-up' | 'value' | undefined {
  const [section] = path;
  if (DECIDING.has(String(section)) || path.some((step) => COMPARISONS.has(String(step)))) return 'decision';
  if (section === 'Resources' && path.length === 3 && path[2] === 'Condition') return 'decision';
  if (section === 'Mappings') return 'value';
  const last = path.findLastIndex((step) => FUNCTIONS.has(String(step)));
  if (last < 0) return undefined;
  if (path[last] === 'Fn::FindInMap') return 'look-up';
  return path[last + 1] === 0 ? 'decision' : 'value';
}
