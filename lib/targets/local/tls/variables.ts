/**
 * The variables by which clients trust the authority of an environment as, on AWS, those of the bundle that Amazon RDS
 * publishes: Node, and everything that is built on libpq.
 *
 * @param authority - the file with its certificate
 */
export const trusting = (authority: string): Readonly<Record<string, string>> => ({
  NODE_EXTRA_CA_CERTS: authority,
  PGSSLROOTCERT: authority,
});

/**
 * The variables by which clients trust it as, on AWS, the authorities that every system trusts: Node, what is built on OpenSSL, Go, and
 * `requests` of Python, which have one file for all authorities.
 *
 * @param bundle - a file with the certificates of the public authorities and its own
 */
export const trustingAsPublic = (authority: string, bundle: string): Readonly<Record<string, string>> => ({
  NODE_EXTRA_CA_CERTS: authority,
  SSL_CERT_FILE: bundle,
  REQUESTS_CA_BUNDLE: bundle,
});

/** A path to a bundle of Amazon RDS, by the names under which it is published; a Region has a bundle of its own. */
const BUNDLE =
  /(?:[^\s"'=?&;,:]*\/)?(?:(?:global|[a-z]{2}(?:-[a-z]+)+-\d)-bundle|rds-(?:combined-ca-bundle|ca-[a-z\d-]+))\.(?:pem|crt)\b/g;

/** A container's variables, which name the environment's authority where they name a bundle: an image has it, this machine does not. */
export function withAuthority(
  environment: Readonly<Record<string, string>>,
  authority: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll(BUNDLE, () => authority)]),
  );
}
