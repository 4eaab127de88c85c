import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { version } from '../../package.json';
import { writeAssembly } from '../small-assembly';
import { run } from '../../lib/cli/run';
import { digestOf } from '../../lib/parity/digest';
import type { Manifest } from '../../lib/parity/manifest';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Keeps what is written to it. */
class Kept extends Writable {
  text = '';
  override _write(chunk: Buffer, _: BufferEncoding, callback: () => void): void {
    this.text += chunk.toString();
    callback();
  }
}

async function twin(...argv: readonly string[]): Promise<Ran> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const exitCode = await run(argv, { stdout, stderr, columns: 80, color: false });
  return { exitCode, stdout: clean(stdout.text), stderr: clean(stderr.text) };
}

const clean = (text: string): string => text.replaceAll(folder, 'FOLDER');

let folder: string;
let prod: string;
let staging: string;
let same: string;
let allowlist: string;

const service = (DesiredCount: number, Image: string) => ({
  Resources: { Web: { Type: 'AWS::ECS::Service', Properties: { DesiredCount, Image } } },
});

function save(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'twin-cli-'));
  prod = save('prod.json', service(4, 'web:1'));
  staging = save('staging.json', service(2, 'web:1'));
  same = join(folder, 'same.yaml');
  writeFileSync(
    same,
    'Resources:\n  Web:\n    Type: AWS::ECS::Service\n    Properties: { DesiredCount: 4, Image: "web:1" }\n',
  );
  const factor = {
    name: 'webTasks',
    kind: 'count',
    type: 'AWS::ECS::Service',
    path: 'Properties.DesiredCount',
  };
  allowlist = save('allowlist.json', { version: 1, factors: [{ ...factor, reason: 'less traffic' }] });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The arguments for production and the staging that follows. */
const files = (...more: readonly string[]): readonly string[] => [
  'parity',
  '--prod',
  prod,
  '--staging',
  ...more,
];

/** Writes an assembly with two stagings, of which A is a twin and B is none. */
function saveAssembly(): string {
  const assembly = join(folder, 'cdk.out');
  mkdirSync(assembly, { recursive: true });
  writeAssembly(assembly, { Prod: service(4, 'web:1'), A: service(4, 'web:1'), B: service(4, 'web:2') });
  return assembly;
}

/** A stream on which every write fails. */
const failing = (code: string): Writable =>
  new Writable({
    write: (_chunk, _encoding, callback) => callback(Object.assign(new Error(code), { code })),
  }).on('error', () => {});

describe('help', () => {
  it('is shown for twin', async () => {
    const { exitCode, stdout, stderr } = await twin('--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
     "Usage: twin [options] [command]

     Staging that is production, only smaller: proves that two environments are
     twins.

     Options:
       -V, --version                  show the version
       -h, --help                     show help

     Commands:
       init [options]                 propose Twins for a CDK app that exists
       parity [options]               check that staging and production are twins
       watch [options]                prove again that staging is a twin, on every
                                      save
       live [options]                 check that staging and production run as twins
       rehearse [options]             rehearse a release: GO or NO-GO
       retry [options] [rehearsal]    rerun a rehearsal from its checkpoint
       gate [options]                 say whether a release may be deployed to
                                      production
       verify [options]               verify a release in production: GO ON or ROLL
                                      BACK
       production [options] <action>  stand a production up here for trial, or tear
                                      the old one of two down
       cutover [options]              move the traffic from one production to another
       down [options] [names...]      tear down what a rehearsal left standing
       extend [options] [rehearsal]   move the end of an environment
       sweep [options] [names...]     tear down what dead runners left
       explain [rule]                 explain a rule, such as TWIN-PAR-003
       cost [options]                 estimate what the environments and a rehearsal
                                      cost
       doctor [options]               say what can be rehearsed here, and what is
                                      missing
       report [options] [rehearsal]   show the result of the last rehearsal
       comment [options] [file]       write a report into a pull request, and edit it
                                      in place
       list [options]                 list rehearsals and verifications
       compare [options] <a> <b>      set two rehearsals or releases side by side
       history [options]              look back over all rehearsals
       prune [options]                remove the folders of old rehearsals
       completion <shell>             print what makes a shell complete twin
       help [command]                 show help for a command
     "
    `);
  });

  it('is shown for twin parity', async () => {
    const { exitCode, stdout, stderr } = await twin('help', 'parity');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
     "Usage: twin parity [options]

     Compares staging, and every further production, with production, and permits
     only differences that a declared scale factor explains.
     Reads the assembly that cdk synth wrote, or any two CloudFormation templates.
     Of an assembly it also checks that staging reaches nothing outside, and that its
     tear-down leaves nothing behind.

     Options:
       --assembly <dir>             a cloud assembly with twin.json (default:
                                    "cdk.out")
       --prod <file>                production's template, JSON or YAML
       --staging <file>             staging's template, JSON or YAML
       --allow <file>               an allowlist: what may differ between the
                                    templates
       --prod-parameters <file>     what production's parameters are given
       --staging-parameters <file>  what staging's parameters are given
       --parameters <file>          what the parameters of both are given
       --stack <name>               compare one stack of the assembly, with those
                                    nested in it
       --format <format>            how to write the report (choices: "text", "json",
                                    "markdown", "sarif", "github", default: "text")
       --only <rule>                show the findings of one rule, or of those whose
                                    ids begin so; can be repeated
       --suggest [file]             write an allowlist for two templates, without
                                    reasons
       --verbose                    list permitted differences and long values too
       -h, --help                   show help

     --only changes what is shown, and neither the verdict nor the exit code: the
     report says how many findings it leaves out. With --stack both are about that
     stack alone, as the first line says. --json, --markdown and --sarif are short
     for --format json and so on. Every finding has the id of a rule, and every rule
     has a page: twin explain TWIN-PAR-003 shows it.

     Exit codes:
       0   twins, and staging passed its checks; or an allowlist was suggested
       1   not twins, or a check of staging failed
       2   bad input, or nothing to compare
       70  a bug in cdk-twin

     Examples:
       twin parity
       twin parity --assembly build/cdk.out --format markdown
       twin parity --stack Staging/Data --only TWIN-PAR
       twin parity --prod prod.json --staging staging.yaml --allow twin.json
       twin parity --prod prod.json --staging staging.json --suggest allow.json
     "
    `);
  });

  it('is the same however it is asked for', async () => {
    expect(await twin('-h')).toEqual(await twin('--help'));
    expect(await twin('help')).toEqual(await twin('--help'));
    expect(await twin('parity', '--help')).toEqual(await twin('help', 'parity'));
  });

  it('goes to stderr when a command is missing', async () => {
    const { stdout: text } = await twin('--help');
    expect(await twin()).toEqual({ exitCode: 2, stdout: '', stderr: text });
  });
});

