// A service without a fault: it writes to the writer, reads its own writes there, lists from a reader, connects again after a
// failover, and ends its requests before it ends.
import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'pg';

const env = process.env as Readonly<Record<string, string>>;

function poolOf(host: string | undefined): Pool {
  const pool = new Pool({
    host,
    port: Number(env['DB_PORT']),
    user: env['DB_USER'],
    password: env['DB_PASSWORD'],
    database: 'orders',
    max: 10,
    connectionTimeoutMillis: 2000,
  });
  pool.on('error', () => {}); // an idle connection was lost: the pool makes another
  return pool;
}
const [writer, reader] = [poolOf(env['WRITER_HOST']), poolOf(env['READER_HOST'])];

/** Asks again where a connection was lost before the statement was answered: what is asked may be done twice. */
async function ask(pool: Pool, sql: string, values: readonly string[] = []): Promise<unknown[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await pool.query<Record<string, unknown>>(sql, [...values])).rows;
    } catch (error) {
      if (attempt === 5) throw error;
      await new Promise((done) => setTimeout(done, 100 * attempt));
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function answer({ method, url }: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(url!, 'http://service');
  const id = /^\/orders\/(\d+)$/.exec(pathname)?.[1];
  const [found] =
    pathname === '/' || pathname === '/version'
      ? [env['RELEASE']]
      : pathname === '/health'
        ? await ask(writer, 'select 1 as up')
        : id !== undefined
          ? await ask(writer, 'select * from orders where id = $1', [id])
          : method === 'POST'
            ? await ask(writer, 'insert into orders (cents) values (1990) returning id')
            : [await ask(reader, 'select * from orders order by id limit 20')];
  return { status: found === undefined ? 404 : method === 'POST' ? 201 : 200, body: found };
}

const server = createServer((request, response) => {
  void answer(request)
    .catch((error: unknown): Answer => ({ status: 503, body: String(error) }))
    .then(({ status, body }) => {
      response.statusCode = status;
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
});
server.keepAliveTimeout = 65_000; // longer than the load balancer's: it must not meet a connection that is being closed
server.listen(Number(env['PORT']), env['HOST']);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
