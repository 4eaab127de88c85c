import { version } from 'aws-cdk-lib/package.json';
import { checkCdkVersion } from '../lib/cdk-version';
import { peerDependencies } from '../package.json';
import { thrown } from './scale/thrown';

const range = peerDependencies['aws-cdk-lib'];
const [major, minor, patch] = range.slice(1).split('.').map(Number) as [number, number, number];

it('takes the installed aws-cdk-lib', () => {
  expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
  expect(() => checkCdkVersion()).not.toThrow();
  expect(() => checkCdkVersion(version)).not.toThrow();
});

it.each([
  `${major}.${minor}.${patch}`,
  `${major}.${minor}.${patch + 1}`,
  `${major}.${minor + 1}.0`,
  `${major}.${minor + 1}.0-alpha.0`,
  `${major}.1000.0`,
  `${major + 1}.0.0`,
])('takes %s', (installed) => {
  expect(() => checkCdkVersion(installed)).not.toThrow();
});

it.each([`${major}.${minor - 1}.9`, `${major}.${minor - 100}.0`, `${major}.9.0`, `${major - 1}.1000.0`])(
  'refuses %s, and says what to install',
  (installed) => {
    expect(thrown(() => checkCdkVersion(installed))).toMatchObject({
      code: 'cdk-version',
      message: `aws-cdk-lib ${installed} is installed; cdk-twin needs ${range.slice(1)} or newer`,
      fix: `Run npm install aws-cdk-lib@${range}.`,
    });
  },
);
