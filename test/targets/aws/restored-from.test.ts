import { Twins } from '../../../lib';
import { TwinError } from '../../../lib/error';
import type { AwsPlace } from '../../../lib/targets/aws/place';
import { restoredIn, seedsFrom } from '../../../lib/targets/aws/restored-from';
import { newApp } from '../../app';
import { Database, production, scale } from '../../twins/pair';

let assembly: string;
beforeAll(() => {
  const app = newApp();
  const twins = new Twins(app, { scale, environment: Database });
  twins.prod('Prod', { scale: production });
  twins.prod('ProdB', {
    scale: production,
    restoreFrom: {
      Cluster: { snapshot: 'final', kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1234' },
    },
  });
  assembly = app.synth().directory;
});

const deploymentOf = (environment: string) => ({ release: '1', assembly, environment });

/** Calls of Amazon RDS that know one snapshot. */
const placeWith = (name: string): AwsPlace =>
  ({
    in: () => ({
      for: () => ({
        describeDBClusterSnapshots: ({
          DBClusterSnapshotIdentifier: asked,
        }: {
          DBClusterSnapshotIdentifier: string;
        }) =>
          asked === name
            ? Promise.resolve({
                DBClusterSnapshots: [
                  {
                    DBClusterSnapshotIdentifier: name,
                    SnapshotCreateTime: new Date('2026-11-30T10:00:00Z'),
                    Status: 'available',
                  },
                ],
              })
            : Promise.reject(
                Object.assign(new Error('gone'), { cause: { name: 'DBClusterSnapshotNotFoundFault' } }),
              ),
      }),
    }),
  }) as unknown as AwsPlace;

const signal = new AbortController().signal;

it('reads when the data of a snapshot were those of production', async () => {
  const restored = restoredIn(deploymentOf('ProdB'));
  expect(restored).toMatchObject([{ tier: 'Cluster', service: 'rds', snapshot: 'final' }]);
  expect(await seedsFrom(restored, 'ProdB', placeWith('final'), signal)).toEqual([
    { tier: 'Cluster', from: 'final', at: '2026-11-30T10:00:00.000Z' },
  ]);
});

it('finds nothing in a production that is restored from nothing', () => {
  expect(restoredIn(deploymentOf('Prod'))).toEqual([]);
});

it('does not guess how old the data of a snapshot are that is gone', async () => {
  const asked = seedsFrom(restoredIn(deploymentOf('ProdB')), 'ProdB', placeWith('another'), signal);
  await expect(asked).rejects.toThrow(TwinError);
  await expect(asked).rejects.toThrow(
    'Cluster of ProdB was restored from final, which this account does not have: nothing says how old its data are',
  );
});
