import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SynthConfig } from '../../lib/config/types';
import { synthesizer } from '../../lib/rehearsal/synthesize';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twin-synth it's-"));
  const bin = join(folder, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'show'), '#!/bin/sh\nfor word in "$@"; do echo "$word"; done; pwd\n', {
    mode: 0o755,
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = (): string => readFileSync(join(folder, 'synth.log'), 'utf8');

const synthesize = (config: SynthConfig, release = '1.42.0', signal = new AbortController().signal) =>
  synthesizer(
    folder,
    config,
  )({
    release,
    suffix: 'x-1',
    context: { 'cdk-twin:restore': '{"prefix":"it\'s"}' },
    output: join(folder, 'out'),
    log: join(folder, 'synth.log'),
    signal,
  });

it("runs the app's own command in its folder, with the release, the name and what the target adds", async () => {
  await synthesize(
    { command: 'show synth', releaseContext: 'version', nameContext: 'stack' },
    "1; rm -rf 'x' $HOME",
  );
  expect(log().split('\n')).toEqual([
    'synth',
    '--output',
    join(folder, 'out'),
    '-c',
    "version=1; rm -rf 'x' $HOME",
    '-c',
    'stack=x-1',
    '-c',
    'cdk-twin:restore={"prefix":"it\'s"}',
    folder,
    '',
  ]);
});

it('runs it in the folder of the release, where that has one', async () => {
  const own = join(folder, 'v1');
  mkdirSync(own);
  const props = { release: '1', suffix: 'x', context: {}, output: 'out', log: join(folder, 'synth.log') };
  const { signal } = new AbortController();
  await synthesizer(folder, { command: 'pwd #' })({ ...props, folder: own, signal });
  expect(log()).toBe(`${own}\n`);
});

it('says which release, how it ended and the end of what it wrote; the rest is in the log', async () => {
  const command = 'for i in $(seq 1 40); do echo "line $i"; done; echo "cannot find module" >&2; exit 3; :';
  const error = (await synthesize({ command }).catch((it: unknown) => it)) as Error;
  expect(error).toMatchObject({ code: 'synth' });
  expect(error.message).toContain('could not synthesise 1.42.0: it ended with 3:\n');
  expect(error.message).toContain('cannot find module');
  expect(error.message).not.toContain('line 1\n');
  expect(log()).toContain('line 1\n');
});

it('says so when the command wrote nothing', async () => {
  await expect(synthesize({ command: 'exit 1;' })).rejects.toThrow('it ended with 1 and wrote nothing');
});

it('ends what the command started when it is stopped', async () => {
  const stop = new AbortController();
  const late = join(folder, 'late');
  const work = synthesize(
    { command: `(sleep 0.5; touch '${late.replaceAll("'", `'\\''`)}') & echo up; wait;` },
    '1',
    stop.signal,
  );
  while (!existsSync(join(folder, 'synth.log')) || log() === '') await sleep(5);
  stop.abort(new Error('stopped'));
  await expect(work).rejects.toThrow('stopped');
  await sleep(600);
  expect(existsSync(late)).toBe(false);
});
