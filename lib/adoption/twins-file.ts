import { isAbsolute } from 'node:path';
import type { FactorValue } from '../scale/kinds';
import type { AppProject, Place } from './app';
import { literal, memberName } from './given';
import { importedAs, importsText, specifier, styleOf, type Style } from './module-text';
import { variableFor } from './names';
import type { FoundNumber } from './numbers';
import { RELEASE_KEY } from './release';
import type { Made, MadeMember, Proposed, Unit } from './observation';

/** A unit that can be made as production and as a staging. */
export type Twinned = Unit & { readonly made: Made };

/** What is said of a factor until its author says why. */
const REASON = 'staging needs less than production';

/** How the environments of a unit are called in the file. */
export interface Variables {
  readonly twins: string;
  readonly prod: string;
  readonly staging: string;
}

/** One unit needs no names but those that everybody uses; of several each is called after its id. */
export function variablesOf(unit: Twinned, all: readonly Twinned[]): Variables {
  if (all.length === 1) return { twins: 'twins', prod: 'prod', staging: 'staging' };
  const name = variableFor(unit.id);
  return { twins: `${name}Twins`, prod: `${name}Prod`, staging: `${name}Staging` };
}

/** The file that makes production and a staging of each unit. */
export function twinsFile(
  project: AppProject,
  place: Place,
  units: readonly Twinned[],
  {
    numbers,
    context,
  }: { readonly numbers: readonly FoundNumber[]; readonly context: Readonly<Record<string, string>> },
): string {
  const style = styleOf(project, place);
  const used = new Map<string, Set<string>>();
  const use = (module: string, name: string): void =>
    void used.set(module, (used.get(module) ?? new Set()).add(name));
  use('aws-cdk-lib', 'App');
  for (const name of ['Twins', 'defaultExpiry']) use('cdk-twin', name);
  for (const unit of units) {
    const { made } = unit;
    if (made.members) use('aws-cdk-lib', 'Stage');
    for (const [name, from] of Object.entries(made.imports))
      use(isAbsolute(from) ? specifier(place.twins, from, style) : from, name);
    for (const factor of made.factors) use('cdk-twin', functionOf(factor));
    for (const { className, exported } of classesOf(unit))
      use(specifier(place.twins, exported.file, style), importedAs(exported.name, className));
  }
  const imports = importsText(new Map([...used].map(([module, names]) => [module, [...names]])), style);
  const variables = units.map((unit) => variablesOf(unit, units));
  const exported = variables.flatMap(({ prod, staging }) => [prod, staging]);
  const texts = units.map((unit, i) => unitText(unit, variables[i]!, numbersOf(unit, numbers), style));
  const given = Object.entries(context).map(([key, value]) => `${memberName(key)}: ${literal(value)}`);
  const release = units.some(({ made }) => made.release !== undefined)
    ? `// The release that twin rehearse names; otherwise what production runs.
const release = app.node.tryGetContext('${RELEASE_KEY}');
`
    : '';
  return `${imports}

const app = new App(${given.length === 0 ? '' : `{ postCliContext: { ${given.join(', ')} } }`});
${release}// twin rehearse names each rehearsal, so that its stacks are its own.
const rehearsal = app.node.tryGetContext('rehearsal');
// When staging deletes itself, in UTC: by default in the night.
const expires = app.node.tryGetContext('expires') ?? defaultExpiry(new Date());

${texts.join('\n')}${style.usesImport ? '' : `\nmodule.exports = { ${exported.join(', ')} };\n`}`;
}

/** The classes that the code of a unit names. */
export const classesOf = ({ className, exported, made: { members } }: Twinned): readonly MadeClass[] =>
  members ?? [{ className, exported: exported! }];

type MadeClass = Pick<MadeMember, 'className' | 'exported'>;

/** The constructs at the top of the app that a unit is made of, by their ids there. */
export const idsOf = ({ id, made }: Twinned): readonly string[] => made.members?.map((it) => it.id) ?? [id];

/** Whether production is made for an account that is known, which staging has too. */
export const isOfAccount = ({ made }: Twinned): boolean =>
  made.options['env']?.includes('account: ') === true;

/** The numbers that a unit's own stacks have. */
export const numbersOf = (unit: Twinned, numbers: readonly FoundNumber[]): FoundNumber[] =>
  numbers.filter(({ stack }) => idsOf(unit).some((id) => stack === id || stack.startsWith(`${id}/`)));

/** The function of `cdk-twin` that declares a factor. */
const functionOf = ({ kind, isLambda }: Pick<Proposed, 'kind' | 'isLambda'>): string =>
  isLambda ? 'lambdaMemory' : kind;

