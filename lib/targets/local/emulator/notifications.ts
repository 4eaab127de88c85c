import type { NotificationConfiguration } from '@aws-sdk/client-s3';
import { isObject, type JsonObject } from '../../../json';
import type { Names } from '../names/names';
import type { EmulatorClients } from './clients';
import { BUCKET_NOTIFICATIONS, type Selection } from './selection';
import { isAbsent } from './stack';

/** Sends the events of buckets to where the templates say. @param names - with what the emulator has made */
export async function notify(
  { s3 }: EmulatorClients,
  { custom }: Selection,
  names: Names,
  before: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const wanted = new Map<string, JsonObject>();
  for (const { type, stack, properties } of custom) {
    if (type !== BUCKET_NOTIFICATIONS) continue;
    const evaluated = names.json(stack, properties);
    if (!isObject(evaluated) || !isObject(evaluated['NotificationConfiguration'])) continue;
    wanted.set(String(evaluated['BucketName']), evaluated['NotificationConfiguration']);
  }
  for (const bucket of new Set([...before, ...wanted.keys()])) {
    const configuration = (wanted.get(bucket) ?? {}) as NotificationConfiguration;
    await s3
      .putBucketNotificationConfiguration({
        Bucket: bucket,
        NotificationConfiguration: configuration,
        SkipDestinationValidation: true,
      })
      .catch((error: Error) => {
        if (!isAbsent(error)) throw error; // a bucket that was not made, or is gone with the release before
      });
  }
  return new Set(wanted.keys());
}
