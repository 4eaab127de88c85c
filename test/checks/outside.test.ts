import { hasForm, withoutOutside, type Outside } from '../../lib/checks/outside';
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

  it.each<[boolean, Outside]>([
    [true, { host: 'api.example.com', reason }],
    [true, { host: '*.example.com', reason }],
    [true, { host: '10.0.3.7:5432', reason, standIn: '10.0.3.8:5432' }],
    [false, { host: 'localhost', reason }],
    [false, { host: 'https://api.example.com', reason }],
    [false, { host: '*.example.com', reason, standIn: 'emulator.acme.io' }],
    [false, { arn: 'orders', reason }],
    [true, { id: 'orders', reason }],
    [false, { id: 'orders', reason, standIn: 'bookings' }],
    [false, { id: 'true', reason, standIn: 'false' }],
    [true, { id: 'orders-archive', reason, standIn: 'orders-empty' }],
    [true, { address: '+491701234567', reason }],
    [false, { address: 'nobody', reason }],
    [false, { reason } as unknown as Outside],
  ])('is well formed: %s for %j', (isRight, entry) => expect(hasForm(entry)).toBe(isRight));
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
