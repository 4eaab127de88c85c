import { Lines } from '../report/lines';
import { plural } from '../report/words';
import type { FoundNumber } from './numbers';
import type { Plan } from './plan';
import { classesOf, idsOf, isOfAccount, lineOf, numbersOf, show, type Twinned } from './twins-file';

type Options = { readonly color: boolean; readonly width: number };

/** Writes for people what was found in an app, and the files that are proposed for it. */
export function renderPlan(plan: Plan, options: Options): string {
  const { units, others, numbers, hasTwins, place, project } = plan;
  const page = new Lines(options);
  const language = project.isTypeScript ? 'TypeScript' : 'JavaScript';
  const modules = place.isEsm ? ', ES modules' : project.isTypeScript ? '' : ', CommonJS';
  page.words(titleOf(plan), { style: 'bold' });
  page.words(
    `${language}${modules}; the entry is ${place.entry}, which cdk.json runs by "${project.command}"`,
  );
  if (hasTwins) page.words('It has Twins already: what it makes with them stays as it is.');
  for (const unit of units) writeUnit(page, unit, numbersOf(unit, numbers));
  if (others.length > 0) page.heading('Left as they are', { beside: 'see docs/adopting.md' });
  for (const { id, obstacle } of others) page.words(obstacle, { lead: `  ${id}  ` });
  const elsewhere = numbers.filter(
    (it) => !units.some((unit) => numbersOf(unit, [it]).length > 0 || isOfOneClass(it, unit, others)),
  );
  if (elsewhere.length > 0)
    page.heading('Sizes in them', {
      beside: 'those that follow a prop are known once the stack can be made',
    });
  for (const it of elsewhere) writeNumber(page, it);
  return page.toString();
}

/** Whether a size is in another construct of a unit's class: it is said there. */
const isOfOneClass = ({ stack }: FoundNumber, unit: Twinned, others: Plan['others']): boolean =>
  others.some(
    ({ id, className }) =>
      (stack === id || stack.startsWith(`${id}/`)) &&
      classesOf(unit).some((it) => it.className === className),
  );

function titleOf({ units, others, hasTwins }: Plan): string {
  if (hasTwins) return 'This app has Twins';
  const twinned = units.flatMap((unit) => idsOf(unit)).length;
  const all = twinned + others.length;
  if (all === 0) return 'This app makes no stack';
  return `${twinned} of ${plural(all, 'stack')} can be made as production and as a staging`;
}

/** What environments are called that are no production. */
const CALLED_OTHERWISE =
  /(?:^|[-_])(?:dev(?:elop(?:ment)?)?|test|qa|stag(?:e|ing)|sandbox)(?:$|[-_])|(?:Dev|Test|Qa|Stag(?:e|ing)|Sandbox)(?![a-z])/;

function writeUnit(page: Lines, unit: Twinned, numbers: readonly FoundNumber[]): void {
  const { id, stagingId, made } = unit;
  const { factors, others, generatesNames, members } = made;
  page.heading(`${id} and ${stagingId}`, { beside: plural(factors.length, 'scale factor') });
  if (CALLED_OTHERWISE.test(id))
    page.words(
      'It is not called as a production is. Where the context says which one the app makes, give it that of production: twin init -c env=prod',
      { lead: '  ', style: 'yellow' },
    );
  if (members)
    page.words(
      `stages of ${plural(members.length, 'stack')}, which are given constructs of each other: ${idsOf(unit).join(', ')}. Production's keep their names; the CDK's command line calls them ${id}/${members[0]!.id}, and so on.`,
      { lead: '  ' },
    );
  if (isOfAccount(unit))
    page.words(
      "staging is made in production's account: give its `env` another one where you have one, so that nothing of production is within its reach",
      { lead: '  ', style: 'yellow' },
    );
  for (const { name, kind, prod, staging, places, props } of factors) {
    page.words(`${kind}: ${show(prod)} -> ${show(staging)}`, { lead: `  ${name}  `, leadStyle: 'bold' });
    page.words(`${props.join(', ')}: ${places.slice(0, 3).join(', ')}${places.length > 3 ? ' ...' : ''}`, {
      lead: '      ',
      style: 'dim',
    });
  }
  for (const { prop, why } of others) page.words(`stays as it is: ${why}`, { lead: `  ${prop}  ` });
  if (generatesNames)
    page.words("staging's physical names are generated: production has them too", { lead: '  ' });
  if (numbers.length === 0) return;
  page
    .line()
    .words('Sizes inside of it, which no prop decides. To scale one, give the stack a prop for it:', {
      lead: '  ',
    });
  for (const it of numbers) writeNumber(page, it);
}

function writeNumber(page: Lines, it: FoundNumber): void {
  const { construct, property, value, smaller, kind, source, name } = it;
  const place = [construct, property].filter((part) => part !== '').join(' ');
  page.words(`${place}: ${show(value)}, ${kind}, could be ${show(smaller)}`, {
    lead: '  - ',
  });
  const where = source === undefined ? '' : `${lineOf(source)}: `;
  page.words(`${where}replace it by a prop such as ${name}`, { lead: '      ', style: 'dim' });
}

/** Writes the files that are proposed, and the line that makes them used. */
export function renderFiles({ files, project, place, units }: Plan, options: Options): string {
  const page = new Lines(options);
  for (const { file, text, exists } of files) {
    page.heading(file, { beside: exists ? 'is there already, and is left alone' : 'new' });
    if (exists) continue;
    for (const line of text.trimEnd().split('\n')) page.line(page.paint('green', `+ ${line}`.trimEnd()));
  }
  if (units.length > 0 && place.command !== project.command) {
    page.heading('cdk.json', { beside: 'yours to change: the files above do not need it' });
    page.line(page.paint('red', `-   "app": ${JSON.stringify(project.command)}`));
    page.line(page.paint('green', `+   "app": ${JSON.stringify(place.command)}`));
  }
  if (units.length > 0 && project.testRunner === undefined)
    page
      .line()
      .words(
        'There is no test: neither jest nor vitest is in package.json. docs/testing.md has the matcher.',
      );
  return page.toString();
}
