import { join } from 'node:path';
import { run, Sample } from './sample';

const app = new Sample('tickets', {
  file: 'requirements.txt',
  into: '.venv',
  install: (folder) => {
    run('python3', ['-m', 'venv', '--copies', '.venv'], folder);
    run(
      join(folder, '.venv/bin/python'),
      ['-m', 'pip', 'install', '-q', '--no-input', '-r', 'requirements.txt'],
      folder,
    );
  },
});
afterAll(() => app.remove());

describe('a help desk on Flask, SQLAlchemy and sessions in Redis', () => {
  it('has a config of 20 lines', () => {
    expect(app.config.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(20);
  });

  it('is GO where a release adds a column and its index, by a pool that checks its connections', async () => {
    const { exitCode, stdout, stderr, left } = await app.rehearse('1.1.0');
    expect(`${stdout}${exitCode === 0 ? '' : stderr}`).toMatch(/^GO\b/m);
    expect({ exitCode, left }).toEqual({ exitCode: 0, left: [] });
  });

  it('is NO-GO where a release never gives the session of a thread back, which a failover ends for good', async () => {
    const { exitCode, stdout, left } = await app.rehearse('1.2.0');
    expect(stdout).toMatch(/^NO-GO\b/m);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /failover of Database: [\d,]+ of [\d,]+ requests failed, and they still fail/,
    );
    expect({ exitCode, left }).toEqual({ exitCode: 1, left: [] });
  });
});
