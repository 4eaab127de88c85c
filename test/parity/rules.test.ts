import schema from '../../schema/twin.json';
import { PARITY_RULES, REPORTED_RULES, rulePageUrl } from '../../lib/parity/rules';

/** Ids stand in acknowledgements, baselines and alerts of other tools: none is ever taken away, or given to another rule. */
it('keep their ids', () => {
  expect(Object.entries(PARITY_RULES).map(([name, [id]]) => `${id} ${name}`)).toMatchInlineSnapshot(`
   [
     "TWIN-PAR-001 difference",
     "TWIN-PAR-002 switch",
     "TWIN-PAR-003 own-name",
     "TWIN-PAR-004 literal-name",
     "TWIN-PAR-005 random",
     "TWIN-PAR-006 undecided",
     "TWIN-PAR-007 decides",
     "TWIN-PAR-008 unlike-member",
     "TWIN-PAR-009 member-count",
     "TWIN-PAR-010 shape-rule",
     "TWIN-PAR-011 other-value",
     "TWIN-PAR-012 nested-stack",
     "TWIN-PAR-013 changed-template",
     "TWIN-PAR-014 manifest",
     "TWIN-PAR-015 unused-entry",
     "TWIN-PAR-016 deployed-differently",
     "TWIN-PAR-017 left-open",
     "TWIN-PAR-018 deployment",
   ]
  `);
});

it('have titles that go on from the name of what is found', () => {
  for (const [, title] of Object.values(PARITY_RULES)) expect(title).toMatch(/^[A-Z][^.]*[^.\s]$/);
});

it('are what twin.json may name', () => {
  expect(schema.definitions.stacks.properties.refused.items.properties.rule.enum).toEqual(
    Object.keys(PARITY_RULES),
  );
});

it('are reported with those of the checks, each id once', () => {
  const ids = REPORTED_RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(['TWIN-PAR-001', 'TWIN-ISO-001', 'TWIN-TD-001']));
});

it('have their pages in the package of the same version', () => {
  expect(rulePageUrl('TWIN-PAR-003', '1.2.3')).toBe(
    'https://unpkg.com/cdk-twin@1.2.3/docs/rules/TWIN-PAR-003.md',
  );
});
