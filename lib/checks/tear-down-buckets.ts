import { EMPTIER_TYPE } from '../aws/life';
import { listOf, isObject, type JsonObject } from '../json';
import { idsIn } from '../template/references';
import { textOf } from '../template/text';
import type { Breach } from './finding';
import { breach, needed, type Resource, type Stack } from './resource';

export function isEmptied({ id, properties }: Resource, { resources }: Stack): Breach[] {
  const names = new Set([`\${${id}}`, textOf(properties['BucketName'])]);
  const isEmptier = (it: Resource): boolean =>
    it.type === EMPTIER_TYPE && names.has(textOf(it.properties['BucketName']) ?? '');
  if ([...resources.values()].some(isEmptier)) return [];
  const message =
    'got a bucket that nothing empties, which is not deleted while it holds objects; allowed is one with Custom::S3AutoDeleteObjects';
  return [
    breach('not-emptied', ['Type'], 'AWS::S3::Bucket', message, 'Set autoDeleteObjects on the bucket.'),
  ];
}

/** What writes to a bucket until it is gone has to go before the bucket is emptied; what the emptying needs itself cannot. */
export function isGoneBeforeEmptying(
  { type, id, entry, properties }: Resource,
  { resources }: Stack,
): Breach[] {
  if (!WRITERS.test(type)) return [];
  if (type.endsWith('::LoadBalancer') && !logsToBucket(properties)) return [];
  const refers = idsIn(entry);
  const emptiers = [...resources.values()].filter(({ type: is }) => is === EMPTIER_TYPE);
  return emptiers.flatMap((emptier) => {
    const bucket = [...idsIn(emptier.entry)].find(
      (it) => refers.has(it) && resources.get(it)?.type === 'AWS::S3::Bucket',
    );
    if (bucket === undefined) return [];
    const waits = needed(id, resources).has(emptier.id);
    if (waits || needed(emptier.id, resources).has(id)) return [];
    const message = `got a reference to ${bucket} without waiting for ${emptier.id}, so that it may fill the bucket again after it was emptied; allowed is to wait for it`;
    return [breach('refilled-bucket', ['DependsOn'], undefined, message, `Let it depend on ${emptier.id}.`)];
  });
}

/** Whether a load balancer writes any of its logs. */
const logsToBucket = (properties: JsonObject): boolean =>
  listOf(properties['LoadBalancerAttributes']).some(
    (item) =>
      isObject(item) &&
      (textOf(item['Key']) ?? '').endsWith('_logs.s3.enabled') &&
      item['Value'] !== 'false' &&
      item['Value'] !== false,
  );

/** Services that deliver to a bucket by themselves. */
const WRITERS =
  /^AWS::(?:CloudFront::Distribution|CloudTrail::Trail|EC2::FlowLog|ElasticLoadBalancing(?:V2)?::LoadBalancer|KinesisFirehose::DeliveryStream|MSK::Cluster|S3::Bucket|WAFv2::LoggingConfiguration)$/;
