import { didYouMean } from '../error';
import { isObject, type Json } from '../json';
import { escape } from '../template/words';

/** Something outside that a staging may reach, with the reason. */
export type Outside = {
  /** Why staging may reach it. */
  readonly reason: string;
  /** What stands in its place in staging alone, such as an emulator. @default - it is reached */
  readonly standIn?: string;
} & (
  | {
      /** A host: `api.example.com`, or with all below it: `*.example.com`. */
      readonly host: string;
    }
  | {
      /** An ARN, as the template has it. */
      readonly arn: string;
    }
  | {
      /** An id or a name: `Z0123456789ABC`, `vpc-0123456789abcdef0`, `orders-archive`. */
      readonly id: string;
    }
  | {
      /** An e-mail address, a telephone number or a whole URL that gets messages. */
      readonly address: string;
    }
);

/** What an entry names. */
export const textOfOutside = (entry: Outside): string =>
  'host' in entry ? entry.host : 'arn' in entry ? entry.arn : 'id' in entry ? entry.id : entry.address;

/** What texts of each kind look like. */
const KINDS = {
  host: {
    form: /^(?:\*\.)?(?:[\w-]+\.)+[\w-]+(?::\d+)?$/,
    expected: 'a host such as api.example.com or *.example.com',
  },
  arn: { form: /^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/, expected: 'an ARN such as arn:aws:sqs:...' },
  id: { form: /^[\w./:-]{3,}$/, expected: 'an id or a name such as Z0123456789ABC' },
  address: {
    form: /^(?:[^\s@]+@[^\s@]+\.[a-z]+|\+?\d[\d -]{5,}|\w+:\/\/\S+)$/i,
    expected: 'an e-mail address, a telephone number or a URL',
  },
};
const NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];

/**
 * What is wrong with an entry, whatever an app gives: goes on from what it names. Undefined for one that names one thing, in the
 * form of its kind and with a reason.
 */
export function wrongWith(entry: unknown): string | undefined {
  if (!isObject(entry)) return 'which is no object; { host: "api.example.com", reason } is expected';
  const known = [...NAMES, 'reason', 'standIn'];
  const unknown = Object.keys(entry).find((key) => !known.includes(key));
  if (unknown !== undefined) return `with "${unknown}", which is not known; ${didYouMean(unknown, known)}`;
  const [kind, ...more] = NAMES.filter((it) => entry[it] !== undefined);
  if (kind === undefined || more.length > 0)
    return `which names ${kind === undefined ? 'nothing' : [kind, ...more].join(' and ')}; one of ${NAMES.join(', ')} is expected`;
  const { form, expected } = KINDS[kind];
  const [named, { reason, standIn }] = [entry[kind], entry];
  const isForm = (text: Json | undefined): text is string => typeof text === 'string' && form.test(text);
  if (!isForm(named)) return `whose ${kind} has another form; ${expected} is expected`;
  if (typeof reason !== 'string' || reason.trim() === '')
    return 'without a reason; a sentence that says why staging may reach it is expected';
  if (standIn === undefined) return undefined;
  if (named.includes('*'))
    return `with a standIn for all below a host; one for ${expected.replace(/ or .*$/, '')} is expected`;
  // In the place of an ordinary word a stand-in would be a switch.
  if (!isForm(standIn) || ![named, standIn].every((it) => /[\d./:_-]/.test(it)) || standIn.includes('*'))
    return `whose standIn ${JSON.stringify(standIn)} cannot take its place; another of its kind is expected, and no plain words: those would be a switch`;
  return undefined;
}

/** Where what an entry names stands in a text: as a whole word of its kind. */
export function patternOf(entry: Outside, text = textOfOutside(entry)): RegExp {
  const word = escape(text.replace(/^\*\./, ''));
  if ('host' in entry) {
    const below = text.startsWith('*.') ? String.raw`(?:[\w-]+\.)*` : '';
    return new RegExp(String.raw`(?<![\w.-])${below}${word}(?![\w-]|\.\w)`, 'gi');
  }
  if ('address' in entry) return new RegExp(String.raw`(?<![\w.+-])${word}(?![\w-])`, 'g');
  return new RegExp(String.raw`(?<![\w-])${word}(?![\w-])`, 'g');
}

/** A text without what entries name, and which entries it named. */
export function withoutOutside(
  text: string,
  entries: readonly Outside[],
): { readonly rest: string; readonly named: readonly Outside[] } {
  let rest = text;
  const named = entries.filter((entry) => {
    const before = rest;
    for (const pattern of patternsOf(entry)) rest = rest.replaceAll(pattern, '');
    return rest !== before;
  });
  return { rest, named };
}

/** The patterns of what an entry names and of what stands in its place: every text of a template is searched for them. */
function patternsOf(entry: Outside): readonly RegExp[] {
  const known = PATTERNS.get(entry);
  if (known) return known;
  const texts = [textOfOutside(entry), ...(entry.standIn === undefined ? [] : [entry.standIn])];
  const patterns = texts.map((it) => patternOf(entry, it));
  PATTERNS.set(entry, patterns);
  return patterns;
}
const PATTERNS = new WeakMap<Outside, readonly RegExp[]>();
