import type { RDS as Rds } from '@aws-sdk/client-rds';
import type { Reads } from './clients';
import type { Sight } from './observe-sight';

/** One of the two services: Amazon DocumentDB's calls are Amazon RDS's. */
export interface Vendor {
  readonly prefix: 'AWS::RDS' | 'AWS::DocDB';
  readonly service: 'rds' | 'docdb';
  /** Its replicas' lag in CloudWatch. */
  readonly lag: { readonly namespace: string; readonly metric: string };
}

/** Amazon RDS and Aurora. */
export const RDS: Vendor = {
  prefix: 'AWS::RDS',
  service: 'rds',
  lag: { namespace: 'AWS/RDS', metric: 'AuroraReplicaLag' },
};

/** Read replicas of RDS instances. */
export const RDS_REPLICAS: Vendor['lag'] = { namespace: 'AWS/RDS', metric: 'ReplicaLag' };

/** Amazon DocumentDB. */
export const DOCDB: Vendor = {
  prefix: 'AWS::DocDB',
  service: 'docdb',
  lag: { namespace: 'AWS/DocDB', metric: 'DBInstanceReplicaLag' },
};

/** The calls that both services have, in the words of Amazon RDS: Amazon DocumentDB answers with fewer fields. */
export const databases = ({ service }: Vendor, sight: Sight) => sight.ask(service) as Reads<Rds>;
