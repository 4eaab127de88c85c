import { isObject, type Json, type JsonObject } from '../json';
import { withoutLayout } from './dashboard-layout';
import { expandLoops, isLoop } from './for-each';
import { notATemplate } from './not-a-template';
import { hasMacros, withComparableTransforms } from './transforms';

/**
 * A template as it is compared: without what does not count (metadata), with JSON texts opened, and with lists that are
 * sets in order. The template that it was made from is left as it was.
 */
export type Model = Readonly<Record<Section, JsonObject>> & {
  /** What is not a section of entries: `Description`, `Transform` and the like. */
  readonly top: JsonObject;
};

/** The sections of a template whose entries are compared by logical id. */
export const SECTIONS = ['Resources', 'Outputs', 'Parameters', 'Conditions', 'Mappings', 'Rules'] as const;
/** A section of a template. */
export type Section = (typeof SECTIONS)[number];

/** The key under which an opened JSON text hangs: `DashboardBody.(json).widgets`. */
export const JSON_TEXT = '(json)';

/** CloudFormation accepts no template of more than 1 MB; nothing in one is deeper than this. */
const MAX_DEPTH = 500;

/**
 * The model of a template.
 *
 * @param origin - the file or stack, for messages
 * @throws TwinError `template` when it is not a CloudFormation template
 */
export function modelOf(template: unknown, origin: string): Model {
  checkShallow(template, origin);
  if (!isObject(template)) throw notATemplate(origin, template, `it holds ${nameOf(template)}`);
  if (!isObject(template['Resources']) && !(template['Resources'] === undefined && hasMacros(template)))
    throw notATemplate(
      origin,
      template['Resources'] === undefined ? template : undefined,
      'it has no Resources',
    );
  const sections = SECTIONS.map((section) => [section, entriesOf(template, section, origin)]);
  const top = Object.entries(template).filter(([key]) => key !== 'Metadata' && !isSection(key));
  return { ...Object.fromEntries(sections), top: withComparableTransforms(Object.fromEntries(top)) } as Model;
}

/**
 * A template as the CDK writes it: a stack that makes nothing has no Resources.
 *
 * @param beside - what its assembly says of the stack, which is compared with it. @default - nothing
 */
export const asSynthesized = (template: unknown, beside?: JsonObject): unknown =>
  isObject(template) ? { Resources: {}, ...(expandLoops(template) as JsonObject), ...beside } : template;

/** The key under which a stack's tags hang: no template has it. */
export const STACK_TAGS = 'StackTags';

const isSection = (key: string): boolean => (SECTIONS as readonly string[]).includes(key);

function entriesOf(template: JsonObject, section: Section, origin: string): JsonObject {
  const entries = template[section] ?? {};
  if (!isObject(entries))
    throw notATemplate(origin, undefined, `its ${section} is ${nameOf(entries)}`, 'an object');
  const isResources = section === 'Resources';
  const kept: [string, Json][] = [];
  for (const [id, entry] of Object.entries(entries)) {
    if (isMetadata(section, id, entry)) continue;
    if (!isResources || isPlaceholder(id)) {
      kept.push([id, open(entry)]);
      continue;
    }
    if (!isObject(entry) || !(typeof entry['Type'] === 'string' || INCLUDE in entry)) {
      const why = `its resource "${id}" has no Type`;
      throw notATemplate(origin, undefined, why, 'a Type such as "AWS::S3::Bucket"');
    }
    kept.push([id, resource(entry)]);
  }
  return Object.fromEntries(kept);
}

/** What CloudFormation replaces with what it reads from elsewhere, such as `AWS::Include`. */
const INCLUDE = 'Fn::Transform';

/** Whether an entry stands for entries that are not in the template: it is compared as it is written. */
const isPlaceholder = (id: string): boolean => id === INCLUDE || isLoop(id);

/** The CDK's own usage record is metadata: it says what a template was made with, not what it makes. */
function isMetadata(section: Section, id: string, entry: Json): boolean {
  if (section === 'Resources') return isObject(entry) && entry['Type'] === 'AWS::CDK::Metadata';
  return section === 'Conditions' && id === 'CDKMetadataAvailable';
}

function resource(entry: JsonObject): JsonObject {
  const kept: Record<string, Json> = { Properties: {} }; // none and no Properties at all are the same
  for (const [key, value] of Object.entries(entry)) {
    if (key === 'Metadata') {
      const scripts = scriptsIn(value);
      if (scripts) kept[key] = open(scripts);
    } else kept[key] = key === 'DependsOn' ? asSet(value) : open(value);
  }
  return entry['Type'] === 'AWS::CloudWatch::Dashboard' ? dashboard(kept) : kept;
}

function dashboard(entry: JsonObject): JsonObject {
  const properties = entry['Properties'];
  const body = isObject(properties) ? properties['DashboardBody'] : undefined;
  if (!isObject(body) || body[JSON_TEXT] === undefined) return entry;
  const DashboardBody = { [JSON_TEXT]: withoutLayout(body[JSON_TEXT]) };
  return { ...entry, Properties: { ...(properties as JsonObject), DashboardBody } };
}

/**
 * What `cfn-init` and its like do on an instance: of a resource's metadata that alone is carried out. `Designer` and the
 * `Interface` of a template decide what the console shows, and nothing else.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html
 */
