import type { RDS as Rds } from '@aws-sdk/client-rds';
import type { Reads } from './clients';
import { rdsLag, DOCUMENT_LAG, type LagMetric } from './lag-metrics';
import type { Sight } from './observe-sight';

/** One of the two services: Amazon DocumentDB's calls are Amazon RDS's. */
export interface Vendor {
  readonly prefix: 'AWS::RDS' | 'AWS::DocDB';
  readonly service: 'rds' | 'docdb';
  /** Its replicas' lag in CloudWatch. */
  readonly lagOf: (engine: string) => LagMetric;
}

/** Amazon RDS and Aurora. */
export const RDS: Vendor = {
  prefix: 'AWS::RDS',
  service: 'rds',
  lagOf: rdsLag,
};

/** Amazon DocumentDB. */
export const DOCDB: Vendor = {
  prefix: 'AWS::DocDB',
  service: 'docdb',
  lagOf: () => DOCUMENT_LAG,
};

/** The calls that both services have, in the words of Amazon RDS: Amazon DocumentDB answers with fewer fields. */
export const databases = ({ service }: Vendor, sight: Sight) => sight.ask(service) as Reads<Rds>;
