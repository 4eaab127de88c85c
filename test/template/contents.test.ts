import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contents, digestOfContents } from '../../lib/template/contents';

let folder: string;
let image: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-contents-'));
  image = join(folder, 'image');
  mkdirSync(join(image, 'src'), { recursive: true });
  writeFileSync(join(image, 'Dockerfile'), 'FROM scratch');
  writeFileSync(join(image, 'src', 'main.js'), 'a'.repeat(3_000_000));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('what a folder holds', () => {
  it.each<[string, () => void]>([
    ['a byte', () => writeFileSync(join(image, 'src', 'main.js'), `${'a'.repeat(2_999_999)}b`)],
    ['a name', () => writeFileSync(join(image, 'src', 'more.js'), '')],
    ['a file less', () => rmSync(join(image, 'Dockerfile'))],
    ['a folder around it', () => cpSync(join(image, 'src'), join(image, 'lib'), { recursive: true })],
  ])('changes with %s', (_, change) => {
    const before = digestOfContents(image);
    change();
    expect(digestOfContents(image)).not.toBe(before);
  });

  it('does not with what copying changes: times, permissions, empty folders, links', () => {
    const before = digestOfContents(image);
    utimesSync(join(image, 'Dockerfile'), 1, 1);
    chmodSync(join(image, 'Dockerfile'), 0o755);
    mkdirSync(join(image, 'empty'));
    symlinkSync('nowhere', join(image, 'broken'));
    expect(digestOfContents(image)).toBe(before);
    const linked = join(folder, 'linked');
    symlinkSync(image, linked);
    expect(digestOfContents(linked)).toBe(before);
  });

  it('ends where a link leads to a folder that it is in', () => {
    symlinkSync('..', join(image, 'src', 'up'));
    expect(digestOfContents(image)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is known of a file, and is nothing where there is none', () => {
    expect(digestOfContents(join(image, 'Dockerfile'))).not.toBe(digestOfContents(image));
    expect(digestOfContents(join(image, 'none'))).toBeUndefined();
    // a digest all the same, as twin.json wants one of each asset, and that of no file
    const none = new Contents(folder).of('none');
    expect(none).toMatch(/^[0-9a-f]{64}$/);
    mkdirSync(join(folder, 'empty'));
    expect([digestOfContents(join(folder, 'empty')), digestOfContents(image)]).not.toContain(none);
  });

  it('is read once', () => {
    const contents = new Contents(folder);
    const before = contents.of('image');
    rmSync(image, { recursive: true });
    expect(contents.of('image')).toBe(before);
  });
});
