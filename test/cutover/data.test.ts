import type { Tier } from '../../lib/blueprint/blueprint';
import { checkData } from '../../lib/cutover/data';
import { TwinError } from '../../lib/error';

const tier = (name: string, kind: Tier['kind']) => ({ name, kind }) as Tier;
const TIERS = [
  tier('Web', 'service'),
  tier('Orders', 'sql'),
  tier('Pages', 'cache'),
  tier('Files', 'storage'),
];

it('moves nothing where a production has data of its own, and nothing says how they get there', () => {
  let error: unknown;
  try {
    checkData({ environment: 'ProdB', tiers: TIERS }, { Pages: 'it fills again' });
  } catch (it) {
    error = it;
  }
  expect(error).toBeInstanceOf(TwinError);
  expect(error).toMatchObject({
    code: 'data',
    message:
      'ProdB has data of its own, and nothing says how they get from one production to the other: Orders (sql), Files (storage)',
    fix: expect.stringContaining("such as Orders: 'replicated by ...'") as string,
  });
});

it('moves what holds no data, and what the config has an answer for', () => {
  checkData({ environment: 'ProdB', tiers: [tier('Web', 'service'), tier('Resize', 'function')] }, {});
  const data = { Orders: 'replicated', Pages: 'it fills again', Files: 'one bucket' };
  expect(() => checkData({ environment: 'ProdB', tiers: TIERS }, data)).not.toThrow();
});
