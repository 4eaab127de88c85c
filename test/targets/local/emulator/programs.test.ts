import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ComputeTier, FunctionTier, StorageTier } from '../../../../lib/blueprint/blueprint';
import { coverageOf } from '../../../../lib/targets/local/coverage';
import { whyNotCompute, whyNotEmulated } from '../../../../lib/targets/local/emulator/module';
import { emulatorProgram, NO_EMULATOR } from '../../../../lib/targets/local/emulator/programs';

const root = mkdtempSync(join(tmpdir(), 'twin-emulators-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with programs of some names. */
function folderWith(...names: string[]): string {
  const folder = join(root, names.join('-') || 'none');
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, name), '#!/bin/sh\n');
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

const at = { path: 'X', stack: '', logicalId: 'X' };
const queue: StorageTier = { ...at, kind: 'storage', name: 'Jobs', type: 'AWS::SQS::Queue' };
const functionOf = (runtime: string | undefined): FunctionTier => ({
  ...at,
  kind: 'function',
  name: 'Fn',
  runtime,
});
const [ministack, moto] = [folderWith('ministack'), folderWith('moto_server')];

it('takes the emulator that does the most, wherever it is on the PATH', () => {
  const path = [folderWith(), moto, ministack].join(delimiter);
  expect(emulatorProgram(path)).toMatchObject({ name: 'MiniStack', command: join(ministack, 'ministack') });
  expect(emulatorProgram(moto)).toMatchObject({ name: 'moto', command: join(moto, 'moto_server') });
  expect(emulatorProgram(folderWith())).toBeUndefined();
  expect(emulatorProgram('relative')).toBeUndefined();
});

it('starts each on the loopback address of the environment alone, with its data inside the folder', () => {
  const place = { host: '127.31.7.2', port: 4566, folder: '/tmp/twin-1/aws-emulator' };
  expect(emulatorProgram(ministack)!.variables(place)).toMatchObject({
    BIND_HOST: '127.31.7.2',
    GATEWAY_PORT: '4566',
    STATE_DIR: '/tmp/twin-1/aws-emulator/state',
    S3_DATA_DIR: '/tmp/twin-1/aws-emulator/s3',
    IOT_MTLS_ENABLED: '0',
  });
  expect(emulatorProgram(moto)!.args(place.host, place.port)).toEqual(['-H', '127.31.7.2', '-p', '4566']);
});

describe('a tier', () => {
  it('says what to install where there is no emulator', () => {
    const none = folderWith();
    expect(whyNotEmulated(queue, undefined, none)).toBe(NO_EMULATOR);
    expect(whyNotEmulated(functionOf('nodejs22.x'), undefined, none)).toBe(NO_EMULATOR);
    expect(NO_EMULATOR).toMatch(/install MiniStack \(pip install ministack\), or name the endpoint/);
  });

  it('is emulated where there is one', () => {
    expect(whyNotEmulated(queue, undefined, moto)).toBeUndefined();
    expect(whyNotEmulated(queue, 'http://127.0.0.1:4566')).toBeUndefined();
    expect(whyNotEmulated(functionOf('java21'), 'http://127.0.0.1:4566')).toBeUndefined(); // it may have Docker
  });

  it('is skipped where the config wants none', () => {
    const because = 'local.awsEndpoint is false: no emulator of AWS stands in for it';
    const settings = { services: {}, awsEndpoint: false } as const;
    expect(coverageOf(queue, settings)).toEqual({ tier: 'Jobs', kind: 'storage', skipped: true, because });
  });

  it('is marked as a stand-in before anything exists', () => {
    const settings = { services: {}, awsEndpoint: 'http://127.0.0.1:4566' };
    expect(coverageOf(queue, settings)).toMatchObject({ skipped: false, standIn: 'functional, not racing' });
  });

  it('that answers at an address of its own is not emulated', () => {
    const files: StorageTier = { ...queue, name: 'Files', type: 'AWS::EFS::FileSystem' };
    expect(coverageOf(files, { services: {}, awsEndpoint: 'http://127.0.0.1:4566' })).toMatchObject({
      skipped: true,
      because: 'nothing on this machine stands in for AWS::EFS::FileSystem',
    });
  });
});

it.each<[string | undefined, string, string | undefined]>([
  ['nodejs22.x', ministack, undefined],
  ['python3.13', ministack, undefined],
  ['provided.al2023', ministack, undefined],
  [
    'java21',
    ministack,
    'MiniStack runs functions of Node.js, of Python and of provided runtimes without Docker, and its runtime is java21',
  ],
  [
    undefined,
    ministack,
    'its code is a container image, or its runtime is known only to CloudFormation: a function of which no emulator runs the code without Docker',
  ],
  [
    'nodejs22.x',
    moto,
    'moto runs no function without Docker: install MiniStack (pip install ministack), which does',
  ],
])('a function of %s is skipped where its code would not run', (runtime, path, because) => {
  expect(whyNotEmulated(functionOf(runtime), undefined, path)).toBe(because);
});

it.each<[ComputeTier['type'], string]>([
  [
    'AWS::EKS::Cluster',
    'nothing on this machine stands in for Amazon EKS: rehearse what runs in the cluster on AWS',
  ],
  [
    'AWS::EC2::Instance',
    'nothing on this machine stands in for instances of Amazon EC2: rehearse what they run on AWS',
  ],
])('%s is named and skipped', (type, because) => {
  const tier: ComputeTier = { ...at, kind: 'compute', name: 'Batch', type };
  expect(whyNotCompute(tier)).toBe(because);
  expect(coverageOf(tier, { services: {} })).toEqual({
    tier: 'Batch',
    kind: 'compute',
    skipped: true,
    because,
  });
});
