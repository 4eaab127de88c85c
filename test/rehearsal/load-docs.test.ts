import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import type { Evidence } from '../../lib/evidence/evidence';
import { replayedSentences } from '../../lib/evidence/replayed';
import { renderText } from '../../lib/evidence/text';
import { ADDS_CAPACITY } from '../../lib/scale/capacity-share';
import { FACTOR_KINDS } from '../../lib/scale/kinds';
import { samples } from '../evidence/samples';

const page = readFileSync('docs/load.md', 'utf8');
const blocks = [...page.matchAll(/^```text\n(.*?)^```$/gms)].map(([, block]) => block!);
const because = 'Web: webTasks 4 -> 2, webCpu 2048 -> 512';

it('has a config that is valid as it stands', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'twin-load-'));
  try {
    writeFileSync(join(folder, 'twin.config.ts'), /^```ts\n(.*?)^```$/ms.exec(page)![1]!);
    const { config } = await loadConfig(folder);
    expect(config.checks.replay[0]!.routes).toHaveLength(3);
    expect(config).toMatchObject({
      capacity: { of: 'a busy minute' },
      darkLaunch: { of: ['a busy minute'] },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('shows reports as they are written', () => {
  const replayed = {
    check: 'a busy minute',
    files: 2,
    entries: 12_000,
    wrong: 1,
    leftOut: [
      { what: 'GET /orders?*', requests: 1771 },
      { what: 'GET /*/*/*', requests: 597 },
    ],
    from: '2026-11-03T10:15:00.000Z',
    seconds: 60,
    requests: 5262,
    sent: 658,
    ratio: 0.125,
    because,
  };
  const round = (release: string, carried: number, broken: number, ms: number) => ({
    release,
    carried,
    broken,
    because: `p95 ${ms} ms`,
  });
  const evidence: Evidence = {
    ...samples['go']!,
    from: '1.41.0',
    to: '1.42.0',
    advice: replayedSentences(replayed),
    capacity: {
      of: 'a busy minute',
      maxP95Ms: 300,
      maxErrorRate: 0.01,
      precision: 0.1,
      ratio: 0.125,
      because,
      rounds: [
        round('1.42.0', 190, 205, 612),
        round('1.41.0', 200, 215, 587),
        round('1.41.0', 195, 215, 590),
        round('1.42.0', 180, 195, 610),
      ],
    },
    darkLaunch: {
      requests: 200,
      leftOut: [{ what: 'POST /orders', requests: 14 }],
      compared: 200,
      differing: 41,
      unanswered: 0,
      differences: [
        { route: 'GET /orders/{id}', where: 'total', what: 'nothing -> number', answers: 40 },
        { route: 'GET /orders?customer={customer}', where: 'HTTP status', what: '200 -> 500', answers: 1 },
      ],
      varying: [{ route: 'GET /orders/{id}', where: 'servedBy' }],
    },
  };
  const text = renderText(evidence, { color: false, width: 80 });
  expect(blocks).toHaveLength(3);
  for (const block of blocks) expect(text).toContain(block);
});

it('says of each kind of scale factor whether it adds capacity', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| /gm)].map(([, kind]) => kind!);
  expect(FACTOR_KINDS.filter((kind) => rows.includes(kind)).toSorted()).toEqual(ADDS_CAPACITY.toSorted());
  expect(rows).toHaveLength(ADDS_CAPACITY.length);
});
