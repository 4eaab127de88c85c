import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'twin-access-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The app as `cdk deploy --app 'tsx bin/access.ts' -c key=value` runs it. */
const run = (context: Readonly<Record<string, string>>) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'bin/access.ts'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: 'false', // its own validator is slow
    },
  });

const CONTEXT = {
  staging: '111122223333',
  production: '444455556666',
  region: 'eu-west-1',
  repository: 'acme/shop',
};

it("writes a stack for each account, for the shop's stagings", () => {
  expect(run(CONTEXT)).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(folder)).toEqual(
    expect.arrayContaining(['ProductionAccess.template.json', 'RehearsalAccess.template.json']),
  );
});

it('says what it needs', () => {
  const { repository: _, ...without } = CONTEXT;
  expect(run(without)).toMatchObject({
    status: 1,
    stderr:
      'the context has no repository\n  fix: Give -c staging=<account> -c production=<account> -c region=<region> -c repository=<owner>/<name>.\n  code: context\n',
  });
});
