import { Token } from 'aws-cdk-lib';
import { TwinError } from '../error';

/** What is wrong with an option of the access stacks. */
const wrong = (option: string, got: string, expected: string, fix: string): TwinError =>
  new TwinError({ code: 'access', message: `${option} is ${got}; expected is ${expected}`, fix });

/** @throws TwinError `access` where a pattern would let other repositories rehearse */
export function checkRepository(repository: string): string {
  if (/^[\w.-]+(@\d+)?\/[\w.-]+(@\d+)?$/.test(repository)) return repository;
  throw wrong(
    'repository',
    `"${repository}"`,
    'owner/name, or owner@id/name@id, without a wildcard',
    'Name the one repository whose workflows rehearse.',
  );
}

/** @throws TwinError `access` where nobody, or everybody, could be meant by a name */
export function checkGitHubEnvironment(environment: string): string {
  if (/^[^:*?]+$/.test(environment)) return environment;
  throw wrong(
    'gitHubEnvironment',
    `"${environment}"`,
    'the name of an environment of the repository, without ":" and wildcards',
    "Name the environment that the workflow's job runs in.",
  );
}

/** @throws TwinError `access` where a prefix is none, or holds a wildcard */
export function checkPrefixes(prefixes: readonly string[]): readonly string[] {
  const bad = prefixes.find((it) => !/^[A-Za-z][A-Za-z0-9-]{3,}$/.test(it));
  if (prefixes.length > 0 && bad === undefined) return prefixes;
  throw wrong(
    'stackPrefixes',
    bad === undefined ? 'empty' : `"${bad}"`,
    'how the names of the stagings start: four letters, digits or hyphens and more, without a wildcard',
    "Give what the stackName of every staging starts with and production's does not, such as Staging-.",
  );
}

/** @throws TwinError `access` for anything but an account's id, or a token */
export function checkAccount(option: string, account: string): string {
  if (Token.isUnresolved(account) || /^\d{12}$/.test(account)) return account;
  throw wrong(option, `"${account}"`, 'the twelve digits of an account', 'Give its id as a string.');
}
