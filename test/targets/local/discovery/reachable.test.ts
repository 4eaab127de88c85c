import {
  withAddress,
  withAddresses,
  type ReachableName,
} from '../../../../lib/targets/local/discovery/reachable';

const at = (name: string, port: number, localPort = port): ReachableName => ({
  name,
  port,
  address: '127.31.7.9',
  localPort,
});
const names = [at('orders.local', 3000), at('orders', 3000), at('low.local', 80, 41000)];

it.each([
  ['http://orders.local:3000/v1', 'http://127.31.7.9:3000/v1'],
  ['http://ORDERS.local:3000', 'http://127.31.7.9:3000'],
  ['redis://user:orders@orders.local:6379', 'redis://user:orders@127.31.7.9:6379'],
  ['orders.local', '127.31.7.9'],
  ['http://orders:3000', 'http://127.31.7.9:3000'],
  ['http://orders/v1', 'http://127.31.7.9/v1'],
  ['orders:3000', '127.31.7.9:3000'],
  ['http://low.local/v1', 'http://127.31.7.9:41000/v1'],
  ['http://low.local:80', 'http://127.31.7.9:41000'],
  ['https://low.local/v1', 'https://127.31.7.9/v1'],
  ['low.local', '127.31.7.9:41000'],
  ['a=orders.local:3000,b=low.local:80', 'a=127.31.7.9:3000,b=127.31.7.9:41000'],
])('replaces the name in %s', (text, expected) => {
  expect(withAddress(text, names)).toBe(expected);
});

it.each([
  'orders',
  'orders:v2',
  'my-orders:3000',
  'http://shop/orders',
  'http://orders.local.example.com',
  'http://more.orders.local',
  'http://orders.localhost',
  'orders.service:3000',
])('leaves %s', (text) => {
  expect(withAddress(text, names)).toBe(text);
});

it('takes a short name for a host where the variable is called so', () => {
  expect(withAddresses({ ORDERS_HOST: 'orders', QUEUE: 'orders' }, names)).toEqual({
    ORDERS_HOST: '127.31.7.9',
    QUEUE: 'orders',
  });
});
