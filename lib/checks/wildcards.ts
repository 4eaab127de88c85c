import { namedByArn } from '../aws/types';
import { escape } from '../template/words';
import { grantsNothing, isInward, isOwn, KEPT_BY_AWS, lastOf, PART, type Leaf, type Scan } from './leaf';

/** An ARN in the environment's own account, in whichever, or, of a bucket, in none. */
const ARN = new RegExp(
  String.raw`arn:${PART}:([\w-]+):${PART}:(\$\{AWS::AccountId\}|\d{12}|\*|):((?:\$\{[^}]*\}|[^\s"'\\,])+)`,
  'g',
);

/**
 * ARNs with a wildcard that covers resources of production and none of the environment's own: policies take such for resources.
 */
export function wildcardsOverProduction(leaf: Leaf, scan: Scan): string[] {
  if (scan.prodNamesNear.length === 0 || grantsNothing(leaf) || isInward(leaf)) return [];
  return [...leaf.text.matchAll(ARN)].flatMap(([arn, , owner]) => {
    const isOwnAccount = !/^\d/.test(owner!) || owner === scan.account;
    return isOwnAccount && !isOwn(arn) && coveredBy(arn, scan).length > 0 ? [arn] : [];
  });
}

/** The names of production that a wildcard covers; none where it covers something of the environment's own, or everything. */
export function coveredBy(arn: string, scan: Scan): string[] {
  const [[, service, , last] = []] = [...arn.matchAll(ARN)];
  const named = service === undefined || last === undefined ? undefined : namedByArn(service, last);
  const patterns = named ? patternsIn(named.name) : [];
  if (!named || patterns.length === 0 || isOfEverybody(named)) return [];
  const isCovered = (name: string): boolean =>
    patterns.some((pattern) => pattern.test(inArn(named.type, name.replace(/^\//, ''))));
  const isLike = (type: string): boolean => lastOf(type).endsWith(lastOf(named.type));
  const isOwnCovered = ownNames(isLike, scan).some(
    (name) => isCovered(name) || isCovered(name.toLowerCase()),
  );
  if (isOwnCovered) return [];
  const theirs = scan.prodNamesNear.filter(({ type, name }) => isLike(type) && isCovered(name));
  return theirs.map(({ name }) => name);
}

/** A name as ARNs have it: that of a secret with six letters behind it. AWS Secrets Manager User Guide, "What's in a secret?". */
const inArn = (type: string, name: string): string =>
  type === 'AWS::SecretsManager::Secret' ? `${name}-AbCdEf` : name;

/** The names of the environment's own resources of a type: those that they are given, and what CloudFormation may generate. */
function ownNames(isLike: (type: string) => boolean, { names, unnamed, stackNames }: Scan): string[] {
  const given = [...names].flatMap((own) => {
    const at = own.indexOf(' ');
    return isLike(own.slice(0, at)) ? [own.slice(at + 1)] : [];
  });
  const generated = unnamed
    .filter(({ type }) => isLike(type))
    .flatMap(({ logicalId }) => stackNames.map((stack) => `${stack}-${logicalId}-ABCDEFGHIJKL`));
  return [...given, ...generated];
}

/** What AWS and the AWS CDK keep for themselves, and images, which come from where releases are. */
const isOfEverybody = ({ type, name }: { readonly type: string; readonly name: string }): boolean =>
  type === 'AWS::ECR::Repository' || KEPT_BY_AWS.test(name);

/**
 * A name with wildcards as patterns for whole names: none for one without, and for one over everything. What stands behind a name
 * is a part of the resource: an index, a stream, an object.
 */
function patternsIn(name: string): RegExp[] {
  const written = name.replace(/^\//, '');
  const ends = [...written.matchAll(/[/:]/g)].map(({ index }) => index);
  return [...ends.map((end) => written.slice(0, end)), written]
    .filter((it) => /[*?]/.test(it) && /[a-z\d]/i.test(it.replaceAll(/\$\{[^}]*\}/g, '')))
    .map((it) => new RegExp(`^${escape(it).replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`, 's'));
}
