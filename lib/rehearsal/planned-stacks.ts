import type { Blueprint } from '../blueprint/blueprint';
import { isObject } from '../json';
import { isSchedule } from '../parity/lifecycle-resources';

/** What is to be said of the stacks of two releases before one of them exists. */
export interface StackFindings {
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
}

/** What the stacks of an environment are looked at with. */
export interface StackProps {
  /** The name of this rehearsal, which the app is given to name its stacks after. */
  readonly suffix: string;
  /** The context key of that. */
  readonly nameContext: string;
  readonly now: Date;
  /** Whether they are deployed: elsewhere neither their names nor their schedules have an effect. */
  readonly isDeployed: boolean;
}

/** Looks at the names of stacks, which the app gives them, and at the time when they delete themselves. */
export function findInStacks(
  stagings: readonly Pick<Blueprint, 'stacks'>[],
  { suffix, nameContext, now, isDeployed }: StackProps,
): StackFindings {
  const over = [...new Set(stagings.flatMap((staging) => overIn(staging, now)))];
  if (!isDeployed) return { refusals: [], warnings: over };
  const [names = [], ...others] = stagings.map(namesOf);
  const other = others.find((them) => them.every((name) => !names.includes(name)));
  const key = `-c ${nameContext}=${suffix}`;
  const beside = `the releases would be stacks beside each other, ${names.join(', ')} and ${other?.join(', ')}: the app names them after the release, and not after ${key}`;
  if (other) return { refusals: [...over, beside], warnings: [] };
  if (names.some((name) => isAfter(name, suffix))) return { refusals: over, warnings: [] };
  const shared = `no stack is named after ${key}: rehearsals at the same time would be one environment (${names.join(', ')}), unless the app reads that key`;
  return { refusals: over, warnings: [shared] };
}

const namesOf = ({ stacks }: Pick<Blueprint, 'stacks'>): readonly string[] => stacks.map(({ name }) => name);

/** Whether a name has the beginning of a text, as far as its letters and digits go: apps cut it. */
const isAfter = (name: string, suffix: string): boolean => plain(name).includes(plain(suffix).slice(0, 12));

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The stacks whose time is over: a schedule in the past is never carried out. */
const overIn = ({ stacks }: Pick<Blueprint, 'stacks'>, now: Date): string[] =>
  stacks.flatMap(({ name, template: { Resources: resources } }) =>
    Object.entries(isObject(resources) ? resources : {}).flatMap(([id, resource]) => {
      const properties = isObject(resource) ? resource['Properties'] : undefined;
      const at = isObject(properties) ? String(properties['ScheduleExpression']) : '';
      const time = isSchedule(id) ? /^at\((.+)\)$/.exec(at)?.[1] : undefined;
      if (time === undefined || Date.parse(`${time}Z`) > now.getTime()) return [];
      return [`the stack ${name} expires at ${time} UTC, which is over: it would never delete itself`];
    }),
  );
