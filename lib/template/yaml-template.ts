import type * as Yaml from 'yaml';
import { didYouMean, TwinError } from '../error';

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
 * Parses a template in YAML, with CloudFormation's short intrinsics in their long forms.
 *
 * @throws TwinError `malformed-file`, with line and column
 */
export async function parseYaml(file: string, text: string): Promise<unknown> {
  // loaded here because most templates are JSON, and loading it takes longer than comparing two of them
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  checkDepth(yaml, file, text);
  const document = yaml.parseDocument(text, {
    customTags: shortIntrinsics(yaml),
    lineCounter: lines,
    logLevel: 'error',
    prettyErrors: false,
    resolveKnownTags: false,
    schema: 'core',
    // its own check takes time with the square of the number of keys
    uniqueKeys: false,
  });
  const [problem] = [...document.errors, ...document.warnings];
  const fault = problem ? parserFault(problem) : structureFault(yaml, document);
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

/** What the parser accepts, though no template may have it: a key twice, a key that is no text, a part of itself. */
function structureFault(yaml: typeof Yaml, document: Yaml.Document): YamlFault | undefined {
  let fault: YamlFault | undefined;
  const found = (node: Yaml.Node | null, message: string): symbol => {
    fault = { offset: node?.range?.[0] ?? 0, message };
    return yaml.visit.BREAK;
  };
  yaml.visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items as Yaml.Pair<Yaml.Node | null>[]) {
        const name = yaml.isScalar(key) ? key.toString() : '';
        if (key && !yaml.isScalar(key)) return found(key, 'a key must be a text');
        if (keys.has(name)) return found(key, `the key "${name}" is there twice`);
        keys.add(name);
      }
      return undefined;
    },
    Alias: (_, alias, ancestors) => {
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
