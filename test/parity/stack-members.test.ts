import { Stack, Stage } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, Twins } from '../../lib';
import { sha256 } from '../../lib/digest';
import { parityOfAssembly } from '../../lib/parity/assembly-parity';
import { digestOf } from '../../lib/parity/digest';
import type {
  Definition,
  Manifest,
  ManifestPair,
  StackMembers,
  UnsharedStack,
} from '../../lib/parity/manifest';
import { newApp } from '../app';

/** A stage with a stack for each of five cells, and of two in staging, and one that waits for them. */
function written(): string {
  const app = newApp({ outdir: mkdtempSync(join(tmpdir(), 'twin-cells-')) });
  const twins = new Twins(app, {
    scale: { cells: count({ reason: 'two show what five show' }) },
    environment: (scope, id, { cells }, options) => {
      const stage = new Stage(scope, id, options);
      const front = new Stack(stage, 'Front');
      new CfnQueue(front, 'Answers');
      for (let i = 0; i < cells; i++) {
        const stack = new Stack(stage, `Cell${i}`);
        new CfnQueue(stack, 'Jobs', { delaySeconds: 10 });
        front.addStackDependency(stack);
      }
      return stage;
    },
  });
  twins.prod('Prod', { scale: { cells: 5 } });
  twins.staging('Staging', { scale: { cells: 2 }, expires: '2037-01-01T00:00:00' });
  app.synth();
  return app.outdir;
}

let original: string;
let folder: string;
beforeAll(() => (original = written()));
afterAll(() => rmSync(original, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-cells-'));
  cpSync(original, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Pair extends Omit<ManifestPair, 'stackMembers' | 'unsharedStacks'> {
  stackMembers?: (Mutable<StackMembers> & { readonly prod: string[] })[];
  unsharedStacks?: Mutable<UnsharedStack>[];
}
interface Written extends Omit<Manifest, 'templates' | 'definitions'> {
  readonly templates: Record<string, string>;
  readonly definitions: readonly (Omit<Definition, 'pairs'> & { readonly pairs: readonly Pair[] })[];
}

const manifest = (): Written => JSON.parse(readFileSync(join(folder, 'twin.json'), 'utf8')) as Written;

/** Writes a manifest as somebody would who knows how. */
const write = (changed: Written): void =>
  writeFileSync(join(folder, 'twin.json'), JSON.stringify({ ...changed, digest: digestOf(changed) }));

function edit(change: (pair: Pair) => void): void {
  const all = manifest();
  change(all.definitions[0]!.pairs[0]!);
  write(all);
}

/** Changes a template of production's. @param isTold - whether the manifest is made for it */
function editTemplate(
  path: string,
  change: (queue: { DelaySeconds: number }) => void,
  isTold: boolean,
): void {
  const all = manifest();
  const { file } = all.definitions[0]!.pairs[0]!.unsharedStacks!.find((it) => it.path === path)!;
  const template = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    Resources: { Jobs: { Properties: { DelaySeconds: number } } };
  };
  change(template.Resources.Jobs.Properties);
  const text = JSON.stringify(template);
  writeFileSync(join(folder, file), text);
  if (!isTold) return;
  all.templates[file] = sha256(text);
  write(all);
}

/** What is forbidden, each with its stack and its rule. */
const found = (): string[] =>
  parityOfAssembly(folder)[0]!.forbidden.map(({ stack, rule }) => `${stack} ${rule}`);

it('permits what was written', () => {
  const [report] = parityOfAssembly(folder);
  expect(report).toMatchObject({ verdict: 'twins', forbidden: [] });
  expect(report!.permitted.filter(({ type }) => type === 'Stack')).toMatchObject(
    [2, 3, 4].map((i) => ({ stack: `Cell${i}`, prod: `Cell${i}`, by: 'scale', factor: 'cells' })),
  );
});

describe('finds', () => {
  it('a template of a stack that production has more, when it was changed since', () => {
    editTemplate('Cell3', () => {}, false);
    expect(found()).toEqual(['Cell3 changed-template']);
  });

  it('one that is not like its fellows', () => {
    editTemplate('Cell3', (queue) => (queue.DelaySeconds = 90), true);
    expect(found()).toEqual(['Cell3 unlike-member']);
  });

  it('a count that the factor does not give', () => {
    edit(({ stackMembers }) => (stackMembers![0]!.count = '${2 * cells}'));
    expect(found()).toEqual([' member-count']);
  });

  it('a member that is named twice', () => {
    edit(({ stackMembers }) => (stackMembers![0]!.prod[4] = 'Cell3'));
    expect(found).toThrow(expect.objectContaining({ code: 'allowlist-pair' }) as Error);
  });

  it('a stack more that a stack waits for', () => {
    edit(({ unsharedStacks, stackMembers }) => {
      const [group] = stackMembers!;
      group!.prod.pop();
      group!.count = '${cells}';
      unsharedStacks!.pop();
    });
    expect(found()).toEqual(expect.arrayContaining(['Front deployment', ' member-count']));
  });

  it.each<[string, (pair: Pair) => void]>([
    ['a stack more that is no member', ({ stackMembers }) => stackMembers![0]!.prod.pop()],
    ['no members at all', (pair) => delete pair.stackMembers],
    ['a member that is no stack', ({ unsharedStacks }) => unsharedStacks!.pop()],
    [
      'a shared stack that is one more',
      ({ unsharedStacks, stackMembers }) => {
        unsharedStacks![0]!.path = 'Front';
        stackMembers![0]!.prod[2] = 'Front';
      },
    ],
  ])('a manifest with %s', (_, change) => {
    edit(change);
    expect(found).toThrow(expect.objectContaining({ code: 'allowlist-pair' }) as Error);
  });

  it('a stack more that is deployed elsewhere than the manifest says', () => {
    edit(({ unsharedStacks }) => (unsharedStacks![0]!.env = { region: 'us-east-1' }));
    expect(found).toThrow(expect.objectContaining({ code: 'manifest' }) as Error);
  });
});
