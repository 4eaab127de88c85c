import { RULES, type Check } from '../../lib/checks/rules';
import { PARITY_RULES, type ParityRule } from '../../lib/parity/rules';
import { ISOLATION } from './isolation';
import { pageOf, type Rule, type RulePage } from './page';
import { PARITY } from './parity';
import { parityPageOf } from './parity-page';
import { TEAR_DOWN } from './tear-down';

/** What the pages say, by check and by the name of the rule. */
export const PAGES: Readonly<Record<Check, Readonly<Record<string, RulePage>>>> = {
  isolation: ISOLATION,
  'tear-down': TEAR_DOWN,
};

/** A rule with the name that its page goes by. */
interface NamedRule extends Rule {
  readonly check: Check;
  readonly name: string;
}

/** Every rule of the checks, in the order of the ids. */
export const CHECK_RULES: readonly NamedRule[] = (Object.keys(RULES) as Check[]).flatMap((check) =>
  Object.entries(RULES[check]).map(([name, [id, title]]) => ({ check, name, id, title })),
);

/** Every rule of parity, in the order of the ids. */
export const PARITY_RULE_LIST: readonly (Rule & { readonly name: ParityRule })[] = (
  Object.keys(PARITY_RULES) as ParityRule[]
).map((name) => {
  const [id, title] = PARITY_RULES[name];
  return { check: 'parity', name, id, title };
});

/** Every rule that there is. */
export const ALL_RULES: readonly Rule[] = [...PARITY_RULE_LIST, ...CHECK_RULES];

/**
 * The files of docs/rules with their texts, before they are formatted: a page for each rule, and the index.
 *
 * @throws Error for a rule without a page
 */
export function rulePages(): ReadonlyMap<string, string> {
  const pages = CHECK_RULES.map((rule): [string, string] => {
    const page = PAGES[rule.check][rule.name];
    if (!page)
      throw new Error(`${rule.id} has no page: add "${rule.name}" to scripts/rule-pages/${rule.check}.ts`);
    return [`${rule.id}.md`, pageOf(rule, page)];
  });
  const parity = PARITY_RULE_LIST.map((rule): [string, string] => [
    `${rule.id}.md`,
    parityPageOf(rule, PARITY[rule.name]),
  ]);
  return new Map([['README.md', indexOf(ALL_RULES)], ...parity, ...pages]);
}

const indexOf = (rules: readonly Rule[]): string => `# Rules

**Parity** compares a staging, and every further production, with production: what no scale factor explains is forbidden. There is no way
to ignore a finding, only to declare a factor with a reason. Two checks of a staging fail the synth beside it. **Isolation** finds what
reaches out of the environment, into production or into what production uses too. **Tear-down** finds what stops the deletion of the
stack, and what stays after it. The title of a rule goes on from the name of the resource or the place: "Orders is retained when the stack
is deleted".

Every page has an example that is found, and one in which nothing is found. The tests run those that are templates or code.

| id | title | check |
| --- | --- | --- |
${rules.map(({ id, title, check }) => `| [${id}](${id}.md) | ${title} | ${check} |`).join('\n')}

The pages are written by \`npm run rules\`, from \`scripts/rule-pages\`.
`;
