import { existsSync } from 'node:fs';
import type { Addresses } from '../../probes/addresses';
import type { DataState } from '../../probes/data';
import { probesHere, type ProbeWatch } from '../../probes/probes';
import { shownTable } from '../../probes/statement';
import { productionWith, type Production, type SeededTier, type TierRows } from '../production';
import { dataAt, type Handle, type TierState, type Watch } from '../target';
import { MARK } from './process/owned-processes';
import { markingWords } from './process/process-mark';
import { callSupervisor } from './supervisor/supervision';
import { authorityFile } from './tls/authority';
import { trusting } from './tls/variables';

/** The calls of a supervisor that read. */
type Reads = 'describe' | 'ownAddresses' | 'readTiers';

/** A production that stands on this machine, seen from outside. @param folder - of the config, in which commands run */
export function productionHere(handle: Handle, folder: string): Production {
  const read = (call: Reads, watch: ProbeWatch, of: object = {}): Promise<unknown> =>
    callSupervisor(handle, call, of, watchOf(watch));
  return productionWith({
    target: handle.target,
    seeds: () => Promise.resolve(seedsOf(handle)),
    rows: async (tiers, watch) =>
      ((await read('readTiers', watch, { tiers })) as readonly DataState[]).map(rowsIn),
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

function rowsIn({ tier, tables, unread }: DataState): TierRows {
  const counted = tables.flatMap(
    ({ schema, name, count, bound }) =>
    count ? [[shownTable({ schema, name }), { rows: count.rows, holds: JSON.stringify([count.values, bound?.most ?? '']) }] as const] : [], // prettier-ignore
  );
  const missed = tables.find(({ notCounted }) => notCounted !== undefined);
  const why = unread ?? (missed && `${missed.name}: ${missed.notCounted}`);
  return { tier, tables: Object.fromEntries(counted), ...(why !== undefined && { unread: why }) };
}

/** What is read takes no time, and teaches nothing about the handle. */
const watchOf = ({ signal, log }: ProbeWatch): Watch => ({
  signal,
  log,
  span: (_, work) => work(),
  learn: () => {},
});
