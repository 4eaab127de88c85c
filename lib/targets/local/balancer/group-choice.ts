import type { IncomingHttpHeaders } from 'node:http';
import type { Address } from '../../../blueprint/blueprint';
import type { Action } from '../../../blueprint/load-balancing';
import { GROUP_COOKIE, type StickyCookies } from './stickiness';

type Forward = Extract<Action, { kind: 'forward' }>;

/** A target group that was chosen, and the cookies by which a client comes back to it. */
export interface ChosenGroup {
  readonly group: Address | undefined;
  readonly cookies: readonly string[];
}

/** Gives each of several target groups its part of the requests, in turns that are as even as their weights. */
export class GroupChoice {
  private readonly credits = new Map<string, number>();

  constructor(private readonly cookies: StickyCookies) {}

  choose({ groups, stickySeconds }: Forward, headers: IncomingHttpHeaders, isEncrypted = false): ChosenGroup {
    const names = groups.map(({ group }, i) => (group ? keyOf(group) : `elsewhere ${i}`));
    const open = names.filter((_, i) => groups[i]!.weight > 0);
    const returning =
      stickySeconds === undefined ? undefined : this.cookies.named(GROUP_COOKIE, headers, open);
    const name = returning ?? this.next(groups.map(({ weight }, i) => ({ name: names[i]!, weight })));
    if (name === undefined) return { group: undefined, cookies: [] };
    const { group } = groups[names.indexOf(name)]!;
    const cookies =
      stickySeconds === undefined ? [] : this.cookies.set(GROUP_COOKIE, name, stickySeconds, isEncrypted);
    return { group, cookies };
  }

  /** Each gains its weight, the richest is chosen and pays the weight of all. */
  private next(groups: readonly { readonly name: string; readonly weight: number }[]): string | undefined {
    const total = groups.reduce((sum, { weight }) => sum + weight, 0);
    let richest: string | undefined;
    for (const { name, weight } of groups) {
      if (weight === 0) continue;
      this.credits.set(name, (this.credits.get(name) ?? 0) + weight);
      if (richest === undefined || this.credits.get(name)! > this.credits.get(richest)!) richest = name;
    }
    if (richest !== undefined) this.credits.set(richest, this.credits.get(richest)! - total);
    return richest;
  }
}

/** The key of a resource. */
export const keyOf = ({ stack, logicalId }: Address): string => `${stack}\n${logicalId}`;
