import { Secrets } from '../../../../lib/targets/local/names/secrets';

const stacks = [
  {
    path: '',
    name: 'Shop',
    template: {
      Resources: {
        Login: {
          Type: 'AWS::SecretsManager::Secret',
          Properties: {
            GenerateSecretString: {
              GenerateStringKey: 'password',
              PasswordLength: 48,
              SecretStringTemplate: '{"username":"orders"}',
            },
          },
        },
        Attached: {
          Type: 'AWS::SecretsManager::SecretTargetAttachment',
          Properties: { SecretId: { Ref: 'Login' }, TargetId: { Ref: 'Db' } },
        },
        Token: {
          Type: 'AWS::SecretsManager::Secret',
          Properties: { GenerateSecretString: { PasswordLength: 20 } },
        },
        Given: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{"a":1}' } },
        Other: { Type: 'AWS::S3::Bucket' },
      },
    },
  },
];

const secrets = new Secrets(stacks);
const id = (name: string): string => secrets.ref('', name)!;

it('generates what the template asks for', () => {
  expect(secrets.value(`${id('Login')}:username::`)).toBe('orders');
  expect(secrets.value(`${id('Login')}:password::`)).toMatch(/^[\w]{48}$/);
  expect(secrets.value(id('Token'))).toMatch(/^[\w]{20}$/);
  expect(new Secrets(stacks).value(id('Token'))).not.toBe(secrets.value(id('Token')));
});

it('takes what the template gives', () => {
  expect(secrets.value(`${id('Given')}:SecretString:a:`)).toBe('1');
  expect(secrets.value(`${id('Given')}:SecretString::`)).toBe('{"a":1}');
});

it('calls the attachment by the name of its secret, with where the database is', () => {
  expect(id('Attached')).toBe(id('Login'));
  secrets.attach('', 'Db', () => ({ host: '127.1.2.3', port: 5432 }));
  expect(secrets.value(`${id('Attached')}:host::`)).toBe('127.1.2.3');
  expect(JSON.parse(secrets.value(id('Attached'))!)).toMatchObject({
    host: '127.1.2.3',
    port: 5432,
    username: 'orders',
  });
});

it('makes the one that a database would make for itself', () => {
  const managed = secrets.manage('', 'Db', 'admin');
  expect(secrets.value(`${managed}:username`)).toBe('admin');
  expect(secrets.value(`${managed}:password`)).toHaveLength(32);
});

it('knows nothing of other resources, other secrets and other fields', () => {
  expect(secrets.ref('', 'Other')).toBeUndefined();
  expect(secrets.value('arn:aws:secretsmanager:elsewhere')).toBeUndefined();
  expect(secrets.value(`${id('Login')}:nope::`)).toBeUndefined();
  expect(secrets.value(`${id('Token')}:nope::`)).toBeUndefined();
});
