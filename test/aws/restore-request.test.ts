import fc from 'fast-check';
import { beginningOf, restoreRequestOf, snapshotNameOf } from '../../lib/aws/restore-request';

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

const snapshot = (path: string) => ({ snapshot: snapshotNameOf(request, path) });

it('lets a tier begin empty with everything in it, and no other', () => {
  const beginning = (...paths: readonly [string, ...string[]]) => beginningOf(request, paths);
  expect(beginning('Catalog')).toBe('empty');
  expect(beginning('Catalog/Cluster')).toBe('empty');
  expect(beginning('Data/Catalog/Cluster', 'Catalog/Cluster')).toBe('empty');
  for (const other of ['Catalogue', 'Orders/Catalog', '']) expect(beginning(other)).toEqual(snapshot(other));
});

it('clones what is asked for, fills the caches that are named, and begins with what a checkpoint has kept', () => {
  const asked = { ...request, clones: { Orders: 'prod-orders' }, caches: ['Pages'] };
  expect(beginningOf(asked, ['Orders/Cluster'])).toEqual({ clone: 'prod-orders' });
  expect(beginningOf(asked, ['Ledger'])).toEqual(snapshot('Ledger'));
  expect(beginningOf(asked, ['Pages/Group'], true)).toEqual(snapshot('Pages/Group'));
  expect(beginningOf(asked, ['Sessions'], true)).toBe('empty');
  const again = { ...asked, kept: ['Orders', 'Catalog'] };
  const kept = (path: string) => ({ snapshot: snapshotNameOf({ prefix: `${request.prefix}-cp` }, path) });
  expect(beginningOf(again, ['Orders/Cluster'])).toEqual(kept('Orders/Cluster'));
  expect(beginningOf(again, ['Catalog'])).toEqual(kept('Catalog'));
  expect(beginningOf(again, ['Ledger'])).toEqual(snapshot('Ledger'));
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
