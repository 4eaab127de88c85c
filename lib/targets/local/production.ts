import { existsSync } from 'node:fs';
import type { Addresses } from '../../probes/addresses';
import { probesHere, type ProbeWatch } from '../../probes/probes';
import { productionWith, type Production } from '../production';
import type { Handle, TierState, Watch } from '../target';
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

/** What is read takes no time, and teaches nothing about the handle. */
const watchOf = ({ signal, log }: ProbeWatch): Watch => ({
  signal,
  log,
  span: (_, work) => work(),
  learn: () => {},
});
