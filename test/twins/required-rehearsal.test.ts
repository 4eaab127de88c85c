import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack, Stage } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Evidence } from '../../lib/evidence/evidence';
import { seal } from '../../lib/evidence/seal';
import { writeEvidence } from '../../lib/evidence/store';
import { replicas, Twins } from '../../lib';
import { Assembly } from '../../lib/parity/assembly';
import { deployedOf } from '../../lib/parity/deployed';
import type { Manifest } from '../../lib/parity/manifest';
import { SYNTHESIS_FOR } from '../../lib/synthesis-for';
import { go } from '../evidence/samples';
import { newApp } from '../app';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-required-'))));
afterEach(() => {
  delete process.env[SYNTHESIS_FOR];
  rmSync(folder, { recursive: true });
});

interface Variant {
  readonly readers?: number;
  readonly maxAgeHours?: number;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly isStage?: boolean;
  readonly hasStaging?: boolean;
  /** How many readers a second production has. @default - there is none */
  readonly second?: number;
}

/** Synthesises an app whose production has to have been rehearsed. @returns the folder of its assembly */
function synth({
  readers = 3,
  maxAgeHours,
  context = {},
  isStage = false,
  hasStaging = true,
  second,
}: Variant = {}): string {
  const app = newApp({ outdir: mkdtempSync(join(folder, 'out-')), context });
  const twins = new Twins(app, {
    scale: { readers: replicas({ reason: 'fewer', max: 9 }) },
    environment: (scope, id, scale, options) => {
      const root = isStage ? new Stage(scope, id) : new Stack(scope, id, options);
      const stack = isStage ? new Stack(root, 'Data') : root;
      for (let i = 0; i < scale.readers; i++) new sqs.Queue(stack, `Reader${i}`);
      return root;
    },
    requireRehearsal: { root: join(folder, '.twin'), ...(maxAgeHours !== undefined && { maxAgeHours }) },
  });
  twins.prod('Prod', { scale: { readers } });
  if (second !== undefined) twins.prod('ProdB', { scale: { readers: second } });
  if (hasStaging) twins.staging('Staging', { scale: { readers: 2 }, expires: '2099-12-01T18:00:00' });
  const { directory } = app.synth();
  return directory;
}

/** Puts a rehearsal on record, of what `twin rehearse` synthesises. */
function rehearse(variant: Variant = {}, change: Partial<Evidence> = {}): void {
  process.env[SYNTHESIS_FOR] = 'rehearse';
  const prod = deployedOf(new Assembly(synth(variant)), 'Prod');
  delete process.env[SYNTHESIS_FOR];
  const evidence = { ...go, endedAt: new Date().toISOString(), ...change };
  writeEvidence(
    join(folder, '.twin', evidence.rehearsal),
    seal({ ...evidence, subject: { ...evidence.subject, prod } }),
  );
}

it.each([false, true])('synthesises production only as what was rehearsed (stage: %s)', (isStage) => {
  expect(() => synth({ isStage })).toThrow(
    /FATAL Prod may not be deployed: there is no rehearsal of [^]*For a first deployment, say so: -c unrehearsed="first deployment"\./,
  );
  rehearse({ isStage });
  expect(() => synth({ isStage })).not.toThrow();
  expect(() => synth({ isStage, readers: 4 })).toThrow(
    /Prod is not what was rehearsed: 1 entry changed since \S+ gave GO \((Data\/)?Reader3\)/,
  );
});

it('synthesises a second production where it is but for names what was rehearsed', () => {
  expect(() => synth({ second: 3 })).toThrow(/FATAL ProdB may not be deployed: there is no rehearsal of /);
  rehearse({ second: 3 });
  expect(() => synth({ second: 3 })).not.toThrow();
  expect(() => synth({ second: 4 })).toThrow(
    /FATAL ProdB may not be deployed: ProdB was never rehearsed: \S+ gave GO to Prod, and it is of another scale: readers is 4, and 3 in Prod/,
  );
});

it('tells it on production alone, so that stagings are deployed', () => {
  expect(() => synth()).toThrow(/FATAL[^\n]*\n +Prod aws-cdk-lib\.Stack\n/);
  expect(() => synth()).not.toThrow(/\n +Staging aws-cdk-lib\.Stack\n/);
});

it('takes no NO-GO and nothing old', () => {
  rehearse({}, { verdict: 'NO-GO', reasons: ['stale reads: 3'] });
  expect(() => synth()).toThrow('gave 1.43.0 NO-GO');
  const endedAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
  rehearse({}, { endedAt });
  expect(() => synth()).toThrow('gave GO 25 h ago; allowed is 24 h');
  expect(() => synth({ maxAgeHours: 26 })).not.toThrow();
});

it('is deployed without one for a reason, which stands in the assembly', () => {
  const directory = synth({ context: { unrehearsed: 'first deployment' } });
  const { definitions } = JSON.parse(readFileSync(join(directory, 'twin.json'), 'utf8')) as Manifest;
  expect(definitions[0]!.warnings).toEqual([
    {
      rule: 'unrehearsed',
      text: 'production is deployed without a rehearsal: first deployment',
      fix: 'Rehearse what runs there afterwards, and leave -c unrehearsed out of the next deployment.',
    },
  ]);
});

it.each([true, '', ' yes ', 7])('takes no context for a reason that is none: %j', (unrehearsed) => {
  expect(() => synth({ context: { unrehearsed } })).toThrow('expected is why production is deployed');
});

it('says so where production has no staging to be rehearsed on', () => {
  expect(() => synth({ hasStaging: false })).toThrow(
    /Prod cannot be compared with what was rehearsed: nothing was compared/,
  );
});

it('asks for nothing where nothing is required', () => {
  const app = newApp({ outdir: join(folder, 'out'), context: { unrehearsed: 'of another app' } });
  const twins = new Twins(app, {
    scale: { readers: replicas({ reason: 'fewer', max: 9 }) },
    environment: (scope, id, { readers }, options) => {
      const stack = new Stack(scope, id, options);
      for (let i = 0; i < readers; i++) new sqs.Queue(stack, `Reader${i}`);
      return stack;
    },
    requireRehearsal: false,
  });
  twins.prod('Prod', { scale: { readers: 3 } });
  twins.staging('Staging', { scale: { readers: 2 }, expires: '2099-12-01T18:00:00' });
  const { directory } = app.synth();
  const { definitions } = JSON.parse(readFileSync(join(directory, 'twin.json'), 'utf8')) as Manifest;
  expect(definitions[0]!.warnings ?? []).toEqual([]);
});

it.each([['yes'], [{ maxAge: 3 }], [{ maxAgeHours: -1 }], [{ root: 7 }], [null]])(
  'refuses a requirement that is none: %j',
  (requireRehearsal) => {
    const definition = {
      scale: {},
      environment: (scope: App, id: string) => new Stack(scope, id),
      requireRehearsal: requireRehearsal as unknown as boolean,
    };
    expect(() => new Twins(newApp(), definition)).toThrow(
      /as its requireRehearsal; true or \{ maxAgeHours, root \} is expected/,
    );
  },
);
