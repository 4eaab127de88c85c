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
const FORMS = {
  host: /^(?:\*\.)?(?:[\w-]+\.)+[\w-]+(?::\d+)?$/,
  arn: /^arn:[^:]*:[^:]*:[^:]*:[^:]*:.+$/,
  id: /^[\w./:-]{3,}$/,
  address: /^(?:[^\s@]+@[^\s@]+\.[a-z]+|\+?\d[\d -]{5,}|\w+:\/\/\S+)$/i,
};

/** Whether an entry has the form of its kind, its stand-in too; one that is for all below a host can have none. */
export function hasForm(entry: Outside): boolean {
  const kind = (Object.keys(FORMS) as (keyof typeof FORMS)[]).find((it) => it in entry);
  if (kind === undefined || !FORMS[kind].test(textOfOutside(entry))) return false;
  const { standIn } = entry;
  if (standIn === undefined) return true;
  // In the place of an ordinary word a stand-in would be a switch.
  return [textOfOutside(entry), standIn].every(
    (it) => FORMS[kind].test(it) && /[\d./:_-]/.test(it) && !it.includes('*'),
  );
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
    const texts = [textOfOutside(entry), ...(entry.standIn === undefined ? [] : [entry.standIn])];
    for (const it of texts) rest = rest.replaceAll(patternOf(entry, it), '');
    return rest !== before;
  });
  return { rest, named };
}
