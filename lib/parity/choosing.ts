import { isNoScale } from '../scale/property-kinds';
import { at, type Path } from '../template/differences';
import type { Model } from '../template/model';

/**
 * What stands at a path when it says what something is, and not how much of it: the property, such as a port or a version, a
 * time of the day, or a condition of a policy. No number there follows a scale. The end of a range of ports does: it says how
 * many there are.
 *
 * @param text - what stands there, with placeholders
 */
export function choosing(path: Path, model: Model, text: string): string | undefined {
  if (path[0] !== 'Resources') return undefined;
  const index = path.findLastIndex(isProperty);
  const property = String(path[index] ?? '');
  if (isTime(property, text)) return `the time in ${property}`;
  if (isCondition(path, property)) return `the condition ${property}`;
  if (isPasswordRule(path)) return `the password's ${property}`;
  // A list of what something is, such as ciphers, may hold each as a `Value`.
  const says = property === 'Value' ? path.slice(0, index).findLast(isProperty) : property;
  if (!isNoScale(String(says))) return undefined;
  const ends =
    property === 'ToPort' ? ['FromPort', 'ToPort'].map((it) => at(model, [...path.slice(0, index), it])) : [];
  return ends.length > 0 && ends[0] !== ends[1] ? undefined : property;
}

const isProperty = (step: string | number): boolean =>
  typeof step === 'string' && !/^(?:Fn::|Ref$|\(json\)$)/.test(step);

/** Whether a number says when: every so many minutes is an amount, and the hour of the day is none. */
function isTime(property: string, text: string): boolean {
  const isCron = property === 'Recurrence' || /^(?:cron|at)\(/.test(text);
  return isCron && text.replaceAll(/\/\$\{[^}]*\}/g, '').includes('${');
}

/** What IAM knows of each request decides who may, such as how long ago somebody showed a second factor. */
const isCondition = (path: Path, property: string): boolean =>
  /^aws:/i.test(property) && path.includes('Condition') && path.includes('Statement');

const isPasswordRule = (path: Path): boolean => path.includes('PasswordPolicy');
