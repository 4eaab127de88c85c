import { stripVTControlCharacters } from 'node:util';
import { renderText } from '../../lib/evidence/text';
import { coverageOf } from '../../lib/evidence/summary';
import { hostile } from './hostile';
import { baselineFailed, go, noGo, samples } from './samples';

const options = { color: false, width: 80, folder: '.twin/x' };
/** One line, so that what is sought is not broken over two. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('the text', () => {
  it('of a GO fits a screen', () => {
    expect(`\n${renderText(go, options)}`).toMatchInlineSnapshot(`
     "
     GO for 4 of 8 tiers: 1.43.0 may follow 1.41.0 into production
     Ran  1.43.0; Web answered 1.43.0 (2 tasks); nothing shows what Worker ran
     On   4 of 8 tiers, on the local target: processes for ECS tasks, PostgreSQL 18.4
          for aurora-postgresql 17.9, Valkey 8.1.1 for valkey 8.1; without Catalog,
          Pages, Assets, Alarms

     Gates  7 of 7 passed
       ok      failed checks  0 (at most 0)
       ok      stale reads    0 (at most 0)
       ok      p95            22 ms, 1.05 times 21 ms (at most 1.5 times the baselin…
       ok      errors         0 % more (at most 0.1 % more than the baseline)
       ok      recovery       1.2 s (at most 30 s)
       ok      cost           $6.39 for 2 h (at most $25)
       ok      skipped        Alarms, Assets, Catalog, Pages (only Alarms, Assets, C…

     Checks of 1.43.0  5 of 5 passed
       ok      health answers                       GET /health answered 200 in 9 ms
       ok      an order is there once it is placed  50 of 50 reads showed the write…
       ok      replicas keep up                     the slowest of 2 replicas showed…
       ok      npm run test:checkout                ended with 0 after 2.1 s
       ok      front page under load                p95 21 -> 22 ms (+5 %); 0 of 6,1…

     Drills  3 of 3 passed
       ok      failover of Orders       recovered in 1.2 s (4 of 31 requests failed).
                                        After it, 2 checks passed.
       ok      roll back and forward    every check passed on 1.41.0 with the data o…
       ok      a task of Web is killed  no request failed; replaced; 0 of 88 request…

     Skipped
       -       Catalog  mongod is not on the PATH: install MongoDB 7 or later to
                        include it.
       -       Pages    The cluster bus of Valkey needs ports that are taken here.
       -       Assets   Nothing on this machine serves S3.
       -       Alarms   Nothing on this machine serves SNS.

     Parity     StagingEphemeral is a twin of Prod, with 15 permitted differences
                6 blind spots: see the report
     About      Prod with 1.43.0, SHA-256 6b1f0d2c9e8a; code abc1234
     Recreated  StagingEphemeral was made from its definition on the local target in
                6.4 s; no backup was restored, so what would be lost is not known
                not made: Catalog, Pages, Assets, Alarms
     Cost       this rehearsal would cost $6.83 on AWS (2 h in us-east-1); staging
                kept around the clock: $2,493 a month, at production's size $7,504;
                not counted, no known price: AWS::DocDB::DBInstance db.r6g.2xlarge.
     Tear-down  no leftovers
     Took       40 s
     Report     .twin/x/report.html

     GO for 4 of 8 tiers: 1.43.0 may follow 1.41.0 into production
     Next  twin gate --release 1.43.0, before it is deployed
     "
    `);
  });

  it('of a failed baseline says so, and shows the checks of the baseline', () => {
    expect(`\n${renderText(baselineFailed, options)}`).toMatchInlineSnapshot(`
     "
     BASELINE FAILED: staging did not work with 1.41.0, so 1.44.0 was not tested
       - "health answers" failed on 1.41.0: GET /health answered 503 for 5 s
     Ran  1.41.0; Web answered 1.41.0 (2 tasks)
     On   3 of 3 tiers, on the local target: processes for ECS tasks, PostgreSQL 18.4
          for aurora-postgresql 17.9

     Checks of 1.41.0  0 of 1 passed
       FAILED  health answers  GET /health answered 503 for 5 s, expected 200

     Parity     StagingEphemeral is a twin of Prod, with 15 permitted differences
                6 blind spots: see the report
     About      Prod with 1.44.0, SHA-256 6b1f0d2c9e8a; code abc1234
     Recreated  StagingEphemeral was made from its definition on the local target in
                6.4 s; no backup was restored, so what would be lost is not known
     Cost       this rehearsal would cost $6.83 on AWS (2 h in us-east-1); staging
                kept around the clock: $2,493 a month, at production's size $7,504;
                not counted, no known price: AWS::DocDB::DBInstance db.r6g.2xlarge.
     Tear-down  no leftovers
     Took       9.1 s
     Report     .twin/x/report.html

     BASELINE FAILED: staging did not work with 1.41.0, so 1.44.0 was not tested
     Next  twin rehearse --to 1.44.0 --target local, when staging works with 1.41.0
     "
    `);
  });

  it.each(Object.entries(samples))('has every reason, gate, check and drill: %s', (_, evidence) => {
    const text = flat(renderText(evidence, options));
    const checks = evidence.verdict === 'BASELINE FAILED' ? evidence.baseline : evidence.checks;
    const names = [
      ...evidence.reasons,
      ...evidence.gates.map(({ gate, passed }) => `${passed ? 'ok' : 'FAILED'} ${gate}`),
      ...[...checks, ...evidence.drills].map(({ name, outcome }) => {
        return `${{ passed: 'ok', failed: 'FAILED', skipped: '-' }[outcome]} ${name}`;
      }),
      ...[...checks, ...evidence.drills]
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ detail }) => detail),
      ...evidence.tiers.flatMap((tier) => (tier.skipped ? [tier.because] : [])),
    ];
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });

  it('says beside the coverage what stands in for tiers, and what that shows', () => {
    const [first, second, ...others] = go.tiers;
    const standIn = 'functional, not racing';
    const on = (tiers: typeof go.tiers): string => flat(renderText({ ...go, tiers }, options));
    const one = { ...first!, standIn } as typeof first & object;
    expect(on([one, second!, ...others])).toContain(
      `${coverageOf(go)}; ${first!.tier}: a stand-in, functional, not racing `,
    );
    const two = { ...second!, standIn } as typeof one;
    expect(on([one, two, ...others])).toContain(
      `${coverageOf(go)}; ${first!.tier}, ${second!.tier}: stand-ins, functional, not racing `,
    );
    expect(on(go.tiers)).not.toContain('stand-in');
  });

  it('puts the verdict and its reasons first, then the leftovers and how to finish', () => {
    const text = renderText(noGo, options);
    expect(flat(text)).toMatch(/^NO-GO: 1\.42\.0 must not follow 1\.41\.0 into production - stale reads: 37/);
    expect(text).toContain(
      [
        'Tear-down  3 leftovers: Orders-2 did not end within 10 s of SIGKILL',
        '           - process 48213 postgres: walreceiver streaming 0/3A1F2C8',
        '           - port 127.84.12.3:5432',
        '           - file /tmp/twin-local/20261121-0358-1.42.0/Orders-2/data',
        '  finish   twin down 20261121-0358-1.42.0',
      ].join('\n'),
    );
  });

  it('shows the end of what a failed command wrote', () => {
    const output = Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n');
    const [check] = noGo.checks;
    const text = renderText({ ...noGo, checks: [{ ...check!, outcome: 'failed', output }] }, options);
    expect(text).toContain('          | (44 lines before)\n          | line 44\n');
    expect(text).toContain('          | line 49\n');
  });

  it('gives advice after the drills, and leaves the heading out without', () => {
    const advice = ['Orders: the table carts is unlogged'];
    expect(renderText({ ...go, advice }, options)).toContain(
      '\n\nAdvice  decides nothing\n  - Orders: the table carts is unlogged\n\n',
    );
    expect(renderText(go, options)).not.toContain('Advice');
  });

  it('says where the logs are when it is no GO, and nothing of files that could not be written', () => {
    expect(renderText(noGo, options)).toMatch(
      /\nLogs {7}\.twin\/x\/logs\nReport {5}\.twin\/x\/report\.html\n\nNO-GO: /,
    );
    const { folder: _, ...unwritten } = options;
    expect(renderText(noGo, unwritten)).not.toMatch(/^(Logs|Report) /m);
  });

  it.each([40, 80, 120])('never writes more than %d columns, whatever the evidence holds', (width) => {
    for (const evidence of [...Object.values(samples), hostile]) {
      const lines = renderText(evidence, { ...options, width }).split('\n');
      expect(lines.filter((line) => line.length > width)).toEqual([]);
      expect(lines.filter((line) => /[\p{Cc}\p{Cs}\u202E]|\s$/u.test(line))).toEqual([]);
    }
  });

  it('is the same in colour, once the colour is taken away', () => {
    const colored = renderText(noGo, { ...options, color: true });
    expect(colored).toContain('\u001B[31m');
    expect(stripVTControlCharacters(colored).replaceAll(/ +$/gm, '')).toBe(renderText(noGo, options));
  });
});
