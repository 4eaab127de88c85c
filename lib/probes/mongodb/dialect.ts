import type { Activity } from '../database-activity';
import type { CatalogTable } from '../data';
import type { Dialect } from '../dialect';
import { DatabaseFault, type Row, type Session } from '../session';
import { MongoDriver, statementOf } from './driver';

/** The database of the marker, which is dropped with it: nobody has one of this name. */
const MARKER_DATABASE = 'cdk_twin_lag';
const MARKER = 'marker';

/** DocumentDB, and the MongoDB that stands in for it. */
export const mongodb: Dialect = {
  driver: (props) => new MongoDriver(props),
  lookAt,
  isReplica: async (session) => (await helloOf(session))['secondary'] === true,
  marker: {
    create: statementOf('admin', { ping: 1 }), // the first write makes the collection
    write: statementOf(MARKER_DATABASE, {
      update: MARKER,
      updates: [{ q: { _id: 1 }, u: { _id: 1, token: '?' }, upsert: true }],
    }),
    read: statementOf(MARKER_DATABASE, { find: MARKER, filter: { _id: 1 }, limit: 1 }),
    drop: statementOf(MARKER_DATABASE, { dropDatabase: 1 }),
  },
  data: {
    prepare: () => Promise.resolve(), // nothing that is read here waits for a lock
    limit: () => Promise.resolve(), // the driver ends what takes longer
    tablesOf: collectionsOf,
    faultsOf: () => Promise.resolve([]), // there is no schema
    countOf: ({ schema, name }) => statementOf(schema, counting(name)),
  },
};

/** Counts one by one: the count that a server keeps can be wrong after a crash. */
const counting = (collection: string) => ({
  aggregate: collection,
  pipeline: [
    { $facet: { all: [{ $count: 'count' }] } }, // one row, whether there are documents or not
    { $project: { all_rows: { $ifNull: [{ $arrayElemAt: ['$all.count', 0] }, 0] } } },
  ],
  cursor: {},
});

async function helloOf(session: Session): Promise<Row> {
  const [hello = {}] = await session.ask(statementOf('admin', { isMaster: 1 }));
  return hello;
}

/** Connections alone: a client of DocumentDB holds no lock that others wait for long. */
async function lookAt(session: Session): Promise<Activity> {
  if ((await helloOf(session))['ismaster'] !== true) throw replica();
  const [status = {}] = await session.ask(statementOf('admin', SERVER_STATUS));
  const { current, available } = status['connections'] as { current: number; available: number };
  const connections = { open: current, limit: current + available };
  return { holds: [], waits: [], transactions: [], connections, replicas: [] };
}

const SERVER_STATUS = { serverStatus: 1, metrics: 0, wiredTiger: 0, locks: 0, repl: 0 };

const replica = (): DatabaseFault => new DatabaseFault('it is a replica', 'connection', 'it is a replica');

/** Databases of the server itself, and what is written to measure. */
const OWN = /^(?:admin|config|local|cdk_twin_\w+)$/;

async function collectionsOf(session: Session): Promise<readonly CatalogTable[]> {
  const [all = {}] = await session.ask(statementOf('admin', { listDatabases: 1, nameOnly: true }));
  const databases = (all['databases'] as { readonly name: string }[]).filter(({ name }) => !OWN.test(name));
  const found: CatalogTable[] = [];
  for (const { name: schema } of databases) {
    // more than one batch has: none is left out
    const asked = { listCollections: 1, filter: { type: 'collection' }, cursor: { batchSize: MOST } };
    for (const row of await session.ask(statementOf(schema, asked))) {
      const name = String(row['name']);
      if (name.startsWith('system.')) continue;
      const { uuid } = row['info'] as { readonly uuid?: unknown };
      found.push({
        oid: String(uuid ?? `${schema}.${name}`),
        schema,
        name,
        from: name,
        columns: [],
        key: null,
      });
    }
  }
  return found;
}

const MOST = 100_000;
