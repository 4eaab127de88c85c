import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { shop } from '../../bin/shop';
import * as sizes from '../../bin/sizes';
import { shape, Twins } from '../../lib';
import { blueprintOf, environmentsOf } from '../../lib/blueprint/read-blueprint';
import { costReport } from '../../lib/cost/cost-report';
import { renderCost } from '../../lib/cost/report-text';
import '../../lib/jest';
import { parityOfAssembly } from '../../lib/parity/assembly-parity';
import { renderText } from '../../lib/parity/reports/text';
import { parityOfTemplates } from '../../lib/parity/parity';
import { readWhitelist } from '../../lib/parity/whitelist';
import { shopScale, WebShop } from '../../lib/shop';
import { harmless, mutants } from '../../scripts/mutants';
import type { Json } from '../../lib/json';
import { blocksOf } from '../docs/pages';
import { newApp } from '../app';

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

/** The shop as bin/app.ts makes it, with everything that changes from day to day given. */
function build(release = '1.42.0', { validate = false, tls = true, rehearsal = '' } = {}) {
  const app = newApp({ context, builtinCloudFormationValidation: validate, treeMetadata: false });
  const { prod, staging } = shop(app, {
    ...(release !== '' && { release }),
    ...(rehearsal !== '' && { rehearsal }),
    expires: '2026-12-01T18:00:00',
    tls,
  });
  return { app, prod: Stack.of(prod), staging: Stack.of(staging) };
}

const { app, prod, staging } = build();
const assembly = app.synth();
const read = (file: string): Json => JSON.parse(readFileSync(join(assembly.directory, file), 'utf8')) as Json;

/** Asset hashes change with the CDK's own version. */
const masked = (template: Json): unknown =>
  JSON.parse(JSON.stringify(template).replaceAll(/[0-9a-f]{64}/g, '<hash>'));

/** The block of a page that begins so. */
const blockOf = (page: string, beginning: string): string =>
  blocksOf(page).find(({ text }) => text.startsWith(beginning))!.text;

/** The lines of such a block, without those that stand for others. */
const linesOf = (page: string, beginning: string): readonly string[] =>
  blockOf(page, beginning)
    .split('\n')
    .filter((line) => line.trim() !== '...');

/** The assembly that `npm run synth` writes, which the pages show. */
let shown: string | undefined;
const shownAssembly = (): string => (shown ??= build('', { tls: false }).app.synth().directory);

afterEach(() => jest.restoreAllMocks());

