import { execFileSync } from 'node:child_process';
import { compileFunction } from 'node:vm';
import type { ValidateFunction } from 'ajv';
import { VALIDATORS, VERSIONS } from '../../lib/parity/validators';
import { copy, manifestOf } from './small-shop';

/** What the build puts in the place of lib/parity/validators.ts. */
function built(): { VALIDATORS: typeof VALIDATORS; VERSIONS: typeof VERSIONS } {
  const print =
    "import('./scripts/validators.mjs').then(({ validatorsCode }) => process.stdout.write(validatorsCode()))";
  const code = execFileSync(process.execPath, ['-e', print], { encoding: 'utf8' });
  const exported = {};
  const run = compileFunction(code, ['exports', 'module', 'require']) as (...given: unknown[]) => void;
  run(exported, { exports: exported }, require);
  return exported as ReturnType<typeof built>;
}

const {
  VALIDATORS: { manifest, whitelist },
  VERSIONS: versions,
} = built();

/** Every value with one thing taken out of it, or another in its place. */
function* spoilt(value: unknown): Generator {
  for (const other of [null, 'x', 0, [], {}]) yield other;
  if (typeof value !== 'object' || value === null) return;
  for (const key of Object.keys(value)) {
    const { [key]: child, ...rest } = value as Record<string, unknown>;
    yield Array.isArray(value) ? value.filter((_, i) => String(i) !== key) : rest;
    for (const other of spoilt(child)) {
      const all = copy(value) as Record<string, unknown>;
      all[key] = other;
      yield all;
    }
  }
  if (!Array.isArray(value)) yield { ...value, unknown: 1 };
}

const says = (validate: ValidateFunction, json: unknown): unknown =>
  validate(json) ? 'valid' : validate.errors?.[0];

it('judge a twin.json in the package as from the source', () => {
  const written = manifestOf().manifest;
  const { definitions } = written;
  const few = { ...written, definitions: definitions.map((it) => ({ ...it, tried: it.tried.slice(0, 1) })) };
  const all = [few, ...spoilt(few)];
  const wrong = all.filter((json) => says(manifest, json) !== 'valid');
  for (const json of all) expect(says(manifest, json)).toEqual(says(VALIDATORS.manifest, json));
  expect(says(manifest, few)).toBe('valid');
  expect(wrong.length).toBeGreaterThan(1000);
});

it('judge a whitelist in the package as from the source', () => {
  const factor = {
    name: 'tasks',
    kind: 'count',
    reason: 'fewer',
    type: 'AWS::ECS::Service',
    path: 'DesiredCount',
  };
  const list = { version: 1, ephemeral: true, names: { prod: 'a', staging: 'b' }, factors: [factor] };
  expect(says(whitelist, list)).toBe('valid');
  for (const json of [list, ...spoilt(list)])
    expect(says(whitelist, json)).toEqual(says(VALIDATORS.whitelist, json));
});

it('know the versions that the schemas have', () => {
  expect(versions).toEqual(VERSIONS);
  expect(versions.manifest).toBe(manifestOf().manifest.version);
});
