import { local } from '../../../lib/targets/local/module';
import { LocalTarget } from '../../../lib/targets/local/local-target';
import { keepsTheContract } from '../contract';
import { atRelease, makeFolder, synthesize, targetOf } from './fixture';

// Standing up PostgreSQL takes seconds on a machine that does something else too.
jest.setTimeout(120_000);

const stage = makeFolder();
const first = synthesize(stage.folder, '1.41.0');
const next = atRelease(first, '1.43.0');
afterAll(() => stage.remove());

describe('the local target', () => {
  keepsTheContract(() => ({
    target: targetOf(stage.supervisor),
    reopened: () => local.reopen('.'),
    first,
    next,
    tiers: { data: 'Orders', service: 'Web' },
  }));

  it('is what its module opens', () => {
    const section = { services: {}, seed: {}, replicationDelayMs: 0 };
    const migrate = { command: 'true', as: 'Web', timeoutSeconds: 4000, removes: [] };
    const [plain, slow] = [local.open(section, '.'), local.open({ ...section, migrate }, '.')];
    expect(plain).toBeInstanceOf(LocalTarget);
    expect(slow.limitSeconds('release') - plain.limitSeconds('release')).toBe(4000);
    expect(slow.limitSeconds('seed')).toBe(plain.limitSeconds('seed'));
  });
});
