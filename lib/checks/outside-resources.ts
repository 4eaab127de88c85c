import { namedByArn, relatedTypes } from '../aws/types';
import {
  grantsNothing,
  INWARD,
  isEnvironmentOf,
  isForeign,
  isInward,
  isKeyOfRestore,
  isOwn,
  KEPT_BY_AWS,
  lastOf,
  PART,
  type Leaf,
  type Scan,
} from './leaf';
import { wordsIn } from './names';
import { patternOf } from './outside';

/** What AWS made: its own keys, policies and roles, defaults, capacity providers, and every service's principal. */
const OF_AWS = new RegExp(
  [
    String.raw`^(?:\*|\$LATEST|\d+|FARGATE(?:_SPOT)?|none)$`,
    String.raw`^default(?:$|[.:])|/default$`,
    String.raw`^(?:arn:.*:)?alias/aws/|^aws/`,
    String.raw`^arn:${PART}:iam::aws:|:role/aws-service-role/`,
    String.raw`^arn:${PART}:\w+:::aws-sdk:`,
    String.raw`\.amazonaws\.com(?:\.cn)?$`,
    // Policies of CloudFront that AWS keeps are known by such ids, and nothing else is.
    String.raw`^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
  ].join('|'),
);

/** A text that names another resource, and none of the environment's. */
export function namesOutside(leaf: Leaf, scan: Scan): string[] {
  const { type, path, text, key } = leaf;
  if (path[0] !== 'Properties' || text === '' || key === '') return [];
  // Of a choice the place is that of what is chosen.
  const below = path.slice(1).filter((step, i, steps) => step !== 'Fn::If' && steps[i - 1] !== 'Fn::If');
  const types = relatedTypes(type, below);
  if (
    types.length === 0 ||
    /[\s{}]/.test(text.replaceAll(/\$\{[^}]*\}/g, '')) || // a document, such as the definition of a state machine
    isKeyOfRestore(leaf) ||
    INWARD.has(key) ||
    isOwn(text) ||
    OF_AWS.test(text)
  )
    return [];
  if (types.includes('AWS::S3::Bucket')) return []; // which has a rule of its own
  const isOwnName = [...scan.names].some((named) => {
    const [ofType, name] = [named.slice(0, named.indexOf(' ')), named.slice(named.indexOf(' ') + 1)];
    const isIt = name !== '' && (text === name || text.endsWith(`:${name}`) || text.endsWith(`/${name}`));
    return isIt && (types.includes(ofType) || types.includes('*'));
  });
  const account = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(text)?.[1];
  return isOwnName || (account !== undefined && !isForeign(account, scan) && account !== scan.account)
    ? []
    : [text];
}

const OWN_ARN = new RegExp(
  String.raw`arn:${PART}:([\w-]+):${PART}:(\$\{AWS::AccountId\}|\d{12}):((?:\$\{[^}]*\}|[^\s"'\\,])+)`,
  'g',
);

/** ARNs in the environment's own account of resources that it does not make: what a policy allows, and what programs are given. */
export function arnsOutside(leaf: Leaf, { names, account, stackNames }: Scan): string[] {
  if (!leaf.text.includes('arn:') || isKeyOfRestore(leaf) || grantsNothing(leaf) || isInward(leaf)) return [];
  return [...leaf.text.matchAll(OWN_ARN)].flatMap(([arn, service, owner, last]) => {
    if (owner !== '${AWS::AccountId}' && owner !== account) return [];
    const named = namedByArn(service!, last!);
    if (!named || isOwn(arn) || OF_AWS.test(arn) || KEPT_BY_AWS.test(named.name)) return [];
    if (named.type === 'AWS::ECR::Repository') return []; // images come from where releases are
    // What is called by the stack's name is meant to be the environment's.
    if (/\$\{AWS::Stack(?:Name|Id)\}/.test(arn) || stackNames.some((it) => named.name.includes(it)))
      return [];
    // What stands behind the name is a part of the resource, or everything below it.
    const name = named.name.replace(/^\//, '').replace(/-\?{6}$|[/:]\*$/, '');
    if (/[*?]/.test(name) || name === '') return []; // which may be many: a rule of its own looks for production's
    const isMade = [...names].some((own) => {
      const [type, given] = [own.slice(0, own.indexOf(' ')), own.slice(own.indexOf(' ') + 1)];
      const other = given.replace(/^\//, '');
      const isLike = lastOf(type).endsWith(lastOf(named.type));
      const isPart =
        name.startsWith(`${other}/`) || name.startsWith(`${other}:`) || name.endsWith(`/${other}`);
      return isLike && (name === other || isPart || other.startsWith(`${name}/`));
    });
    return isMade ? [] : [arn];
  });
}

/**
 * A name of a resource of production's that is not also one of the environment's. One that is an ordinary word is looked for
 * where programs read names only, and as a whole.
 */
export function namesOfProduction(leaf: Leaf, { prodNames }: Scan): string[] {
  const { text, path, key } = leaf;
  if (prodNames.size === 0 || path.includes('Tags') || key.endsWith('Description')) return [];
  const near = new Set(wordsIn(text).flatMap((word) => prodNames.get(word) ?? []));
  const found = [...near].filter(({ name }) => {
    if (/^[a-z]*$/.test(name) || name.length < 6) return text === name && isEnvironmentOf(leaf);
    return patternOf({ id: name, reason: '' }).test(text);
  });
  return [...new Set(found.map(({ name }) => name))];
}
