import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Client } from 'pg';
import { whyNotToken } from '../../../../lib/targets/local/postgres/iam-token';
import type { PostgresTier } from '../../../../lib/targets/local/postgres/tier';
import { ask, PASSWORD, soon, Stage } from './fixture';
import { tokenFor, type TokenProps } from './token';

jest.setTimeout(60_000);

const stage = new Stage();
afterAll(() => stage.remove());

const MEMBERS = ['Writer', 'Reader'].map((logicalId) => ({ logicalId, class: 'db.r7g.large' }));
const SEED = `create user web login; grant rds_iam to web;
  create user old login password 'old'; create user twofold login password 'twofold'; grant rds_iam to twofold;
  grant connect on database shop to web, old, twofold;`;
const WHO = 'select session_user as who, ssl as encrypted from pg_stat_ssl where pid = pg_backend_pid()';
const tls = () => ({ ca: readFileSync(stage.authority.file, 'utf8') });

describe('a cluster with IAM database authentication', () => {
  let tier: PostgresTier;
  beforeAll(async () => {
    tier = await stage.standing('Orders', { members: MEMBERS, takesTokens: true }, { sql: SEED });
  });

  it('takes the token of a user who is granted rds_iam, at every endpoint', async () => {
    const { writer, reader, readers } = tier.endpoints();
    for (const at of [writer, reader, ...readers]) {
      const password = await tokenFor('web', at);
      expect(await ask(at, WHO, { user: 'web', password, ssl: tls() })).toEqual([
        { who: 'web', encrypted: true },
      ]);
    }
  });

  it('takes no password from such a user, and no token without TLS', async () => {
    const { writer } = tier.endpoints();
    await expect(
      ask(writer, WHO, { user: 'twofold', password: 'twofold', ssl: tls() }),
    ).rejects.toMatchObject({
      message: 'PAM authentication failed for user "twofold"',
      detail: 'it is no token of IAM',
    });
    const password = await tokenFor('web', writer);
    await expect(ask(writer, WHO, { user: 'web', password })).rejects.toThrow(
      /pg_hba.conf rejects connection for host "[\d.]+", user "web", database "shop", no encryption/,
    );
  });

  it('takes the passwords of all others, encrypted or not, and no token', async () => {
    const { writer } = tier.endpoints();
    const old = { user: 'old', password: 'old' };
    expect(await ask(writer, WHO, old)).toEqual([{ who: 'old', encrypted: false }]);
    expect(await ask(writer, WHO, { ...old, ssl: tls() })).toEqual([{ who: 'old', encrypted: true }]);
    expect(await ask(writer, WHO, { ssl: tls() })).toEqual([{ who: 'app', encrypted: true }]);
    await expect(ask(writer, WHO, { user: 'old', password: 'new', ssl: tls() })).rejects.toThrow(
      'password authentication failed for user "old"',
    );
    const password = await tokenFor('old', writer);
    await expect(ask(writer, WHO, { user: 'old', password, ssl: tls() })).rejects.toThrow(
      'password authentication failed for user "old"',
    );
  });

  it('lets nobody be another user by a token of their own', async () => {
    const { writer } = tier.endpoints();
    const password = await tokenFor('web', writer);
    await expect(ask(writer, WHO, { user: 'twofold', password, ssl: tls() })).rejects.toMatchObject({
      detail: 'its user is "web"',
    });
    await expect(ask(writer, WHO, { user: 'rdsadmin', password, ssl: tls() })).rejects.toThrow(
      'pg_hba.conf rejects',
    );
  });

  it('carries large statements and results, cancels, and ends with its client', async () => {
    const { writer } = tier.endpoints();
    const client = new Client({
      ...writer,
      user: 'web',
      password: () => tokenFor('web', writer),
      database: 'shop',
      ssl: tls(),
    });
    client.on('error', () => {});
    await client.connect();
    const text = 'x'.repeat(3_000_000);
    const { rows } = await client.query<{ text: string }>('select $1 || $1 as text', [text]);
    expect(rows[0]!.text).toHaveLength(2 * text.length);
    const [{ pid }] = (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows as [
      { pid: number },
    ];
    const slow = client.query('select pg_sleep(60)').catch((error: Error) => error.message);
    const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
    const cancel = Buffer.alloc(16);
    [16, 80877102, processID, secretKey].forEach((it, i) => cancel.writeInt32BE(it, 4 * i));
    const socket = connect(writer.port, writer.host, () => socket.end(cancel));
    socket.resume();
    expect(await slow).toBe('canceling statement due to user request');
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await soon(
      async () => (await ask(writer, `select from pg_stat_activity where pid = ${pid}`)).length === 0,
    );
  });

  it('takes tokens of the same addresses after a failover', async () => {
    const { writer } = tier.endpoints();
    await tier.failover(stage.watch);
    const password = await tokenFor('web', writer);
    expect(await ask(writer, WHO, { user: 'web', password, ssl: tls() })).toEqual([
      { who: 'web', encrypted: true },
    ]);
  });

  it('says what of a token is verified', () => {
    expect(tier.state().differs.filter((it) => /token|rds_iam/.test(it))).toEqual([
      'a token of IAM is verified by its user, its address, its time and, where no role was assumed, its signature; no policy is evaluated, so that rds-db:connect counts as allowed',
      'the master user signs in with its password alone, also where it is granted rds_iam',
    ]);
  });
});

describe('an RDS proxy', () => {
  const proxy = { maxConnectionsPercent: 50, borrowTimeoutSeconds: 20, requiresTls: true, endpoints: [] };
  let tier: PostgresTier;
  beforeAll(async () => {
    tier = await stage.standing(
      'Pooled',
      {
        members: MEMBERS,
        takesTokens: true,
        proxies: [
          { ...proxy, logicalId: 'ByToken', logins: [{ secret: 'app', byToken: true }] },
          { ...proxy, logicalId: 'ByPassword', logins: [{ secret: 'app', byToken: false }] },
          {
            ...proxy,
            logicalId: 'Elsewhere',
            requiresTls: false,
            logins: [{ secret: 'imported', byToken: false }],
          },
          { ...proxy, logicalId: 'EndToEnd', isIamAlone: true },
        ],
      },
      { sql: SEED },
    );
  });
  const at = (logicalId: string): { readonly host: string; readonly port: number } => {
    const { Endpoint: host, Port } = tier.memberAttributes()[logicalId]!;
    return { host: host!, port: Number(Port) };
  };

  it('takes a token in place of the password of its secret', async () => {
    const here = at('ByToken');
    const user = { user: 'app', ssl: tls() };
    const password = await tokenFor('app', here);
    expect(await ask(here, 'select session_user as who', { ...user, password })).toEqual([{ who: 'app' }]);
    await expect(ask(here, WHO, { ...user, password: PASSWORD })).rejects.toThrow(
      'The IAM authentication failed for the role app. Check the IAM token for this role and try again: it is no token of IAM.',
    );
    const other = await tokenFor('app', tier.endpoints().writer);
    await expect(ask(here, WHO, { ...user, password: other })).rejects.toThrow('its address is 127.');
  });

  it('has only the users of its secrets', async () => {
    const here = at('ByPassword');
    expect(await ask(here, 'select session_user as who', { ssl: tls() })).toEqual([{ who: 'app' }]);
    await expect(ask(here, WHO, { user: 'old', password: 'old', ssl: tls() })).rejects.toThrow(
      'This RDS proxy has no credentials for the role old. Check the credentials for this role and try again.',
    );
    await expect(ask(here, WHO, { password: 'wrong', ssl: tls() })).rejects.toThrow(
      'The password that was provided for the role app is wrong.',
    );
  });

  it('takes every user where a secret is not in the templates', async () => {
    expect(
      await ask(at('Elsewhere'), 'select session_user as who', { user: 'old', password: 'old' }),
    ).toEqual([{ who: 'old' }]);
  });

  it('signs in to the database by IAM where it does so for all', async () => {
    const here = at('EndToEnd');
    const web = { user: 'web', password: await tokenFor('web', here), ssl: tls() };
    expect(await ask(here, WHO, web)).toEqual([{ who: 'web', encrypted: true }]);
    await expect(ask(here, WHO, { ssl: tls() })).rejects.toThrow('it is no token of IAM');
  });
});

it('is left to passwords where IAM database authentication is off', async () => {
  const tier = await stage.standing('Plain', { members: MEMBERS.slice(0, 1) }, { sql: SEED });
  const { writer } = tier.endpoints();
  expect(await ask(writer, WHO, { user: 'twofold', password: 'twofold' })).toEqual([
    { who: 'twofold', encrypted: false },
  ]);
  expect(tier.state().differs).toContain(
    'IAM database authentication is off, so that no token is taken: a user who is granted rds_iam signs in with a password',
  );
});

const HERE = { host: '127.1.2.3', port: 5432 };
const NOW = new Date('2026-03-04T05:06:07Z');

it.each<[string, TokenProps, string | undefined]>([
  ['of a task', {}, undefined],
  ['of 15 minutes ago', { at: new Date(NOW.getTime() - 900_000) }, 'it has expired'],
  ['of 14 minutes ago', { at: new Date(NOW.getTime() - 840_000) }, undefined],
  ['of tomorrow', { at: new Date(NOW.getTime() + 86_400_000) }, 'it is signed in the future'],
  ['that is valid for an hour', { seconds: 3600 }, 'it is valid for 3600 s; expected at most 900'],
  ['of another service', { service: 's3' }, 'its service is "s3"; expected "rds-db"'],
  ['by another key', { secret: 'other' }, 'its signature is wrong'],
  ['of a role', { secret: 'other', session: 'a+/=' }, undefined],
])('a token %s', async (_, props, expected) => {
  const token = await tokenFor('web', HERE, { at: NOW, ...props });
  expect(whyNotToken(token, { user: 'web', endpoints: [HERE], now: NOW })).toBe(expected);
});

it('says what a token should be for', async () => {
  const token = await tokenFor('a b*', HERE, { at: NOW });
  const use = { user: 'a b*', endpoints: [HERE], now: NOW };
  expect(whyNotToken(token, use)).toBeUndefined();
  expect(whyNotToken(`https://${token}`, use)).toBeUndefined();
  expect(whyNotToken(token, { ...use, user: 'c' })).toBe('its user is "a b*"');
  expect(whyNotToken(token, { ...use, endpoints: [{ ...HERE, port: 1 }] })).toBe(
    'its address is 127.1.2.3:5432; expected 127.1.2.3:1',
  );
  expect(whyNotToken('secret', use)).toBe('it is no token of IAM');
  expect(whyNotToken(token.replace('eu-central-1', 'eu-west-1'), use)).toBe('its signature is wrong');
});
