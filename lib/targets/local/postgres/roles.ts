import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { notInSnapshot } from '../sql/final-snapshot';

/**
 * The roles of every database of Amazon RDS and Amazon Aurora that users grant, and that dumps name, beside the superuser
 * `rdsadmin`. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
 */
const RDS_ROLES = ['rds_superuser', 'rds_replication', 'rds_password', 'rds_iam', 'rds_ad', 'rdsrepladmin'];

/** Whose database it is. */
export interface Master {
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** Creates the roles of RDS, and the master user as it is there: nearly a superuser. Its slots are what `rds_replication` permits there. */
export async function makeMaster(client: Client, { username, password, database }: Master): Promise<void> {
  const user = escapeIdentifier(username);
  for (const role of RDS_ROLES) await client.query(`create role ${role} nologin`);
  await client.query(`grant pg_monitor, pg_signal_backend, pg_checkpoint to rds_superuser with admin option`);
  await client.query(`grant rds_replication, rds_password to rds_superuser with admin option`);
  await client.query(
    `create role ${user} login createdb createrole replication password ${escapeLiteral(password)}`,
  );
  await client.query(`grant rds_superuser, rds_iam, rds_ad to ${user} with admin option`);
  await client.query(
    database === 'postgres'
      ? `alter database postgres owner to ${user}`
      : `create database ${escapeIdentifier(database)} owner ${user}`,
  );
}

/**
 * Gives the master user of data that are there a password, as Amazon RDS does where what was restored is modified.
 *
 * @param from - where the data are, for the message
 * @throws TwinError `seed` where they have no such user or database
 */
export async function takeOver(
  client: Client,
  { username, password, database }: Master,
  from: string,
): Promise<void> {
  const missing = async (what: string, sql: string, name: string): Promise<void> => {
    const { rowCount } = await client.query(sql, [name]);
    if (rowCount === 1) return;
    throw notInSnapshot(from, what, name);
  };
  await missing('user', 'select from pg_roles where rolname = $1', username);
  await missing('database', 'select from pg_database where datname = $1', database);
  await client.query(`alter role ${escapeIdentifier(username)} password ${escapeLiteral(password)}`);
}
