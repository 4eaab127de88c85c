import { existsSync } from 'node:fs';
import type { Addresses } from '../../probes/addresses';
import { probesHere, type ProbeWatch } from '../../probes/probes';
import { productionWith, type Production, type SeededTier } from '../production';
import { dataAt, type Handle, type TierState, type Watch } from '../target';
import { MARK } from './process/owned-processes';
import { markingWords } from './process/process-mark';
import { callSupervisor } from './supervisor/supervision';
import { authorityFile } from './tls/authority';
import { trusting } from './tls/variables';

/** The calls of a supervisor that read. */
type Reads = 'describe' | 'ownAddresses';

/** A production that stands on this machine, seen from outside. @param folder - of the config, in which commands run */
export function productionHere(handle: Handle, folder: string): Production {
  const read = (call: Reads, watch: ProbeWatch): Promise<unknown> =>
    callSupervisor(handle, call, {}, watchOf(watch));
  return productionWith({
    target: handle.target,
    seeds: () => Promise.resolve(seedsOf(handle)),
    describe: async (watch) => (await read('describe', watch)) as readonly TierState[],
    probes: async (watch) => {
      const { url, urls } = (await read('ownAddresses', watch)) as Addresses;
      const authority = authorityFile(handle.name);
      return probesHere({
        url,
        urls,
        databases: [], // what is not reached cannot be changed
        folder,
        environment: { [MARK]: handle.name, ...(existsSync(authority) && trusting(authority)) },
        launcher: markingWords(handle.name),
        inProduction: true,
      });
    },
  });
}

/** The tiers that began with copies of the first production's data: the handle says when these were made. */
export function seedsOf(handle: Handle): readonly SeededTier[] {
  const { firstEnvironment = '' } = handle;
  return Object.entries(handle).flatMap(([key, at]) =>
    key.startsWith(dataAt('')) && at !== undefined
      ? [{ tier: key.slice(dataAt('').length), from: firstEnvironment, at }]
      : [],
  );
}

/** What is read takes no time, and teaches nothing about the handle. */
const watchOf = ({ signal, log }: ProbeWatch): Watch => ({
  signal,
  log,
  span: (_, work) => work(),
  learn: () => {},
});
