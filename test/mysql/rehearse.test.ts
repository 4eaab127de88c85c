import { leftoversOf } from '../../lib/targets/local/process/owned-processes';
import { MysqlApp, type Rehearsed } from './app';
import { servers } from './servers';

jest.setTimeout(400_000);

const [{ engine, version }] = servers() as [ReturnType<typeof servers>[number]];
const app = new MysqlApp();
afterAll(() => app.remove());

const leftOf = ({ handle }: Rehearsed): unknown => leftoversOf(handle.name, handle['block'] ?? '');

describe(`an app with Aurora MySQL, on ${engine} ${version}`, () => {
  it('says GO for a release that reads what it wrote from the writer, over a pool', () => {
    const rehearsed = app.rehearse('sound');
    expect(rehearsed.stdout).toMatch(/^GO\b/m);
    expect(rehearsed.stderr).toContain('delays replicas by whole seconds');
    expect({ exitCode: rehearsed.exitCode, left: leftOf(rehearsed) }).toEqual({ exitCode: 0, left: [] });
  });

  it('says NO-GO for one that reads it from the reader', () => {
    const rehearsed = app.rehearse('stale');
    expect(rehearsed.stdout).toMatch(/^NO-GO\b/m);
    expect(rehearsed.stdout).toMatch(/stale/);
    expect({ exitCode: rehearsed.exitCode, left: leftOf(rehearsed) }).toEqual({ exitCode: 1, left: [] });
  });

  it('says NO-GO for one that never connects again after a failover', () => {
    const rehearsed = app.rehearse('stuck');
    expect(rehearsed.stdout).toMatch(/^NO-GO\b/m);
    expect(rehearsed.stdout).toMatch(/failover/);
    expect({ exitCode: rehearsed.exitCode, left: leftOf(rehearsed) }).toEqual({ exitCode: 1, left: [] });
  });
});
