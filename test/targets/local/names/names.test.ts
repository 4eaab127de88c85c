import type { Blueprint, DocumentTier, SqlTier } from '../../../../lib/blueprint/blueprint';
import { whySkipped } from '../../../../lib/targets/local/coverage';
import { Names } from '../../../../lib/targets/local/names/names';

const orders: SqlTier = {
  kind: 'sql',
  name: 'Orders',
  path: 'Orders/Cluster',
  stack: '',
  logicalId: 'OrdersDb',
  engine: 'aurora-postgresql',
  engineVersion: '17.9',
  database: 'orders',
  port: 5432,
  username: undefined,
  password: undefined,
  members: [{ logicalId: 'Writer', class: 'db.r7g.large' }],
};
const catalog: DocumentTier = {
  kind: 'document',
  name: 'Catalog',
  path: 'Catalog/Cluster',
  stack: '',
  logicalId: 'CatalogDb',
  engineVersion: '5.0.0',
  port: 27017,
  username: undefined,
  password: undefined,
  members: [],
};
const blueprint: Blueprint = {
  environment: 'Staging',
  stacks: [{ path: '', name: 'Staging', template: { Resources: {} } }],
  tiers: [orders, catalog],
};

const attribute = (names: Names, id: string, name: string): string =>
  names.text('', { 'Fn::GetAtt': [id, name] });

it('gives a tier that stands its addresses, in later releases too', () => {
  const names = new Names(blueprint);
  names.register(orders, () => ({ 'Endpoint.Address': '127.1.2.1', 'Endpoint.Port': '5432' }));
  expect(attribute(names, 'OrdersDb', 'Endpoint.Address')).toBe('127.1.2.1');
  expect(attribute(names.for(blueprint), 'OrdersDb', 'Endpoint.Port')).toBe('5432');
});

it('gives a member that stands its own address, and its port where the declared one is taken', () => {
  const names = new Names(blueprint);
  names.register(
    orders,
    () => ({ 'Endpoint.Address': '127.1.2.1', 'Endpoint.Port': '40001' }),
    () => ({ Writer: { 'Endpoint.Address': '127.1.2.3', 'Endpoint.Port': '40001' } }),
  );
  expect(attribute(names, 'Writer', 'Endpoint.Address')).toBe('127.1.2.3');
  expect(attribute(names, 'Writer', 'Endpoint.Port')).toBe('40001');
  expect(names.withLocalPorts({ DB_HOST: '127.1.2.3', DB_PORT: '5432' })).toEqual({
    DB_HOST: '127.1.2.3',
    DB_PORT: '40001',
  });
});

it('gives a tier that does not stand its port, on a host that can never be reached', () => {
  const names = new Names(blueprint);
  expect(attribute(names, 'CatalogDb', 'Endpoint')).toBe('catalog.skipped.invalid');
  expect(attribute(names, 'CatalogDb', 'Port')).toBe('27017');
});

it('stands up PostgreSQL, as a cluster and as an instance, and says of another engine why not', () => {
  const settings = { services: {} };
  const instance = { isMultiAz: true };
  expect(whySkipped(orders, settings)).toBeUndefined();
  expect(whySkipped({ ...orders, instance, engine: 'postgres' }, settings)).toBeUndefined();
  expect(whySkipped({ ...orders, instance, engine: 'oracle-ee' }, settings)).toBe(
    'nothing on this machine stands in for an RDS instance of oracle-ee',
  );
});

it('makes the credentials that a template leaves to the database', () => {
  const names = new Names(blueprint);
  const { username, password } = names.credentialsOf(orders);
  expect(username).toBe('postgres');
  expect(password).toHaveLength(32);
  const secret = attribute(names, 'OrdersDb', 'MasterUserSecret.SecretArn');
  expect(names.secret('', `${secret}:password::`)).toBe(password);
  expect(names.secret('', 'arn:elsewhere')).toBe('arn:elsewhere.skipped.invalid');
});

it('names the port of a tier that could not have the declared one, where its host is named beside it', () => {
  const names = new Names(blueprint);
  names.register(orders, () => ({ 'Endpoint.Address': '127.1.2.1', 'Endpoint.Port': '40001' }));
  const environment = {
    ORDERS_HOST: '127.1.2.1',
    ORDERS_PORT: '5432',
    LEDGER_HOST: 'ledger.example.com',
    LEDGER_PORT: '5432',
    PORT: '8080',
    DEFAULT: '5432',
  };
  expect(names.withLocalPorts(environment)).toEqual({ ...environment, ORDERS_PORT: '40001' });
});

it('gives what is no tier its attributes too, in later releases as well', () => {
  const front = { stack: '', logicalId: 'Front' };
  const names = new Names(blueprint, undefined, undefined, (address) =>
    address.logicalId === front.logicalId ? { DNSName: '127.1.2.3' } : undefined,
  );
  const url = { 'Fn::Join': ['', ['http://', { 'Fn::GetAtt': ['Front', 'DNSName'] }, '/orders']] };
  expect(names.for(blueprint).text('', url)).toBe('http://127.1.2.3/orders');
  expect(attribute(names, 'Other', 'DNSName')).toBe('other.dnsname.skipped.invalid');
});
