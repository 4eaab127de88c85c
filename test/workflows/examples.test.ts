import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { blocksOf } from '../docs/pages';
import { faultsOf, schemaOf } from '../schemas/schemas';
import { SmallApp } from './small-app';
import { runSteps } from './steps';

const read = (file: string): unknown => parse(readFileSync(file, 'utf8'));

interface GitlabJob {
  readonly script: readonly string[];
  readonly after_script?: readonly string[];
  readonly artifacts: { readonly when: string; readonly reports?: { readonly junit: string } };
}

const gitlab = read('examples/pipelines/gitlab-ci.yml') as Readonly<Record<'twins' | 'rehearse', GitlabJob>>;
const buildspec = read('examples/pipelines/buildspec.yml') as {
  readonly phases: Readonly<Record<'install' | 'build' | 'post_build', { readonly commands: string[] }>>;
  readonly reports: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

let app: SmallApp;
let base: string;
beforeAll(() => {
  app = new SmallApp('.');
  base = app.commit(2, 1_209_600);
});
beforeEach(() => app.clean());
afterAll(() => app.remove());

/** Runs the commands of a job as one script, as both systems do; npm installs nothing here. */
const commands = (lines: readonly string[], env: Readonly<Record<string, string>>) =>
  runSteps({
    steps: [{ run: ['npm() { :; }', 'export -f npm', ...lines].join('\n') }],
    contexts: {},
    workspace: app.workspace,
    temp: app.temp(),
    env: { ...app.env, ...env },
  });

describe('the example for GitLab', () => {
  const twins = async () => {
    app.git('worktree', 'prune');
    const ran = await commands(gitlab.twins.script, { CI_MERGE_REQUEST_DIFF_BASE_SHA: base });
    const report = readFileSync(join(app.workspace, 'twins.md'), 'utf8');
    app.git('worktree', 'remove', '--force', 'base');
    return { ...ran, report };
  };

  it('says that they are twins, and what the change costs', async () => {
    app.commit(3, 1_209_600);
    const { isSuccess, log, report } = await twins();
    expect({ isSuccess, log }).toMatchObject({ isSuccess: true });
    expect(log).toContain('TWIN: Staging is a twin of Prod');
    expect(report).toMatch(/^### ✅ `Staging` is a twin of `Prod`/);
    expect(report).toContain('### Cost: Prod +$201.48 a month, Staging +$1.10 for 4 hours');
  }, 120_000);

  it('fails where they are no twins, with the report', async () => {
    app.commit(2, 86_400);
    const { isSuccess, report } = await twins();
    expect(isSuccess).toBe(false);
    expect(report).toContain('is **not** a twin');
  }, 120_000);

  it('keeps the JUnit report whatever became of the rehearsal, and tears down', () => {
    const { artifacts, after_script: after } = gitlab.rehearse;
    expect(artifacts).toMatchObject({ when: 'always', reports: { junit: '.twin/*/junit.xml' } });
    expect(after).toEqual(['npx twin down']);
  });
});

describe('the example for CodeBuild', () => {
  const { install, build, post_build: after } = buildspec.phases;
  const all = [...install.commands, ...build.commands, ...after.commands];

  it('proves a change without a release', async () => {
    app.commit(3, 1_209_600);
    const { isSuccess, log } = await commands(all, {});
    expect({ isSuccess, log }).toMatchObject({ isSuccess: true });
    expect(log).toContain('TWIN: Staging is a twin of Prod');
    expect(log).toContain('Staging for a rehearsal of 4 hours');
  }, 60_000);

  it('fails where they are no twins', async () => {
    app.commit(2, 86_400);
    expect(await commands(all, {})).toMatchObject({ isSuccess: false });
  }, 60_000);

  it('rehearses a release, which needs the config of the app', async () => {
    const { isSuccess, log } = await commands(all, { RELEASE: '1.43.0' });
    expect(isSuccess).toBe(false);
    expect(log).toContain('twin.config.ts');
    expect(existsSync(join(app.workspace, 'cdk.out'))).toBe(false);
  }, 60_000);

  it('reports JUnit from the folder of rehearsals', () => {
    expect(buildspec.reports).toEqual({
      rehearsal: { 'file-format': 'JUNITXML', 'base-directory': '.twin', files: ['*/junit.xml'] },
    });
  });
});

describe('workflows of GitHub', () => {
  const validate = schemaOf('github-workflow');
  const files = readdirSync('.github/workflows').map((name) => `.github/workflows/${name}`);

  it.each(files)('%s is valid by the published schema', (file) => {
    expect(faultsOf(validate, read(file))).toEqual([]);
  });

  it('in docs/pipelines.md that are whole are valid too', () => {
    const whole = blocksOf('docs/pipelines.md').filter(({ language, text }) => language === 'yaml' && text.startsWith('on:')); // prettier-ignore
    expect(whole).toHaveLength(1);
    expect(faultsOf(validate, parse(whole[0]!.text))).toEqual([]);
  });
});
