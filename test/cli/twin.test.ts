import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../lib/cli/outcome';

const root = join(__dirname, '../..');
const command = ['--import', 'tsx', join(root, 'bin/twin.ts')];

let folder: string;
/** The arguments that compare two templates whose report is larger than a pipe holds. */
let parity: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-process-'));
  const [prod, staging] = [save('prod.json', 1), save('staging.json', 2)];
  parity = ['parity', '--prod', prod, '--staging', staging];
});
afterAll(() => rmSync(folder, { recursive: true }));

function save(name: string, size: number): string {
  const queue = { Type: 'AWS::SQS::Queue', Properties: { size } };
  const entries = Array.from({ length: 2000 }, (_, i) => [`Queue${i}`, queue]);
  writeFileSync(join(folder, name), JSON.stringify({ Resources: Object.fromEntries(entries) }));
  return join(folder, name);
}

/** Runs `twin` to its end in a process of its own. */
function twin(argv: readonly string[], env: NodeJS.ProcessEnv = {}, nodeFlags: readonly string[] = []) {
  return spawnSync(process.execPath, [...nodeFlags, ...command, ...argv], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '', NO_COLOR: '', ...env },
    maxBuffer: 1e8,
  });
}

describe('the process', () => {
  it('is not ended by a config: neither while it is read, nor by what it leaves behind', () => {
    const config = (text: string): string => {
      const app = mkdtempSync(join(folder, 'app-'));
      writeFileSync(join(app, 'twin.config.ts'), text);
      return app;
    };
    const rehearse = (text: string) => twin(['rehearse', '--to', '2', '--config', config(text)]);
    const ends = rehearse('process.exit(0);');
    expect(ends.status).toBe(EXIT.badInput);
    expect(ends.stderr).toMatch(/^error: cannot run .*: it calls process\.exit\(0\) \(\S+\)\n/);
    const goesOn = rehearse('setInterval(() => {}, 1000); export default {};');
    expect(goesOn.status).toBe(EXIT.badInput);
    // an app is synthesised when this happens
    const later = rehearse(`setTimeout(() => process.exit(0), 300);
      export default { baseline: '1', synth: { command: 'sleep 3 #' }, checks: { smoke: [{ name: 'a', path: '/' }] }, gates: {} };`);
    expect(later.status).toBe(EXIT.badInput);
    expect(later.stderr).toContain('synthesise 2: done in 3');
    expect(later.stderr).not.toContain('twin was ended');
  });

  it('ends quietly with the verdict when its reader goes away', async () => {
    const child = spawn(process.execPath, [...command, ...parity], { cwd: root });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const [exitCode] = (await once(child, 'close')) as [number];
    expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.no, stderr: '' });
  });

  it('writes everything to a pipe before it ends', () => {
    const { stdout, status } = twin([...parity, '--json']);
    expect(status).toBe(EXIT.no);
    expect((JSON.parse(stdout) as { forbidden: unknown[] }).forbidden).toHaveLength(2000);
  });

  it('has no colour in a log, and has it when that is forced', () => {
    expect(twin(parity).stdout).not.toContain('\u001B');
    expect(twin(parity, { FORCE_COLOR: '1' }).stdout).toContain('\u001B');
  });

  it('ends with 2, one line and the fix when there is no assembly', () => {
    const { stdout, stderr, status } = twin(['parity', '--assembly', folder]);
    expect({ stdout, status }).toEqual({ stdout: '', status: EXIT.badInput });
    expect(stderr).toMatch(/^error: .*twin\.json.*\n {2}fix: .*\n {2}code: manifest\n$/);
  });

  it('loads neither aws-cdk-lib nor, for JSON, a YAML parser', () => {
    const list = join(folder, 'list.cjs');
    writeFileSync(list, `process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')))`);
    const { stderr } = twin([...parity, '--json'], {}, ['--require', list]);
    expect(stderr).toContain('lib/parity/parity.ts');
    const packages = [...new Set(stderr.match(/(?<=\/node_modules\/)[^/\n]+/g))];
    const ofTsx = new Set(['tsx', 'esbuild', 'get-tsconfig']);
    expect(packages.filter((name) => !ofTsx.has(name)).sort()).toEqual(['commander', 'fastest-levenshtein']);
  });
});
