import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What each folder may import beside itself and the two files that everybody shares. DESIGN: imports point one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  template: [],
  scale: [],
  // The rules and kinds of factors are pure: parity applies them again, to files.
  parity: ['scale', 'template'],
  shop: ['scale'],
  twins: ['scale', 'parity', 'template'],
  blueprint: ['parity', 'template'],
  probes: [],
  targets: ['blueprint', 'probes', 'template'],
  cost: ['blueprint', 'parity', 'scale', 'template'],
  evidence: ['blueprint', 'cost', 'parity', 'probes', 'scale', 'targets', 'template'],
  rehearsal: ['blueprint', 'cost', 'evidence', 'parity', 'probes', 'targets'],
  cli: ['blueprint', 'cost', 'evidence', 'parity', 'probes', 'rehearsal', 'targets', 'template'],
};

/** The folders that make templates. All others work on files, and must not wait for the AWS CDK to load. */
const MAKES_TEMPLATES = new Set(['scale', 'shop', 'twins']);

/** What of lib/scale may be loaded without the AWS CDK. */
const PURE_SCALE = ['kinds', 'rules', 'sizes', 'proportions'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const files = readdirSync('lib', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join('lib', from), 'utf8');
  return [...text.matchAll(/^(import|export)\s+(type\s)?[^;]*?from '([^']+)';/gm)].map(([, , type, to]) => ({
    from,
    to: to!.startsWith('.') ? relative('lib', join('lib', dirname(from), to!)) : to!,
    isType: type !== undefined,
  }));
});

const folderOf = (file: string): string => (file.includes('/') ? file.split('/')[0]! : '');

it('has imports to look at', () => {
  expect(imports.length).toBeGreaterThan(200);
  expect(new Set(files.map(folderOf))).toEqual(new Set(['', ...Object.keys(MAY_IMPORT)]));
});

it.each(Object.entries(MAY_IMPORT))('lib/%s imports nothing but itself and %j', (folder, allowed) => {
  const others = imports
    .filter(({ from, to }) => folderOf(from) === folder && /^[a-z]+\//.test(to) && folderOf(to) in MAY_IMPORT)
    .filter(({ to }) => folderOf(to) !== folder && !allowed.includes(folderOf(to)));
  expect(others).toEqual([]);
});

it('compares, rehearses and reports without the AWS CDK: what the command line loads never imports it', () => {
  const others = new Set(Object.keys(MAY_IMPORT).filter((folder) => !MAKES_TEMPLATES.has(folder)));
  const loaded = imports.filter(({ from, isType }) => !isType && others.has(folderOf(from)));
  expect(loaded.filter(({ to }) => to.startsWith('aws-cdk-lib') || to === 'constructs')).toEqual([]);
  const scale = loaded.filter(({ to }) => folderOf(to) === 'scale').map(({ to }) => to.split('/')[1]!);
  expect(scale.filter((file) => !PURE_SCALE.includes(file))).toEqual([]);
  const ofPure = imports.filter(
    ({ from, isType }) => !isType && PURE_SCALE.some((it) => from === `scale/${it}.ts`),
  );
  expect(ofPure.filter(({ to }) => to.startsWith('aws-cdk-lib') || to === 'constructs')).toEqual([]);
  const deeper = ofPure.filter(({ to }) => folderOf(to) === 'scale').map(({ to }) => to.split('/')[1]!);
  expect(deeper.filter((file) => !PURE_SCALE.includes(file))).toEqual([]);
});

it('lets the rehearsal and the evidence know no target by name: only the port', () => {
  const known = imports.filter(
    ({ from, to }) => ['rehearsal', 'evidence'].includes(folderOf(from)) && folderOf(to) === 'targets',
  );
  expect(known.length).toBeGreaterThan(0);
  expect(known.filter(({ to }) => to !== 'targets/target')).toEqual([]);
});

it('never lets the topology ask which environment it is in', () => {
  const asking = files
    .filter((file) => folderOf(file) === 'shop')
    .filter((file) =>
      /isProd|=== '(Prod|Staging)|stackName ===/i.test(readFileSync(join('lib', file), 'utf8')),
    );
  expect(asking).toEqual([]);
});
