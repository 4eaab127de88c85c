import { TwinError } from '../error';
import { isObject, listOf, type Json } from '../json';

/**
 * Refuses an allowlist in which a reason is still to be written: one that is empty, a placeholder, or a question such as
 * `twin parity --suggest` asks. Anything else that is wrong with it is for the schema to say.
 *
 * @throws TwinError `allowlist-reason` with every entry that has none
 */
export function checkReasons(json: unknown, file: string): void {
  const factors = isObject(json) ? listOf(json['factors']) : [];
  const open = factors.flatMap((entry, i) => (isUnwritten(entry) ? [`factors.${i}`] : []));
  if (open.length === 0) return;
  const [reason, has] = open.length === 1 ? ['the reason', 'is'] : ['the reasons', 'are'];
  const more = open.length > MOST ? ` and ${open.length - MOST} more` : '';
  throw new TwinError({
    code: 'allowlist-reason',
    message: `${reason} of ${open.slice(0, MOST).join(', ')}${more} in ${file} ${has} still to be written`,
    fix: 'Write why each may differ; take out what may not, and make the environments alike there.',
  });
}

function isUnwritten(entry: Json): boolean {
  const reason = isObject(entry) ? entry['reason'] : undefined;
  return typeof reason === 'string' && UNWRITTEN.test(reason.trim());
}

/** How many entries are named. */
const MOST = 5;

/** Without a word, a question, or what people write to come back to. */
const UNWRITTEN = /^\P{L}*$|\?$|^\P{L}*(?:todo|tbd|tba|fixme|xxx|n\/a)(?!\p{L})/iu;
