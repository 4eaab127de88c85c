import type { ComputeTier } from '../../../blueprint/blueprint';
import type { LocalSection } from '../config';
import { emulatorProgram, NO_EMULATOR } from './programs';
import type { EmulatedTier } from './selection';

/**
 * Why an emulator of AWS cannot stand in for a tier, in one sentence; undefined when it can, as far as that is known before it is
 * asked.
 *
 * @param endpoint - of one that runs; `false` where none is wanted @default - one is started
 * @param path - the folders to search for one @default - the PATH of this process
 */
export function whyNotEmulated(
  tier: EmulatedTier,
  endpoint: LocalSection['awsEndpoint'],
  path?: string,
): string | undefined {
  const program = endpoint === undefined ? emulatorProgram(path) : undefined;
  if (endpoint === false) return 'local.awsEndpoint is false: no emulator of AWS stands in for it';
  if (endpoint === undefined && !program) return NO_EMULATOR;
  if (tier.kind !== 'function') return undefined;
  const { runtime } = tier;
  if (runtime === undefined)
    return 'its code is a container image, or its runtime is known only to CloudFormation: a function of which no emulator runs the code without Docker';
  if (!program || program.runs(runtime)) return undefined;
  return program.name === 'moto'
    ? 'moto runs no function without Docker: install MiniStack (pip install ministack), which does'
    : `${program.name} runs functions of Node.js, of Python and of provided runtimes without Docker, and its runtime is ${runtime}`;
}

/** Why machines and clusters are skipped, in one sentence. */
export const whyNotCompute = ({ type }: ComputeTier): string =>
  /EKS/.test(type)
    ? 'nothing on this machine stands in for Amazon EKS: rehearse what runs in the cluster on AWS'
    : 'nothing on this machine stands in for instances of Amazon EC2: rehearse what they run on AWS';
