import { didYouMean, TwinError } from '../error';
import type { CheckReport } from '../checks/staging';
import type { ParityReport } from './report';
import { REPORTED_RULES } from './rules';

/**
 * A report with the findings of some rules alone, and with how many it leaves out. Its verdict and the results of its checks stay
 * what they are.
 *
 * @param only - ids of rules, such as `TWIN-PAR-003`, or what they begin with, such as `TWIN-ISO`; see {@link checkOnly}
 */
export function onlyRules(report: ParityReport, only: readonly string[]): ParityReport {
  const isAsked = ({ id }: { readonly id: string }): boolean => only.some((it) => id.startsWith(it));
  const forbidden = report.forbidden.filter(isAsked);
  const part = (check: CheckReport): CheckReport => ({
    ...check,
    findings: check.findings.filter(isAsked),
    acknowledged: check.acknowledged.filter(isAsked),
  });
  const { checks } = report;
  const shown = checks && {
    ...checks,
    isolation: part(checks.isolation),
    tearDown: part(checks.tearDown),
  };
  const left = (check: 'isolation' | 'tearDown'): number =>
    checks && shown ? checks[check].findings.length - shown[check].findings.length : 0;
  const { allowlist, open = [] } = report;
  const unused = (allowlist?.unused ?? []).filter(isAsked);
  const shownOpen = open.filter(isAsked);
  return {
    ...report,
    forbidden,
    ...(report.open && { open: shownOpen }),
    ...(allowlist && { allowlist: { ...allowlist, unused } }),
    ...(shown && { checks: shown }),
    notShown: {
      only,
      forbidden: report.forbidden.length - forbidden.length,
      open: open.filter((it) => !shownOpen.includes(it)),
      unused: (allowlist?.unused.length ?? 0) - unused.length,
      isolation: left('isolation'),
      tearDown: left('tearDown'),
    },
  };
}

/**
 * The rules that were asked for, as their ids are written.
 *
 * @throws TwinError `unknown-rule` for one that no id begins with
 */
export function checkOnly(only: readonly string[]): string[] {
  const ids = REPORTED_RULES.map(({ id }) => id);
  return only.map((given) => {
    const asked = given.toUpperCase();
    if (asked !== '' && ids.some((id) => id.startsWith(asked))) return asked;
    const known = [...new Set(ids.flatMap((id) => [id, id.replace(/-\d+$/, '')]))];
    const near = didYouMean(asked, known);
    throw new TwinError({
      code: 'unknown-rule',
      message: `there is no rule "${given}"${near.startsWith('did') ? `; ${near}` : ''}`,
      fix: 'Give the id of a rule, such as TWIN-PAR-003, or what ids begin with: TWIN-PAR, TWIN-ISO or TWIN-TD.',
    });
  });
}
