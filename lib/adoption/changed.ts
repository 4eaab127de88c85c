import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equalJson, isObject, own, type Json, type JsonObject } from '../json';
import { deploymentsOf, stackArtifacts } from '../template/assembly';

/** A stack whose template is no longer what it was. */
export interface ChangedStack {
  /** As the CDK's command line calls it. */
  readonly id: string;
  /** What differs, for people: `AWS::EC2::SecurityGroup GroupDescription`. */
  readonly places: readonly string[];
}

/** The stacks of an assembly that another one makes too, under the same name, and with another template. */
export function changedStacks(before: string, after: string): ChangedStack[] {
  const was = templatesIn(before);
  return [...templatesIn(after)].flatMap(([name, { id, template }]) => {
    const former = was.get(name);
    if (former === undefined || equalJson(former.template, template)) return [];
    return [{ id, places: differing(former.template, template, (key) => key, placesIn) }];
  });
}

/** In what two templates differ that are alike in the rest: resources by their types and properties, the rest by its section. */
const placesIn = (was: Json, is: Json, section: string): string[] =>
  section !== 'Resources'
    ? [section]
    : differing(was, is, typeOf, (one, other) => {
        const type = typeOf('', one);
        if (type !== typeOf('', other)) return [type];
        const [a, b] = [one, other].map((it) => (isObject(it) ? (it['Properties'] ?? {}) : {}));
        const properties = differing(a!, b!, (key) => key);
        return properties.length === 0 ? [type] : properties.map((it) => `${type} ${it}`);
      });

/** The names of the members in which two objects differ; of members that both have what `within` says of them. */
function differing(
  was: Json,
  is: Json,
  nameOf: (key: string, value: Json) => string,
  within: (was: Json, is: Json, key: string) => readonly string[] = (it, _, key) => [nameOf(key, it)],
): string[] {
  const [a, b] = [was, is].map((it): JsonObject => (isObject(it) ? it : {})) as [JsonObject, JsonObject];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const names = keys.flatMap((key) => {
    const [one, other] = [own(a, key), own(b, key)];
    if (one === undefined || other === undefined) return [nameOf(key, one ?? other!)];
    return equalJson(one, other) ? [] : within(one, other, key);
  });
  return [...new Set(names)];
}

const typeOf = (key: string, resource: Json): string =>
  isObject(resource) && typeof resource['Type'] === 'string' ? resource['Type'] : key;

function templatesIn(assembly: string): Map<string, { readonly id: string; readonly template: Json }> {
  const artifacts = stackArtifacts(assembly);
  return new Map(
    deploymentsOf(artifacts).map(({ name, file }, i) => {
      const { id, artifact } = artifacts[i]!;
      const { displayName } = artifact;
      const template = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as JsonObject;
      return [name, { id: typeof displayName === 'string' ? displayName : id, template: deployed(template) }];
    }),
  );
}

/** A template without what the CDK counts the use of its constructs by, and without the paths of constructs. */
function deployed(template: JsonObject): Json {
  if (!isObject(template['Resources'])) return template;
  const resources = Object.entries(template['Resources'])
    .filter(([, it]) => !(isObject(it) && it['Type'] === 'AWS::CDK::Metadata'))
    .map(([id, it]) => [id, isObject(it) ? withoutPath(it) : it] as const);
  return { ...template, Resources: Object.fromEntries(resources) };
}

function withoutPath(resource: JsonObject): JsonObject {
  if (!isObject(resource['Metadata'])) return resource;
  const { 'aws:cdk:path': _, ...metadata } = resource['Metadata'];
  return { ...resource, Metadata: metadata };
}
