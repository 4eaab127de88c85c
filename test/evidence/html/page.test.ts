import { renderHtml } from '../../../lib/evidence/html/page';
import type { Evidence } from '../../../lib/evidence/evidence';
import { broken, unclean } from '../../parity/reports/samples';
import { hostile } from '../hostile';
import { baselineFailed, go, noGo, samples } from '../samples';

const pages: readonly (readonly [string, Evidence])[] = [
  ...Object.entries(samples),
  ['hostile', hostile],
  ['not twins', { ...noGo, parity: broken }],
  ['findings of the checks', { ...go, parity: unclean }],
];

/** What a reader sees of a page, in one line. */
const seen = (page: string): string =>
  page
    .replace(/<style>[^]*<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/\s+/g, ' ');

it('says in lines of their own what ran as the candidate and what as the baseline', () => {
  const about = / Ran (.*?) After (.*?) On /.exec(seen(renderHtml(noGo)));
  expect(about?.slice(1).map((it) => it.trim())).toEqual([
    '1.42.0; Web answered 1.42.0 (2 tasks); nothing shows what Worker ran.',
    '1.41.0; Web answered 1.41.0 (2 tasks).',
  ]);
  const { to: _, ...alone } = noGo.ran;
  expect(seen(renderHtml({ ...noGo, ran: alone }))).toMatch(
    / Ran 1\.41\.0; Web answered 1\.41\.0 \(2 tasks\)\. On /,
  );
});

const VOID = new Set(['meta', 'link', 'br']);

/** The tags of a page; throws where one is not closed in its turn. */
function tagsOf(page: string): string[] {
  const open: string[] = [];
  const tags = [...page.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*(\/?)>/g)];
  for (const [tag, closing, name, , isEmpty] of tags) {
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`${tag} closes nothing`);
    } else if (isEmpty !== '/' && !VOID.has(name!)) open.push(name!);
  }
  expect(open).toEqual([]);
  const inText = page.replace(/<style>[^]*<\/style>/, '').replace('<!doctype html>', '');
  expect(inText.split('<').length - 1).toBe(tags.length - 2); // without the two of the style
  return tags.map(([tag]) => tag);
}

