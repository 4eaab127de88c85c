import { withoutOutside, wrongWith, type Outside } from '../../lib/checks/outside';
import { emailsIn, hostsIn, hostsOf, isOfAws, isWithin } from '../../lib/checks/hosts';

const reason = 'known';

describe('an entry for something outside', () => {
  it.each<[Outside, string, string]>([
    [{ host: 'api.example.com', reason }, 'https://api.example.com/v1', 'https:///v1'],
    [{ host: 'api.example.com', reason }, 'https://API.example.com', 'https://'],
    [{ host: '*.example.com', reason }, 'a.b.example.com and example.com', ' and '],
    [
      { arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a', reason },
      'arn:aws:acm:eu-west-1:111122223333:certificate/a',
      '',
    ],
    [{ id: 'Z0123456789ABC', reason }, 'hostedzone/Z0123456789ABC', 'hostedzone/'],
    [{ address: 'night@acme.io', reason }, 'night@acme.io', ''],
    [{ host: 'api.example.com', reason, standIn: 'emulator.acme.io' }, 'emulator.acme.io', ''],
  ])('%j is taken out of "%s"', (entry, text, rest) => {
    expect(withoutOutside(text, [entry])).toEqual({ rest, named: [entry] });
  });

  it.each<[Outside, string]>([
    [{ host: 'api.example.com', reason }, 'https://my-api.example.com'],
    [{ host: 'api.example.com', reason }, 'https://api.example.com.evil.org'],
    [{ host: 'example.com', reason }, 'https://api.example.com'],
    [{ arn: 'arn:aws:sns:eu-west-1:111122223333:a', reason }, 'arn:aws:sns:eu-west-1:111122223333:a-b'],
    [{ id: 'vpc-01234567', reason }, 'vpc-0123456789abcdef0'],
    [{ address: 'night@acme.io', reason }, 'mid.night@acme.io'],
  ])('%j leaves "%s" alone', (entry, text) => {
    expect(withoutOutside(text, [entry])).toEqual({ rest: text, named: [] });
  });

  it.each<[Outside]>([
    [{ host: 'api.example.com', reason }],
    [{ host: '*.example.com', reason }],
    [{ host: '10.0.3.7:5432', reason, standIn: '10.0.3.8:5432' }],
    [{ id: 'orders', reason }],
    [{ id: 'orders-archive', reason, standIn: 'orders-empty' }],
    [{ address: '+491701234567', reason }],
  ])('is right: %j', (entry) => expect(wrongWith(entry)).toBeUndefined());

  const host = 'a host such as api.example.com or *.example.com';
  const kinds = 'one of host, arn, id, address';
  const noSwitch = 'another of its kind is expected, and no plain words: those would be a switch';
  it.each<[unknown, string]>([
    ['api.example.com', 'which is no object; { host: "api.example.com", reason } is expected'],
    [{ host: 'localhost', reason }, `whose host has another form; ${host} is expected`],
    [{ host: 'https://api.example.com', reason }, `whose host has another form; ${host} is expected`],
    [{ host: 7, reason }, `whose host has another form; ${host} is expected`],
    [{ arn: 'orders', reason }, 'whose arn has another form; an ARN such as arn:aws:sqs:... is expected'],
    [
      { address: 'nobody', reason },
      'whose address has another form; an e-mail address, a telephone number or a URL is expected',
    ],
    [{ hots: 'api.example.com', reason }, 'with "hots", which is not known; did you mean "host"?'],
    [{ reason }, `which names nothing; ${kinds} is expected`],
    [
      { id: 'Z0123456789ABC', host: 'a.example.com', reason },
      `which names host and id; ${kinds} is expected`,
    ],
    [
      { host: 'api.example.com', reason: ' ' },
      'without a reason; a sentence that says why staging may reach it is expected',
    ],
    [
      { host: '*.example.com', reason, standIn: 'emulator.acme.io' },
      'with a standIn for all below a host; one for a host such as api.example.com is expected',
    ],
    [
      { id: 'orders', reason, standIn: 'bookings' },
      `whose standIn "bookings" cannot take its place; ${noSwitch}`,
    ],
    [{ id: 'true', reason, standIn: 'false' }, `whose standIn "false" cannot take its place; ${noSwitch}`],
    [{ host: 'api.example.com', reason, standIn: '' }, `whose standIn "" cannot take its place; ${noSwitch}`],
  ])('is wrong: %j, %s', (entry, wrong) => expect(wrongWith(entry)).toBe(wrong));
});

describe('the hosts in a text', () => {
  it.each([
    ['https://api.example.com/v1?next=1', ['api.example.com']],
    ['postgres://orders:secret@db.acme.io:5432/orders', ['db.acme.io']],
    ['smtp.sendgrid.net:587', ['smtp.sendgrid.net']],
    ['api.acme.io', ['api.acme.io']],
    ['amqps://b-1.acme.example', ['b-1.acme.example']],
    ['https://${AWS::StackName}.pay.example.com', ['pay.example.com']],
    ['redis://10.0.3.7:6379', ['10.0.3.7']],
    ['10.1.2.3', ['10.1.2.3']],
    ['{"url":"https://a.example.com","other":"https://b.example.com"}', ['a.example.com', 'b.example.com']],
  ])('of "%s" are %j', (text, hosts) => expect(hostsIn(text)).toEqual(hosts));

  it.each([
    'http://localhost:3000',
    'http://127.0.0.1:2000',
    'http://169.254.170.2/v2',
    '0.0.0.0',
    'http://orders:8080',
    'https://${Api.DomainName}/v1',
    'https://api.${Zone}',
    'index.handler',
    'com.acme.orders.Handler',
    'server.js',
    'app.py',
    'order.id',
    'orders.db',
    '10.0.0.0/16',
    '1.2.3',
    'arn:aws:sns:eu-west-1:111122223333:orders',
  ])('of "%s" are none', (text) => expect(hostsIn(text)).toEqual([]));

  it('may be addresses of e-mail', () => {
    expect(emailsIn('night@acme.io, day@acme.io')).toEqual(['night@acme.io', 'day@acme.io']);
    expect(emailsIn('postgres://orders@db.acme.io')).toEqual([]);
  });

  it('are of AWS, or of a zone', () => {
    expect(['sqs.eu-west-1.amazonaws.com', 'public.ecr.aws', 'abc.on.aws'].map(isOfAws)).toEqual([
      true,
      true,
      true,
    ]);
    expect(['amazonaws.com.evil.org', 'myamazonaws.com', 'acme.io'].map(isOfAws)).toEqual([
      false,
      false,
      false,
    ]);
    expect(isWithin('a.shop.internal', ['shop.internal'])).toBe(true);
    expect(isWithin('myshop.internal', ['shop.internal'])).toBe(false);
  });

  it('are those that a template makes, where they are written', () => {
    const template = {
      Resources: {
        Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'Shop.internal.' } },
        Records: {
          Type: 'AWS::Route53::RecordSetGroup',
          Properties: { RecordSets: [{ Name: 'a.acme.io' }, { Name: { Ref: 'Other' } }] },
        },
        Site: {
          Type: 'AWS::CloudFront::Distribution',
          Properties: { DistributionConfig: { Aliases: ['www.acme.io'] } },
        },
        Topic: { Type: 'AWS::SNS::Topic', Properties: { Name: 'x.acme.io' } },
      },
    };
    expect(hostsOf(template)).toEqual(['shop.internal', 'a.acme.io', 'www.acme.io']);
    expect(hostsOf(null)).toEqual([]);
  });
});