it('shows its version', async () => {
  expect(await twin('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

describe('a wrong command line', () => {
  it.each([
    [['parit'], "unknown command 'parit'", 'Did you mean parity? Run "twin help" for the commands.'],
    [['deploy-all'], "unknown command 'deploy-all'", 'Run "twin help" for the commands.'],
    [
      ['help', 'parit'],
      `unknown command 'parit'; did you mean "parity"?`,
      'Run "twin help" for the commands.',
    ],
    [
      ['nope', '--help'],
      "unknown command 'nope'; use one of: init, parity, watch, live, rehearse, retry, gate, verify, production, cutover, down, extend, sweep, explain, cost, doctor, report, comment, list, compare, history, prune, completion",
      'Run "twin help" for the commands.',
    ],
    [
      ['parity', '--fromat'],
      "unknown option '--fromat'",
      'Did you mean --format? Run "twin help parity" for the flags.',
    ],
    [['parity', '--ignore-all'], "unknown option '--ignore-all'", 'Run "twin help parity" for the flags.'],
    [['--jsn'], "unknown option '--jsn'", 'Run "twin help" for the commands.'],
    [
      ['parity', '--prod'],
      "option '--prod <file>' argument missing",
      'Run "twin help parity" for the flags.',
    ],
    [
      ['parity', 'cdk.out'],
      "too many arguments for 'parity'. Expected 0 arguments but got 1.",
      'Name the folder with --assembly <dir>, or the files with --prod <file> and --staging <file>.',
    ],
    [
      ['parity', '--json', '--sarif'],
      "option '--json' cannot be used with option '--sarif'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--sarif', '--json'],
      "option '--json' cannot be used with option '--sarif'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--markdown', '--json'],
      "option '--json' cannot be used with option '--markdown'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--markdown', '--sarif'],
      "option '--markdown' cannot be used with option '--sarif'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--json', '--format', 'sarif'],
      "option '--json' cannot be used with option '--format <format>'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--format', 'xml'],
      "option '--format <format>' argument 'xml' is invalid. Allowed choices are text, json, markdown, sarif, github.",
      'Run "twin help parity" for the flags.',
    ],
    [
      ['parity', '--only', 'TWIN-PAR-03'],
      'there is no rule "TWIN-PAR-03"; did you mean "TWIN-PAR-003"?',
      'Give the id of a rule, such as TWIN-PAR-003, or what ids begin with: TWIN-PAR, TWIN-ISO or TWIN-TD.',
    ],
    [
      ['parity', '--only', 'security'],
      'there is no rule "security"',
      'Give the id of a rule, such as TWIN-PAR-003, or what ids begin with: TWIN-PAR, TWIN-ISO or TWIN-TD.',
    ],
    [
      ['parity', '--prod', 'a', '--staging', 'b', '--stack', 'c'],
      "option '--stack <name>' cannot be used with option '--prod <file>'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--assembly', 'x', '--prod', 'a'],
      "option '--prod <file>' cannot be used with option '--assembly <dir>'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--prod', 'a'],
      '--prod is given without --staging',
      'Add --staging <file>, or leave out --prod to compare an assembly.',
    ],
    [
      ['parity', '--staging', 'a'],
      '--staging is given without --prod',
      'Add --prod <file>, or leave out --staging to compare an assembly.',
    ],
    [
      ['parity', '--prod', 'a', '--staging', 'b', '--allow', 'c', '--whitelist', 'd'],
      "option '--whitelist <file>' cannot be used with option '--allow <file>'",
      'Leave one of them out.',
    ],
    [
      ['parity', '--whitelist', 'a'],
      '--whitelist is given without --prod and --staging',
      'Add --prod <file> and --staging <file>: an assembly has all of that in twin.json.',
    ],
    [
      ['parity', '--allow', 'a'],
      '--allow is given without --prod and --staging',
      'Add --prod <file> and --staging <file>: an assembly has all of that in twin.json.',
    ],
    [
      ['parity', '--prod-parameters', 'a'],
      '--prod-parameters is given without --prod and --staging',
      'Add --prod <file> and --staging <file>: an assembly has all of that in twin.json.',
    ],
    [
      ['parity', '--suggest'],
      '--suggest is given without --prod and --staging',
      'Add --prod <file> and --staging <file>: an assembly has all of that in twin.json.',
    ],
    [
      ['parity', '--suggest', '--prod', 'a'],
      '--prod is given without --staging',
      'Add --staging <file>, or leave out --prod to compare an assembly.',
    ],
    [
      ['parity', '--prod', 'a', '--staging', 'b', '--suggest', '--json'],
      "option '--suggest [file]' cannot be used with option '--json'",
      'Leave one of them out.',
    ],
  ])('twin %j', async (argv, message, fix) => {
    expect(await twin(...argv)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: ${message}\n  fix: ${fix}\n  code: ${/no rule/.test(message) ? 'unknown-rule' : 'usage'}\n`,
    });
  });
});

describe('twin parity on one template with parameters', () => {
  const parameterised = {
    Parameters: { Env: { Type: 'String', AllowedValues: ['prod', 'test'] } },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Env' }, 'prod'] } },
    Resources: { Dead: { Type: 'AWS::SQS::Queue', Condition: 'IsProd' } },
  };
  const compare = (...more: string[]) => {
    const file = save('parameterised.json', parameterised);
    return twin('parity', '--prod', file, '--staging', file, ...more);
  };
  const values = (name: string, Env: string): string => save(name, { Parameters: { Env } });

  it('ends with 1, and says in its first line what decides', async () => {
    const { exitCode, stdout } = await compare();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^UNDECIDED: the parameter "Env" decides whether/);
  });

  it('writes what decides in every form', async () => {
    const { stdout: sarif } = await compare('--format', 'sarif');
    const { results } = (
      JSON.parse(sarif) as { runs: [{ results: { ruleId: string; message: { text: string } }[] }] }
    ).runs[0];
    expect(results).toMatchObject([{ ruleId: 'TWIN-PAR-017' }]);
    expect(results[0]!.message.text).toMatch(
      /^Conditions\.IsProd: whether it holds is left to the deployment/,
    );
    const { stdout: github } = await compare('--format', 'github');
    expect(github).toMatch(/^UNDECIDED: [^]*\n::error [^\n]*title=TWIN-PAR-017 [^\n]*::IsProd/);
    const { stdout: json } = await compare('--format', 'json');
    expect(JSON.parse(json)).toMatchObject({ verdict: 'undecided', open: [{ id: 'TWIN-PAR-017' }] });
    const { stdout: other, exitCode } = await compare('--only', 'TWIN-PAR-001');
    expect(exitCode).toBe(1);
    expect(other).toContain('1 further finding is not shown');
    expect(other).not.toContain('Left to the deployment');
  });

  it('ends as the values have it', async () => {
    const [of, other] = [values('p.json', 'prod'), values('t.json', 'test')];
    expect(await compare('--parameters', of)).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await compare('--prod-parameters', of, '--staging-parameters', other);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^NOT A TWIN[^]*Dead\n/);
    // a file of one side outweighs that of both
    expect(await compare('--parameters', other, '--prod-parameters', of)).toMatchObject({ exitCode: 1 });
  });

  it('ends with 2 for a value that the template does not allow, or does not ask for', async () => {
    expect(await compare('--parameters', values('d.json', 'dev'))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'FOLDER/d.json gives "dev" as the parameter "Env"; allowed are prod, test',
      ) as string,
    });
    expect(await compare('--parameters', save('o.json', { Evn: 'prod' }))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean "Env"?') as string,
    });
  });
});

describe('twin parity on two files', () => {
  it('ends with 0 for twins, JSON beside YAML', async () => {
    const { exitCode, stdout, stderr } = await twin(...files(same));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    // where it wraps depends on how long the folder's name is
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'TWIN: FOLDER/same.yaml is a twin of FOLDER/prod.json 0 forbidden',
    );
  });

  it('ends with 1 when they are not twins', async () => {
    const { exitCode, stdout, stderr } = await twin(...files(staging));
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toContain('Web.Properties.DesiredCount\n      production  4\n      staging     2\n');
  });

  it.each(['--allow', '--whitelist'])('permits what an allowlist explains: %s', async (flag) => {
    const { exitCode, stdout } = await twin(...files(staging, flag, allowlist));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/webTasks +count +1 +4 -> 2/);
  });

  it('writes the report itself with --json', async () => {
    const { exitCode, stdout } = await twin(...files(staging, '--json'));
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'not-twins',
      forbidden: [{ logicalId: 'Web', path: ['Properties', 'DesiredCount'], prod: 4, staging: 2 }],
      permitted: [],
    });
  });

  it.each(['json', 'markdown', 'sarif'])(
    'writes the same with --format %s as with its alias',
    async (format) => {
      const written = await twin(...files(staging, '--format', format));
      expect(written).toEqual(await twin(...files(staging, `--${format}`)));
      expect(written.exitCode).toBe(1);
    },
  );

  it('writes workflow commands of GitHub that point at the template of staging', async () => {
    const { exitCode, stdout } = await twin(...files(staging, '--format', 'github'));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^NOT A TWIN: .*\n1 forbidden .*\n::error file=FOLDER\/staging.json,line=1,title=TWIN-PAR-001 /,
    );
  });

  it('shows the findings of some rules alone, and says how many it does not show', async () => {
    const [all, some, none] = await Promise.all(
      [[], ['--only', 'twin-par-001'], ['--only', 'TWIN-ISO', '--only', 'TWIN-PAR-002']].map((only) =>
        twin(...files(staging, ...only)),
      ),
    );
    expect(some).toEqual(all);
    expect(none!.exitCode).toBe(1);
    expect(none!.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /^NOT A TWIN: .* 1 forbidden and 0 permitted differences in 1 entry 1 further finding is not shown \(--only TWIN-ISO, TWIN-PAR-002\)\. $/,
    );
    const json = await twin(...files(staging, '--only', 'TWIN-PAR-002', '--format', 'json'));
    expect(JSON.parse(json.stdout)).toMatchObject({
      verdict: 'not-twins',
      forbidden: [],
      notShown: { only: ['TWIN-PAR-002'], forbidden: 1, isolation: 0, tearDown: 0 },
    });
  });

  it('writes Markdown', async () => {
    const { exitCode, stdout } = await twin(...files(staging, '--markdown'));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('### ❌ `FOLDER/staging.json` is **not** a twin of `FOLDER/prod.json`');
  });

  it('writes SARIF that points at the template of staging', async () => {
    const { exitCode, stdout } = await twin(...files(staging, '--sarif'));
    expect(exitCode).toBe(1);
    const [result] = (JSON.parse(stdout) as { runs: [{ results: object[] }] }).runs[0].results;
    expect(result).toMatchObject({ ruleId: 'TWIN-PAR-001' });
    expect(JSON.stringify(result)).toContain('"uri":"file://FOLDER/staging.json"');
  });

  it('reports a file that cannot be used', async () => {
    expect(await twin(...files(join(folder, 'none.json')))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: FOLDER/none.json is not there\n  fix: Give the path of a file that exists.\n  code: missing-file\n',
    });
  });

  it('reports a file that is not a template', async () => {
    const { exitCode, stderr } = await twin(...files(save('stacks.json', { Stacks: [] })));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^error: FOLDER\/stacks.json is not a CloudFormation template: it is the output of aws cloudformation describe-stacks.*\n {2}fix: .*\n {2}code: template\n$/,
    );
  });

  it('notes what is unclear in a file, once, in every form of the report', async () => {
    const unclear = join(folder, 'unclear.yaml');
    writeFileSync(unclear, 'Resources: {A: {Type: T, Properties: {Owner: 012345678901}}}\n');
    const argv = ['parity', '--prod', unclear, '--staging', unclear];
    const note =
      'unclear.yaml:1:46: 012345678901 without quotes is the number 1.2345678901E10 to CloudFormation';
    const { exitCode, stdout } = await twin(...argv);
    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ').split(note)).toHaveLength(2);
    const { notes } = JSON.parse((await twin(...argv, '--json')).stdout) as { notes: string[] };
    expect(notes).toEqual([expect.stringContaining(note)]);
    expect((await twin(...argv, '--markdown')).stdout).toContain(
      '\nNote: FOLDER/unclear.yaml:1:46: 012345678901',
    );
    expect((await twin(...files(same, '--json'))).stdout).not.toContain('"notes"');
  });

  it('notes what is unclear in a file of parameters', async () => {
    const template = save('asks.json', { Parameters: { Account: { Type: 'String' } }, Resources: {} });
    const values = join(folder, 'values.yaml');
    writeFileSync(values, 'Account: 012345678901\n');
    const { stdout } = await twin(
      'parity',
      '--prod',
      template,
      '--staging',
      template,
      '--parameters',
      values,
    );
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'values.yaml:1:10: what stands here without quotes is a number',
    );
  });
});

describe('an allowlist with an entry that permits nothing', () => {
  const web = { type: 'AWS::ECS::Service', reason: 'less traffic' };
  const tasks = { kind: 'count', ...web, path: 'Properties.DesiredCount' };
  const allow = (...factors: readonly object[]): string => save('unused.json', { version: 1, factors });
  const needless = { kind: 'instanceClass', ...web, path: 'Properties.Image' };
  const misplaced = { ...tasks, path: 'DesiredCount' };

  it('ends with 1 where it is no longer needed, and still says what differs', async () => {
    const { exitCode, stdout, stderr } = await twin(...files(staging, '--allow', allow(needless)));
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).toContain('Web.Properties.DesiredCount\n      production  4\n      staging     2\n');
    expect(stdout).toContain('Allowlist failed: 1 entry permits nothing\n');
    expect(stdout).toContain(
      'Entries of the allowlist that permit nothing\n' +
        '  factors.0 instanceClass AWS::ECS::Service Properties.Image\n' +
        '    TWIN-PAR-015 Is an allowlist entry that permits nothing\n' +
        '      why         the templates do not differ there\n' +
        '      fix         Take it out of the allowlist.\n',
    );
  });

  it('ends with 1 for twins too', async () => {
    const { exitCode, stdout } = await twin(...files(staging, '--allow', allow(tasks, needless)));
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^TWIN: /);
    expect(stdout).toContain('factors.1 instanceClass');
  });

  it('ends with 2 where it stands nowhere, and still says what differs', async () => {
    const { exitCode, stdout, stderr } = await twin(...files(staging, '--allow', allow(misplaced, needless)));
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' });
    expect(stdout).toContain('Web.Properties.DesiredCount\n      production  4\n      staging     2\n');
    expect(stdout).toContain(
      '  factors.0 count AWS::ECS::Service DesiredCount\n' +
        '    TWIN-PAR-015 Is an allowlist entry that permits nothing\n' +
        '      why         no AWS::ECS::Service has such a place\n' +
        '      nearest     "Properties.DesiredCount"\n' +
        '      fix         Write the nearest as its path, or take it out of the\n' +
        '                  allowlist.\n',
    );
  });

  it('is in the JSON', async () => {
    const { exitCode, stdout } = await twin(...files(staging, '--allow', allow(misplaced), '--json'));
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'not-twins',
      forbidden: [{ logicalId: 'Web' }],
      allowlist: {
        unused: [{ index: 0, kind: 'count', isMisplaced: true, nearest: 'Properties.DesiredCount' }],
      },
    });
  });

  it('is in the Markdown', async () => {
    const { stdout } = await twin(...files(staging, '--allow', allow(misplaced), '--markdown'));
    expect(stdout).toContain('❌ Allowlist failed: 1 entry permits nothing.');
    expect(stdout).toContain(
      '| `factors.0 count AWS::ECS::Service DesiredCount` | `TWIN-PAR-015` no AWS::ECS::Service has such a place; did you mean `Properties.DesiredCount`?<br>**Fix:** Write the nearest as its path, or take it out of the allowlist. |',
    );
  });

  it('is in the SARIF, at the allowlist', async () => {
    const file = allow(misplaced);
    const { stdout } = await twin(...files(staging, '--allow', file, '--sarif'));
    const [{ tool, results }] = (
      JSON.parse(stdout) as {
        runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleIndex: number }[] }];
      }
    ).runs;
    expect(results).toHaveLength(2);
    expect(results[1]).toMatchObject({
      message: {
        text: 'factors.0, count "AWS::ECS::Service DesiredCount", permits nothing: no AWS::ECS::Service has such a place; did you mean "Properties.DesiredCount"? Write the nearest as its path, or take it out of the allowlist.',
      },
      locations: [{ logicalLocations: [{ name: 'factors.0' }] }],
    });
    expect(JSON.stringify(results[1])).toContain('FOLDER/unused.json');
    expect(tool.driver.rules[results[1]!.ruleIndex]!.id).toBe('TWIN-PAR-015');
  });

  it('is an annotation of GitHub at the allowlist, and is left out where other rules are asked for', async () => {
    const write = (...more: readonly string[]) =>
      twin(...files(staging, '--allow', allow(misplaced), '--format', 'github', ...more));
    const { stdout } = await write();
    expect(stdout).toContain('\nAllowlist failed: 1 entry permits nothing\n');
    expect(stdout).toMatch(
      /\n::error file=FOLDER\/[\w-]+\.json,line=1,title=TWIN-PAR-015 [^]*factors\.0 count AWS/,
    );
    const other = await write('--only', 'TWIN-PAR-001');
    expect(other.exitCode).toBe(2); // as without --only: the entry is to be corrected
    expect(other.stdout).toContain('\nAllowlist failed: 1 entry permits nothing\n');
    expect(other.stdout).toContain('1 further finding is not shown (--only TWIN-PAR-001).');
    expect(other.stdout).not.toContain('TWIN-PAR-015');
  });

  it('is none of an allowlist whose entries are all needed', async () => {
    const { exitCode, stdout } = await twin(...files(staging, '--allow', allow(tasks), '--json'));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ allowlist: { unused: [] } });
  });
});

describe('an allowlist with names', () => {
  it('has them as a line of their own', async () => {
    const named = (name: string) => ({
      Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${name}-q` } } },
    });
    const names = { prod: 'prod', staging: 'stage' };
    const allow = save('names.json', { version: 1, factors: [], names });
    const [p, s] = [save('p.json', named('prod')), save('s.json', named('stage'))];
    const parity = (...more: readonly string[]) =>
      twin('parity', '--prod', p, '--staging', s, '--allow', allow, ...more);
    expect((await parity()).stdout).toContain('Also permitted\n  naming    prod -> stage in 1 place\n');
    expect((await parity('--markdown')).stdout).toContain('Names: `prod -> stage in 1 place`.');
    expect(JSON.parse((await parity('--json')).stdout)).toMatchObject({
      allowlist: { names: { ...names, places: 1 } },
    });
  });
});

