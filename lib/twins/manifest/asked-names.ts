import { isObject, type Json } from '../../json';
import { at, type Path } from '../../template/differences';
import { escape } from '../../template/words';
import type { Findings } from '../experiments/experiments';
import type { Fit, Steps } from '../experiments/fitted';

/** A text of every environment that something compares with what one of them is called. */
export interface AskedName {
  readonly steps: Steps;
  /** What is compared with. */
  readonly text: string;
  /** The environment that has it. */
  readonly owner: string;
}

/** What an environment's name, or a tag that it was given, stands in as the whole text. */
interface OwnText {
  readonly owner: string;
  readonly text: string;
  /** The tag whose value it is. */
  readonly tag: string | undefined;
  /** Whether it is a word of a name that no name of the other has, such as `prod` of `shop-prod`. */
  readonly isWord?: true;
}

/**
 * Finds where a deployed environment is asked for its name. Such a text is the same in every instance, and what it is
 * compared with is not: a condition of a policy that one environment's tags meet, or a script that knows one stack by its name.
 *
 * @param sides - the observations of the two environments
 */
export function askedNames(
  fit: Fit,
  findings: Findings,
  stack: number,
  sides: readonly number[],
): AskedName[] {
  const { observations } = findings;
  const own = sides.flatMap((side) => ownTexts(fit, findings, stack, side));
  const called = own.filter(({ tag }) => tag === undefined);
  const known = [...called, ...called.flatMap((it) => ownWords(it, called))];
  const neutral = observations.findIndex(({ isNeutral, documents }) => isNeutral && documents.has(stack));
  const model = observations[neutral]!.documents.get(stack)!;
  const following = followingEntries(fit, neutral);
  const found: AskedName[] = [];
  const tell = (path: Path, { text, owner }: OwnText): void => {
    found.push({ text, owner, steps: path.map((step) => observations.map(() => step)) });
  };
  for (const [id, entry] of Object.entries(model.Resources)) {
    const scripts = usesName(entry, following.has(id)) ? known : [];
    const texts = [...textsIn(entry, ['Resources', id])];
    // what a program compares with a word that is given to it, such as NODE_ENV=production, says nothing of names
    const isGiven = ({ text: word, isWord }: OwnText, program: string): boolean =>
      (isWord === true || !program.includes(word)) &&
      texts.some(({ text }) => givesWord(text, word.toLowerCase()));
    for (const { path, text } of texts) {
      const asked =
        (isComparison(path) && own.find((it) => isMet(text, path, it, own))) ||
        scripts.find((it) => compares(text, it.text) && !isGiven(it, text));
      if (asked) tell(path, asked);
    }
  }
  return found;
}

function* textsIn(node: Json, path: Path): Generator<{ readonly path: Path; readonly text: string }> {
  if (typeof node === 'string') yield { path, text: node };
  else if (Array.isArray(node))
    for (const [i, item] of (node as Json[]).entries()) yield* textsIn(item, [...path, i]);
  else if (isObject(node))
    for (const [key, child] of Object.entries(node)) yield* textsIn(child, [...path, key]);
}

/** What an environment is called, and every whole text that follows that, or is a tag that it was given. */
function ownTexts(fit: Fit, { observations }: Findings, stack: number, side: number): OwnText[] {
  const { label: owner, names, documents } = observations[side]!;
  const called = [...names].flatMap(([key, text]) =>
    /^(?:name|stackName(?:\.[\w-]+)?)$/.test(key) && !/\.(?:lower|upper|plain|kebab|snake)/.test(key)
      ? [{ owner, text, tag: undefined }]
      : [],
  );
  const model = documents.get(stack)!;
  const tags = fit.places.flatMap(({ steps, parts }): OwnText[] => {
    if (!parts.some((part) => part.is === 'name' && isOwnKey(part.keys[0]!))) return [];
    const path = steps.map((step) => step[side]);
    if (path.includes(undefined)) return [];
    const text = at(model, path as Path);
    const tag = tagAt(model, path as Path);
    return typeof text === 'string' && tag !== undefined ? [{ owner, text, tag }] : [];
  });
  return [...called, ...tags];
}

/** The words of a name that no name of the other environment has. */
function ownWords({ owner, text }: OwnText, all: readonly OwnText[]): OwnText[] {
  const others = new Set(all.flatMap((it) => (it.owner === owner ? [] : wordsIn(it.text))));
  const words = wordsIn(text).filter((word) => word !== text.toLowerCase() && !others.has(word));
  return words.map((word) => ({ owner, text: word, tag: undefined, isWord: true }));
}

/** The words that names are made of, in lower case: of `ShopProd`, `shop-prod` and `SHOP_PROD` `shop` and `prod`. */
const wordsIn = (name: string): string[] =>
  (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? [])
    .map((word) => word.toLowerCase())
    .filter(({ length }) => length > 2);

