import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { commandsIn } from '../github/runner';
import { Github } from '../github/server';
import { faultsOf, schemaOf } from '../schemas/schemas';
import { SmallApp } from './small-app';
import { runSteps, type Ran, type Step } from './steps';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

const action = parse(readFileSync('action.yml', 'utf8')) as Action;

let app: SmallApp;
let base: string;
let github: Github;

beforeAll(() => {
  app = new SmallApp('app');
  base = app.commit(2, 1209600);
});
beforeEach(async () => {
  github = new Github();
  await github.start();
  app.clean();
});
afterEach(() => github.stop());
afterAll(() => app.remove());

/** Runs the action on a pull request, with inputs beside its defaults. */
async function pullRequest(inputs: Readonly<Record<string, string>>, more: object = {}): Promise<Ran> {
  const temp = app.temp();
  const event = { pull_request: { number: 7, base: { sha: base } } };
  const file = join(temp, 'event.json');
  writeFileSync(file, JSON.stringify(event));
  const defaults = Object.fromEntries(Object.entries(action.inputs).map(([name, it]) => [name, it.default]));
  return runSteps({
    steps: action.runs.steps,
    workspace: app.workspace,
    temp,
    env: { ...app.env, GITHUB_EVENT_PATH: file, ...github.env },
    contexts: {
      inputs: { ...defaults, 'working-directory': 'app', install: 'true', synth: 'cp -r made cdk.out', token: 'ghs_token', ...inputs }, // prettier-ignore
      github: { event_name: 'pull_request', event, ...more },
    },
  });
}

it('is valid by the published schema of actions, and writes no input into a script', () => {
  expect(faultsOf(schemaOf('github-action'), action)).toEqual([]);
  expect(action.runs.steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
});

it('says that they are twins and what the change costs, in the summary and in one comment', async () => {
  app.commit(3, 1209600);
  const ran = await pullRequest({});
  expect(ran.log).not.toContain('error');
  expect(ran.isSuccess).toBe(true);
  expect(ran.outputs['parity']).toMatchObject({ verdict: 'twins', code: '0' });
  expect(ran.summary).toContain('`Staging` is a twin of `Prod`');
  // 0.276 x 730 = 201.48 for one instance more; 0.276 x 4 = 1.104
  const cost = '### Cost: Prod +$201.48 a month, Staging +$1.10 for 4 hours';
  expect(ran.summary).toContain(cost);
  app.clean();
  await pullRequest({});
  expect(github.comments).toHaveLength(1);
  const { body } = github.comments[0]!;
  expect(body).toMatch(/^<!-- cdk-twin: twins -->\n### ✅ `Staging` is a twin of `Prod`/);
  expect(body).toContain(cost);
  expect(app.git('status', '--porcelain')).toBe('');
}, 120_000);

it('fails where they are no twins, with an annotation, and with the comment all the same', async () => {
  app.commit(2, 86400);
  const ran = await pullRequest({ synth: 'cp -r made cdk.out; exit 1' });
  expect(ran.isSuccess).toBe(false);
  expect(ran.ran.at(-1)).toBe('Verdict');
  expect(ran.outputs['parity']).toMatchObject({ verdict: 'not-twins', code: '1' });
  const errors = commandsIn(ran.log).filter(({ name }) => name === 'error');
  expect(errors.map(({ properties }) => properties['title']?.slice(0, 12))).toEqual(['TWIN-PAR-001']);
  expect(github.comments[0]!.body).toContain('is **not** a twin');
}, 120_000);

it('reports without what cannot be had: the base, or a token that may write', async () => {
  app.commit(2, 1209600);
  github.refusal = { status: 403, body: '{"message":"Resource not accessible by integration"}' };
  const ran = await pullRequest({ install: 'exit 3' });
  expect(ran.isSuccess).toBe(true);
  const warnings = commandsIn(ran.log).filter(({ name }) => name === 'warning');
  expect(warnings.map(({ message }) => message)).toEqual([
    'The base of the pull request could not be synthesised: what the change costs is not known.',
    'The comment could not be written: the summary of the run has the same report.',
  ]);
  expect(ran.summary).toContain('### Cost: `Prod` $402.96 a month'); // 2 x 201.48
}, 120_000);

it('fails where the app cannot be synthesised, and takes no assembly of before for it', async () => {
  app.synthesise(1);
  const old = new Date(Date.now() - 60_000);
  utimesSync(join(app.folder, 'cdk.out/twin.json'), old, old);
  const ran = await pullRequest({ synth: 'exit 4' });
  expect({ isSuccess: ran.isSuccess, ran: ran.ran }).toEqual({ isSuccess: false, ran: ['Synthesise'] });
}, 60_000);

it('does parity alone on a push, of an assembly that is there', async () => {
  app.synthesise(1);
  const ran = await pullRequest({ synth: '', cost: 'false' }, { event_name: 'push' });
  expect({ isSuccess: ran.isSuccess, ran: ran.ran }).toEqual({ isSuccess: true, ran: ['Parity', 'Verdict'] });
  expect(github.requests).toEqual([]);
}, 60_000);

it('has every input and output in docs/pipelines.md', () => {
  const page = readFileSync('docs/pipelines.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` +\|/gm)].map(([, name]) => name);
  expect(rows).toEqual([...Object.keys(action.inputs), ...Object.keys(action.outputs)]);
});
