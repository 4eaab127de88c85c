import { RULES, type Check } from '../../lib/checks/rules';
import { ISOLATION } from './isolation';
import { pageOf, type Rule, type RulePage } from './page';
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

/** Every rule, in the order of the ids. */
export const ALL_RULES: readonly NamedRule[] = (Object.keys(RULES) as Check[]).flatMap((check) =>
  Object.entries(RULES[check]).map(([name, [id, title]]) => ({ check, name, id, title })),
);

/**
 * The files of docs/rules with their texts, before they are formatted: a page for each rule, and the index.
 *
 * @throws Error for a rule without a page
 */
export function rulePages(): ReadonlyMap<string, string> {
  const pages = ALL_RULES.map((rule): [string, string] => {
    const page = PAGES[rule.check][rule.name];
    if (!page)
      throw new Error(`${rule.id} has no page: add "${rule.name}" to scripts/rule-pages/${rule.check}.ts`);
    return [`${rule.id}.md`, pageOf(rule, page)];
  });
  return new Map([['README.md', indexOf(ALL_RULES)], ...pages]);
}

const indexOf = (rules: readonly Rule[]): string => `# Rules

Two checks of a staging fail the synth. **Isolation** finds what reaches out of the environment, into production or into what production
uses too. **Tear-down** finds what stops the deletion of the stack, and what stays after it. The title of a rule goes on from the name of
the resource: "Orders is retained when the stack is deleted".

Every page has an example that the check finds, and one in which it finds nothing. The tests run both.

| id | title | check |
| --- | --- | --- |
${rules.map(({ id, title, check }) => `| [${id}](${id}.md) | ${title} | ${check} |`).join('\n')}

The pages are written by \`npm run rules\`, from \`scripts/rule-pages\`.
`;
