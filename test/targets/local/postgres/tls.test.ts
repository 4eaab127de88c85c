import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { X509Certificate } from 'node:crypto';
import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { addressesOf } from '../../../../lib/probes/addresses';
import { Sessions } from '../../../../lib/probes/sessions';
import { forcesTls } from '../../../../lib/targets/local/postgres/forces-tls';
import type { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { withAuthority } from '../../../../lib/targets/local/tls/variables';
import { ask, Stage } from './fixture';

jest.setTimeout(60_000);

const stage = new Stage();
afterAll(() => stage.remove());

const MEMBERS = ['Writer', 'Reader'].map((logicalId) => ({ logicalId, class: 'db.r7g.large' }));
const ENCRYPTED = 'select ssl as encrypted from pg_stat_ssl where pid = pg_backend_pid()';

describe('a server', () => {
  let tier: PostgresTier;
  beforeAll(async () => {
    tier = await stage.standing('Orders', { members: MEMBERS });
  });

  it('shows a certificate of the authority that has every address of the tier', async () => {
    const { writer, reader, readers } = tier.endpoints();
    const ca = readFileSync(stage.authority.file, 'utf8');
    for (const at of [writer, reader, ...readers]) {
      expect(await ask(at, ENCRYPTED, { ssl: { ca } })).toEqual([{ encrypted: true }]);
    }
    const certificate = new X509Certificate(readFileSync(`${stage.folder}/data/Orders/server.crt`));
    expect(certificate.checkIssued(new X509Certificate(ca))).toBe(true);
    expect(certificate.checkIP('127.0.0.1')).toBeUndefined();
  });

  it('is refused by a client that does not trust the authority', async () => {
    await expect(ask(tier.endpoints().writer, ENCRYPTED, { ssl: true })).rejects.toThrow(
      'self-signed certificate in certificate chain',
    );
  });

  it('takes connections without TLS, and shows them as such', async () => {
    expect(await ask(tier.endpoints().writer, ENCRYPTED)).toEqual([{ encrypted: false }]);
  });

  it('gives tasks the variables by which a process trusts it, whatever client it has', async () => {
    const { writer, database, username, password } = tier.endpoints();
    const variables = tier.variables();
    expect(variables).toEqual({
      NODE_EXTRA_CA_CERTS: stage.authority.file,
      PGSSLROOTCERT: stage.authority.file,
    });
    const script = `const { Client } = require('pg');
      const client = new Client({ ssl: true });
      client.connect().then(() => client.query(${JSON.stringify(ENCRYPTED)})).then(({ rows }) => {
        console.log(JSON.stringify(rows));
        return client.end();
      });`;
    const env = {
      PATH: process.env['PATH']!,
      PGHOST: writer.host,
      PGPORT: String(writer.port),
      PGDATABASE: database,
      PGUSER: username,
      PGPASSWORD: password,
      ...variables,
    };
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
    expect(JSON.parse(stdout)).toEqual([{ encrypted: true }]);
  });
});

describe('a server with rds.force_ssl', () => {
  let tier: PostgresTier;
  beforeAll(async () => {
    tier = await stage.standing('Forced', { members: MEMBERS, parameters: { 'rds.force_ssl': '1' } });
  });

  it('refuses connections without TLS in the words of PostgreSQL, and takes those with it', async () => {
    const { writer } = tier.endpoints();
    await expect(ask(writer, ENCRYPTED)).rejects.toThrow(
      /no pg_hba.conf entry for host "[\d.]+", user "app", database "shop", no encryption/,
    );
    const ca = readFileSync(stage.authority.file, 'utf8');
    expect(await ask(writer, ENCRYPTED, { ssl: { ca } })).toEqual([{ encrypted: true }]);
  });

  it('is reached by checks, and named with TLS to the commands of a team', async () => {
    const database = tier.endpoints();
    const sessions = new Sessions(database, stage.watch.signal);
    const session = await sessions.open('the writer', database.writer);
    expect(await session.ask(ENCRYPTED)).toEqual([{ encrypted: true }]);
    await sessions.close();
    const { host, port } = database.writer;
    expect(addressesOf({ url: undefined, urls: {}, databases: [database] })).toMatchObject({
      TWIN_FORCED_WRITER_URL: `postgresql://app:pa55@${host}:${port}/shop?sslmode=require`,
    });
  });

  it('says so, and has tasks try TLS', () => {
    expect(tier.variables()).toMatchObject({ PGSSLMODE: 'prefer' });
    expect(tier.state().differs.filter((it) => it.startsWith('connections without TLS'))).toHaveLength(1);
    expect(tier.state().differs.join()).not.toContain('are not applied');
  });
});

it.each([
  ['aurora-postgresql', '16.6', {}, false],
  ['aurora-postgresql', '17.4', {}, true],
  ['aurora-postgresql', '17.4', { 'rds.force_ssl': '0' }, false],
  ['aurora-postgresql', 'default', {}, true],
  ['postgres', '14.12', {}, false],
  ['postgres', '14.12', { 'rds.force_ssl': '1' }, true],
  ['postgres', '15', {}, true],
])('%s %s with %j forces TLS: %s', (engine, engineVersion, said, forced) => {
  expect(forcesTls({ engine, engineVersion } as SqlTier, [said])).toBe(forced);
});

it('names the authority where a container names a bundle of Amazon RDS', () => {
  const environment = {
    NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/global-bundle.pem',
    REGIONAL: './certs/eu-central-1-bundle.pem',
    OLD: 'rds-ca-2019-root.pem',
    DATABASE_URL: 'postgresql://a:b@c/d?sslmode=verify-full&sslrootcert=/app/rds-combined-ca-bundle.pem&x=1',
    OTHER: '/etc/ssl/certs/ca-certificates.crt',
    JS: '/app/main-bundle.js',
  };
  expect(withAuthority(environment, '/t/ca.pem')).toEqual({
    NODE_EXTRA_CA_CERTS: '/t/ca.pem',
    REGIONAL: '/t/ca.pem',
    OLD: '/t/ca.pem',
    DATABASE_URL: 'postgresql://a:b@c/d?sslmode=verify-full&sslrootcert=/t/ca.pem&x=1',
    OTHER: '/etc/ssl/certs/ca-certificates.crt',
    JS: '/app/main-bundle.js',
  });
});
