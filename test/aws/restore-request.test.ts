import fc from 'fast-check';
import { beginsEmpty, restoreRequestOf, snapshotNameOf } from '../../lib/aws/restore-request';

const request = { prefix: 'twin-0123abcd', kmsKeyArn: 'arn', empty: ['Catalog'] };

const plain = (path: string): string =>
  path
    .split('/')
    .filter((part) => part !== 'Default')
    .join('/');

it('names a snapshot so that Amazon RDS takes it, and another one for each path', () => {
  // Amazon RDS API Reference, CopyDBClusterSnapshot: 1 to 63 letters, numbers or hyphens, the first a letter, no hyphen last, no two in a row
  const legal = /^[a-z](?!.*--)[a-z0-9-]{0,61}[a-z0-9]$/;
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (path, other) => {
      expect(snapshotNameOf(request, path)).toMatch(legal);
      const isOther = snapshotNameOf(request, path) !== snapshotNameOf(request, other);
      expect(isOther).toBe(plain(path) !== plain(other));
    }),
  );
  expect(snapshotNameOf(request, 'Orders/Cluster')).toMatch(/^twin-0123abcd-orders-cluster-[0-9a-f]{6}$/);
});

it('lets a tier begin empty with everything in it, and no other', () => {
  expect(['Catalog', 'Catalog/Cluster'].map((it) => beginsEmpty(request, it))).toEqual([true, true]);
  expect(['Catalogue', 'Orders/Catalog', ''].map((it) => beginsEmpty(request, it))).toEqual([
    false,
    false,
    false,
  ]);
});

it('is read from the text of a command line, and as cdk.json has it', () => {
  expect(restoreRequestOf(JSON.stringify(request))).toEqual(request);
  expect(restoreRequestOf(request)).toEqual(request);
  expect(restoreRequestOf(undefined)).toBeUndefined();
});

it.each(['yes', '{', '{"prefix":"twin-1"}', '[]', 7])('is refused in words where it is %j', (context) => {
  expect(() => restoreRequestOf(context)).toThrow(
    `the context cdk-twin:restore is ${JSON.stringify(context)}; expected JSON with prefix, kmsKeyArn and empty`,
  );
});