describe('twin parity --suggest', () => {
  const suggested = {
    version: 1,
    factors: [
      {
        kind: 'count',
        type: 'AWS::ECS::Service',
        path: 'Properties.DesiredCount',
        reason: 'why may it be 2 where production has 4?',
      },
    ],
  };
  const other = (): string => save('other.json', service(2, 'web:2'));

  it('writes nothing but the allowlist to stdout, and what it does to stderr', async () => {
    const { exitCode, stdout, stderr } = await twin(...files(other(), '--suggest'));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(suggested);
    const [, text] = /^2 differences between [^\n]*\n(?:[^\n]*json\n)?(.*)$/s.exec(stderr)!;
    expect(`\n${text}`).toMatchInlineSnapshot(`
     "
     1 may be permitted, with 1 reason to write; 1 may not

     What a factor may explain  smallest group first
       AWS::ECS::Service Properties.DesiredCount
           1 place, count: 4 -> 2
           in Web

     What no factor explains  make both alike here
       Web.Properties.Image
           AWS::ECS::Service: "web:1" -> "web:2"

     Next: answer each question in the allowlist with a reason, or take the factor
     out; then compare with --allow <file>
     "
    `);
  });

  it('writes it to a file that is not there yet, and is refused by --allow until the reasons are written', async () => {
    const file = join(folder, 'suggested.json');
    const { exitCode, stdout, stderr } = await twin(...files(other(), '--suggest', file));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('1 may be permitted, with 1 reason to write; 1 may not\n');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(suggested);
    expect(await twin(...files(other(), '--allow', file))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: the reason of factors.0 in FOLDER/suggested.json is still to be written\n' +
        '  fix: Write why each may differ; take out what may not, and make the environments alike there.\n  code: allowlist-reason\n',
    });
    writeFileSync(file, readFileSync(file, 'utf8').replace(/why may.*\?/, 'less traffic'));
    const { stdout: report } = await twin(...files(other(), '--allow', file));
    expect(report).toContain('1 forbidden and 1 permitted difference');
  });

  it('replaces no file', async () => {
    const file = save('mine.json', { mine: true });
    expect(await twin(...files(staging, '--suggest', file))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: FOLDER/mine.json is there already\n' +
        '  fix: Give the name of a new file: what is written in this one is not replaced.\n  code: file-exists\n',
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ mine: true });
  });

  it('says where it cannot write', async () => {
    const { exitCode, stderr } = await twin(...files(staging, '--suggest', join(folder, 'no', 'a.json')));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: FOLDER\/no\/a\.json cannot be written \(ENOENT\)\n {2}fix: /);
  });

  it('suggests only what an allowlist leaves, and writes no file for nothing', async () => {
    const file = join(folder, 'nothing.json');
    const { exitCode, stdout } = await twin(...files(staging, '--allow', allowlist, '--suggest', file));
    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toBe(
      'Nothing to suggest: FOLDER/staging.json is a twin of FOLDER/prod.json already ',
    );
    expect(() => readFileSync(file)).toThrow('ENOENT');
  });

  it('adds nothing to a twin.json', async () => {
    const assembly = saveAssembly();
    const { exitCode, stderr } = await twin(
      ...files(staging, '--allow', join(assembly, 'twin.json'), '--suggest'),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('cdk.out/twin.json is a twin.json: nothing can be added to it\n  fix: ');
  });
});

