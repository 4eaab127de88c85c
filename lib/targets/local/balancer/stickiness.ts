import { createHash, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Stickiness } from '../../../blueprint/load-balancing';

/** The cookies by which clients stay with a target, or with one of several target groups. Their values mean nothing to others. */
export class StickyCookies {
  private readonly secret = randomBytes(16);

  /** Which of several names a client's cookie stands for; undefined for none. */
  named(cookie: string, headers: IncomingHttpHeaders, names: Iterable<string>): string | undefined {
    const value = cookiesOf(headers)[cookie];
    return value === undefined ? undefined : [...names].find((name) => this.valueOf(name) === value);
  }

  /**
   * The `Set-Cookie` headers by which a client is to come back to a name.
   *
   * @param isEncrypted - whether the client encrypts: others would not take a cookie that is for them alone
   */
  set(cookie: string, name: string, seconds: number, isEncrypted: boolean): readonly string[] {
    const expires = new Date(Date.now() + seconds * 1000).toUTCString();
    const value = this.valueOf(name);
    const pair = `${cookie}=${value}; Expires=${expires}; Path=/`;
    // a second one for requests of other sites; of AWSALBAPP there is none
    const cors = cookie.startsWith(APP)
      ? []
      : [`${cookie}CORS=${value}; Expires=${expires}; Path=/; SameSite=None${isEncrypted ? '; Secure' : ''}`];
    return [pair, ...cors];
  }

  private valueOf(name: string): string {
    return createHash('sha256').update(this.secret).update(name).digest('base64url');
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
const TARGET = 'AWSALB';
const APP = 'AWSALBAPP-0';
/** The cookie by which a client stays with one of several target groups. */
export const GROUP_COOKIE = 'AWSALBTG';

/** The cookie that names the target of a request; undefined where none may. */
export function targetCookie(
  stickiness: Stickiness | undefined,
  headers: IncomingHttpHeaders,
): string | undefined {
  if (stickiness?.by === 'lb_cookie') return TARGET;
  if (stickiness?.by !== 'app_cookie') return undefined;
  return stickiness.cookie in cookiesOf(headers) ? APP : undefined;
}

/** The cookie to set with a response; undefined for none. */
export function cookieToSet(stickiness: Stickiness, response: IncomingHttpHeaders): string | undefined {
  if (stickiness.by === 'lb_cookie') return TARGET;
  if (stickiness.by !== 'app_cookie') return undefined;
  const isSet = response['set-cookie']?.some((it) => it.startsWith(`${stickiness.cookie}=`));
  return isSet ? APP : undefined;
}

function cookiesOf({ cookie = '' }: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const pairs = cookie.split(';').map((pair) => pair.trim().split(/=(.*)/s));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}
