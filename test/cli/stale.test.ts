import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAssembly } from '../small-assembly';
import { run } from '../../lib/cli/run';
import { Kept } from './rehearsal-command';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'twin-stale-'))));
afterEach(() => rmSync(folder, { recursive: true }));

async function notesOn(...argv: readonly string[]): Promise<string> {
  const stderr = new Kept();
  const terminal = { stdout: new Kept(), stderr, columns: 80, color: false };
  await run(['parity', '--assembly', folder, ...argv], terminal);
  return stderr.text;
}

/** An assembly of 12:00 with a construct of the file. */
function saveAssembly(file: string): void {
  const template = { Resources: { Jobs: { Type: 'AWS::SQS::Queue' } } };
  writeAssembly(folder, { Prod: template, Staging: template });
  const trace = [
    `new Queue (${join(folder, 'node_modules/aws-cdk-lib/queue.js')}:1:9)`,
    `new Shop (${file}:4:5)`,
  ];
  const artifact = {
    type: 'aws:cloudformation:stack',
    properties: { templateFile: 'Prod.template.json' },
    metadata: { '/Prod/Jobs': [{ type: 'aws:cdk:creationStack', data: trace }] },
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts: { Prod: artifact } }));
  saved(join(folder, 'twin.json'), '12:00');
}

const saved = (file: string, time: string): void => {
  const moment = new Date(`2026-12-01T${time}:00Z`);
  utimesSync(file, moment, moment);
};

it.each([
  ['before', '11:59', undefined],
  ['with', '12:00', undefined],
  ['after', '12:01', 'is of 2026-12-01 12:00:00 UTC, and '],
])('says of an assembly whether a file of the app was saved %s it', async (_, time, note) => {
  const file = join(folder, 'shop.ts');
  writeFileSync(file, '');
  saved(file, time);
  saveAssembly(file);
  const stderr = await notesOn('--json');
  expect(/is of [^,]*, and /.exec(stderr)?.[0]).toBe(note);
});

it('says nothing of a file that is not here', async () => {
  saveAssembly(join(folder, 'elsewhere.ts'));
  expect(await notesOn()).toBe('');
});
