import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  environmentFileVariables,
  missingEnvironmentFiles,
} from '../../../../lib/targets/local/service/environment-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-variables-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const asset = (key: string, text: string) => {
  const path = join(folder, key);
  writeFileSync(path, text);
  return { bucket: 'assets', key, path, isZipped: false };
};

const propsOf = (files: readonly string[], assets: readonly ReturnType<typeof asset>[]) => ({
  container: { environmentFiles: files.map((key) => `arn:aws:s3:::assets/${key}`) },
  text: String,
  assets,
});

it('reads a line as a name and all that follows, and skips comments', () => {
  const text = '# of the shop\nA=1\r\n\nURL=http://x/?a=b#c\nQUOTED="kept"\nEMPTY=\nno line\n';
  expect(environmentFileVariables(propsOf(['a.env'], [asset('a.env', text)]))).toEqual({
    A: '1',
    URL: 'http://x/?a=b#c',
    QUOTED: '"kept"',
    EMPTY: '',
  });
});

it('lets the first of several files have its way', () => {
  const assets = [asset('a.env', 'A=first\n'), asset('b.env', 'A=second\nB=second\n')];
  expect(environmentFileVariables(propsOf(['a.env', 'b.env'], assets))).toEqual({ A: 'first', B: 'second' });
});

it('names a file that is no asset', () => {
  const props = propsOf(['a.env', 'far.env'], [asset('a.env', 'A=1')]);
  expect(missingEnvironmentFiles(props)).toEqual(['arn:aws:s3:::assets/far.env']);
  expect(environmentFileVariables(props)).toEqual({ A: '1' });
});
