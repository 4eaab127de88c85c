import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, ManifestPair } from '../../lib/parity/manifest';
import { isManifest, readWhitelist, stacksFor } from '../../lib/parity/whitelist';
import { errorOf, manifestOf } from './small-shop';

const { manifest, definition, pair, stacks } = manifestOf();

describe('which stacks of a manifest two templates are', () => {
  const withPairs = (...pairs: readonly ManifestPair[]): Manifest => ({
    ...manifest,
    definitions: [{ ...definition, pairs }],
  });
  const pairOf = (...files: [prod: string, staging: string][]): ManifestPair => ({
    ...pair,
    stacks: files.map(([prod, staging]) => ({ ...stacks, prod, staging })),
  });
  const of = (...files: [prod: string, staging: string][]): Manifest => withPairs(pairOf(...files));
  const two = of(['a/Web.json', 'b/Web.json'], ['Data.json', 'DataStaging.json']);
  const FIX = 'Give the templates their names in the assembly, or compare the whole folder with --assembly.';

  it('is told by the names of the files, in whatever folder', () => {
    expect(stacksFor(two, '/tmp/Data.json', 'DataStaging.json').stacks.prod).toBe('Data.json');
    expect(stacksFor(two, 'Web.json', 'x/Web.json').stacks.prod).toBe('a/Web.json');
  });

  it('is clear when there are only two, whatever they are called', () => {
    const one = of(['Prod.json', 'Staging.json']);
    const [only] = one.definitions;
    expect(stacksFor(one, 'a.json', 'b.json')).toEqual({
      definition: only,
      pair: only!.pairs[0],
      stacks: only!.pairs[0]!.stacks[0],
    });
  });

  it('is told of another pair, and of another definition', () => {
    const other = { ...definition, pairs: [pairOf(['C.json', 'D.json'])] };
    const several: Manifest = {
      ...manifest,
      definitions: [
        { ...definition, pairs: [pairOf(['A.json', 'B.json']), pairOf(['A.json', 'B2.json'])] },
        other,
      ],
    };
    expect(stacksFor(several, 'A.json', 'B2.json').stacks.staging).toBe('B2.json');
    expect(stacksFor(several, 'C.json', 'D.json').definition).toBe(other);
    expect(errorOf(() => stacksFor(several, 'A.json', 'D.json'))).toMatch(/^whitelist-stacks: /);
  });

  it.each<[string, Manifest, string]>([
    ['another name', two, 'a/Web.json and b/Web.json; Data.json and DataStaging.json'],
    ['no pairs', withPairs(), 'none'],
    ['no definitions', { ...manifest, definitions: [] }, 'none'],
    [
      'the same name twice',
      of(['a/x.json', 'a/y.json'], ['b/x.json', 'b/y.json']),
      'a/x.json and a/y.json; b/x.json and b/y.json',
    ],
  ])('is not clear with %s', (_, whitelist, known) => {
    expect(errorOf(() => stacksFor(whitelist, 'x.json', 'y.json'))).toBe(
      `whitelist-stacks: twin.json does not tell which of its stacks "x.json" and "y.json" are; it has ${known}\n${FIX}`,
    );
  });

  it('is not clear when only one of the two is known', () => {
    expect(errorOf(() => stacksFor(two, 'Data.json', 'y.json'))).toMatch(/^whitelist-stacks: /);
  });
});

describe('a whitelist that is read', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'twin-whitelist-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (json: unknown): string => {
    const path = join(folder, 'w.json');
    writeFileSync(path, JSON.stringify(json));
    return path;
  };

  it('is a twin.json when it has definitions, otherwise a list of factors', () => {
    expect(isManifest(readWhitelist(file(manifest)))).toBe(true);
    expect(isManifest(readWhitelist(file({ version: 1, factors: [] })))).toBe(false);
  });

  it.each([
    [
      { definitions: [] },
      `manifest: FILE is not a twin.json of this version: it must have required property 'version'`,
    ],
    [{ version: 1 }, `whitelist: FILE is not a whitelist: it must have required property 'factors'`],
    [[], 'whitelist: FILE is not a whitelist: it must be object'],
    [null, 'whitelist: FILE is not a whitelist: it must be object'],
  ])('is refused as what it seems to be: %j', (json, message) => {
    const path = file(json);
    expect(errorOf(() => readWhitelist(path)).replace(path, 'FILE')).toMatch(message);
  });
});
