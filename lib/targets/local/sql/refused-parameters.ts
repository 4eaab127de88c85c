import { totalmem } from 'node:os';

/** The memory that one setting of each of several servers may take: together an eighth of this machine's. */
export const memoryShareOf = (servers: number): number => totalmem() / 8 / servers;

/** Why parameters of parameter groups are not applied, whatever the server. */
export const REASONS = {
  own: 'the local environment sets these parameters of its parameter groups by itself',
  memory:
    'these parameters would take more memory than this machine has for them, and stay at their defaults',
  formula: 'these parameters are formulas over what is not known here, and stay at their defaults',
} as const;

/**
 * The parameters that are not applied, by reason.
 *
 * @typeParam R - the names of the reasons
 */
export class RefusedParameters<R extends string> {
  private readonly names = new Map<R, string[]>();

  /** @param reasons - the beginning of the sentence of each, in the order of the sentences */
  constructor(private readonly reasons: Readonly<Record<R, string>>) {}

  add(reason: R, what: string): void {
    this.names.set(reason, [...(this.names.get(reason) ?? []), what]);
  }

  sentences(): readonly string[] {
    return (Object.keys(this.reasons) as R[]).flatMap((reason) => {
      const names = this.names.get(reason);
      return names ? [`${this.reasons[reason]}: ${names.toSorted().join(', ')}`] : [];
    });
  }
}
