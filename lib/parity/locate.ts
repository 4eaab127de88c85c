import { Origins } from '../template/constructs';
import type { Difference } from '../template/differences';
import type { StackFindings } from './findings';
import type { Forbidden, Located, Permitted } from './report';
import { parityRuleId, type ParityRule } from './rules';

/** A template with where it came from. */
export interface Side {
  /** What it is called in messages: its file. */
  readonly origin: string;
  readonly template: unknown;
  /** Its file. @default - it is none */
  readonly file?: string;
  /** Whether it is no longer what was synthesized. @default false */
  readonly isChanged?: boolean;
  /** Where the construct of a logical id was made: file, line and column. @default - unknown */
  readonly sourceOf?: (logicalId: string) => string | undefined;
}

/** A rule with its id. */
export const ruleOf = (rule: ParityRule): Pick<Forbidden, 'id' | 'rule'> => ({
  id: parityRuleId(rule),
  rule,
});

/** While it is made: there is one for each place that may differ. */
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Findings with the constructs that they belong to. */
export function locate(stack: string, { permitted, forbidden }: StackFindings, prod: Side, staging: Side) {
  const origins = [staging, prod].map(({ template, sourceOf }) => new Origins(template, sourceOf));
  const first = <T>(ask: (origin: Origins) => T | undefined): T | undefined =>
    origins.reduce<T | undefined>((found, origin) => found ?? ask(origin), undefined);
  const located = ({ path, prod: p, staging: s }: Difference) => {
    const construct = first((origin) => origin.construct(path));
    const it: Writable<Located> = {
      stack,
      logicalId: String(path[1] ?? path[0] ?? ''),
      type: first((origin) => origin.type(path)) ?? String(path[0] ?? 'Manifest'),
      path: path.slice(2),
    };
    if (p !== undefined) it.prod = p;
    if (s !== undefined) it.staging = s;
    if (construct !== undefined) it.construct = construct;
    return it;
  };
  return {
    permitted: permitted.map((it): Permitted => Object.assign(located(it), { by: it.by, factor: it.factor })),
    forbidden: forbidden.map((fault): Forbidden => {
      const source = first((origin) => origin.source(fault.path));
      const template = staging.file;
      return {
        ...located(fault),
        ...ruleOf(fault.rule),
        why: fault.why,
        fix: fault.fix,
        ...(fault.hangsOn && { hangsOn: fault.hangsOn }),
        ...(template !== undefined && { template }),
        ...(source !== undefined && { source }),
      };
    }),
  };
}
