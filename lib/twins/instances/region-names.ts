import type { Stack } from 'aws-cdk-lib';
import { Fact } from 'aws-cdk-lib/region-info';
import { isFactOfRegion, isLookedUp } from '../../parity/illegal-names';

/**
 * What things are called where an environment is: the accounts, layers, hosts and hosted zones among the facts of the AWS CDK
 * that the templates hold, and what the app looked up in its account and region: zones, and the ids of networks and hosted zones.
 * Constructs write them by themselves: the access logs of a load balancer come from another account in each region, the second
 * zone of Tokyo may be `ap-northeast-1c`, and each account has a VPC of its own.
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
  return [...facts, ...(there ? lookedUpIn(there, region, written) : [])];
}

/** What look-ups found where a stack is, by the question alone: the same question has another answer elsewhere. */
function lookedUpIn(
  stack: Stack,
  region: string,
  written: readonly string[],
): [what: string, text: string][] {
  const { account } = stack;
  const zones: unknown = stack.node.tryGetContext(`availability-zones:account=${account}:region=${region}`);
  const found: [string, string][] = Array.isArray(zones)
    ? zones.map((zone, i): [string, string] => [`region.zone-${i + 1}`, String(zone)])
    : [];
  const own = [`:account=${account}:`, `:region=${region}`] as const;
  for (const [key, answer] of Object.entries(stack.node.root.node.getAllContext() as object)) {
    if (!own.every((it) => key.includes(it))) continue;
    const question = own.reduce((rest, it) => rest.replace(it, ':'), key);
    visitTexts(answer, question, (where, text) => {
      if (isLookedUp(text) && written.some((it) => it.includes(text)))
        found.push([`region.lookup-${where.replaceAll(/[^\w-]+/g, '-')}`, text]);
    });
  }
  return found;
}

/** Every text of an answer, with where it is. */
function visitTexts(node: unknown, where: string, visit: (where: string, text: string) => void): void {
  if (typeof node === 'string') visit(where, node.replace('/hostedzone/', ''));
  else if (typeof node === 'object' && node !== null)
    for (const [key, child] of Object.entries(node)) visitTexts(child, `${where}.${key}`, visit);
}