/** Whether a text is a word, or gives it to a variable: a shell writes no blank there, and others begin a statement with it. */
function givesWord(text: string, word: string): boolean {
  if (text.toLowerCase() === word) return true;
  const quoted = String.raw`["'\x60]?${escape(word)}["'\x60]?(?=$|[\s;,)}])`;
  const given = [
    String.raw`(?<![$\w{])[a-z_]\w*=${quoted}`,
    String.raw`^\s*(?:(?:const|let|var)\s+)?[a-z_]\w* = ${quoted}`,
  ];
  return new RegExp(given.join('|'), 'im').test(text);
}

const isOwnKey = (key: string): boolean => /^(?:name|stackName|tag)\b/.test(key);

/** The key of the tag whose value stands at a path. */
export function tagAt(model: Parameters<typeof at>[0], path: Path): string | undefined {
  if (path[0] === 'StackTags') return String(path[1]);
  const last = path.at(-1);
  if (!path.some((step) => typeof step === 'string' && /tags/i.test(step))) return undefined;
  if (last !== 'Value') return String(last); // an object of tags
  const key = at(model, [...path.slice(0, -1), 'Key']);
  return typeof key === 'string' ? key : undefined;
}

/** The logical ids of entries in which something beside tags follows a name. */
function followingEntries(fit: Fit, observation: number): ReadonlySet<string> {
  const follows = fit.places.filter(
    ({ steps, parts }) =>
      parts.some((part) => part.is === 'name' && /^(?:name|stackName)\b/.test(part.keys[0]!)) &&
      !steps.some((step) => /tags/i.test(String(step[observation]))),
  );
  return new Set(follows.map(({ steps }) => String(steps[1]?.[observation])));
}

/** Whether a program in an entry can know what its stack is called. */
const usesName = (entry: Json, isFollowing: boolean): boolean =>
  isFollowing || /AWS::Stack(?:Name|Id)/.test(JSON.stringify(entry));

/** Where AWS compares what is written with what it finds: conditions of policies, filters of events and of tags, choices. */
const COMPARED =
  /^(?:Conditions?|FilterPolicy|EventPattern|ListOfTags|Choices|\w*TagFilters?|\w*TagSet|\w*TagFilterGroups)$/;

const isComparison = (path: Path): boolean =>
  path.some((step) => typeof step === 'string' && COMPARED.test(step));

/**
 * Whether a text of a condition is met by what an environment has, and not by what the other has in its place: by the tag that it names,
 * if it names one.
 */
function isMet(text: string, path: Path, own: OwnText, all: readonly OwnText[]): boolean {
  const named = path.flatMap((step) => /Tag\/(.+)$/.exec(String(step))?.[1] ?? []).at(0);
  if (named !== own.tag) return false;
  if (text.replaceAll('*', '').toLowerCase() === own.text.toLowerCase()) return true;
  const pattern = conditionOf(text, String(path.at(-1)));
  const others = all.filter(({ owner, tag }) => tag === own.tag && owner !== own.owner);
  return pattern.test(own.text) && !others.some((it) => pattern.test(it.text));
}

/** What meets a text of a condition: its wildcards stand for anything, a prefix and a suffix for what begins and ends with it. */
function conditionOf(text: string, key: string): RegExp {
  const it = escape(text).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`${key === 'suffix' ? '' : '^'}${it}${key === 'prefix' ? '' : '$'}`, 'i');
}

/** How programs put a text into one case, or compare without regard to it. */
const FOLDS =
  /\btr\b|,,\}|\^\^\}|nocasematch|<powershell>|\(\?i\)|\/\w*i\w*\b|\bgrep\b[^|;&\n]*\s-\w*i|(?:lower|upper|casefold|downcase|upcase|ignorecase)/i;

/** Whether a program compares something with a name that stands by itself in it. */
function compares(program: string, called: string): boolean {
  const isFolded = FOLDS.test(program);
  const [text, name] = isFolded ? [program.toLowerCase(), called.toLowerCase()] : [program, called];
  if (!text.includes(name)) return false;
  const it = String.raw`(?<![\w./:-])[*-]*${escape(name)}[*-]*(?![\w./-])`;
  const quoted = String.raw`["'\x60]?${it}["'\x60]?`;
  return COMPARISONS.some((pattern) => new RegExp(pattern.replace('NAME', () => quoted)).test(text));
}

/** How programs compare: shells, JavaScript, Python, Ruby and PowerShell. */
const COMPARISONS: readonly string[] = [
  String.raw`(?:[=!]==?|=~|<>|-eq|-ne|-like|-match|\bis|\bcase|\bwhen)\s*NAME`,
  String.raw`NAME\s*[=!]==?`,
  String.raw`(?:\[|\btest\b)[^\n;]*\s!?=\s*NAME`,
  String.raw`\bcase\b[\s\S]*\bin\b[\s\S]*[\s|(;]NAME\s*[|)]`,
  String.raw`\b(?:startsWith|endsWith|includes|equals\w*|match|test|indexOf|has|get|contains|start_with\?|startswith|endswith)\s*\(\s*NAME`,
  String.raw`\bgrep\b[^|;&\n]*\sNAME`,
  String.raw`\bin\s*[([{][^)\]}\n]*NAME`,
  String.raw`\[[^\]\n]*NAME[^\]\n]*\]\s*\.\s*(?:includes|indexOf|some)`,
  String.raw`[{,]\s*NAME\s*:`,
];
