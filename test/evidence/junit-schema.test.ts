import { renderJunit, verificationInJunit } from '../../lib/evidence/junit';
import { junitFaults } from '../schemas/junit-schema';
import { check, SOUND, verificationOf } from '../verification/sample';
import { hostile } from './hostile';
import { go, samples } from './samples';

it.each(Object.entries({ ...samples, hostile }))(
  'is valid by the schema of Jenkins: %s',
  async (_, evidence) => {
    expect(await junitFaults(renderJunit(evidence))).toEqual([]);
  },
);

it('is valid by it for a verification', async () => {
  const failed = check({ name: 'orders', outcome: 'failed' });
  const verification = verificationOf({ ...SOUND, checks: [check(), failed, failed] });
  expect(await junitFaults(verificationInJunit(verification))).toEqual([]);
});

it('is refused by that schema where it is broken', async () => {
  const broken = renderJunit(go).replace(' failures="0"', '');
  expect(await junitFaults(broken.replace('<testcase ', '<test '))).not.toEqual([]);
  expect(await junitFaults(renderJunit(go).replace(' hostname=', ' host='))).not.toEqual([]);
});
