import { EMPTIER_TYPE } from '../../aws/life';
import { CfnResource, Mixins, type Stack } from 'aws-cdk-lib';
import { CfnBucket, CfnBucketPolicy, mixins } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { isObject, listOf, type Json } from '../../json';
import { idsIn } from '../../template/references';
import { entryOf, idOf, propertiesOf, resourcesIn } from './resources';

/**
 * CloudFormation deletes no bucket that holds something: the CDK's own custom resource empties each before. What refers to
 * a bucket may write to it until it is gone, so it goes first.
 */
export function emptyBuckets(stack: Stack): void {
  const own = (): CfnResource[] => resourcesIn(stack);
  const buckets = own().filter((node) => CfnBucket.isCfnBucket(node));
  if (buckets.length === 0) return;
  for (const bucket of buckets.filter((it) => !isEmptiedAlready(it))) emptyBucket(bucket, own());
  const graph = new References(own());
  for (const emptier of graph.resources.filter(({ cfnResourceType }) => cfnResourceType === EMPTIER_TYPE)) {
    const emptied = graph.resources.filter((it) => CfnBucket.isCfnBucket(it) && graph.refersTo(emptier, it));
    for (const writer of graph.resources) {
      if (writer === emptier || !emptied.some((bucket) => graph.refersTo(writer, bucket))) continue;
      if (!graph.isBelow(writer, emptier)) {
        writer.addResourceDependency(emptier);
        graph.add(writer, emptier);
      }
    }
  }
}

/** The CDK adds to a bucket's policy as far as it can read it: around intrinsics, such as those of a template that is included, we do. */
function emptyBucket(bucket: CfnResource, resources: readonly CfnResource[]): void {
  const empty = (): unknown => Mixins.of(bucket).apply(new mixins.BucketAutoDeleteObjects());
  const policy = resources.find(
    (node): node is CfnBucketPolicy =>
      CfnBucketPolicy.isCfnBucketPolicy(node) &&
      idsIn({ Bucket: propertiesOf(node)['Bucket'] ?? null }).has(idOf(bucket)),
  );
  const document = policy && propertiesOf(policy)['PolicyDocument'];
  if (!policy || !isObject(document) || Array.isArray(document['Statement'])) {
    empty();
    return;
  }
  policy.policyDocument = { Statement: [] };
  empty();
  const made = propertiesOf(policy)['PolicyDocument'];
  policy.policyDocument = withStatements(document, isObject(made) ? listOf(made['Statement']) : []);
}

/** A policy with more statements, in each of its branches. */
function withStatements(document: Json, more: readonly Json[]): Json {
  if (!isObject(document)) return document;
  const branches = document['Fn::If'];
  if (Array.isArray(branches)) {
    const [condition, ...documents] = branches as Json[];
    return { 'Fn::If': [condition!, ...documents.map((it) => withStatements(it, more))] };
  }
  const statement = document['Statement'];
  if (statement === undefined) return document;
  return {
    ...document,
    Statement: [...(Array.isArray(statement) ? (statement as Json[]) : [statement]), ...more],
  };
}

/** A bucket that the topology itself has emptied, in every environment. */
const isEmptiedAlready = (bucket: IConstruct): boolean =>
  bucket.node.scope?.node.tryFindChild('AutoDeleteObjectsCustomResource') !== undefined;

/** Which resources of a stack need which: by a reference, or because they are told to wait. */
class References {
  readonly #needs = new Map<CfnResource, Set<CfnResource>>();

  constructor(readonly resources: readonly CfnResource[]) {
    const byId = new Map(resources.map((node) => [idOf(node), node]));
    for (const node of resources) {
      const ids = [...idsIn(entryOf(node))];
      this.#needs.set(node, new Set(ids.flatMap((id) => byId.get(id) ?? []).filter((it) => it !== node)));
    }
    // What constructs are told to wait for stands in no template before the app is synthesized.
    const inside = (construct: IConstruct) =>
      construct.node.findAll().filter((it) => CfnResource.isCfnResource(it));
    const scopes = new Set(resources.flatMap((node) => node.node.scopes));
    for (const scope of scopes)
      for (const dependency of scope.node.dependencies)
        for (const node of inside(scope)) for (const needed of inside(dependency)) this.add(node, needed);
  }

  add(node: CfnResource, needed: CfnResource): void {
    if (node !== needed) this.#needs.get(node)?.add(needed);
  }

  refersTo(node: CfnResource, other: CfnResource): boolean {
    return this.#needs.get(node)?.has(other) === true;
  }

  /** Whether a resource is needed by another one, by whatever way. */
  isBelow(node: CfnResource, other: CfnResource): boolean {
    return this.below(other).includes(node);
  }

  /** Everything that a resource needs. */
  below(node: CfnResource): CfnResource[] {
    const found = new Set<CfnResource>();
    const visit = (it: CfnResource): void => {
      for (const needed of this.#needs.get(it) ?? [])
        if (!found.has(needed)) {
          found.add(needed);
          visit(needed);
        }
    };
    visit(node);
    return [...found];
  }
}
