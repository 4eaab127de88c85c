import type { Document, MongoClient } from 'mongodb';
import type * as Package from 'mongodb';
import { APPLICATION, type Driver, type DriverProps, type FaultKind, type Row } from '../session';

/** A command for a database, as a statement: the text of its JSON, in which `"?"` stands for the next value. */
export const statementOf = (database: string, command: Document): string =>
  JSON.stringify({ database, command });

/** A connection to a member of a replica set of MongoDB. */
export class MongoDriver implements Driver {
  private readonly client: MongoClient;

  constructor({ host, port, user, password, tls, timeoutMs }: DriverProps) {
    // Loaded here because most environments need none.
    const { MongoClient: Client } = require('mongodb') as typeof Package;
    this.client = new Client(`mongodb://${host}:${port}/`, {
      directConnection: true,
      auth: { username: user, password },
      authMechanism: 'SCRAM-SHA-1', // which every version has
      appName: APPLICATION,
      serverSelectionTimeoutMS: timeoutMs,
      connectTimeoutMS: timeoutMs,
      socketTimeoutMS: timeoutMs,
      ...(tls && { tls: true, tlsAllowInvalidCertificates: true }), // as `sslmode=prefer`
    });
  }

  async connect(): Promise<void> {
    await this.client.connect();
  }

  /** @returns the documents of a cursor, or the answer by itself */
  async query(sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const rest = [...values];
    const { database, command } = JSON.parse(sql, (_, value: unknown) =>
      value === '?' ? rest.shift() : value,
    ) as { database: string; command: Document };
    const answer = await this.client
      .db(database)
      .command(command, { readPreference: 'primaryPreferred', serializeFunctions: false });
    const cursor = answer['cursor'] as { readonly firstBatch: readonly Row[] } | undefined;
    return cursor?.firstBatch ?? [answer];
  }

  async end(): Promise<void> {
    await this.client.close(true).catch(() => {});
  }

  kindOf(error: unknown): FaultKind {
    const { code, name } = error as { readonly code?: unknown; readonly name: string };
    if (code === AUTHENTICATION_FAILED) return 'password';
    if (code === NAMESPACE_NOT_FOUND) return 'not-there';
    return name === 'MongoServerError' && !GOING.has(Number(code)) ? 'statement' : 'connection';
  }
}

const AUTHENTICATION_FAILED = 18;
const NAMESPACE_NOT_FOUND = 26;
/** The codes of a server that stops, or is no primary any more. */
const GOING = new Set([91, 189, 10107, 11600, 11602, 13435, 13436]);
