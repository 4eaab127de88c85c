import { alb, combined, harEntries, JSON_FIELDS, jsonLine } from '../../lib/replay/formats';

/** Written by hand after the published formats: the addresses are of the ranges for documentation. */
const ALB =
  'https 2026-11-03T10:15:42.186641Z app/shop/50dc6c495c0c9188 198.51.100.7:41882 10.0.0.66:8080 0.000 0.001 0.000 200 200 34 366 ' +
  '"GET https://shop.example.com:443/orders/1051?customer=c-7 HTTP/1.1" "Mozilla/5.0 (\\x22quoted\\x22)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ' +
  'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/73e2d6bc24d8a067 "Root=1-58337364-23a8c76965a2ef7629b185e3" ' +
  '"shop.example.com" "session-reused" 0 2026-11-03T10:15:42.148000Z "waf,forward" "-" "-" "10.0.0.66:8080" "200" "-" "-" TID_dc57cebed65b444ebc8177bb698fe166 "-" "-" "-"';
const COMBINED =
  '198.51.100.7 - ann [03/Nov/2026:11:15:42 +0100] "POST /orders?a=b HTTP/2.0" 201 612 "https://shop.example.com/\\"x" "Mozilla/5.0 (X11; Linux)"';

describe('an entry of an Application Load Balancer', () => {
  it('has the time at which the request arrived, and the path without the host', () => {
    expect(alb(ALB, JSON_FIELDS)).toEqual({
      at: Date.parse('2026-11-03T10:15:42.148Z'),
      method: 'GET',
      target: '/orders/1051?customer=c-7',
      status: 200,
    });
  });

  it('may lack what was added to the format later, and the status of a target', () => {
    const short = ALB.slice(0, ALB.indexOf(' arn:')).replace('200 200', '502 -');
    expect(alb(short, JSON_FIELDS)).toMatchObject({
      at: Date.parse('2026-11-03T10:15:42.186641Z'),
      status: 502,
    });
  });

  it.each([
    ['a request that could not be read', ALB.replace(/"GET [^"]*"/, '"- http://198.51.100.9:80- -"')],
    ['another type', ALB.replace(/^https/, 'tls')],
    ['no time', ALB.replaceAll(/2026-11-03T/g, '')],
    ['a line that is cut', ALB.slice(0, 90)],
    ['another format', COMBINED],
  ])('is none with %s', (_, line) => expect(alb(line, JSON_FIELDS)).toBeUndefined());
});

describe('a line of nginx or Apache', () => {
  it('has a time in its own zone', () => {
    expect(combined(COMBINED, JSON_FIELDS)).toEqual({
      at: Date.parse('2026-11-03T10:15:42Z'),
      method: 'POST',
      target: '/orders?a=b',
      status: 201,
    });
  });

  it('is also one of the common format, or after the name of a virtual host', () => {
    const common = COMBINED.slice(0, COMBINED.indexOf(' "https'));
    expect(combined(common, JSON_FIELDS)).toMatchObject({ target: '/orders?a=b' });
    expect(combined(`shop.example.com:443 ${COMBINED}`, JSON_FIELDS)).toMatchObject({ status: 201 });
  });

  it.each([
    ['bytes of TLS', COMBINED.replace(/"POST [^"]*"/, String.raw`"\x16\x03\x01"`)],
    ['no request', COMBINED.replace(/"POST [^"]*"/, '"-"')],
    ['another month', COMBINED.replace('Nov', 'Nvm')],
    ['another format', ALB],
  ])('is none with %s', (_, line) => expect(combined(line, JSON_FIELDS)).toBeUndefined());
});

describe('a line of JSON', () => {
  const at = Date.parse('2026-11-03T10:15:42.148Z');

  it.each([
    [
      'the usual names',
      {},
      { time: '2026-11-03T10:15:42.148Z', method: 'get', path: '/a?b=c', status: '404' },
    ],
    [
      'seconds',
      {},
      { time: at / 1000, method: 'GET', path: 'https://shop.example.com/a?b=c#d', status: 404 },
    ],
    ['seconds in a text', {}, { time: String(at / 1000), method: 'GET', path: '/a?b=c', status: 404 }],
    ['milliseconds', {}, { time: at, request: 'GET /a?b=c HTTP/1.1', status: 404 }],
    [
      'other names, also inside',
      { time: '@timestamp', method: 'http.method', path: 'http.url', status: 'http.code' },
      { '@timestamp': at, http: { method: 'GET', url: '/a?b=c', code: 404 } },
    ],
  ])('is read with %s', (_, names, entry) => {
    const read = jsonLine(JSON.stringify(entry), { ...JSON_FIELDS, ...names });
    expect(read).toEqual({ at, method: 'GET', target: '/a?b=c', status: 404 });
  });

  it.each([
    [{}],
    [{ time: at }],
    [{ time: 'noon', method: 'GET', path: '/' }],
    [[]],
    [{ time: at, method: 'GET', path: 'a' }],
  ])('is none where something is missing: %j', (entry) =>
    expect(jsonLine(JSON.stringify(entry), JSON_FIELDS)).toBeUndefined(),
  );
});

it('reads an HTTP archive, entry by entry', () => {
  const entry = (url: string) => ({
    startedDateTime: '2026-11-03T10:15:42.148Z',
    request: { method: 'GET', url },
    response: { status: 200 },
  });
  const archive = {
    log: { version: '1.2', entries: [entry('https://shop.example.com/a?b=c'), entry('data:text'), {}] },
  };
  const at = Date.parse('2026-11-03T10:15:42.148Z');
  expect(harEntries(JSON.stringify(archive))).toEqual([
    { at, method: 'GET', target: '/a?b=c', status: 200 },
    undefined,
    undefined,
  ]);
});
