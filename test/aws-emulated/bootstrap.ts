import { S3 } from '@aws-sdk/client-s3';
import { SSM } from '@aws-sdk/client-ssm';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, type Emulator } from './emulator';
import type { Synthesized } from './pair';

const QUALIFIER = 'hnb659fds';
/** The account of each emulator. */
const ACCOUNTS = { ministack: '000000000000', moto: '123456789012' } as const;
const bucketOf = ({ name }: Emulator, account: string = ACCOUNTS[name]): string =>
  `cdk-${QUALIFIER}-assets-${account}-us-east-1`;

/** What `cdk bootstrap` makes, as far as these stacks need it. @param account - another one than that of any credentials */
export async function bootstrap(emulator: Emulator, account?: string): Promise<void> {
  const use = account === undefined ? emulator.use : emulator.useAs(account);
  await use(SSM).putParameter({ Name: `/cdk-bootstrap/${QUALIFIER}/version`, Value: '30', Type: 'String' });
  await use(S3).createBucket({ Bucket: bucketOf(emulator, account) });
}

interface AssetManifest {
  readonly files: Readonly<Record<string, FileAsset>>;
}

interface FileAsset {
  readonly source: { readonly path: string; readonly packaging: 'file' | 'zip' };
  readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
}

/** Uploads the assets of a stack: the code of the CDK's own handlers, the templates of nested stacks. */
export async function publish(emulator: Emulator, { stackName, assembly }: Synthesized): Promise<void> {
  const manifest = readFileSync(join(assembly, `${stackName}.assets.json`), 'utf8');
  for (const { source, destinations } of Object.values((JSON.parse(manifest) as AssetManifest).files)) {
    const path = join(assembly, source.path);
    const Body = readFileSync(source.packaging === 'zip' ? zip(path) : path);
    for (const { objectKey: Key } of Object.values(destinations))
      await emulator.use(S3).putObject({ Bucket: bucketOf(emulator), Key, Body });
  }
}

/** A zip of a folder, beside it: Node cannot make one, Python can. */
function zip(folder: string): string {
  const file = `${folder}.zip`;
  const files = readdirSync(folder).map((name) => join(folder, name));
  const { status, stderr } = spawnSync(install(), ['-m', 'zipfile', '-c', file, ...files], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${file} was not made: ${stderr}`);
  return file;
}