describe.each(pages)('the page of %s', (_, evidence) => {
  const page = renderHtml(evidence);
  const tags = tagsOf(page.replace('<!doctype html>', ''));

  it('runs and loads nothing', () => {
    expect(tags.filter((tag) => /^<(script|img|iframe|object|embed|base|form)\b/i.test(tag))).toEqual([]);
    const names = tags.flatMap((tag) =>
      [...tag.matchAll(/\s([\w-]+)(?:="[^"]*")?/g)].map(([, name]) => name!),
    );
    expect(names.filter((name) => /^(on.*|src|srcset|style|action|data)$/i.test(name))).toEqual([]);
    const addresses = tags.flatMap((tag) => /\shref="([^"]*)"/.exec(tag)?.[1] ?? []);
    expect(addresses.filter((it) => !/^(#[\w-]+|\.\/[^:]*|data:,)$/.test(it))).toEqual([]);
    expect(/<style>[^]*<\/style>/.exec(page)![0]).not.toMatch(/url\(|@import|https?:/);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`);
  });

  it('holds no character that would be drawn as something else', () => {
    expect(page).not.toMatch(/[^\P{Cc}\n\t]|[\u202A-\u202E\p{Cs}]/u);
  });

  it('links to parts that are there, each id once', () => {
    const ids = tags.flatMap((tag) => /\sid="([^"]*)"/.exec(tag)?.[1] ?? []);
    const links = tags.flatMap((tag) => /\shref="#([^"]*)"/.exec(tag)?.[1] ?? []);
    const labels = tags.flatMap((tag) => /\saria-labelledby="([^"]*)"/.exec(tag)?.[1]?.split(' ') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...links, ...labels].filter((id) => !ids.includes(id))).toEqual([]);
    expect(links.length).toBeGreaterThan(8);
  });
});

describe.each(Object.entries(samples))('a reader of %s', (_, evidence) => {
  const text = seen(renderHtml(evidence));

  it('finds every reason, gate, check, drill, tier, span, factor, file and leftover', () => {
    const { parity, environments, tearDown } = evidence;
    const said = [
      evidence.verdict,
      evidence.gatesDigest,
      ...evidence.reasons,
      ...evidence.attempts.flatMap(({ to, reasons }) => [to, ...reasons]),
      ...evidence.spans.map(({ name }) => name),
      ...evidence.gates.flatMap(({ gate, rule, measured }) => [gate, rule, measured]),
      ...[...evidence.checks, ...evidence.baseline, ...evidence.drills].map(({ name }) => name),
      ...[...evidence.checks, ...evidence.drills].flatMap(({ detail }) => detail.split('\n')),
      ...parity.factors.flatMap(({ name, reason }) => [name, reason]),
      ...environments.prod.tiers.map(({ name }) => name),
      ...evidence.tiers.flatMap((tier) =>
        tier.skipped
          ? [tier.because]
          : [tier.engine, ...tier.differs, ...tier.members.map(({ name }) => name)],
      ),
      ...tearDown.leftovers.map(({ what }) => what),
      ...(tearDown.finish === undefined ? [] : [tearDown.finish]),
      ...evidence.files,
    ];
    expect(said.filter((it) => !text.includes(it))).toEqual([]);
  });

  it('finds each blind spot once in its part, with the factors behind it', () => {
    const part = text.slice(text.lastIndexOf('Blind spots'));
    for (const { blindSpot, name } of evidence.parity.factors) {
      if (blindSpot === undefined) continue;
      expect(part.toLowerCase().split(blindSpot.toLowerCase())).toHaveLength(2);
      expect(part).toContain(name);
    }
  });
});

describe('the environments', () => {
  const text = seen(renderHtml(go));

  it('say what is smaller, by how much and why', () => {
    expect(text).toContain('1 writer and 3 readers db.r7g.2xlarge: 8 vCPU, 64 GiB each 32 vCPU in total');
    expect(text).toContain(
      '1 writer and 2 readers db.r7g.large: 2 vCPU, 16 GiB each 6 vCPU in total (19 % of production)',
    );
    expect(text).toContain('ordersReaders 3 → 2. Two readers already show stale reads');
  });

  it('name a factor with the tier that it sizes, not with those that only depend on it', () => {
    const part = text.slice(text.lastIndexOf('Environments, to scale'));
    const web = part.slice(part.indexOf('Web service'), part.indexOf('Worker service'));
    expect(web).toContain('webSize cpu 2048, memoryMiB 4096 → cpu 512, memoryMiB 1024.');
    expect(web).not.toContain('ordersReaders');
    // its alarms are beside the topic that they notify
    const alarms = part.slice(part.indexOf('Alarms storage'), part.indexOf('Gates'));
    expect(alarms).not.toContain('webTasks');
  });
});

/** The parts of a page, by title, and whether a reader has to open them. */
const foldedIn = (page: string): Readonly<Record<string, boolean>> =>
  Object.fromEntries(
    page
      .split('<section')
      .slice(1)
      .map((part) => [/<h2[^>]*>(.*?)<\/h2>/.exec(part)![1]!, part.startsWith(' class="folded"')]),
  );

describe('folded', () => {
  it('is what decides nothing, when all is well', () => {
    const open = Object.entries(foldedIn(renderHtml(go))).flatMap(([title, isFolded]) =>
      isFolded ? [] : [title],
    );
    expect(open).toEqual(['Timeline', 'Checks', 'Environments, to scale']);
  });

  it('is nothing that failed', () => {
    const watched = noGo.watched.map((it) => ({ ...it, traffic: { ...it.traffic, failures: 3 } }));
    const failed = foldedIn(renderHtml({ ...noGo, watched, parity: broken }));
    expect(failed).toMatchObject({ Gates: false, Drills: false, Parity: false });
    expect(failed).toMatchObject({ 'Tear-down': false, 'In the background': false });
    expect(foldedIn(renderHtml({ ...go, parity: unclean }))).toMatchObject({
      'Isolation and tear-down': false,
      Parity: true,
    });
  });

  it('are the parts of steps, but for those that failed', () => {
    const timelineOf = (evidence: Evidence): string =>
      /<section id="timeline"[^]*?<\/section>/.exec(renderHtml(evidence))![0];
    const [first] = timelineOf(go).split('<details>');
    const [step, part] = [
      go.spans.find((it) => it.parent === null)!,
      go.spans.find((it) => it.parent !== null)!,
    ];
    expect(first).toContain(`>${step.name}<`);
    expect(first).not.toContain(part.name);
    const spans = go.spans.map((it) => (it.id === part.id ? { ...it, outcome: 'failed' as const } : it));
    expect(timelineOf({ ...go, spans }).split('<details>')[0]).toContain(part.name);
  });
});

describe('the verdict', () => {
  it('says of how many tiers it is, and what stood in for what', () => {
    const text = seen(renderHtml(go));
    expect(text).toContain('GO For 4 of 8 tiers: 1.43.0 may follow 1.41.0 into production.');
    expect(text).toContain(
      'On 4 of 8 tiers, on the local target: processes for ECS tasks, PostgreSQL 18.4 for aurora-postgresql 17.9, Valkey 8.1.1 for valkey 8.1; without Catalog, Pages, Assets, Alarms.',
    );
    const tiers = go.tiers.filter((tier) => !tier.skipped);
    expect(seen(renderHtml({ ...go, tiers }))).toContain('GO 1.43.0 may follow');
    expect(seen(renderHtml(noGo))).toContain('NO-GO 1.42.0 must not follow');
  });
});

it.each([
  ['twin gate --release 1.43.0 , before it is deployed.', go],
  ['twin rehearse --to 1.42.0 --target local , when 1.42.0 is mended.', { ...noGo, tearDown: go.tearDown }],
  [`${noGo.tearDown.finish!} , to remove the leftovers.`, noGo],
  ['twin rehearse --to 1.44.0 --target local , when staging works with 1.41.0.', baselineFailed],
  [
    'twin rehearse --to 1.42.0 --target local , when that is mended.',
    { ...noGo, tearDown: go.tearDown, verdict: 'UNDECIDED' as const },
  ],
])('names the next command beside the verdict: %s', (next, evidence) => {
  const [header] = renderHtml(evidence).split('</header>');
  expect(seen(header!)).toContain(`Next ${next}`);
});

it('shows both environments at a glance, with what is folded below', () => {
  const part = /<section id="environments"[^]*?<\/section>/.exec(renderHtml(go))![0];
  const [open] = part.split('<details>');
  expect(seen(open!)).toContain('Orders 32 → 6 vCPU Orders in Prod: 1 writer and 3 readers');
  expect(open).not.toContain('<figure>');
});

it('has its headings outside of what is folded, and names each table', () => {
  const page = renderHtml(go);
  expect(page).not.toMatch(/<summary>(?:(?!<\/summary>)[^])*<h\d/);
  const tables = [...page.matchAll(/<table([^>]*)>/g)].map(([, attributes]) => attributes!);
  expect(tables.filter((it) => !/ aria-label="[^"]+"/.test(it))).toEqual([]);
});

it('shows a check that passed in a line, where there are many only if it has news, and all in full folded', () => {
  const many = (results: Evidence['checks']) =>
    Array.from({ length: 8 }, (_, i) => results.map((it) => ({ ...it, name: `${it.name} ${i}` }))).flat();
  const evidence = { ...go, checks: many(go.checks), baseline: many(go.baseline) };
  const part = /<section id="checks"[^]*?<\/section>/.exec(renderHtml(evidence))![0];
  const [open] = part.split('<details>');
  expect(open!.match(/<tr><td/g)).toHaveLength(8); // of the load, which took longer
  expect(seen(open!)).toContain('front page under load 0 load ✓ passed ✓ passed p95 21 → 22 ms (+5 %)');
  expect(seen(open!)).not.toContain('requests failed');
  expect(seen(part)).toContain('40 checks that passed, in full');
  expect(seen(part)).toContain('0 of 6,120 requests failed; p95 22 ms');
  expect(/<section id="checks"[^]*?<details>/.exec(renderHtml(go))![0].match(/<tr><td/g)).toHaveLength(5);
});

it('puts what failed before what passed', () => {
  const rows = (id: string): string[] => {
    const part = new RegExp(`<section id="${id}"[^]*?</section>`).exec(renderHtml(noGo))![0];
    return [...part.matchAll(/<tr><td[^]*?<\/tr>/g)].map(([row]) =>
      row.includes('"outcome failed"') ? 'failed' : 'passed',
    );
  };
  for (const id of ['gates', 'checks', 'drills']) {
    expect(rows(id)).toContain('failed');
    expect(rows(id)).toEqual(rows(id).toSorted());
  }
});

it('shows what a check measured otherwise than on the baseline', () => {
  const text = seen(renderHtml(go));
  expect(text).toContain('p95 21 → 22 ms (+5 %)');
  expect(text).not.toContain('412 → 412');
});

it('gives advice where there is some', () => {
  const page = renderHtml({ ...go, advice: ['the index <x> is invalid'] });
  expect(page).toContain('<li>the index &#60;x&#62; is invalid</li>');
  expect(page).toContain('<a href="#advice">Advice</a>');
  expect(renderHtml(go)).not.toContain('Advice');
});

it('leaves out what has nothing to say', () => {
  const text = seen(renderHtml(baselineFailed));
  expect(text).toContain('No gate was judged');
  expect(text).toContain('The candidate was not tested.');
  expect(text).not.toContain('Earlier attempts');
  expect(text).not.toContain('Failures caused on purpose');
});

it('lists forbidden differences when the environments are not twins', () => {
  const text = seen(renderHtml({ ...noGo, parity: broken }));
  for (const { why, fix } of broken.forbidden) expect(text).toContain(`${why} ${fix}`);
});

it('shows what the checks of staging found, what was acknowledged, and what staging reaches', () => {
  const text = seen(renderHtml({ ...go, parity: unclean }));
  expect(text).toContain('Isolation failed: 1 finding. Tear-down passed: 1 acknowledged.');
  expect(text).toMatch(/TWIN-ISO-022 Sends messages to people, or to systems outside Alarms\/Night/);
  expect(text).toContain('one | key a month is a dollar');
  expect(text).toMatch(
    /api\.pay\.example\.com stand-in pay\.acme\.io Web1, Web2, Web3, Web4 it would charge cards/,
  );
  expect(seen(renderHtml(go))).not.toContain('Isolation and tear-down');
});