describe('twin parity on an assembly', () => {
  it('reports that there is none', async () => {
    const { exitCode, stderr } = await twin('parity', '--assembly', join(folder, 'none'));
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'error: there is no cloud assembly at "FOLDER/none"\n' +
        '  fix: Run cdk synth first, or name the folder that it wrote with --assembly.\n  code: assembly\n',
    );
  });

  it('gives one verdict and every report for several pairs', async () => {
    const assembly = saveAssembly();
    const json = await twin('parity', '--assembly', assembly, '--json');
    expect(json.stderr).toBe('');
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      verdict: 'not-twins',
      reports: [
        { verdict: 'twins', staging: 'A' },
        { verdict: 'not-twins', staging: 'B' },
      ],
    });
    const text = await twin('parity', '--assembly', assembly);
    expect(text.stdout).toMatch(/^TWIN: A is a twin of Prod\n[^]+\nNOT A TWIN: B is not a twin of Prod\n/);
    const sarif = await twin('parity', '--assembly', assembly, '--sarif');
    expect(sarif.stdout).toContain('cdk.out/B.template.json');
  });
});

describe('twin parity of one stack', () => {
  it('compares that alone, and its verdict is about that', async () => {
    const { exitCode, stdout } = await twin('parity', '--assembly', saveAssembly(), '--stack', 'A');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^TWIN: A is a twin of Prod\n(?![^]*TWIN:)/);
    const ofB = await twin('parity', '--assembly', saveAssembly(), '--stack', 'B');
    expect(ofB.exitCode).toBe(1);
  });

  it('that is not there names those that are', async () => {
    expect(await twin('parity', '--assembly', saveAssembly(), '--stack', 'Staging')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: FOLDER/cdk.out compares no stack "Staging"\n  fix: Name one of its stacks: A, B.\n  code: unknown-stack\n',
    });
  });
});

