import type { ProbeContext, ProbeDatabase } from './context';

/** The addresses of an environment. */
export type Addresses = Pick<ProbeContext, 'url' | 'urls' | 'databases'>;

/** The addresses of an environment, as the environment variables of a team's commands have them. */
export function addressesOf({ url, urls, databases }: Addresses): Readonly<Record<string, string>> {
  const services = Object.entries(urls).map(
    ([service, it]) => [`TWIN_${variable(service)}_URL`, it] as const,
  );
  const stores = databases.flatMap((database) => {
    const name = `TWIN_${variable(database.tier)}`;
    return [
      [`${name}_WRITER_URL`, urlOf(database, 'writer')],
      [`${name}_READER_URL`, urlOf(database, 'reader')],
    ] as const;
  });
  return Object.fromEntries([...(url === undefined ? [] : [['TWIN_URL', url]]), ...services, ...stores]);
}

/** A tier's name in the name of a variable: `ORDERS_HISTORY` for `Orders/History`. */
const variable = (name: string): string => name.replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();

function urlOf(database: ProbeDatabase, end: 'writer' | 'reader'): string {
  const { username, password } = database;
  const { host, port } = database[end];
  const user = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
  return `${database.engine}://${user}@${host}:${port}/${encodeURIComponent(database.database)}${optionsOf(database)}`;
}

function optionsOf({ engine, tls }: ProbeDatabase): string {
  // a client that finds the members by itself would look for them behind each endpoint
  if (engine === 'mongodb') return `?directConnection=true${tls === undefined ? '' : '&tls=true'}`;
  return tls === undefined ? '' : '?sslmode=require';
}
