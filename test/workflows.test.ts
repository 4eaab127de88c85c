import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { blocksOf } from './docs/pages';

interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly 'timeout-minutes': number;
        readonly env?: Record<string, string>;
        readonly needs?: string;
        readonly if?: string;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly strategy?: { readonly matrix: Readonly<Record<string, unknown>> };
        readonly steps: Step[];
      }
    >
  >;
}

const read = (name: string): Workflow =>
  parse(readFileSync(`.github/workflows/${name}.yml`, 'utf8')) as Workflow;

const RELEASE = '${{ inputs.release || github.event.release.tag_name }}';

describe('release.yml, the model for users', () => {
  const { on, permissions, concurrency, jobs } = read('release');
  const job = jobs['rehearse']!;
  const rehearsal = job.steps.findIndex(({ run }) => run?.includes('twin rehearse'));
  const afterwards = job.steps.slice(rehearsal + 1);
  const step = (text: string): Step => afterwards.find((it) => (it.run ?? it.uses)!.includes(text))!;

  it('runs when a release is published, and by hand with a release', () => {
    expect(on['release']).toEqual({ types: ['published'] });
    expect(on['workflow_dispatch']).toMatchObject({
      inputs: { release: { required: true, type: 'string' } },
    });
  });

  it('rehearses a release once at a time, and never cancels one: it would leave an environment', () => {
    expect(concurrency).toEqual({ group: `rehearsal-${RELEASE}`, 'cancel-in-progress': false });
  });

  it('may read the code and comment, nothing else', () => {
    expect(permissions).toEqual({ contents: 'read', 'pull-requests': 'write' });
    expect(jobs).not.toHaveProperty('rehearse.permissions');
    expect(jobs['deploy']!.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });

  it('calls one command, with the release from a variable', () => {
    expect(job.steps[rehearsal]!.run).toBe('npx twin rehearse --to "$RELEASE" --json > rehearsal.json');
    expect(job.env).toEqual({ RELEASE });
    const scripts = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run ?? ''));
    expect(scripts.filter((run) => run.includes('${{'))).toEqual([]);
  });

  it('tears down, tells and keeps the evidence whatever became of the rehearsal', () => {
    expect(afterwards.map((it) => it.if)).toEqual(afterwards.map(() => 'always()'));
    expect(afterwards[0]!.run).toBe('npx twin down');
    expect(step('twin report --format').run).toBe('npx twin report --format github');
    expect(step('twin comment').env).toHaveProperty('GH_TOKEN');
  });

  it('uploads JUnit and HTML out of a hidden folder', () => {
    const { path, ...others } = step('actions/upload-artifact').with!;
    expect(String(path).trim().split('\n')).toEqual([
      'rehearsal.json',
      '.twin/*/evidence.json',
      '.twin/*/junit.xml',
      '.twin/*/report.html',
    ]);
    expect(others).toMatchObject({ 'include-hidden-files': true, 'if-no-files-found': 'error' });
  });

  it('deploys what the gate was asked about, after the rehearsal, and only where a role is given', () => {
    const deploy = jobs['deploy']!;
    expect(deploy).toMatchObject({ needs: 'rehearse', if: "vars.DEPLOY_ROLE != ''", env: { RELEASE } });
    const commands = deploy.steps.flatMap(({ run }) => run ?? []).slice(1);
    expect(commands).toEqual([
      'npx cdk synth --quiet --output release.out -c release="$RELEASE"',
      'npx twin gate --release "$RELEASE" --assembly release.out --root rehearsed/.twin --format github',
      'npx twin verify --before --target aws --assembly release.out || test $? -eq 4',
      'npx cdk deploy --app release.out Prod --require-approval never',
      'npx twin verify --release "$RELEASE" --target aws --assembly release.out --root .twin --root rehearsed/.twin --format github',
    ]);
    const verified = deploy.steps.findIndex(({ run = '' }) => run.includes('verify --release'));
    expect(deploy.steps.slice(verified + 1).map((it) => it.if)).toEqual(['always()']);
    const fetched = deploy.steps.find(({ uses }) => uses?.startsWith('actions/download-artifact'));
    expect(fetched!.with).toEqual({ name: step('actions/upload-artifact').with!['name'], path: 'rehearsed' });
  });

  it('leaves time to tear down after a rehearsal that took all of its own', () => {
    expect(job['timeout-minutes']).toBeGreaterThanOrEqual(job.steps[rehearsal]!['timeout-minutes']! + 60);
  });
});

it('ci.yml runs what .ci/run does, which is every check and both rehearsals', () => {
  const { permissions, jobs } = read('ci');
  expect(permissions).toEqual({ contents: 'read' });
  expect(jobs['check']!.steps.map(({ run }) => run)).toContain('.ci/run');
  const commands = readFileSync('.ci/run', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('npm '));
  expect(commands).toEqual([
    'npm ci --no-audit --no-fund',
    'npm run check',
    'npm run cdk-range -- lowest',
    'npm run test:real',
    'npm start',
  ]);
});

it('ci.yml tries both ends of the range of aws-cdk-lib, and what is below it', () => {
  const job = read('ci').jobs['cdk']!;
  const ends = ['below', 'lowest', 'newest'];
  expect(job.strategy!.matrix).toEqual({ end: ends });
  expect(job.steps.at(-1)).toEqual({ run: 'npm run cdk-range -- "$END"', env: { END: '${{ matrix.end }}' } });
  const script = readFileSync('scripts/cdk-range.mjs', 'utf8');
  expect(ends.filter((end) => !script.includes(`  ${end}: [`))).toEqual([]);
});

it('docs/pipelines.md shows the job that rehearses as release.yml has it, but for the comment on a pull request', () => {
  const block = blocksOf('docs/pipelines.md').find(({ text }) => text.includes('twin rehearse'))!;
  const { jobs } = parse(block.text) as Workflow;
  const { rehearse } = read('release').jobs;
  const steps = rehearse!.steps.filter(({ run }) => !run?.includes('twin comment'));
  expect(jobs['rehearse']).toEqual({ ...rehearse, steps });
  expect(steps).toHaveLength(rehearse!.steps.length - 1);
});
