import type { ServiceTier } from '../../../lib/blueprint/blueprint';
import { warningsWithoutOwnFiles } from '../../../lib/targets/local/service/without-own-files';
import { makeFolder, synthesize, targetOf } from './fixture';

const made = makeFolder();
afterAll(() => made.remove());

const service = (name: string, ...names: readonly string[]): ServiceTier =>
  ({
    kind: 'service',
    name,
    discovery: { names: names.map((it) => ({ name: it })) },
  }) as unknown as ServiceTier;

it('names what code does not find where programs have no files of their own, and what would change it', () => {
  const warnings = warningsWithoutOwnFiles(
    [service('Web'), service('Orders', 'orders.local', 'orders.local')],
    {
      certificateFiles: ['/opt/rds.pem'],
    },
  );
  expect(warnings).toEqual([
    expect.stringMatching(/^the names orders\.local lead to services in variables and commands alone: .*; /),
    expect.stringMatching(/^\/opt\/rds\.pem is what this machine has there: .*; /),
  ]);
  expect(warningsWithoutOwnFiles([service('Web')], { certificateFiles: [] })).toEqual([]);
});

it('is said before anything stands, and by twin doctor', async () => {
  const { folder, supervisor } = made;
  const deployment = synthesize(folder, '1.41.0');
  const target = targetOf(supervisor, { certificateFiles: ['/opt/rds.pem'] });
  const { platform } = process;
  Object.defineProperty(process, 'platform', { value: 'darwin' }); // whether programs have files of their own is looked for once
  try {
    const { warnings } = await target.preflight(target.allocate(), deployment);
    expect(warnings).toContainEqual(expect.stringContaining('/opt/rds.pem is what this machine has there'));
  } finally {
    Object.defineProperty(process, 'platform', { value: platform });
  }
});
