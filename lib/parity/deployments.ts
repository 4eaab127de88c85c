import type { StackEnv } from '../checks/staging';
import { TwinError } from '../error';
import { deployedAsOne, type Deployment } from '../template/assembly';
import type { ManifestPair } from './manifest';
import { stacksOn } from './side-stacks';

/**
 * Checks that the list of an assembly, which has no digest, deploys a pair's stacks as what `twin.json` was written for: each of
 * them where it is, and staging's under its own names.
 *
 * @param list - what the list is called in messages: its file
 * @throws TwinError `same-stack` for two stacks of one name in one place, `manifest` for a template that is deployed as another
 * stack, or elsewhere
 */
export function checkDeployments(list: string, deployments: readonly Deployment[], pair: ManifestPair): void {
  checkOneStackEach(list, deployments);
  const { checks } = pair;
  for (const side of ['prod', 'staging'] as const) {
    const places = new Map(stacksOn(pair, side).map(({ file, env }) => [file, env]));
    for (const it of deployments) {
      const env = places.get(it.file);
      if (!env) continue;
      if (checks && side === 'staging' && !checks.stackNames.includes(it.name))
        throw changed(
          list,
          it,
          `as the stack "${it.name}"`,
          checks.stackNames.map((name) => `"${name}"`),
        );
      checkPlace(list, it, env);
    }
  }
}

function checkOneStackEach(list: string, deployments: readonly Deployment[]): void {
  const twice = deployedAsOne(deployments);
  if (!twice) return;
  const [one, other] = twice;
  throw new TwinError({
    code: 'same-stack',
    message: `${list} deploys ${one.file} and ${other.file} both as the stack "${one.name}"`,
    fix: 'Give each environment a stackName of its own, or none, and run cdk synth again: whichever is deployed last would replace the other.',
  });
}

function checkPlace(list: string, deployment: Deployment, env: StackEnv): void {
  const isThere = deployment.account === env.account && deployment.region === env.region;
  if (!isThere) throw changed(list, deployment, `to ${placeOf(deployment)}`, [placeOf(env)]);
}

const placeOf = ({ account = 'unknown-account', region = 'unknown-region' }: StackEnv): string =>
  `aws://${account}/${region}`;

const changed = (list: string, { file }: Deployment, got: string, expected: readonly string[]): TwinError =>
  new TwinError({
    code: 'manifest',
    message: `${list} deploys ${file} ${got}; expected is ${expected.join(' or ')}`,
    fix: 'Run cdk synth again: the list of an assembly is written, never edited.',
  });
