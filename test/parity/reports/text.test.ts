import { stripVTControlCharacters, styleText } from 'node:util';
import type { Forbidden, ParityReport } from '../../../lib/parity/report';
import { onlyRules } from '../../../lib/parity/only';
import { renderText } from '../../../lib/parity/reports/text';
import { broken, twin, unclean, undecided } from './samples';

const RULE = { id: 'TWIN-PAR-001', rule: 'difference' } as const;

const plain = { color: false, width: 80, verbose: false };
const rendered = (report: ParityReport, options = {}): string =>
  `\n${renderText(report, { ...plain, ...options })}`;

describe('the report of a broken twin', () => {
  it('tells what is forbidden by tier, then the factors, then what else is permitted', () => {
    expect(rendered(broken)).toMatchInlineSnapshot(`
     "
     NOT A TWIN: StagingEphemeral is not a twin of Prod
     4 forbidden and 4 permitted differences in 154 entries

     IAM
       Edge/Policy7A (AWS::IAM::Policy)
         TWIN-PAR-001 Differs between the environments
         Policy7A.Properties.PolicyDocument.Statement[0].Resource
           production  …ts-of-the-shop-production/*"
           staging     …ts-of-the-shop-staging/*"
           why         no scale factor explains it
           fix         Use the bucket of the environment.

     Orders
       Orders/Cluster (AWS::RDS::DBCluster)
         TWIN-PAR-001 Differs between the environments
         OrdersCluster3C4D.Properties.EnableCloudwatchLogsExports[0]
           production  "postgresql"
           staging     not there
         OrdersCluster3C4D.Properties.EngineVersion
           production  "16.6"
           staging     "16.13"
           why         no scale factor explains it
           fix         Make both environments alike here, or declare a scale factor
                       with a reason and use its value.
           source      lib/orders.ts:31:5

     Web
       Web/Debug (AWS::ECS::Service)
         TWIN-PAR-001 Differs between the environments
         Web5E6F
           production  not there
           staging     {"Type":"AWS::ECS::Service","Properties":{"Cluster":{"Ref":"S…
           why         no scale factor explains it
           fix         Make both environments alike here, or declare a scale factor
                       with a reason and use its value.

     Scale factors
       factor         kind         places  production -> staging
       ordersReaders  replicas          3  4 -> 2
         because     a reader costs as much as the writer, and two of them show every
                     lag that four would show
         can hide    lag, fan-out and failover orders that need more copies than
                     these
       webSize        fargateSize       2  cpu 4096, memoryMiB 8192 ->
                                           cpu 1024, memoryMiB 2048
         because     less traffic
         can hide    memory and CPU limits: garbage collection, throttling, start-up
                     time
       the same in both: shards

     Also permitted
       lifecycle deletion policy 2
       naming    name 1

     Long values are shortened: --format json has them whole.
     "
    `);
  });

  it('fits in 80 columns', () => {
    for (const line of rendered(broken).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('has the same words in colour', () => {
    const colored = rendered(broken, { color: true });
    expect(colored).toContain('\u001B[31m');
    expect(stripVTControlCharacters(colored)).toBe(rendered(broken));
  });

  it('does not depend on the order of the differences', () => {
    const reversed = {
      ...broken,
      forbidden: broken.forbidden.toReversed(),
      permitted: broken.permitted.toReversed(),
    };
    expect(rendered(reversed)).toBe(rendered(broken));
    expect(rendered(reversed, { verbose: true })).toBe(rendered(broken, { verbose: true }));
  });
});

describe('the report of a twin', () => {
  it('tells what each factor can still hide', () => {
    expect(rendered(twin)).toMatchInlineSnapshot(`
     "
     TWIN: StagingEphemeral is a twin of Prod
     0 forbidden and 4 permitted differences in 154 entries

     Scale factors
       factor         kind         places  production -> staging
       ordersReaders  replicas          3  4 -> 2
         because     a reader costs as much as the writer, and two of them show every
                     lag that four would show
         can hide    lag, fan-out and failover orders that need more copies than
                     these
       webSize        fargateSize       2  cpu 4096, memoryMiB 8192 ->
                                           cpu 1024, memoryMiB 2048
         because     less traffic
         can hide    memory and CPU limits: garbage collection, throttling, start-up
                     time
       the same in both: shards

     Also permitted
       lifecycle deletion policy 2
       naming    name 1
     "
    `);
  });

  it('counts what is permitted by each cause, in one order', () => {
    const [first] = twin.permitted;
    const permitted = (
      [
        ['declared', 'tag.team'],
        ['naming', 'stack name'],
        ['lifecycle', 'seed'],
        ['naming', 'name'],
        ['scale', 'webSize'],
        ['naming', 'name'],
      ] as const
    ).map(([by, factor]) => ({ ...first!, by, factor }));
    const [, also] = rendered({ ...twin, permitted }).split('Also permitted\n');
    expect(also).toBe('  lifecycle seed 1\n  naming    name 2, stack name 1\n  declared  tag.team 1\n');
  });

  it('lists every permitted difference when verbose', () => {
    expect(rendered(twin, { verbose: true })).toMatchInlineSnapshot(`
     "
     TWIN: StagingEphemeral is a twin of Prod
     0 forbidden and 4 permitted differences in 154 entries

     Scale factors
       factor         kind         places  production -> staging
       ordersReaders  replicas          3  4 -> 2
         because     a reader costs as much as the writer, and two of them show every
                     lag that four would show
         can hide    lag, fan-out and failover orders that need more copies than
                     these
       webSize        fargateSize       2  cpu 4096, memoryMiB 8192 ->
                                           cpu 1024, memoryMiB 2048
         because     less traffic
         can hide    memory and CPU limits: garbage collection, throttling, start-up
                     time
       shards         shards            0  2 -> 2
         because     keys spread

     Permitted differences
       Url (Outputs)
         Outputs.Url.Export.Name
           production  "Prod-Url"
           staging     "StagingEphemeral-Url"
           by          naming, name
       Orders/Cluster (AWS::RDS::DBCluster)
         OrdersCluster3C4D.DeletionPolicy
           production  "Snapshot"
           staging     "Delete"
           by          lifecycle, deletion policy
       Orders/Cluster (AWS::RDS::DBCluster)
         OrdersCluster3C4D.UpdateReplacePolicy
           production  "Snapshot"
           staging     "Delete"
           by          lifecycle, deletion policy
       Web/Task (AWS::ECS::TaskDefinition)
         Web1A2B.Properties.Cpu
           production  "4096"
           staging     "1024"
           by          scale, webSize

     Also permitted
       lifecycle deletion policy 2
       naming    name 1
     "
    `);
  });

  it('of two equal templates is short', () => {
    expect(rendered({ ...twin, factors: [], permitted: [] })).toMatchInlineSnapshot(`
     "
     TWIN: StagingEphemeral is a twin of Prod
     0 forbidden and 0 permitted differences in 154 entries
     "
    `);
  });
});

const valueLines = (change: Partial<Forbidden>, options = {}): string[] => {
  const report = {
    ...broken,
    factors: [],
    permitted: [],
    forbidden: [{ ...broken.forbidden[0]!, ...change }],
  };
  return rendered(report, options)
    .split('\n')
    .filter((line) => /^ {6}(production|staging)/.test(line));
};

it('shows what differs between long values line by line, in 80 columns, and all of it when verbose', () => {
  const script = (workers: number): string =>
    `${'prepare\n'.repeat(80)}start --workers ${workers}${' --flag'.repeat(20)}\n${'clean up\n'.repeat(80)}`;
  const entry = { ...broken.forbidden[1]!, prod: script(8), staging: script(4) };
  const report = { ...broken, factors: [], permitted: [], forbidden: [entry] };
  const text = rendered(report);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(text.slice(text.indexOf('    Orders'))).toMatchInlineSnapshot(`
   "    OrdersCluster3C4D.Properties.EngineVersion
         1 of 161 lines differs: - production, + staging
             … 78 lines
             prepare
             prepare
           - start --workers 8 --flag --flag --flag --flag --flag --flag --flag --…
           + start --workers 4 --flag --flag --flag --flag --flag --flag --flag --…
             clean up
             clean up
             … 78 lines
         why         no scale factor explains it
         fix         Make both environments alike here, or declare a scale factor
                     with a reason and use its value.
         source      lib/orders.ts:31:5

   Long values are shortened: --format json has them whole.
   "
  `);
  expect(text).toContain('Long values are shortened');
  const whole = rendered(report, { verbose: true });
  expect(whole.split('\n').filter((line) => line.trim() === 'prepare')).toHaveLength(80);
  expect(whole).not.toMatch(/…|Long values/);
  expect(stripVTControlCharacters(rendered(report, { color: true }))).toBe(text);
});

it('says which stacks it is about', () => {
  expect(rendered({ ...twin, part: { stacks: ['Data', 'Data/Cache'], of: 3 } })).toMatch(
    /^\nTWIN: StagingEphemeral is a twin of Prod in 2 of 3 stacks \(Data, Data\/Cache\)\n/,
  );
});

it('shows what is left to the deployment with its rule, and no empty heading', () => {
  expect(rendered(undecided)).toContain(
    'Left to the deployment\n  IsLarge (Conditions)\n    TWIN-PAR-017 Is left open until deployment\n    Conditions.IsLarge\n      why',
  );
  expect(rendered(onlyRules(undecided, ['TWIN-TD']))).not.toContain('Left to');
});

it('counts the findings that it does not show', () => {
  const text = rendered(onlyRules({ ...unclean, ...broken, checks: unclean.checks! }, ['TWIN-TD']));
  expect(text.split('\n').slice(1, 7)).toEqual([
    'NOT A TWIN: StagingEphemeral is not a twin of Prod',
    '4 forbidden and 4 permitted differences in 154 entries',
    'Isolation failed: 1 finding',
    'Tear-down passed: 1 acknowledged',
    '5 further findings are not shown (--only TWIN-TD).',
    '',
  ]);
});

describe('a value', () => {
  it('that is long is shown where it begins to differ', () => {
    const same = 'x'.repeat(500);
    expect(valueLines({ prod: `${same}1 and more`, staging: `${same}2 and more` })).toEqual([
      `      production  …${'x'.repeat(15)}1 and more"`,
      `      staging     …${'x'.repeat(15)}2 and more"`,
    ]);
  });

  it('is whole when verbose', () => {
    const long = 'x'.repeat(500);
    expect(valueLines({ prod: long, staging: 'y' }, { verbose: true })[0]).toBe(
      `      production  "${long}"`,
    );
  });

  it('that is null is not nothing', () => {
    expect(valueLines({ prod: null, staging: false })).toEqual([
      '      production  null',
      '      staging     false',
    ]);
  });

  it('cannot move the cursor of a terminal', () => {
    const hostile: ParityReport = {
      ...broken,
      prod: 'a\u001B[2Jb',
      forbidden: [
        {
          ...broken.forbidden[0]!,
          logicalId: 'X\u009B2J',
          prod: '\u202Eabc',
          construct: 'T\u001B[1m/x',
          why: '\u0007',
        },
      ],
    };
    expect(rendered(hostile).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E]/u);
  });
});

it('tells which resources were paired by structure', () => {
  const report = { ...twin, factors: [], permitted: [], renamed: [{ prod: 'Bucket1', staging: 'Bucket2' }] };
  expect(rendered(report, { verbose: true })).toContain(
    '1 resource paired by structure: the logical ids differ\n  Bucket1 is Bucket2\n',
  );
  expect(rendered(report)).not.toContain('Bucket1');
});

it('names a tier by the service where no construct is known, and what belongs to no entry by its section', () => {
  const forbidden: Forbidden[] = [
    { stack: '', logicalId: 'Q', type: 'AWS::SQS::Queue', path: [], ...RULE, why: 'w', fix: 'f' },
    {
      stack: '',
      logicalId: 'C',
      type: 'Custom::Thing',
      path: ['Properties', 'A'],
      ...RULE,
      why: 'w',
      fix: 'f',
    },
    { stack: '', logicalId: 'Url', type: 'Outputs', path: ['Value'], ...RULE, why: 'w', fix: 'f' },
    { stack: '', logicalId: 'Description', type: 'Description', path: [], ...RULE, why: 'w', fix: 'f' },
    { stack: '', logicalId: '', type: 'Manifest', path: [], ...RULE, why: 'w', fix: 'f' },
  ];
  const lines = rendered({ ...broken, factors: [], permitted: [], forbidden }).split('\n');
  const headings = lines.filter((line) => /^[A-Z]\w+$/.test(line));
  expect(headings).toEqual(['Custom', 'Description', 'Manifest', 'Outputs', 'SQS']);
  expect(lines).toEqual(
    expect.arrayContaining([
      '    C.Properties.A',
      '    Outputs.Url.Value',
      '    Description',
      '    Manifest',
    ]),
  );
});

describe('the checks of staging', () => {
  it('are shown after the verdict, each with its result, and what is reached outside', () => {
    const text = renderText(unclean, { color: false, width: 80, verbose: false });
    expect(text.slice(0, text.indexOf('Scale factors'))).toMatchInlineSnapshot(`
     "TWIN: StagingEphemeral is a twin of Prod
     0 forbidden and 4 permitted differences in 154 entries
     Isolation failed: 1 finding
     Tear-down passed: 1 acknowledged

     Isolation
       Alarms/Night (AWS::SNS::Subscription)
         TWIN-ISO-022 Sends messages to people, or to systems outside
           at          Night1A2B.Properties.Endpoint
           why         got "night@acme.io", which gets messages; allowed is what the
                       environment makes
           fix         List it in outside: [{ address, reason }].
           source      lib/alarms.ts:7:5

     Acknowledged
       Data/Key (AWS::KMS::Key)
         TWIN-TD-001 Is of a type that an ephemeral stack may not have
           because     one | key a month is a dollar

     Reached outside
       api.pay.example.com
           in          Web1, Web2, Web3 and 1 more
           because     it would charge cards
           stand-in    pay.acme.io
       get.example.org
           in          Build

     Notes
       - the deletion waits 20 to 45 minutes for the network interfaces of its
         functions

     "
    `);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('are as loud as the verdict when one fails', () => {
    const text = renderText(unclean, { color: true, width: 80, verbose: false });
    const red = styleText(['bold', 'red'], 'Isolation failed: 1 finding', { validateStream: false });
    expect(text).toContain(red);
    expect(text).toMatch(/^Tear-down passed: 1 acknowledged$/m);
  });
});

describe('the report of two productions', () => {
  const productions: ParityReport = {
    ...broken,
    prod: 'ProdUnitedStates',
    staging: 'ProdEurope',
    role: 'production',
    factors: broken.factors.map(({ blindSpot: _blindSpot, ...factor }) => factor),
    permitted: [],
    forbidden: broken.forbidden.slice(1, 2),
  };

  it('calls both by their names', () => {
    expect(rendered(productions)).toMatchInlineSnapshot(`
     "
     NOT A TWIN: ProdEurope is not a twin of ProdUnitedStates
     1 forbidden and 0 permitted differences in 154 entries

     Orders
       Orders/Cluster (AWS::RDS::DBCluster)
         TWIN-PAR-001 Differs between the environments
         OrdersCluster3C4D.Properties.EngineVersion
           ProdUnitedStates  "16.6"
           ProdEurope        "16.13"
           why         no scale factor explains it
           fix         Make both environments alike here, or declare a scale factor
                       with a reason and use its value.
           source      lib/orders.ts:31:5

     Scale factors
       factor         kind         places  ProdUnitedStates -> ProdEurope
       ordersReaders  replicas          3  4 -> 2
         because     a reader costs as much as the writer, and two of them show every
                     lag that four would show
       webSize        fargateSize       2  cpu 4096, memoryMiB 8192 ->
                                           cpu 1024, memoryMiB 2048
         because     less traffic
       the same in both: shards
     "
    `);
  });

  it('fits in 80 columns, and says nothing of a staging', () => {
    const report = {
      ...productions,
      forbidden: [{ ...productions.forbidden[0]!, prod: 'x'.repeat(200), staging: 'y'.repeat(200) }],
    };
    const text = rendered(report);
    expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/staging/i);
  });
});
