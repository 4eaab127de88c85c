import type { Resource } from '../../../blueprint/resources';
import { BUCKET_NOTIFICATIONS, type EmulatedTier, type Selection } from './selection';
import { emulatorId } from './template';

/** What an emulator shows of a tier. */
export const STAND_IN = 'functional, not racing';

/** What the differences of an emulated tier depend on. */
export interface EmulatedDifferencesProps {
  /** Such as `MiniStack 1.5.33`. */
  readonly engine: string;
  readonly selection: Selection;
  /** What the emulator has not made: why, by logical id. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/** How a tier in an emulator differs from AWS, in sentences. */
export function differencesOf(tier: EmulatedTier, props: EmulatedDifferencesProps): readonly string[] {
  const { engine, selection } = props;
  return [
    `${engine} stands in for ${serviceOf(tier)}: calls are answered, and its delays, limits, throttling and order under load are not those of AWS`,
    'every call is allowed: no policy of the template is made',
    tier.kind === 'function'
      ? `it runs as a process of this machine, on the version of its language that is installed here (the template has ${tier.runtime}), in no VPC and without a limit of memory`
      : 'its data stay as they are when a candidate is retried and when a release is rolled back',
    ...leftOutOf(props)
      .filter((it) => isPartOf(it, tier, selection))
      .map((it) => notThere(it, props)),
    ...selection.custom
      .filter((it) => it.type !== BUCKET_NOTIFICATIONS && isPartOf(it, tier, selection))
      .map((it) => `the custom resource ${it.path} (${it.type}) is not run`),
  ];
}

/** What an emulator has not made and is a part of no tier, in sentences. */
export const missingBeside = (
  tiers: readonly EmulatedTier[],
  props: EmulatedDifferencesProps,
): readonly string[] =>
  leftOutOf(props)
    .filter((it) => !tiers.some((tier) => isPartOf(it, tier, props.selection)))
    .map((it) => notThere(it, props));

const leftOutOf = ({ selection, leftOut }: EmulatedDifferencesProps): readonly Resource[] =>
  selection.made.filter((it) => leftOut.has(emulatorId(it)));

const notThere = (it: Resource, { leftOut }: EmulatedDifferencesProps): string =>
  `${it.type} ${it.path} is not there: ${leftOut.get(emulatorId(it))}`;

/** Whether a resource is a tier, refers to it, or is referred to by it. */
function isPartOf(it: Resource, tier: EmulatedTier, selection: Selection): boolean {
  const own = selection.made.find(
    ({ stack, logicalId }) => stack === tier.stack && logicalId === tier.logicalId,
  );
  return (
    own !== undefined && (it === own || selection.refersTo(it).has(own) || selection.refersTo(own).has(it))
  );
}

const serviceOf = (tier: EmulatedTier): string =>
  tier.kind === 'function' ? 'AWS Lambda' : tier.type.replace(/^AWS::(\w+)::.*/, '$1');
