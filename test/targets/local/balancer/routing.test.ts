import type { Condition, Rule } from '../../../../lib/blueprint/load-balancing';
import { locationOf } from '../../../../lib/targets/local/balancer/redirect';
import { ruleFor, transformed, type RoutedRequest } from '../../../../lib/targets/local/balancer/routing';
import { forwardTo } from './front';

const request = (more: Partial<RoutedRequest> = {}): RoutedRequest => ({
  method: 'GET',
  host: 'shop.example.com',
  path: '/orders/7',
  query: 'v=2&Colour=Red',
  headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux)', accept: ['text/html', 'image/webp'] },
  address: '127.0.0.1',
  ...more,
});

const like = (field: 'host-header' | 'path-pattern', ...values: string[]): Condition => ({
  field,
  values,
  expressions: [],
});
const header = (name: string, ...values: string[]): Condition => ({
  field: 'http-header',
  header: name,
  values,
  expressions: [],
});
const query = (value: string, key?: string): Condition => ({
  field: 'query-string',
  values: [{ key, value }],
});

const rule = (...conditions: readonly Condition[]): Rule => ({ ...forwardTo('Web'), conditions });
const DEFAULT = forwardTo('Default');

const meets = (condition: Condition, more?: Partial<RoutedRequest>): boolean =>
  ruleFor([rule(condition), DEFAULT], request(more)) !== DEFAULT;

it.each<[string, Condition, boolean]>([
  ['a host', like('host-header', 'shop.example.com'), true],
  ['a host in other letters', like('host-header', 'SHOP.example.com'), true],
  ['any host of a domain', like('host-header', '*.example.com'), true],
  ['a dot as a dot', like('host-header', 'shop?example.com'), true],
  ['a dot as no other letter', like('host-header', 'shop.examplexcom'), false],
  ['the second of two', like('host-header', 'api.example.com', 'shop.*'), true],
  ['a domain that only ends so', like('host-header', '*.example.org'), false],
  ['an exact path', like('path-pattern', '/orders/7'), true],
  ['a path by its beginning', like('path-pattern', '/orders/*'), true],
  ['a path with one letter open', like('path-pattern', '/orders/?'), true],
  ['a path, whose letters count', like('path-pattern', '/Orders/*'), false],
  ['a path that begins so alone', like('path-pattern', '/orders'), false],
  ['a star in a path that is escaped', like('path-pattern', '/orders/\\*'), false],
  ['a regular expression', { field: 'path-pattern', values: [], expressions: ['^/orders/\\d+$'] }, true],
  ['one that is none', { field: 'path-pattern', values: [], expressions: ['(?<'] }, false],
  ['a header, in any letters', header('User-Agent', '*linux*'), true],
  ['one of several values of a header', header('accept', 'image/*'), true],
  ['a header that is not there', header('x-beta', '*'), false],
  ['a method', { field: 'http-request-method', values: ['POST', 'GET'] }, true],
  ['another method', { field: 'http-request-method', values: ['get'] }, false],
  ['a query by key and value', query('2', 'v'), true],
  ['a query in any letters', query('red', 'colour'), true],
  ['a query by value alone', query('r?d'), true],
  ['a query with another value', query('3', 'v'), false],
  ['an address', { field: 'source-ip', values: ['10.0.0.0/8', '127.0.0.0/8'] }, true],
  ['another address', { field: 'source-ip', values: ['10.0.0.0/8', '2001:db8::/32', 'none'] }, false],
])('a rule looks at %s', (_, condition, isMet) => {
  expect(meets(condition)).toBe(isMet);
});

it('takes the first rule of which every condition is met', () => {
  const [one, two] = [
    rule(like('path-pattern', '/orders/*'), like('host-header', 'api.*')),
    rule(like('path-pattern', '/orders/*'), like('host-header', 'shop.*')),
  ];
  expect(ruleFor([one, two, DEFAULT], request())).toBe(two);
  expect(ruleFor([one, two, DEFAULT], request({ path: '/' }))).toBe(DEFAULT);
});

it('rewrites hosts and URLs in turn', () => {
  const transforms = [
    { of: 'url', expression: '^/api/(.*)$', replacement: '/$1' },
    { of: 'url', expression: '^/v(\\d)/', replacement: '/version-$1/' },
    { of: 'host', expression: '^(.*)\\.example\\.com$', replacement: '$1.internal' },
    { of: 'host', expression: '(', replacement: 'never' },
  ] as const;
  expect(transformed(transforms, { host: 'shop.example.com', url: '/api/v2/x?y=1' })).toEqual({
    host: 'shop.internal',
    url: '/version-2/x?y=1',
  });
});

describe('a redirect', () => {
  const to = {
    kind: 'redirect',
    status: 301,
    protocol: '#{protocol}',
    host: '#{host}',
    port: '#{port}',
    path: '/#{path}',
    query: '#{query}',
  } as const;
  const from = { protocol: 'http', port: 80 } as const;
  const nowhere = (): undefined => undefined;

  it.each([
    ['to TLS', { protocol: 'HTTPS', port: '443' }, 'https://shop.example.com/orders/7?v=2&Colour=Red'],
    ['to another port', { port: '8080' }, 'http://shop.example.com:8080/orders/7?v=2&Colour=Red'],
    [
      'to another host and path',
      { host: 'www.#{host}', path: '/old/#{path}', query: '' },
      'http://www.shop.example.com/old/orders/7',
    ],
  ])('leads %s', (_, more, location) => {
    expect(locationOf({ ...to, ...more }, request(), from, nowhere)).toBe(location);
  });

  it('leads to the listener here that stands for the one on AWS', () => {
    const here = (protocol: string, port: number) =>
      `http://127.1.1.1:${protocol === 'https' && port === 443 ? 4443 : 1}`;
    expect(locationOf({ ...to, protocol: 'HTTPS', port: '443' }, request(), from, here)).toBe(
      'http://127.1.1.1:4443/orders/7?v=2&Colour=Red',
    );
    expect(
      locationOf({ ...to, host: 'example.org', protocol: 'HTTPS', port: '443' }, request(), from, here),
    ).toBe('https://example.org/orders/7?v=2&Colour=Red');
  });
});
