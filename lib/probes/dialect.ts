import type { Activity } from './database-activity';
import type { CatalogTable } from './data';
import type { Driver, DriverProps, Session } from './session';

/** What checks ask a database, in the words of its engine. */
export interface Dialect {
  driver(props: DriverProps): Driver;
  /** What the sessions of a database do now. @throws DatabaseFault, also where the server is a replica */
  lookAt(session: Session): Promise<Activity>;
  /** Whether a server refuses writes because it replicates. @throws DatabaseFault */
  isReplica(session: Session): Promise<boolean>;
  /**
   * What a writer says of its replicas, where its engine does. @throws DatabaseFault
   *
   * @returns undefined where it does not @default - it never does
   */
  lagOfReplicas?(writer: Session): Promise<LagOfReplicas | undefined>;
  readonly marker: MarkerStatements;
  readonly data: DataStatements;
}

/** How far replicas are behind, as an engine counts it. */
export interface LagOfReplicas {
  /** Such as `aurora_replica_status()`. */
  readonly by: string;
  readonly replicas: readonly { readonly name: string; readonly ms: number }[];
}

/** The statements of a table with one row, whose text is replaced again and again. */
export interface MarkerStatements {
  readonly create: string;
  /** With the text as its parameter. */
  readonly write: string;
  /** The text, as `token`. */
  readonly read: string;
  readonly drop: string;
}

/** What the data of a database are read with. */
export interface DataStatements {
  /** Refuses writes of this session, and long waits for locks. */
  prepare(session: Session): Promise<void>;
  /** Ends each statement of this session that takes longer. */
  limit(session: Session, ms: number): Promise<void>;
  /** The tables of users. @param database - the one that the tier declares */
  tablesOf(session: Session, database: string): Promise<readonly CatalogTable[]>;
  /** What is wrong with the schema of a database, in a sentence each. */
  faultsOf(session: Session, database: string): Promise<readonly string[]>;
  /**
   * A query that counts rows and values in one pass: `all_rows`, `all_0` for the first nullable column and so on, and `most`, the
   * highest value of the key.
   *
   * @param kept - the column that a bound is of: then `kept_rows` and so on count what is not above it, the one parameter
   */
  countOf(table: CatalogTable, kept: string | undefined): string;
}
