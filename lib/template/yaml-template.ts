import type * as Yaml from 'yaml';
import { didYouMean, TwinError } from '../error';
import { keyTwice, noteAt, type Note } from './notes';
import { isAmbiguous, SCALARS } from './yaml-scalars';

/** The intrinsics with a short form in YAML, by what follows the `!`. */
const INTRINSICS: Readonly<Record<string, string>> = {
  Ref: 'Ref',
  Condition: 'Condition',
  ...Object.fromEntries(
    (
      'And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap GetAZs GetAtt GetStackOutput If ImportValue ' +
      'Join Length Not Or RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll'
    )
      .split(' ')
      .map((name) => [name, `Fn::${name}`]),
  ),
};

/** No template is deeper than this, and the parser has a stack for three times as much. */
const MAX_DEPTH = 250;

/** How often a part of a template may be repeated by aliases, in all: more is an attack, or will not deploy. */
const MAX_ALIASES = 1000;

/**
 * Parses a template in YAML as CloudFormation does, with its short intrinsics in their long forms. Anchors and merge keys are
 * read as the tools do that take them out before a template is deployed (`aws cloudformation package`, SAM): CloudFormation itself
 * refuses them.
 *
 * @param note - takes what is unclear. @default - nobody is told
 * @param mayShow - whether notes may show values: some may be secrets. @default true
 * @throws TwinError `malformed-file`, with line and column
 */
export async function parseYaml(
  file: string,
  text: string,
  note: Note = () => {},
  mayShow = true,
): Promise<unknown> {
  // loaded here because most templates are JSON, and loading it takes longer than comparing two of them
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  checkDepth(yaml, file, text);
  const document = yaml.parseDocument(text, {
    customTags: [...SCALARS, ...shortIntrinsics(yaml)],
    lineCounter: lines,
    logLevel: 'error',
    merge: true,
    prettyErrors: false,
    resolveKnownTags: false,
    schema: 'failsafe',
    // its own check takes time with the square of the number of keys
    uniqueKeys: false,
  });
  const [problem] = [...document.errors, ...document.warnings];
  const unclear = ({ offset, message }: YamlFault): void =>
    note(noteAt(file, lines.linePos(offset), message));
  const fault = problem ? parserFault(problem) : structureFault(yaml, document, unclear, mayShow);
  if (fault) throw malformed(file, lines.linePos(fault.offset), fault.message);
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  } catch (cause) {
    throw malformed(file, undefined, `aliases repeat parts of it more than ${MAX_ALIASES} times`, cause);
  }
}

/**
 * Refuses what is nested too deep, before it is parsed: near the end of the stack V8 may not throw but abort the process.
 * A block is at most as deep as its line is indented, and one deeper for each `-`, `?` and `:` in that line.
 */
function checkDepth(yaml: typeof Yaml, file: string, text: string): void {
  let [block, flow, line] = [0, 0, 1];
  let [isContent, isLineStart] = [false, true];
  for (const token of new yaml.Lexer().lex(text)) {
    const type = isContent ? 'scalar' : yaml.CST.tokenType(token);
    isContent = token === yaml.CST.SCALAR && !isContent;
    if (flow === 0 && isLineStart) block = type === 'space' ? token.length : 0;
    isLineStart = token.endsWith('\n');
    line += token.split('\n').length - 1;
    if (type === 'flow-seq-start' || type === 'flow-map-start') flow++;
    if (type === 'flow-seq-end' || type === 'flow-map-end') flow = Math.max(flow - 1, 0);
    if (flow === 0 && INDICATORS.has(type)) block++;
    if (block + flow > MAX_DEPTH) throw malformed(file, { line }, `it is nested more than ${MAX_DEPTH} deep`);
  }
}

const INDICATORS: ReadonlySet<string | null> = new Set(['seq-item-ind', 'explicit-key-ind', 'map-value-ind']);

/** What is wrong, and where: the number of characters before it. */
interface YamlFault {
  readonly offset: number;
  readonly message: string;
}

function parserFault({ code, message, pos }: Yaml.YAMLParseError | Yaml.YAMLWarning): YamlFault {
  const [offset] = pos;
  if (code === 'MULTIPLE_DOCS') return { offset, message: 'it holds more than one document' };
  if (code === 'TAG_RESOLVE_FAILED') {
    const tag = message.replace(/^Unresolved tag: /, '').replace('tag:yaml.org,2002:', '!!');
    const known = Object.keys(INTRINSICS).map((name) => `!${name}`);
    return { offset, message: `CloudFormation has no tag ${tag}; ${didYouMean(tag, known)}` };
  }
  return { offset, message: message.charAt(0).toLowerCase() + message.slice(1) };
}

/**
 * What the parser accepts, though no template may have it: a key that is no text, a part of itself, a merge of what is no map. Keys
 * are taken as they are written.
 */
