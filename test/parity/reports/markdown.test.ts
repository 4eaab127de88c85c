import type { Forbidden } from '../../../lib/parity/report';
import { onlyRules } from '../../../lib/parity/only';
import { renderMarkdown } from '../../../lib/parity/reports/markdown';
import { broken, twin, unclean } from './samples';

describe('the comment', () => {
  it('of a broken twin has the verdict first, then a table for each tier', () => {
    expect(`\n${renderMarkdown(broken)}`).toMatchInlineSnapshot(`
     "
     ### ❌ \`StagingEphemeral\` is **not** a twin of \`Prod\`

     4 forbidden and 4 permitted differences in 154 entries.

     #### IAM

     | Where | Production | Staging | Why |
     | --- | --- | --- | --- |
     | Edge/Policy7A<br>\`Policy7A.Properties.PolicyDocument.Statement[0].Resource\` | \`…-assets-of-the-shop-production/*"\` | \`…-assets-of-the-shop-staging/*"\` | \`TWIN-PAR-001\` no scale factor explains it<br>**Fix:** Use the bucket of the environment. |

     #### Orders

     | Where | Production | Staging | Why |
     | --- | --- | --- | --- |
     | Orders/Cluster<br>\`OrdersCluster3C4D.Properties.EnableCloudwatchLogsExports[0]\`<br>\`lib/orders.ts:31:5\` | \`"postgresql"\` | _not there_ | \`TWIN-PAR-001\` no scale factor explains it<br>**Fix:** Make both environments alike here, or declare a scale factor with a reason and use its value. |
     | Orders/Cluster<br>\`OrdersCluster3C4D.Properties.EngineVersion\`<br>\`lib/orders.ts:31:5\` | \`"16.6"\` | \`"16.13"\` | \`TWIN-PAR-001\` no scale factor explains it<br>**Fix:** Make both environments alike here, or declare a scale factor with a reason and use its value. |

     #### Web

     | Where | Production | Staging | Why |
     | --- | --- | --- | --- |
     | Web/Debug<br>\`Web5E6F\` | _not there_ | \`{"Type":"AWS::ECS::Service","Properties":{"Cluster":{"Ref":"Services"},"Desired…\` | \`TWIN-PAR-001\` no scale factor explains it<br>**Fix:** Make both environments alike here, or declare a scale factor with a reason and use its value. |

     #### Scale factors

     | Factor | Production | Staging | Kind | Places | Why it may differ | What it can still hide |
     | --- | --- | --- | --- | --- | --- | --- |
     | \`ordersReaders\` | \`4\` | \`2\` | replicas | 3 | a reader costs as much as the writer, and two of them show every lag that four would show | lag, fan-out and failover orders that need more copies than these |
     | \`webSize\` | \`cpu 4096, memoryMiB 8192\` | \`cpu 1024, memoryMiB 2048\` | fargateSize | 2 | less traffic | memory and CPU limits: garbage collection, throttling, start-up time |
     | \`shards\` | \`2\` | \`2\` | shards | 0 | keys spread | nothing: the same in both |

     <details><summary>4 permitted differences</summary>

     | By | Rule | Differences |
     | --- | --- | --- |
     | scale | webSize | 1 |
     | lifecycle | deletion policy | 2 |
     | naming | name | 1 |

     </details>
     "
    `);
  });

  it('of a twin has the factors with what each can still hide', () => {
    expect(`\n${renderMarkdown(twin)}`).toMatchInlineSnapshot(`
     "
     ### ✅ \`StagingEphemeral\` is a twin of \`Prod\`

     0 forbidden and 4 permitted differences in 154 entries.

     #### Scale factors

     | Factor | Production | Staging | Kind | Places | Why it may differ | What it can still hide |
     | --- | --- | --- | --- | --- | --- | --- |
     | \`ordersReaders\` | \`4\` | \`2\` | replicas | 3 | a reader costs as much as the writer, and two of them show every lag that four would show | lag, fan-out and failover orders that need more copies than these |
     | \`webSize\` | \`cpu 4096, memoryMiB 8192\` | \`cpu 1024, memoryMiB 2048\` | fargateSize | 2 | less traffic | memory and CPU limits: garbage collection, throttling, start-up time |
     | \`shards\` | \`2\` | \`2\` | shards | 0 | keys spread | nothing: the same in both |

     <details><summary>4 permitted differences</summary>

     | By | Rule | Differences |
     | --- | --- | --- |
     | scale | webSize | 1 |
     | lifecycle | deletion policy | 2 |
     | naming | name | 1 |

     </details>
     "
    `);
  });

  it('of two equal templates is the verdict', () => {
    expect(renderMarkdown({ ...twin, factors: [], permitted: [] })).toBe(
      '### ✅ `StagingEphemeral` is a twin of `Prod`\n\n0 forbidden and 0 permitted differences in 154 entries.\n',
    );
  });

  it('fits in a comment of GitHub', () => {
    const forbidden = Array.from({ length: 1000 }, (_, i): Forbidden => {
      return { ...broken.forbidden[0]!, logicalId: `Web${i}`, prod: '`'.repeat(1000) };
    });
    const text = renderMarkdown({ ...broken, forbidden });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/\nAnd \d+ more differences: `twin parity` lists them all\.\n/);
    const rows = text.split('\n').filter((line) => line.startsWith('| Web/Debug'));
    expect(rows.length + Number(/And (\d+) more/.exec(text)![1])).toBe(1000);
  });

  it('stays one row for whatever a template holds', () => {
    const hostile = {
      ...broken.forbidden[0]!,
      prod: 'a | b ` c',
      construct: 'Web/<img>|x',
      why: 'no *reason* | <b>',
    };
    const text = renderMarkdown({ ...broken, factors: [], permitted: [], forbidden: [hostile] });
    const row = text.split('\n').find((line) => line.startsWith('| Web'))!;
    expect(row.split('|')).toHaveLength(6);
    expect(row).not.toMatch(/<img>|<b>/);
    expect(row).toContain('<code>&#34;a &#124; b &#96; c&#34;</code>'.replaceAll('&#34;', '"'));
  });
});