describe('an assembly that was edited after it was synthesized', () => {
  it('is not of twins, and the report names the template', async () => {
    const assembly = saveAssembly();
    expect((await twin('parity', '--assembly', assembly)).stdout).toMatch(/^TWIN: A is a twin of Prod\n/);
    writeFileSync(join(assembly, 'A.template.json'), JSON.stringify(service(4, 'web:1'), undefined, 1));
    const { exitCode, stdout } = await twin('parity', '--assembly', assembly, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(clean(stdout))).toMatchObject({
      reports: [
        {
          staging: 'A',
          forbidden: [{ why: 'FOLDER/cdk.out/A.template.json was changed after it was synthesized' }],
        },
        { staging: 'B', forbidden: [{ logicalId: 'Web', path: ['Properties', 'Image'] }] },
      ],
    });
  });

  it('is told beside the difference that was made', async () => {
    const assembly = saveAssembly();
    save('cdk.out/A.template.json', service(3, 'web:1'));
    const { exitCode, stdout } = await twin('parity', '--assembly', assembly);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Web.Properties.DesiredCount\n');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('A.template.json was changed after it was synthesized');
  });

  /** Writes an assembly of some productions. */
  function saveProductions(...names: readonly string[]): string {
    const assembly = join(folder, 'productions');
    mkdirSync(assembly, { recursive: true });
    writeAssembly(assembly, Object.fromEntries(names.map((name) => [name, service(4, 'web:1')])));
    return assembly;
  }

  it('of a production and nothing beside it is no pass: nothing was compared', async () => {
    expect(await twin('parity', '--assembly', saveProductions('Prod'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: nothing was compared: FOLDER/productions/twin.json has no staging and no second production, only Prod\n' +
        '  fix: Make one with twins.staging(...) or twins.prod(...), and run cdk synth again.\n  code: manifest\n',
    });
  });

  it('of two productions compares them, and calls neither a staging', async () => {
    const assembly = saveProductions('Prod', 'ProdEu');
    save('productions/ProdEu.template.json', service(3, 'web:1'));
    const write = async (form: string): Promise<string> => {
      const { exitCode, stdout, stderr } = await twin('parity', '--assembly', assembly, form);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
      return stdout;
    };
    expect(await write('--verbose')).toMatch(/^NOT A TWIN: ProdEu is not a twin of Prod\n(?![^]*staging)/i);
    expect(await write('--markdown')).toMatch(/`ProdEu` is \*\*not\*\* a twin of `Prod`\n(?![^]*staging)/i);
    const json = await write('--json');
    expect(JSON.parse(json)).toMatchObject({ prod: 'Prod', staging: 'ProdEu', role: 'production' });
    expect(json.replaceAll('"staging":', '')).not.toMatch(/staging/i);
    const [{ results }] = (JSON.parse(await write('--sarif')) as { runs: [{ results: object[] }] }).runs;
    expect(results).toMatchObject([{ ruleId: 'TWIN-PAR-001' }, { ruleId: 'TWIN-PAR-013' }]);
    expect(JSON.stringify(results)).not.toMatch(/staging/i);
  });

  it('says of which definitions nothing was compared, beside one of which something was', async () => {
    const assembly = saveAssembly();
    const read = () => JSON.parse(readFileSync(join(assembly, 'twin.json'), 'utf8')) as Manifest;
    const { Prod } = read().definitions[0]!.environments;
    const jobs = { ...read().definitions[0]!, environments: { Jobs: Prod! }, pairs: [] };
    const content = { ...read(), definitions: [...read().definitions, jobs] };
    save('cdk.out/twin.json', { ...content, digest: digestOf(content) });
    const note = 'was not compared: it has no staging and no second production.\n';
    const [text, markdown, json] = await Promise.all(
      [[], ['--markdown'], ['--json']].map((form) => twin('parity', '--assembly', assembly, ...form)),
    );
    expect(text!.stdout).toMatch(new RegExp(`\\nJobs ${note}$`));
    expect(markdown!.stdout).toMatch(new RegExp(`\\n\`Jobs\` ${note}$`));
    expect(JSON.parse(json!.stdout)).toMatchObject({ verdict: 'not-twins', notCompared: ['Jobs'] });
  });

  it('is refused when its twin.json was edited', async () => {
    const assembly = saveAssembly();
    const manifest = JSON.parse(readFileSync(join(assembly, 'twin.json'), 'utf8')) as Manifest;
    save('cdk.out/twin.json', { ...manifest, definitions: [{ ...manifest.definitions[0]!, notes: ['x'] }] });
    expect(await twin('parity', '--assembly', assembly)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'error: FOLDER/cdk.out/twin.json was changed after it was written: its digest is that of another one\n' +
        '  fix: Run cdk synth again: twin.json is written, never edited.\n  code: manifest\n',
    });
  });
});

