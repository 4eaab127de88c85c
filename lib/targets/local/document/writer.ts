import type { HostPort } from '../../../probes/context';
import type { Writer } from '../writes';
import { driver } from './driver';

/** What a writer of a cluster is made with. */
export interface DocumentWriterProps {
  /** The cluster endpoint. */
  readonly at: HostPort;
  readonly username: string;
  readonly password: string;
  /** The certificate of those who sign for its members; undefined where nothing is encrypted. */
  readonly authority: string | undefined;
}

/** The database that is written to, and dropped in the end. */
const DATABASE = 'cdk_twin_writes';

/** Writes a document that a majority of members has, each time as a client that was just started. */
export function documentWriter({ at, username, password, authority }: DocumentWriterProps): Writer {
  const { MongoClient } = driver();
  const using = async (
    work: (client: InstanceType<typeof MongoClient>) => Promise<unknown>,
  ): Promise<void> => {
    const client = new MongoClient(`mongodb://${at.host}:${at.port}/`, {
      directConnection: true,
      auth: { username, password },
      authMechanism: 'SCRAM-SHA-1',
      serverSelectionTimeoutMS: LIMIT_MS,
      retryWrites: false,
      ...(authority !== undefined && { tls: true, ca: authority }),
    });
    try {
      await work(client);
    } finally {
      await client.close(true);
    }
  };
  const document = { _id: 1 as never };
  return {
    write: () =>
      using((client) =>
        client
          .db(DATABASE)
          .collection('writes')
          .replaceOne(document, { at: Date.now() }, { upsert: true, writeConcern: { w: 'majority' } }),
      ),
    close: () => using((client) => client.db(DATABASE).dropDatabase()),
  };
}

const LIMIT_MS = 1_000;