function scriptsIn(metadata: Json): JsonObject | undefined {
  const isCarriedOut = (key: string): boolean =>
    key.startsWith('AWS::CloudFormation::') && !/::(?:Designer|Interface)$/.test(key);
  const entries = isObject(metadata) ? Object.entries(metadata).filter(([key]) => isCarriedOut(key)) : [];
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** `DependsOn` is one id or a list in any order. */
function asSet(value: Json): Json {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? [...(value as string[])].sort() : value;
}

/** The same value with every JSON text in it opened; the value itself when there is none. */
function open(value: Json): Json {
  if (typeof value === 'string') return openText(value, []) ?? value;
  if (Array.isArray(value)) return mapChanged(value as Json[], open);
  if (!isObject(value)) return value;
  const opened = openJoin(value);
  if (opened !== undefined) return opened;
  let copy: Record<string, Json> | undefined;
  for (const key in value) {
    const before = value[key]!;
    const after = open(before);
    if (after !== before) (copy ??= { ...value })[key] = after;
  }
  return copy ?? value;
}

function mapChanged(items: readonly Json[], map: (item: Json) => Json): readonly Json[] {
  let copy: Json[] | undefined;
  items.forEach((item, i) => {
    const after = map(item);
    if (after !== item) (copy ??= [...items])[i] = after;
  });
  return copy ?? items;
}

/** A text put together by `Fn::Join`: its intrinsics stand in the opened JSON where they stood in the text. */
function openJoin(value: JsonObject): Json | undefined {
  const join = value['Fn::Join'];
  if (!Array.isArray(join) || join.length !== 2 || join[0] !== '' || !Array.isArray(join[1]))
    return undefined;
  if (Object.keys(value).length > 1) return undefined; // not an intrinsic function: nothing may be lost
  const parts = join[1] as Json[];
  if (typeof parts[0] !== 'string' || !startsLikeJson(parts[0])) return undefined;
  if (parts.some((part) => typeof part === 'string' && part.includes('\uE020'))) return undefined;
  const intrinsics: Json[] = [];
  const text = parts
    .map((part) => (typeof part === 'string' ? part : hole(intrinsics.push(part) - 1)))
    .join('');
  return openText(text, intrinsics);
}

const HOLE = /\uE020(\d+)\uE021/;
const hole = (index: number): string => `\uE020${index}\uE021`;
const startsLikeJson = (text: string): boolean => text.startsWith('{"') || text.startsWith('[');

/**
 * Opens a text that is JSON, and only when writing it again gives the same text: so nothing about the text is lost.
 */
function openText(text: string, intrinsics: readonly Json[]): Json | undefined {
  if (!startsLikeJson(text)) return undefined;
  let parsed: Json;
  try {
    parsed = JSON.parse(text) as Json;
  } catch {
    return undefined; // not JSON: it is compared as the text that it is
  }
  if (problemIn(parsed, isMoreThanText) !== undefined || JSON.stringify(parsed) !== text) return undefined;
  return { [JSON_TEXT]: intrinsics.length > 0 ? fillHoles(parsed, intrinsics) : parsed };
}

/**
 * Whether an opened text would not tell what it was: it looks like an intrinsic function but is none, or has one in a
 * key, where it cannot stand.
 */
const isMoreThanText = (key: string): boolean =>
  key === 'Ref' || key === JSON_TEXT || key.startsWith('Fn::') || key.includes('\uE020');

function fillHoles(value: Json, intrinsics: readonly Json[]): Json {
  if (typeof value === 'string') {
    if (!value.includes('\uE020')) return value;
    const pieces = value.split(HOLE).map((piece, i) => (i % 2 === 0 ? piece : intrinsics[Number(piece)]!));
    const filled = pieces.filter((piece) => piece !== '');
    return filled.length === 1 ? filled[0]! : { 'Fn::Join': ['', filled] };
  }
  if (Array.isArray(value)) return (value as Json[]).map((item) => fillHoles(item, intrinsics));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillHoles(item, intrinsics)]));
}

/** Refuses what would overflow the stack, reach for an object's prototype or pass for an opened text. */
function checkShallow(template: unknown, origin: string): void {
  const problem = problemIn(template, (key) => key === '__proto__' || key === JSON_TEXT);
  if (problem === undefined) return;
  if (problem === TOO_DEEP)
    throw notATemplate(origin, undefined, TOO_DEEP, 'a template that CloudFormation accepts');
  throw notATemplate(origin, undefined, `it has a key called "${problem}"`, 'logical ids and property names');
}

const TOO_DEEP = `it is nested more than ${MAX_DEPTH} deep`;

/** The first key that is refused, or that the value is too deep; goes down without recursion. */
function problemIn(value: unknown, isRefused: (key: string) => boolean): string | undefined {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return TOO_DEEP;
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node !== 'object' || node === null) continue;
      if (Array.isArray(node)) {
        for (const child of node as unknown[])
          if (typeof child === 'object' && child !== null) next.push(child);
        continue;
      }
      for (const key in node) {
        if (isRefused(key)) return key;
        const child = (node as Readonly<Record<string, unknown>>)[key];
        if (typeof child === 'object' && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return undefined;
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