function structureFault(
  yaml: typeof Yaml,
  document: Yaml.Document,
  unclear: (what: YamlFault) => void,
  mayShow: boolean,
): YamlFault | undefined {
  let fault: YamlFault | undefined;
  const found = (node: Yaml.Node | null, message: string): symbol => {
    fault = { offset: offsetOf(node), message };
    return yaml.visit.BREAK;
  };
  const anchors = new Map<string, Yaml.Node>();
  const anchored = (node: Yaml.Scalar | Yaml.YAMLMap | Yaml.YAMLSeq): void => {
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
  };
  const isMap = (node: unknown): boolean => yaml.isMap(yaml.isAlias(node) ? anchors.get(node.source) : node);
  const areMaps = (value: Yaml.Node | null): boolean => {
    const node = yaml.isAlias(value) ? anchors.get(value.source) : value;
    return yaml.isSeq(node) ? node.items.every((item) => isMap(item) || isAnchoredIn(item)) : isMap(node);
  };
  // `<<: [&a {...}, *a]`: what is inside is visited later
  const isAnchoredIn = (item: unknown): boolean => yaml.isAlias(item) && !anchors.has(item.source);
  yaml.visit(document, {
    Map: (_, map) => {
      anchored(map);
      const keys = new Set<string | symbol>();
      for (const { key, value } of map.items as Yaml.Pair<Yaml.Node | null, Yaml.Node | null>[]) {
        if (key && !yaml.isScalar(key)) return found(key, 'a key must be a text');
        if (!key) continue;
        // the key of an intrinsic function was never written
        const name = key.source ?? String(key.value);
        const isMerge = name === '<<' && key.type === yaml.Scalar.PLAIN;
        if (isMerge && !areMaps(value)) return found(value ?? key, '"<<" merges a map, or a list of maps');
        const id = isMerge ? MERGE : name;
        // which of two merges wins, tools do not agree on
        if (isMerge && keys.has(id)) return found(key, '"<<" is there twice; it merges a list of maps');
        if (!isMerge) key.value = name;
        if (keys.has(id)) unclear({ offset: offsetOf(key), message: keyTwice(name) });
        keys.add(id);
      }
      return undefined;
    },
    Seq: (_, seq) => anchored(seq),
    Scalar: (key, scalar) => {
      anchored(scalar);
      const { source = '', type } = scalar;
      if (key === 'key' || type !== yaml.Scalar.PLAIN || scalar.tag !== undefined || !isAmbiguous(source))
        return;
      const message = mayShow ? isReadAs(source, String(scalar.value)) : isReadAs('what stands here', '');
      unclear({ offset: offsetOf(scalar), message });
    },
    Alias: (_, alias, ancestors) => {
      if (!anchors.has(alias.source)) return found(alias, `the alias *${alias.source} stands for nothing`);
      const isPartOfItself = ancestors.some(
        (node) => yaml.isNode(node) && 'anchor' in node && node.anchor === alias.source,
      );
      return isPartOfItself
        ? found(alias, `the alias *${alias.source} stands for what it is a part of`)
        : undefined;
    },
  });
  return fault;
}

const MERGE = Symbol('<<');

const offsetOf = (node: Yaml.Node | null): number => node?.range?.[0] ?? 0;

const isReadAs = (source: string, value: string): string =>
  `${source} without quotes is ${value === '' ? 'a number' : `the number ${value}`} to CloudFormation, by YAML 1.1, but a text to some tools: write it in quotes`;

function shortIntrinsics(yaml: typeof Yaml): Yaml.Tags {
  return Object.entries(INTRINSICS).flatMap(([short, long]) => {
    const tag = `!${short}`;
    const resolve = (value: Yaml.YAMLMap | Yaml.YAMLSeq): Yaml.YAMLMap => {
      const intrinsic = new yaml.YAMLMap();
      intrinsic.add(new yaml.Pair(new yaml.Scalar(long), value));
      return intrinsic;
    };
    return [
      { tag, resolve: (text: string) => ({ [long]: short === 'GetAtt' ? attribute(text) : text }) },
      { tag, collection: 'seq' as const, resolve },
      { tag, collection: 'map' as const, resolve },
    ];
  });
}

/** `Database.Endpoint.Address` is the attribute `Endpoint.Address` of `Database`. */
function attribute(text: string): readonly string[] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function malformed(
  file: string,
  position: { readonly line: number; readonly col?: number } | undefined,
  message: string,
  cause?: unknown,
): TwinError {
  const where = [file, position?.line, position?.col].filter((part) => part !== undefined).join(':');
  return new TwinError({
    code: 'malformed-file',
    message: `${where} is malformed YAML: ${message}`,
    fix: 'Correct the file there, or give the template as JSON.',
    cause,
  });
}
