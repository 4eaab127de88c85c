import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/**
 * Why an endpoint may not be used in place of AWS, in a phrase that follows it; undefined when it may.
 *
 * @param allowRemote - whether it may be on another machine
 */
export function whyNotEndpoint(endpoint: string, allowRemote: boolean): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    return 'which is no URL; expected one such as http://127.0.0.1:4566';
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isOfAws(host)) return 'which is an endpoint of AWS itself; expected that of an emulator';
  if (isLoopback(host) || allowRemote) return undefined;
  return 'which is on another machine; expected a loopback address, or local.allowRemoteAwsEndpoint: true where that is an emulator too';
}

/** AWS's domains in all partitions, and those that it gives its services: anything below `aws` and `amazonaws`. */
const isOfAws = (host: string): boolean =>
  /(^|\.)(aws|amazonaws\.[a-z.]+|aws\.dev|amazon\.com|on\.aws|awsapprunner\.com|awsapps\.com)$/i.test(host);

/** The same endpoint by its address: below a name, SDKs take each bucket for a host of its own, which has no address. */
export async function byAddress(endpoint: string): Promise<string> {
  const url = new URL(endpoint);
  if (url.protocol === 'https:' || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return endpoint;
  const { address, family } = await lookup(url.hostname, { family: 0, verbatim: false }); // IPv4 first
  url.hostname = family === 6 ? `[${address}]` : address;
  return url.origin;
}

/** A URL that an emulator gives, as its SDKs use it: some write AWS's host into it, to which nothing may lead. */
export function atEndpoint(value: string, endpoint: string): string {
  if (!URL.canParse(value)) return value;
  const { protocol, hostname, pathname, search } = new URL(value);
  if (!['http:', 'https:'].includes(protocol) || !isOfAws(hostname)) return value;
  return new URL(`${pathname}${search}`, endpoint).href;
}

function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return /(^|\.)localhost$/i.test(host);
  return LOOPBACK.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');