describe('what goes wrong while writing', () => {
  it('keeps the verdict when the reader has gone', async () => {
    const stderr = new Kept();
    const exitCode = await run(files(staging), {
      stdout: failing('EPIPE'),
      stderr,
      columns: 80,
      color: false,
    });
    expect({ exitCode, stderr: stderr.text }).toEqual({ exitCode: 1, stderr: '' });
  });

  it('is reported when the disk is full', async () => {
    const stderr = new Kept();
    const exitCode = await run(files(staging), {
      stdout: failing('ENOSPC'),
      stderr,
      columns: 80,
      color: false,
    });
    expect({ exitCode, stderr: stderr.text }).toEqual({
      exitCode: 2,
      stderr:
        'error: the result could not be written (ENOSPC)\n  fix: Free some space, or write the result elsewhere.\n  code: unwritable\n',
    });
  });

  it('is a bug when it is nothing known, with its stack', async () => {
    const stderr = new Kept();
    const stdout = new Writable();
    stdout.write = () => {
      throw new TypeError('x is not a function');
    };
    const exitCode = await run(files(staging), { stdout, stderr, columns: 80, color: false });
    expect(exitCode).toBe(70);
    expect(stderr.text).toMatch(
      /^error: this is a bug in cdk-twin \S+; please report it with the trace below\nTypeError: x is not a function\n {4}at /,
    );
  });

  it('does not hide the exit code when errors cannot be written either', async () => {
    const stderr = failing('EIO');
    expect(await run(['parity', '--nope'], { stdout: new Kept(), stderr, columns: 80, color: false })).toBe(
      2,
    );
  });
});