function unitText(
  unit: Twinned,
  { twins, prod, staging }: Variables,
  numbers: readonly FoundNumber[],
  style: Style,
): string {
  const { id, stagingId, made } = unit;
  const { factors, options, generatesNames, members } = made;
  const exporting = style.usesImport ? 'export ' : '';
  const shared = Object.entries(options).filter(([key]) => key !== 'stackName');
  const optionLines = (entries: readonly (readonly [string, string])[]): string =>
    entries.map(([key, code]) => `  ${memberName(key)}: ${code},\n`).join('');
  const scale = [...factors.map(factorText), ...numbers.map(candidateText)].join('');
  const name = members
    ? `stackName: rehearsal ? \`${stagingId}-\${rehearsal}\` : ${literal(stagingId)}`
    : `...(rehearsal && { stackName: \`${stagingId}-\${rehearsal}\` })`;
  return `const ${twins} = new Twins(app, {
  scale: ${scale === '' ? '{}' : `{\n${scale}  }`},
  environment: ${members ? groupText(made, members, style) : oneText(unit)},
});

${exporting}const ${prod} = ${twins}.prod(${literal(id)}, {
${optionLines(Object.entries(options))}  scale: ${scaleText(factors, 'prod')},
});

${exporting}const ${staging} = ${twins}.staging(${literal(stagingId)}, {
  ${name},
${isOfAccount(unit) ? "  // production's account; another one is the stronger wall\n" : ''}${optionLines(shared)}  scale: ${scaleText(factors, 'staging')},
  expires,
${generatesNames ? "  physicalNames: 'generated',\n" : ''}});
`;
}

const parametersFor = ({ factors }: Made): string =>
  factors.length === 0 ? '_scale' : `{ ${factors.map(({ name }) => name).join(', ')} }`;

/** The function that makes a stack or a stage of the app. */
function oneText({ className, made }: Twinned): string {
  const { isStage, props } = made;
  // the stacks of a stage are named after it
  const taken = isStage ? '{ stackName, ...options }' : 'options';
  const all = ['...options', ...(isStage ? ['stageName: stackName'] : []), ...(props === '' ? [] : [props])];
  const given = all.length === 1 ? 'options' : `{ ${all.join(', ')} }`;
  return `(scope, id, ${parametersFor(made)}, ${taken}) =>
    new ${className}(scope, id, ${given})`;
}

/** The function that makes several stacks, each with what it is given of those before it. */
function groupText(made: Made, members: readonly MadeMember[], { isTypeScript }: Style): string {
  const stacks = members.map(({ id, stackName, className, props, variable }) => {
    const given = [`stackName: named(${literal(stackName)})`, ...props];
    const start = `    ${variable === undefined ? '' : `const ${variable} = `}new ${className}(stage, ${literal(id)}, {`;
    const line = `${start} ${given.join(', ')} });\n`;
    return line.length <= LONGEST
      ? line
      : `${start}\n${given.map((it) => `      ${it},\n`).join('')}    });\n`;
  });
  return `(scope, id, ${parametersFor(made)}, { stackName, ...options }) => {
    const stage = new Stage(scope, id, options);
    // production's stacks keep their names, those of every other environment begin with its own
    const named = (name${isTypeScript ? ': string' : ''}) =>
      stackName === undefined ? name : \`\${stackName}-\${name}\`;
${stacks.join('')}    return stage;
  }`;
}

/** Of a line of code. */
const LONGEST = 100;

const factorText = (factor: Proposed): string =>
  `    // ${listed(factor.places)}\n    ${memberName(factor.name)}: ${functionOf(factor)}({ reason: ${literal(REASON)} }),\n`;

/** A size that a stack has inside: its author gives the stack a prop for it first. */
const candidateText = (it: FoundNumber): string =>
  `    // ${[it.construct, it.property].filter((part) => part !== '').join(' ')} is ${show(it.value)}${it.source === undefined ? '' : ` (${lineOf(it.source)})`}: a prop of the stack first, then\n` +
  `    // ${it.name}: ${functionOf(it)}({ reason: ${literal(REASON)} }),\n`;

/** A file and a line, without the column. */
export const lineOf = (source: string): string => source.replace(/:\d+$/, '');

const MOST_PLACES = 3;
const listed = (places: readonly string[]): string =>
  places.length <= MOST_PLACES
    ? places.join(', ')
    : `${places.slice(0, MOST_PLACES).join(', ')} and ${places.length - MOST_PLACES} more`;

const scaleText = (factors: readonly Proposed[], of: 'prod' | 'staging'): string =>
  factors.length === 0
    ? '{}'
    : `{ ${factors.map((it) => `${memberName(it.name)}: ${show(it[of])}`).join(', ')} }`;

/** A factor's value as code, and for people. */
export const show = (value: FactorValue): string =>
  typeof value === 'object'
    ? `{ ${Object.entries(value)
        .map(([part, n]) => `${part}: ${n}`)
        .join(', ')} }`
    : literal(value);
