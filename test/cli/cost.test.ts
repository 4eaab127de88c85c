import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../lib/cli/run';
import type { CostReport } from '../../lib/cost/cost';
import { writeAssembly } from '../small-assembly';

/** Keeps what is written to it. */
class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }
}

let folder: string;

async function twin(...argv: readonly string[]) {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(argv, { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: stdout.text, stderr: stderr.text.replaceAll(folder, 'FOLDER') };
}

/** One database with so many instances of a class. */
const template = (count: number, size: string) => {
  const Properties = { DBClusterIdentifier: { Ref: 'Orders' }, DBInstanceClass: `db.r7g.${size}` };
  const members = Array.from({ length: count }, (_, i) => [
    `Member${i}`,
    { Type: 'AWS::RDS::DBInstance', Properties },
  ]);
  const Orders = { Type: 'AWS::RDS::DBCluster', Properties: { Engine: 'aurora-postgresql' } };
  return { Resources: { Orders, ...(Object.fromEntries(members) as object) } };
};

/** Writes an assembly of production and stagings. */
function save(name: string, stagings: readonly string[]): string {
  const assembly = join(folder, name);
  mkdirSync(assembly);
  const all = stagings.map((staging) => [staging, template(3, 'large')] as const);
  writeAssembly(assembly, { Prod: template(4, '2xlarge'), ...Object.fromEntries(all) });
  return assembly;
}

let one: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-cost-'));
  one = save('one', ['Staging']);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('twin cost', () => {
  it('shows its help', async () => {
    const { exitCode, stdout, stderr } = await twin('help', 'cost');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
     "Usage: twin cost [options]

     Estimates what production and staging cost on AWS as their templates declare
     them, and compares a staging that exists for one rehearsal with one that is
     kept; with --before, what a change of the app does to that.
     Needs no account: the prices are on demand, in us-east-1, and dated.

     Options:
       --assembly <dir>   a cloud assembly with twin.json (default: "cdk.out")
       --hours <n>        how long the staging of a rehearsal exists (default: 4)
       --before <dir>     the assembly before a change: write what the change costs
       --format <format>  how to write it (choices: "text", "json", "markdown",
                          "github", default: "text")
       --json             short for --format json
       -h, --help         show help

     Exit codes:
       0   estimated
       2   bad input
       70  a bug in cdk-twin

     Examples:
       twin cost
       twin cost --hours 2
       twin cost --before base/cdk.out --format markdown
       twin cost --assembly build/cdk.out --json
     "
    `);
  });

  it('estimates what production, staging and a rehearsal cost', async () => {
    const { exitCode, stdout, stderr } = await twin('cost', '--assembly', one);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    // 4 x 1.106 = 4.424 an hour, x 730 = 3229.52; 3 x 0.276 = 0.828, x 730 = 604.44, x 4 = 3.312; 3229.52 / 3.312 = 975.1
    expect(stdout).toMatchInlineSnapshot(`
     "Prod     $4.42 an hour  $3,229.52 a month
     Staging  $0.83 an hour    $604.44 a month

     Staging for a rehearsal of 4 hours      $3.31
     Staging kept around the clock         $604.44  a month
     A staging of full size, kept        $3,229.52  a month
     By these prices, full size for a month costs as much as 975 rehearsals.

     USD an hour
                               production         staging
       Orders  db.r7g.2xlarge           4  4.424        -
               db.r7g.large             -               3  0.828
       total                               4.424           0.828

     Usage-based: not counted
                                           production  staging
       RDS::DBCluster storage and backups           1        1

     Prices on demand in us-east-1, as of 2026-03 or later.
     "
    `);
  });

  it('takes how long a rehearsal is, and writes JSON', async () => {
    const { stdout } = await twin('cost', '--assembly', one, '--hours', '1.5', '--json');
    const report = JSON.parse(stdout) as CostReport;
    expect(report).toMatchObject({ hours: 1.5, rehearsalUsd: 1.242, fullSizeMonthUsd: 3229.52 }); // 0.828 x 1.5
    expect(report.staging).toMatchObject({ environment: 'Staging', hourUsd: 0.828, monthUsd: 604.44 });
  });

  it('estimates every staging of the assembly', async () => {
    const two = save('two', ['Staging', 'Blue']);
    const { stdout } = await twin('cost', '--assembly', two, '--json');
    const { reports } = JSON.parse(stdout) as { reports: CostReport[] };
    expect(reports.map(({ staging }) => staging.environment)).toEqual(['Staging', 'Blue']);
    const text = await twin('cost', '--assembly', two);
    expect(text.stdout.match(/^(Staging|Blue) .*an hour/gm)).toHaveLength(2);
  });

  it('leaves out a second production, and refuses an assembly of productions alone', async () => {
    const beside = save('beside', ['ProdEu', 'Staging']);
    const { stdout } = await twin('cost', '--assembly', beside, '--json');
    expect((JSON.parse(stdout) as CostReport).staging.environment).toBe('Staging');
    expect(await twin('cost', '--assembly', save('productions', ['ProdEu']))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: FOLDER/productions/twin.json has no staging, only Prod and ProdEu\n' +
        '  fix: Make one with twins.staging(...) and run cdk synth again.\n  code: manifest\n',
    });
  });

  it.each(['0', '-1', 'four', '', 'Infinity', '1e9'])('refuses %j hours', async (hours) => {
    expect(await twin('cost', '--assembly', one, `--hours=${hours}`)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        `error: --hours is "${hours}"; expected a number above 0, up to 876000\n` +
        '  fix: Give the hours that the staging of one rehearsal exists, such as --hours 4.\n  code: usage\n',
    });
  });

  it('says which template is none', async () => {
    const broken = save('broken', ['Staging']);
    writeFileSync(join(broken, 'Staging.template.json'), '[]');
    expect(await twin('cost', '--assembly', broken)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: FOLDER/broken/Staging.template.json is not a CloudFormation template: it is an empty list; expected an object with Resources\n' +
        '  fix: Run the command that wrote the file again, and look at what it says.\n  code: template\n',
    });
  });

  it('says what to do when there is no assembly', async () => {
    expect(await twin('cost', '--assembly', join(folder, 'none'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: there is no cloud assembly at "FOLDER/none"\n' +
        '  fix: Run cdk synth first, or name the folder that it wrote with --assembly.\n  code: assembly\n',
    });
  });

  it('compares every environment before a change and after it, and leaves out what is as it was', async () => {
    const after = join(folder, 'after');
    mkdirSync(after);
    const queue = { Jobs: { Type: 'AWS::SQS::Queue', Properties: {} } };
    const { Resources } = template(4, 'large');
    writeAssembly(after, {
      Prod: template(5, '2xlarge'),
      Staging: { Resources: { ...Resources, ...queue } },
      ProdEu: template(1, 'metal'),
    });
    const { exitCode, stdout, stderr } = await twin('cost', '--before', one, '--assembly', after);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    // 1.106 x 730 = 807.38; 0.276 x 730 = 201.48; 0.276 x 4 = 1.104
    expect(stdout).toBe(
      [
        'Cost: Prod +$807.38 a month, Staging +$1.10 for 4 hours, ProdEu not counted',
        '',
        'Environments',
        '  Environment  For         Before           After  Difference',
        '  Prod         a month  $3,229.52       $4,036.90    +$807.38',
        '  Staging      a month    $604.44         $805.92    +$201.48',
        '  Staging      4 hours      $3.31           $4.42      +$1.10',
        '  ProdEu       a month  not there  at least $0.00       $0.00',
        '',
        'Prod  1 change',
        '  Tier    What            Before  After   A month',
        '  Orders  db.r7g.2xlarge       4      5  +$807.38',
        '',
        'Staging  2 changes',
        '  Tier    What          Before  After      A month',
        '  Orders  db.r7g.large       3      4     +$201.48',
        '  Jobs    SQS::Queue         0      1  usage-based',
        '',
        'ProdEu  2 changes',
        '  Tier    What                                Before  After      A month',
        '  Orders  RDS::DBCluster storage and backups       0      1  usage-based',
        '  Orders  RDS::DBInstance db.r7g.metal             0      1     no price',
        '',
        'Some of what changes in ProdEu has no known price: the difference is without it.',
        'Usage-based charges change in Staging and ProdEu, and are not counted.',
        'Prices on demand in us-east-1, as of 2026-03 or later.',
        '',
      ].join('\n'),
    );
    const markdown = await twin('cost', '--before', one, '--assembly', after, '--format', 'markdown');
    expect(markdown.stdout).toContain('\n| Prod | a month | $3,229.52 | $4,036.90 | +$807.38 |\n');
    expect(markdown.stdout).toContain('\n#### Staging: 2 changes\n');
    expect(markdown.stdout).toContain('\n| Jobs | SQS::Queue | 0 | 1 | usage-based |\n');
    const json = await twin('cost', '--before', one, '--assembly', after, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      hours: 4,
      environments: [
        {
          environment: 'Prod',
          isStaging: false,
          monthUsd: 807.38,
          items: [{ tier: 'Orders', what: 'db.r7g.2xlarge', before: 4, after: 5, monthUsd: 807.38 }],
        },
        { environment: 'Staging', isStaging: true, monthUsd: 201.48, hoursUsd: 1.104 },
        { environment: 'ProdEu', after: { monthUsd: 0, isAtLeast: true } },
      ],
    });
  });

  it('shows what a change removes, and one that costs nothing', async () => {
    const two = save('with-blue', ['Staging', 'Blue']);
    const { stdout } = await twin('cost', '--before', two, '--assembly', one, '--hours', '1');
    expect(stdout).toMatch(/^Cost: Blue -\$0\.83 for 1 hour\n/);
    expect(stdout).toMatch(/^ {2}Blue +a month +\$604\.44 +not there +-\$604\.44$/m);
    const same = await twin('cost', '--before', one, '--assembly', one);
    expect(same.stdout).toMatch(/^Cost: as before\n\nEnvironments\n/);
    expect(same.stdout).not.toContain('changes');
  });

  it('says which of the two assemblies is none', async () => {
    const { exitCode, stderr } = await twin('cost', '--assembly', one, '--before', join(folder, 'none'));
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^error: there is no cloud assembly at "FOLDER\/none"\n {2}fix: .* --before\.\n/,
      ) as string,
    });
  });
});
