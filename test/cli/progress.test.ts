import { LiveList } from '../../lib/cli/live-list';
import { PlainLines } from '../../lib/cli/plain-lines';
import { BAD, Workbench } from '../rehearsal/workbench';
import { Kept, twinOn } from './rehearsal-command';

const at = (ms: number): string => new Date(Date.UTC(2026, 10, 21, 4, 12) + ms).toISOString();

/** Two steps: one with a part that logs something, one that fails. */
function play(progress: PlainLines | LiveList): void {
  const { listener } = progress;
  listener({ at: at(0), event: 'run-start', rehearsal: '20261121-041200-1.42.0', folder: '.twin/x' });
  listener({ at: at(0), event: 'span-start', span: 1, parent: null, name: 'stand up' });
  listener({ at: at(100), event: 'span-start', span: 2, parent: 1, name: 'Orders' });
  listener({ at: at(200), event: 'log', span: 2, message: 'initdb\u001B[2J\nof Orders-1' });
  listener({
    at: at(1300),
    event: 'span-end',
    span: 2,
    parent: 1,
    name: 'Orders',
    ms: 1200,
    outcome: 'done',
  });
  listener({
    at: at(1400),
    event: 'span-end',
    span: 1,
    parent: null,
    name: 'stand up',
    ms: 1400,
    outcome: 'done',
  });
  listener({ at: at(1400), event: 'span-start', span: 3, parent: null, name: 'release' });
  listener({ at: at(1500), event: 'log', span: 3, message: 'the migration failed' });
  listener({
    at: at(61_500),
    event: 'span-end',
    span: 3,
    parent: null,
    name: 'release',
    ms: 60_100,
    outcome: 'failed',
  });
  progress.note('stopping: tearing down');
  progress.close();
}

it('is one line for each event in a log, with the time, and nothing that moves', () => {
  const stderr = new Kept();
  play(new PlainLines(stderr));
  expect(stderr.text).toMatchInlineSnapshot(`
   "    0.0 s  rehearsal 20261121-041200-1.42.0 in .twin/x
       0.0 s  stand up
       0.1 s    Orders
       0.2 s      initdb of Orders-1
       1.3 s    Orders: done in 1.2 s
       1.4 s  stand up: done in 1.4 s
       1.4 s  release
       1.5 s    the migration failed
      61.5 s  release: failed after 1 min
   stopping: tearing down
   "
  `);
});

const visible = (text: string): string => text.replaceAll('\u001B', 'ESC');

/** What a terminal shows after all that was written to it: lines, and moves up with what is below cleared. */
function shown(text: string): string[] {
  const lines: string[] = [];
  for (const part of visible(text).split(/(ESC\[\d+AESC\[0J)/)) {
    const up = /^ESC\[(\d+)A/.exec(part)?.[1];
    if (up === undefined) lines.push(...part.split('\n').slice(0, -1));
    else lines.splice(lines.length - Number(up));
  }
  return lines;
}

describe('a list that lives', () => {
  it('leaves one line for each step on the screen, and why one failed', () => {
    const stderr = new Kept();
    play(new LiveList(stderr, { columns: () => 80, color: false }));
    expect(shown(stderr.text)).toEqual([
      '20261121-041200-1.42.0',
      '✔ stand up 1.4 s',
      '✖ release 1 min',
      '  the migration failed',
      'stopping: tearing down',
    ]);
  });

  it('shows the running parts with their last message, no line wider than the screen', () => {
    const stderr = new Kept();
    const list = new LiveList(stderr, { columns: () => 40, color: false });
    const now = new Date().toISOString();
    list.listener({ at: now, event: 'span-start', span: 1, parent: null, name: 'stand up' });
    list.listener({ at: now, event: 'span-start', span: 2, parent: 1, name: 'Orders' });
    list.listener({ at: now, event: 'log', span: 2, message: `the primary ${'waits '.repeat(20)}` });
    list.listener({ at: now, event: 'span-start', span: 3, parent: 1, name: 'Web' });
    const lines = shown(stderr.text);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^. stand up \d+ ms$/);
    expect(lines[1]).toMatch(/^ {2}. Orders \d+ ms {2}the primary waits .*…$/);
    expect(lines.filter((line) => line.length > 39)).toEqual([]);
    list.close();
    expect(shown(stderr.text)).toEqual([]);
  });

  it('has colour only where that is wanted', () => {
    const [plain, colourful] = [new Kept(), new Kept()];
    play(new LiveList(plain, { columns: () => 80, color: false }));
    play(new LiveList(colourful, { columns: () => 80, color: true }));
    expect(visible(plain.text)).not.toMatch(/ESC\[\d+m/);
    expect(visible(colourful.text)).toContain('ESC[32m✔ESC[39m stand up');
  });

  it('is what a rehearsal shows on a screen', async () => {
    const bench = new Workbench();
    const screen = { columns: () => 80, color: false };
    const { stderr } = await twinOn(bench, ['rehearse', '--to', BAD], { screen });
    const steps = shown(stderr).filter((line) => line.startsWith('✔'));
    expect(steps.map((line) => line.replace(/ [\d.]+ (ms|s)$/, ''))).toEqual([
      '✔ plan',
      '✔ seed',
      '✔ stand up',
      '✔ baseline',
      '✔ checkpoint',
      '✔ release',
      '✔ verify',
      '✔ drill',
      '✔ judge',
      '✔ logs',
      '✔ tear down',
      '✔ leftovers',
      '✔ evidence',
    ]);
    bench.remove();
  });
});
