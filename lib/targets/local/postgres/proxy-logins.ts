import type { ProxyProps } from '../../../blueprint/blueprint';
import { isObject, type Json } from '../../../json';
import type { HostPort } from '../../../probes/context';
import { whyNotToken } from './iam-token';

/** What a client of an RDS proxy gives. */
export interface Given {
  readonly user: string;
  /** A password, or a token of IAM. */
  readonly password: string;
  readonly isEncrypted: boolean;
}

/** A client may not sign in; the message is that of RDS Proxy. */
export class Refused extends Error {}

/** How the users of an RDS proxy sign in to it, and it to the database for them. */
export class ProxyLogins {
  /** @param secret - the text of a secret that the template names; undefined for one that is elsewhere */
  constructor(
    private readonly proxy: Pick<ProxyProps, 'logins' | 'isIamAlone'>,
    private readonly secret: (named: Json) => string | undefined,
  ) {}

  /**
   * The password by which the proxy signs in for a client; undefined where it does so by IAM.
   *
   * @throws Refused
   * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html
   */
  passwordFor(given: Given, endpoint: HostPort): string | undefined {
    const { user, password } = given;
    if (this.proxy.isIamAlone === true) return checkToken(given, endpoint);
    const users = (this.proxy.logins ?? []).map(({ secret, byToken }) => ({
      ...credentialsIn(this.secret(secret)),
      byToken,
    }));
    const own = users.find(({ username }) => username === user);
    if (own) {
      if (own.byToken) checkToken(given, endpoint);
      else if (password !== own.password)
        throw new Refused(`The password that was provided for the role ${user} is wrong.`);
      return own.password;
    }
    // A secret that is not in the templates may be this user's.
    if (users.every(({ username }) => username !== undefined) && users.length > 0)
      throw new Refused(`This RDS proxy has no credentials for the role ${user}. Check the credentials for this role and try again.`); // prettier-ignore
    return password;
  }
}

function checkToken({ user, password, isEncrypted }: Given, endpoint: HostPort): undefined {
  if (!isEncrypted) throw new Refused('IAM authentication is allowed only with SSL connections.');
  const reason = whyNotToken(password, { user, endpoints: [endpoint], now: new Date() });
  if (reason !== undefined) throw new Refused(`The IAM authentication failed for the role ${user}. Check the IAM token for this role and try again: ${reason}.`); // prettier-ignore
}

function credentialsIn(text: string | undefined): { readonly username?: string; readonly password?: string } {
  if (text === undefined) return {};
  try {
    const value = JSON.parse(text) as Json;
    const { username, password } = isObject(value) ? value : {};
    return typeof username === 'string' && typeof password === 'string' ? { username, password } : {};
  } catch {
    return {}; // a secret that is no JSON names no user
  }
}
