/**
 * What gives a session a state of its own, so that RDS Proxy pins it.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
 */
const PINNING =
  /^\s*(?:set|reset|prepare|execute|deallocate|discard|declare|listen|load)\b|\bcreate\s+(?:local\s+|global\s+)?temp(?:orary)?\b|\b(?:nextval|setval|set_config|pg_advisory_lock\w*|pg_try_advisory_lock\w*)\s*\(/i;
/** Ends with its transaction. */
const LOCAL = /^\s*set\s+(?:local|transaction|constraints)\b/i;

/** A statement that is longer is pinning too. */
const LONGEST = 16 * 1024;

/** Whether a client's message gives its session a state of its own: also a prepared statement with a name, of the protocol. */
export function isPinning(type: string, bytes: Buffer): boolean {
  if (type !== 'Q' && type !== 'P') return false;
  const [first = '', second = ''] = bytes.subarray(5).toString('utf8').split('\0');
  if (type === 'P' && first !== '') return true;
  const sql = type === 'Q' ? first : second;
  if (sql.length > LONGEST) return true;
  return sql.split(';').some((it) => PINNING.test(it) && !LOCAL.test(it));
}
