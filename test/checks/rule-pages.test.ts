import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkStaging, type StagingFacts } from '../../lib/checks/staging';
import { RULES } from '../../lib/checks/rules';
import { parseYaml } from '../../lib/template/yaml-template';
import { ALL_RULES, CHECK_RULES, PAGES, rulePages } from '../../scripts/rule-pages/pages';
import type { Example, RulePage } from '../../scripts/rule-pages/page';

const FOLDER = 'docs/rules';

const textsIn = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));

/** What the script writes, as prettier leaves it. */
function written(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    for (const [file, text] of rulePages()) writeFileSync(join(folder, file), text);
    const prettier = resolve('node_modules/prettier/bin/prettier.cjs');
    const config = resolve('.prettierrc.json');
    execFileSync(process.execPath, [prettier, '--config', config, '--write', '.'], { cwd: folder });
    return textsIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('are what the script makes: run `npm run rules` when they are not', () => {
  expect(textsIn(FOLDER)).toEqual(written());
});

it('are there for every rule, and for nothing else', () => {
  const names = (table: Readonly<Record<string, object>>): string[] =>
    Object.entries(table).flatMap(([check, rules]) => Object.keys(rules).map((name) => `${check} ${name}`));
  expect(names(PAGES)).toEqual(names(RULES));
  expect(readdirSync(FOLDER).sort()).toEqual(['README.md', ...ALL_RULES.map(({ id }) => `${id}.md`)].sort());
});

it('have an id of their own each, which the title goes on from', () => {
  const ids = ALL_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { title } of ALL_RULES) expect(title).toMatch(/^[A-Z][^.]*[^.\s]$/);
});

/** The ids of what both checks find in an example. */
async function foundIn(
  { template, outside = [], isProtected = false }: Example,
  { production }: RulePage,
): Promise<string[]> {
  const facts: StagingFacts = { stackNames: ['Staging'], outside, acknowledged: [] };
  const [prodAccount, account] = production?.accounts ?? [];
  const staging = {
    template: await parseYaml('staging.yaml', template),
    env: account === undefined ? {} : { account },
    path: '',
    deployment: { name: 'Staging', isProtected },
  };
  const prod = production && {
    template: await parseYaml('production.yaml', production.template ?? 'Resources: {}'),
    env: prodAccount === undefined ? {} : { account: prodAccount },
  };
  const { isolation, tearDown } = checkStaging(facts, [staging], prod ? [prod] : []);
  return [...new Set([...isolation.findings, ...tearDown.findings].map(({ id }) => id))];
}

describe.each(CHECK_RULES.map((rule) => [rule.id, rule] as const))('the examples of %s', (id, rule) => {
  const page = PAGES[rule.check][rule.name]!;

  it('are found by this rule and by no other', async () => {
    expect(await foundIn(page.bad, page)).toEqual([id]);
  });

  it('are not found when they are good', async () => {
    expect(await foundIn(page.good, page)).toEqual([]);
  });
});
