import { digestOf } from '../digest';
import { isObject, type Json } from '../json';
import { Origins } from '../template/constructs';
import { ASSETS, DEPLOYMENT } from '../template/deployment';
import { modelOf, SECTIONS, STACK_TAGS } from '../template/model';
import type { Assembly } from './assembly';
import { filesOf, givenTo } from './environment-files';

/** What would be deployed of an environment, by digests: whoever synthesises the same finds the same. */
export interface Deployed {
  /** Such as `Prod`. */
  readonly environment: string;
  /** The SHA-256 of all of its stacks, in hexadecimal digits. */
  readonly digest: string;
  readonly stacks: readonly DeployedStack[];
}

/** One stack of it. */
export interface DeployedStack {
  /** The stack's path inside the environment; empty when it is the environment. */
  readonly path: string;
  /** All that its template has, and what stands beside it: tags, assets, options. */
  readonly entries: readonly DeployedEntry[];
}

/** A resource, an output, an asset, an option of the deployment. */
export interface DeployedEntry {
  /** Such as `Resources`, `Assets` or `Deployment`. */
  readonly section: string;
  /** Its logical id or name. */
  readonly id: string;
  /** Of a resource: such as `AWS::SQS::Queue`. */
  readonly type?: string;
  /** Of a resource: its construct's path inside the environment. */
  readonly construct?: string;
  /** The first digits of its SHA-256. */
  readonly digest: string;
}

/**
 * What would be deployed of an environment: its templates, the hashes of its assets, and how its stacks are deployed. Metadata and where
 * things lie on this machine do not count, nor what assets hold: it is published under their hashes, and bundling it again may give other bytes.
 *
 * @throws TwinError `unknown-environment`, and those of reading an assembly
 */
export function deployedOf(assembly: Assembly, environment: string): Deployed {
  const stacks = filesOf(assembly, environment).map(({ path, file }) => ({
    path,
    entries: entriesOf(assembly, environment, file),
  }));
  return { environment, digest: digestOf(stacks.map(withoutNames)), stacks };
}

/** The construct of a resource is metadata. */
const withoutNames = ({ path, entries }: DeployedStack): Json => [
  path,
  entries.map(({ section, id, digest }) => [section, id, digest]),
];

/** 128 bits: nobody makes another value of the same. */
const DIGITS = 32;

function entriesOf(assembly: Assembly, environment: string, file: string): DeployedEntry[] {
  const { template, origin } = assembly.side(file);
  const model = modelOf(template, origin);
  const origins = new Origins(template);
  const entry = (section: string, id: string, value: Json, more = {}): DeployedEntry => ({
    section,
    id,
    ...more,
    digest: digestOf([value]).slice(0, DIGITS),
  });
  const entries = SECTIONS.flatMap((section) =>
    Object.entries(model[section]).map(([id, value]) => {
      const [type, construct] = [origins.type([section, id]), origins.construct([section, id])];
      return entry(section, id, value, { ...(type && { type }), ...(construct && { construct }) });
    }),
  );
  const beside = Object.entries(model.top).flatMap(([key, value]) =>
    BESIDE.has(key) && isObject(value)
      ? Object.entries(value).map(([id, it]) => entry(key, id, key === ASSETS ? withoutContents(it) : it))
      : [entry('Template', key, value)],
  );
  const deployment = assembly.deployment(file);
  const options = deployment
    ? [
        entry(DEPLOYMENT, 'stack name', deployment.name),
        entry(DEPLOYMENT, 'account and region', [deployment.account ?? '', deployment.region ?? '']),
        entry(DEPLOYMENT, 'termination protection', deployment.isProtected),
        ...Object.entries(givenTo(assembly, environment)).map(([name, value]) =>
          entry(DEPLOYMENT, `parameter ${name}`, value),
        ),
      ]
    : [];
  return [...entries, ...beside, ...options].toSorted(
    (a, b) => compare(a.section, b.section) || compare(a.id, b.id),
  );
}

const BESIDE: ReadonlySet<string> = new Set([STACK_TAGS, DEPLOYMENT, ASSETS]);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function withoutContents(asset: Json): Json {
  if (!isObject(asset)) return asset;
  const { contents: _contents, ...rest } = asset;
  return rest;
}
