import type { Stack } from 'aws-cdk-lib';
import { Fact } from 'aws-cdk-lib/region-info';
import { isFactOfRegion } from '../parity/illegal-names';

/**
 * What AWS calls its own things in the region of an environment: the accounts, layers, hosts and hosted zones among the facts of
 * the AWS CDK that the templates hold, and the zones that the app looked up. Constructs write them by themselves: the access logs
 * of a load balancer come from another account in each region, and the second zone of Tokyo may be `ap-northeast-1c`.
 */
export function regionNames(
  stacks: readonly { readonly stack: Stack; readonly template: unknown }[],
  region: string,
): [what: string, text: string][] {
  const written = stacks.map(({ template }) => JSON.stringify(template));
  const facts = Fact.names.flatMap((fact): [string, string][] => {
    const text = Fact.find(region, fact);
    const isHeld = text !== undefined && isFactOfRegion(text) && written.some((it) => it.includes(text));
    return isHeld ? [[`region.fact-${fact}`, text]] : [];
  });
  const there = stacks.find(({ stack }) => stack.region === region)?.stack;
  const lookedUp: unknown = there?.node.tryGetContext(
    `availability-zones:account=${there.account}:region=${region}`,
  );
  const zones: unknown[] = Array.isArray(lookedUp) ? lookedUp : [];
  return [...facts, ...zones.map((zone, i): [string, string] => [`region.zone-${i + 1}`, String(zone)])];
}