it('shows what differs between long values below the table, in a fence that nothing in them ends', () => {
  const script = (workers: number): string =>
    `${'a\n'.repeat(50)}\`\`\`workers ${workers}\n${'b\n'.repeat(50)}`;
  const entry = { ...broken.forbidden[1]!, prod: script(8), staging: script(4) };
  const text = renderMarkdown({ ...broken, factors: [], permitted: [], forbidden: [entry] });
  expect(text).toContain('| 1 of 101 lines, below |  |');
  expect(text).toContain(
    [
      '`OrdersCluster3C4D.Properties.EngineVersion`, 1 of 101 lines: `-` Production, `+` Staging',
      '',
      '````diff',
      '  … 48 lines',
      '  a',
      '  a',
      '- ```workers 8',
      '+ ```workers 4',
      '  b',
      '  b',
      '  … 48 lines',
      '````',
    ].join('\n'),
  );
});

it('says which stacks it is about, and how many findings it does not show', () => {
  const text = renderMarkdown(onlyRules({ ...broken, part: { stacks: ['Data'], of: 3 } }, ['TWIN-ISO']));
  expect(text.split('\n').slice(0, 4)).toEqual([
    '### ❌ `StagingEphemeral` is **not** a twin of `Prod` in 1 of 3 stacks (Data)',
    '',
    '4 forbidden and 4 permitted differences in 154 entries.',
    '4 further findings are not shown (--only TWIN-ISO).',
  ]);
});

it('shows what the checks of staging found, in one comment with the rest', () => {
  const text = renderMarkdown(unclean);
  expect(text.slice(0, text.indexOf('#### Scale factors'))).toMatchInlineSnapshot(`
   "### ✅ \`StagingEphemeral\` is a twin of \`Prod\`

   0 forbidden and 4 permitted differences in 154 entries.

   ❌ Isolation failed: 1 finding.<br>
   ✅ Tear-down passed: 1 acknowledged.

   #### Checks of staging

   | Rule | Where | Why |
   | --- | --- | --- |
   | \`TWIN-ISO-022\` | Alarms/Night<br>\`Night1A2B.Properties.Endpoint\`<br>\`lib/alarms.ts:7:5\` | got "night&#64;acme.io", which gets messages; allowed is what the environment makes<br>**Fix:** List it in outside: &#91;{ address, reason }&#93;. |

   <details><summary>1 acknowledged finding</summary>

   | Rule | Where | Because |
   | --- | --- | --- |
   | \`TWIN-TD-001\` | Data/Key<br>\`Key961B73FD.Type\` | one &#124; key a month is a dollar |

   </details>

   <details><summary>2 systems outside that staging reaches</summary>

   | System | In | Because | Stand-in |
   | --- | --- | --- | --- |
   | \`api.pay.example.com\` | Web1, Web2, Web3 and 1 more | it would charge cards | \`pay.acme.io\` |
   | \`get.example.org\` | Build |  |  |

   </details>

   "
  `);
});

it('calls two productions by their names, and asks not what a smaller one can hide', () => {
  const text = renderMarkdown({ ...broken, prod: 'ProdUs', staging: 'ProdEu', role: 'production' });
  expect(text).toContain('| Where | `ProdUs` | `ProdEu` | Why |');
  expect(text).toContain('| Factor | `ProdUs` | `ProdEu` | Kind | Places | Why it may differ |\n');
  expect(text).not.toMatch(/\| (Production|Staging) \|/);
});
