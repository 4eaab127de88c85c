import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Handle } from '../../target';
import { accessKeyOf, clientsFor, DEFAULT_REGION, type EmulatorClients, type Reach } from './clients';
import { answers } from './server';
import { emptyBucket, EmulatorStack, isAbsent } from './stack';

/** What an environment has in an emulator that goes on after it. */
export interface SharedPlace extends Reach {
  /** The name of its stack. */
  readonly name: string;
}

/** What a handle leads to; undefined where its environment uses no emulator that goes on. */
export function sharedPlaceOf(handle: Handle): SharedPlace | undefined {
  const { name: folder, awsEndpoint: endpoint, awsRegion: region = notedRegion(folder) } = handle;
  if (endpoint === undefined) return undefined;
  return { endpoint, region, accessKey: accessKeyOf(folder), name: basename(folder) };
}

/** The bucket for the code of functions, of one environment alone. */
export const assetBucketOf = (name: string): string => `${name}-assets`;

/** Writes down, before anything is made there, in which region it will be: a handle that is found in the folder does not know. */
export const noteRegion = (folder: string, region: string): void => writeFileSync(regionFile(folder), region);

function notedRegion(folder: string): string {
  try {
    return readFileSync(regionFile(folder), 'utf8');
  } catch {
    return DEFAULT_REGION; // nothing was made there
  }
}

const regionFile = (folder: string): string => join(folder, 'aws-region');

/** Removes what an environment has there. Succeeds when there is nothing, and when the emulator has ended with all that it had. */
export async function remove(place: SharedPlace, signal: AbortSignal): Promise<void> {
  if (!(await answers(place.endpoint))) return;
  const clients = clientsFor(place);
  const stack = new EmulatorStack(clients, place.name);
  const functions = (await stack.resources()).filter(({ type }) => type === 'AWS::Lambda::Function');
  await stack.delete(signal);
  for (const { physicalId } of functions)
    await clients.logs.deleteLogGroup({ logGroupName: `/aws/lambda/${physicalId}` }).catch(unlessAbsent);
  const bucket = assetBucketOf(place.name);
  await emptyBucket(clients.s3, bucket);
  await clients.s3.deleteBucket({ Bucket: bucket }).catch(unlessAbsent);
}

/** What an environment still has there, each in one phrase. */
export async function leftIn(place: SharedPlace): Promise<readonly string[]> {
  if (!(await answers(place.endpoint))) return [];
  const clients = clientsFor(place);
  const resources = await new EmulatorStack(clients, place.name).resources();
  const bucket = assetBucketOf(place.name);
  return [
    ...resources.map(({ type, physicalId }) => `${type} ${physicalId} at ${place.endpoint}`),
    ...((await hasBucket(clients, bucket)) ? [`AWS::S3::Bucket ${bucket} at ${place.endpoint}`] : []),
  ];
}

async function hasBucket({ s3 }: EmulatorClients, bucket: string): Promise<boolean> {
  try {
    await s3.headBucket({ Bucket: bucket });
    return true;
  } catch (error) {
    unlessAbsent(error as Error);
    return false;
  }
}

function unlessAbsent(error: Error): void {
  if (!isAbsent(error)) throw error;
}
