import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equalJson, type JsonObject } from '../lib/json';
import { parityOfTemplates } from '../lib/parity/parity';
import { deploy } from './cloudformation';
import { PARAMETERS, synthesizeDeployedApp } from './deployed-app';
import { changes, mutants, type Mutant } from './mutants';
import { answerOf, type Subject } from './mutate-subject';

const GIVEN = { ...PARAMETERS, Backlog: '10' };

/** What both are given; what is dead in one of these is alive in another. */
const DEPLOYMENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gold: GIVEN,
  tin: { ...GIVEN, Tier: 'tin' },
  'gold, and not deep': { ...GIVEN, Depth: '3' },
};

const REGIONS = ['eu-west-1', 'us-east-1'];

/**
 * A plain template that is compared with itself, with values for its parameters. Whether a change of it, or of a value, changes what is
 * deployed is held against an evaluation of its own, in every Region that the template knows.
 */
export function* plainSubjects(folder: string): Generator<Subject> {
  const production = join(synthesizeDeployedApp(folder), 'assembly-Prod');
  const file = readdirSync(production).find((it) => /Web\w+\.template\.json$/.test(it))!;
  const prod = JSON.parse(readFileSync(join(production, file), 'utf8')) as JsonObject;
  for (const [name, parameters] of Object.entries(DEPLOYMENTS)) {
    const staging = structuredClone(prod);
    const given = { ...parameters };
    const valuesOf = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values));
    const made = (template: JsonObject, values: Readonly<Record<string, string>>) =>
      REGIONS.map((region) => deploy(template, { parameters: values, pseudo: { 'AWS::Region': region } }));
    const before = made(prod, parameters);
    if (before.includes(undefined)) throw new Error(`${name} cannot be deployed`);
    const fateOf = (it: Mutant): Fate => {
      if (MEANS_THE_SAME.test(it.name)) return 'same';
      it.apply();
      const after = made(staging, given);
      it.revert();
      if (after.includes(undefined)) return 'refused';
      return after.every((region, i) => equalJson(region, before[i])) ? 'same' : 'other';
    };
    const changed = [...mutants(staging, isAsWritten), ...changes(given, () => false)];
    const fates = changed.map((it) => [it, fateOf(it)] as const);
    const having = (fate: Fate): Mutant[] => fates.flatMap(([it, its]) => (its === fate ? [it] : []));
    yield {
      name: `a template that is deployed with parameters: ${name}`,
      unchanged: 'twins',
      answer: () =>
        answerOf(
          () =>
            parityOfTemplates(prod, staging, {
              parameters: { prod: valuesOf(parameters), staging: valuesOf(given) },
            }).verdict,
        ),
      unpermitted: having('other'),
      permitted: having('same'),
    };
  }
}

/** What becomes of a changed template: what CloudFormation refuses is not deployed at all. */
type Fate = 'other' | 'same' | 'refused';

/** Lists in no order, and a secret, which is not compared. */
const MEANS_THE_SAME = /^turn round .*\.(?:Action|SuspendProcesses)$|^change Secret$/;

/**
 * Compared as it is written, whatever is made of it: rules and types of parameters, those of the bootstrap that a rule of the template
 * asks for, what is at the top, and all of a mapping of which only the Region says what is looked up.
 */
const isAsWritten = ([section, id, key, more]: readonly (string | number)[]): boolean =>
  !/^(?:Parameters|Conditions|Mappings|Resources|Outputs)$/.test(String(section)) ||
  id === 'BootstrapVersion' ||
  (section === 'Parameters' && key !== undefined && key !== 'Default') ||
  (section === 'Mappings' && (key === 'Added' || more === 'Added'));
