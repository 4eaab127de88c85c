import type { SqlTier } from '../../../blueprint/blueprint';
import type { Json } from '../../../json';
import { sizeOfClass } from '../../../scale/class-size';
import type { Variables } from './formula';

/** What the parameter groups of a member say, by name. */
export type Said = Readonly<Record<string, string>>;

/**
 * What the parameter groups say of each member of a tier: that of the instance over that of the cluster.
 *
 * @param text - the text of a value in the template
 */
export function saidOf({ parameters, members }: SqlTier, text: (value: Json) => string): readonly Said[] {
  return members.map((member) =>
    Object.fromEntries(
      Object.entries({ ...parameters, ...member.parameters }).map(([name, value]) => [name, text(value)]),
    ),
  );
}

/** Whether a parameter that is on or off is said to be on. */
export const isOn = (stated: string | undefined): boolean =>
  stated !== undefined && /^(1|on|true)$/i.test(stated.trim());

/** What a formula of a member's parameter group may name. */
export function variablesOf({ port, serverless }: SqlTier, instanceClass: string): Variables {
  const size = sizeOfClass(instanceClass);
  const memoryGiB =
    instanceClass === 'db.serverless' && serverless ? serverless.maxUnits * GIB_PER_UNIT : size?.memoryGiB;
  return {
    endpointport: port,
    ...(memoryGiB !== undefined && { dbinstanceclassmemory: memoryGiB * GIB }),
    ...(size && { dbinstancevcpu: size.vcpu }),
  };
}

const GIB = 1024 ** 3;
/** The memory of one Aurora capacity unit. */
const GIB_PER_UNIT = 2;
