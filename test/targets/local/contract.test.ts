import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTRACTION, MIGRATION } from '../../../lib/targets/target';
import { local } from '../../../lib/targets/local/module';
import { LocalTarget } from '../../../lib/targets/local/local-target';
import { keepsTheContract } from '../contract';
import { atRelease, makeFolder, SETTINGS, synthesize, targetOf, watching } from './fixture';

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

  it('runs the second part of a migration as the service, once the release runs', async () => {
    const seen = join(stage.folder, 'contracted');
    const contract = `echo "$PGAPPNAME $RELEASE $(node -p process.env.DB_HOST)" >> ${seen}`;
    const target = targetOf(stage.supervisor, { migrate: { ...SETTINGS.migrate!, contract } });
    const handle = target.allocate();
    const watch = watching();
    try {
      await target.seed(handle, first, watch);
      await target.up(handle, first, watch);
      await target.release(handle, next, watch);
      expect(existsSync(seen)).toBe(false);
      await target.contract(handle, next, watch);
      expect(readFileSync(seen, 'utf8')).toMatch(/^migration 1\.43\.0 \S+\n$/);
      expect(watch.spans.filter((it) => it === MIGRATION || it === CONTRACTION)).toEqual([
        MIGRATION,
        MIGRATION,
        CONTRACTION,
      ]);
      const failing = targetOf(stage.supervisor, { migrate: { ...SETTINGS.migrate!, contract: 'exit 3' } });
      await expect(failing.contract(handle, next, watch)).rejects.toMatchObject({ code: 'migration' });
    } finally {
      await target.down(handle, watch);
    }
  });

  it('is what its module opens', () => {
    const section = { services: {}, seed: {}, replicationDelayMs: 0 };
    const migrate = { command: 'true', as: 'Web', timeoutSeconds: 4000, removes: [] };
    const [plain, slow] = [local.open(section, '.'), local.open({ ...section, migrate }, '.')];
    expect(plain).toBeInstanceOf(LocalTarget);
    expect(slow.limitSeconds('release') - plain.limitSeconds('release')).toBe(4000);
    expect(slow.limitSeconds('contract') - plain.limitSeconds('contract')).toBe(4000);
    expect(slow.limitSeconds('seed')).toBe(plain.limitSeconds('seed'));
  });
});
