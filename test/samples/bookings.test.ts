import { run, Sample } from './sample';

const app = new Sample('bookings', {
  file: 'package.json',
  into: 'node_modules',
  install: (folder) => run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], folder),
  // Prisma's client has its engine in WebAssembly, in its package; its migrations have one that is downloaded, which nothing here runs.
  build: {
    command: 'npm run build',
    env: { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', CHECKPOINT_DISABLE: '1' },
  },
});
afterAll(() => app.remove());

describe('an API on Express, Prisma and Aurora MySQL', () => {
  it('has a config of 20 lines', () => {
    expect(app.config.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(20);
  });

  it('is GO where a release adds a column, by a pool on the writer', async () => {
    const { exitCode, stdout, stderr, left } = await app.rehearse('1.1.0');
    expect(`${stdout}${exitCode === 0 ? '' : stderr}`).toMatch(/^GO\b/m);
    expect({ exitCode, left }).toEqual({ exitCode: 0, left: [] });
  });

  it('is NO-GO where a release reads from replicas, by the extension of Prisma', async () => {
    const { exitCode, stdout, left } = await app.rehearse('1.2.0');
    expect(stdout).toMatch(/^NO-GO\b/m);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/bookings: \d+ of \d+ reads missed the write before them/);
    expect({ exitCode, left }).toEqual({ exitCode: 1, left: [] });
  });
});