describe('the shop', () => {
  it('has one shape, which production and staging meet', () => {
    const topology = shape(prod);
    expect(topology).toMatchSnapshot();
    expect(shape(staging)).toEqual(topology);
  });

  it('is this template in production', () => {
    expect(masked(read('Prod.template.json'))).toMatchSnapshot();
  });

  it('is this template in staging', () => {
    expect(masked(read('StagingEphemeral.template.json'))).toMatchSnapshot();
  });

  it('has a staging that is a twin of production', () => {
    expect(staging).toBeTwinOf(prod);
    const [report] = parityOfAssembly(assembly.directory);
    expect(renderText(report!, { color: false, width: 80, verbose: false })).toMatchSnapshot();
  });

  it('prints what docs/concepts.md shows', () => {
    const [report] = parityOfAssembly(shownAssembly());
    const text = renderText(report!, { color: false, width: 80, verbose: false });
    for (const line of linesOf('docs/concepts.md', 'TWIN:')) expect(text).toContain(line);
    const [permitted] = /\d+ permitted differences/.exec(text)!;
    expect(blockOf('README.md', 'NO-GO:')).toContain(permitted);
  });

  it('costs what docs/cost.md shows', () => {
    const directory = shownAssembly();
    const [text] = environmentsOf(directory).map((pair) => {
      const [first, second] = [blueprintOf(directory, pair.prod), blueprintOf(directory, pair.staging)];
      const report = costReport({ prod: first, staging: second, hours: 4 });
      return renderCost(report, { color: false, width: 80 });
    });
    for (const line of linesOf('docs/cost.md', 'Prod ')) expect(text).toContain(line);
    const dollars = blockOf('README.md', 'NO-GO:').match(/\$[\d.,]+\d/g)!;
    expect(dollars).toHaveLength(3);
    for (const price of dollars) expect(text).toContain(price);
  });

  it('is refused as docs/scale-factors.md shows where a staging has no readers', () => {
    const none = { ...sizes.staging, ordersReaders: 0 };
    const made = (): unknown => {
      const props = { release: '1.42.0', tls: false };
      const twins = new Twins(newApp(), { scale: shopScale, environment: WebShop, props });
      twins.prod('Prod', { scale: sizes.production });
      return twins.staging('StagingEphemeral', { scale: none, expires: '2026-12-01T18:00:00' });
    };
    const [message, fix, code] = blockOf('docs/scale-factors.md', 'the scale of')
      .trimEnd()
      .split(/\n {2}(?:fix|code): /);
    expect(made).toThrow(message);
    expect(made).toThrow(expect.objectContaining({ fix, code }));
  });

  it('names the stack of a staging for its release, and stays a twin', () => {
    const releases = ['1.41.0', '1.42.0', 'feature_x', '0123456789abcdef0123456789abcdef01234567'];
    const built = releases.map((release) => build(release));
    expect(built[2]!.staging).toBeTwinOf(built[2]!.prod);
    expect(built.map((it) => it.staging.stackName)).toEqual([
      'StagingEphemeral-1-41-0',
      'StagingEphemeral-1-42-0',
      'StagingEphemeral-feature-x',
      'StagingEphemeral-0123456789abcdef0123456789abcdef',
    ]);
  });

  it('names the stack of a staging for its rehearsal: one stack goes from release to release', () => {
    const [before, after] = ['1.41.0', '1.42.0'].map((release) => {
      const built = build(release, { rehearsal: '20261121-041233-1.42.0' });
      expect(built.staging).toBeTwinOf(built.prod);
      const { stackName, template } = built.app.synth().getStackArtifact(built.staging.artifactId);
      return { stackName, template: JSON.stringify(template) };
    });
    expect(before!.stackName).toBe('StagingEphemeral-20261121-041233-1-42-0');
    expect(after!.stackName).toBe(before!.stackName);
    expect(before!.template).toContain('/shop/web:1.41.0"');
    expect(after!.template).toBe(before!.template.replaceAll('1.41.0', '1.42.0'));
    const branch = 'rehearsal/20261121-041233-feature_with_a_long_name';
    expect(build('', { rehearsal: branch }).staging.stackName).toMatch(
      /^StagingEphemeral-[A-Za-z0-9-]{1,32}$/,
    );
  });

  it('passes the AwsSolutions pack of cdk-nag in both environments', () => {
    const { violations } = new AwsSolutionsChecks(app, { verbose: true }).validateScope(app);
    expect(violations).toEqual([]);
  });

  it("passes the CDK's own validator, with findings as errors, which a wrong value does not", () => {
    expect(() => build('1.42.0', { validate: true }).app.synth()).not.toThrow();
    const wrong = newApp({ context, builtinCloudFormationValidation: true });
    const queue = new CfnResource(new Stack(wrong, 'Wrong'), 'Queue', { type: 'AWS::SQS::Queue' });
    queue.addPropertyOverride('DelaySeconds', 'soon');
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    jest.spyOn(console, 'error').mockReturnValue();
    expect(() => wrong.synth()).toThrow(/validation/i);
  });

  it('has fewer than 300 resources in each environment', () => {
    for (const { template } of assembly.stacks) {
      expect(Object.keys((template as { Resources: object }).Resources).length).toBeLessThan(300);
    }
  });

  it('is the same on every synth', () => {
    const again = build().app.synth();
    for (const { templateFile, template } of assembly.stacks) {
      expect(again.stacks.find((stack) => stack.templateFile === templateFile)!.template).toEqual(template);
    }
  });
});

describe('a change to the staging template by hand', () => {
  const whitelist = readWhitelist(join(assembly.directory, 'twin.json'));
  const production = read('Prod.template.json');
  const template = read('StagingEphemeral.template.json');
  const names = { prodName: 'Prod.template.json', stagingName: 'StagingEphemeral.template.json', whitelist };
  const isTwin = (): boolean => {
    try {
      return parityOfTemplates(production, template, names).verdict === 'twins';
    } catch {
      return false; // refused as no template at all
    }
  };

  it('is found wherever it is (a sample; npm run mutate makes them all)', () => {
    const every = [...mutants(template)];
    const missed = every
      .filter((_, i) => i % 97 === 0)
      .filter((mutant) => {
        mutant.apply();
        const found = !isTwin();
        mutant.revert();
        return !found;
      });
    expect(every.length).toBeGreaterThan(8000);
    expect(missed.map(({ name }) => name)).toEqual([]);
  });

  it('is no alarm when it changes nothing about what is made', () => {
    const alarms = [...harmless(template)]
      .filter((_, i) => i % 11 === 0)
      .filter((mutant) => {
        mutant.apply();
        const alarm = !isTwin();
        mutant.revert();
        return alarm;
      });
    expect(alarms.map(({ name }) => name)).toEqual([]);
  });
});
