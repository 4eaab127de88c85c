import type { ContextFlag, DrillsConfig } from '../config/types';
import { assemblyFor } from './assembly-folders';
import type { Ledger } from './ledger';

/** An assembly that is to be made. */
export interface PlannedAssembly {
  /** Its folder, relative to the rehearsal's. */
  readonly assembly: string;
  readonly release: string;
  /** The feature flag that is switched in it. @default - none */
  readonly flag?: ContextFlag;
}

/** The flags that another deployment switches. */
const contextFlags = ({ flags = [] }: DrillsConfig = {}): readonly ContextFlag[] =>
  flags.flatMap((flag) => ('context' in flag ? [flag] : []));

/** Free names for the folders of a candidate's assemblies: as it is, and with each flag switched. */
export function assembliesOf(
  folder: string,
  to: string,
  drills: DrillsConfig | undefined,
  taken: string,
): Pick<Ledger['assemblies'], 'to' | 'flags'> {
  const flags = contextFlags(drills).map(({ name }) => [name, assemblyFor(folder, `${to}-${name}`)] as const);
  return {
    to: assemblyFor(folder, to, taken),
    ...(flags.length > 0 && { flags: Object.fromEntries(flags) }),
  };
}

/** The candidate's assemblies: with each flag switched, and last as it is. */
export const candidatesOf = (
  { to: assembly, flags = {} }: Ledger['assemblies'],
  release: string,
  drills: DrillsConfig | undefined,
): PlannedAssembly[] => [
  ...contextFlags(drills).flatMap((flag) => {
    const switched = flags[flag.name];
    return switched === undefined ? [] : [{ assembly: switched, release, flag }];
  }),
  { assembly, release },
];
