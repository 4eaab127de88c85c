import { sharedPort } from '../process/shared-port';
import { busPort, LAST_CLUSTER_PORT } from './config';

/** The addresses that need a port. */
export interface NodePortProps {
  /** The address of every node. */
  readonly hosts: readonly string[];
  readonly clusterMode: boolean;
}

/**
 * The port for all nodes of a cache, which in cluster mode leaves room for the port on the cluster bus.
 *
 * @throws TwinError `no-address` when this machine does not have an address
 */
export const nodePort = (declared: number, { hosts, clusterMode }: NodePortProps): Promise<number> =>
  sharedPort(declared, {
    who: 'a cache node',
    hosts,
    portsOf: clusterMode
      ? (port) => (port > LAST_CLUSTER_PORT ? undefined : [port, busPort(port)])
      : undefined,
  });
