import type { JsonObject } from '../../../lib/json';
import { onlyRules } from '../../../lib/parity/only';
import { renderSarif } from '../../../lib/parity/reports/sarif';
import { REPORTED_RULES } from '../../../lib/parity/rules';
import { faultsOf, schemaOf } from '../../schemas/schemas';
import { broken, twin, unclean, undecided } from './samples';

const options = { version: '1.2.3', artifact: 'cdk.out/My Stack#1.json' };

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: JsonObject & { readonly rules: readonly JsonObject[] } };
      readonly results: readonly (JsonObject & {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly locations: readonly [
          { readonly physicalLocation: JsonObject; readonly logicalLocations: readonly JsonObject[] },
        ];
      })[];
    },
  ];
}

const log = (...reports: Parameters<typeof renderSarif>[0][number][]): Log =>
  renderSarif(reports, options) as unknown as Log;

describe('the SARIF log', () => {
  it('has one error for each forbidden difference of every report', () => {
    const { results } = log(broken, twin, broken).runs[0];
    expect(results).toHaveLength(8);
    expect(results.every(({ level }) => level === 'error')).toBe(true);
  });

  it('has what is left to the deployment, without values', () => {
    expect(log(undecided).runs[0].results).toMatchObject([
      {
        ruleId: 'TWIN-PAR-017',
        message: {
          text: 'Conditions.IsLarge: whether it holds is left to the deployment: it hangs on the parameter "Tier". Give what the two are deployed with.',
        },
      },
    ]);
  });

  it('says how many findings it leaves out', () => {
    expect(log(onlyRules(broken, ['TWIN-ISO'])).runs).toMatchObject([
      { results: [], properties: { notShown: ['4 further findings are not shown (--only TWIN-ISO)'] } },
    ]);
    expect(log(broken).runs[0]).not.toHaveProperty('properties');
  });

  it('has a run without results for twins, so that alerts are closed', () => {
    expect(log(twin).runs).toMatchObject([
      { tool: { driver: { name: 'cdk-twin', version: '1.2.3' } }, results: [] },
    ]);
  });

  it('names the rule that is broken, and declares every rule with the address of its page', () => {
    const [first, ...others] = broken.forbidden;
    const member = { ...first!, id: 'TWIN-PAR-008', rule: 'unlike-member' } as const;
    const { tool, results } = log({ ...broken, forbidden: [...others, member] }).runs[0];
    expect(results.map(({ ruleId }) => ruleId).sort()).toEqual([
      'TWIN-PAR-001',
      'TWIN-PAR-001',
      'TWIN-PAR-001',
      'TWIN-PAR-008',
    ]);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!['id']).toBe(ruleId);
    expect(tool.driver.rules.map(({ id, helpUri }) => [id, helpUri])).toEqual(
      REPORTED_RULES.map(({ id }) => [id, `https://unpkg.com/cdk-twin@1.2.3/docs/rules/${id}.md`]),
    );
  });

  it('points at the source line, with both values in the message', () => {
    expect(log(broken).runs[0].results[1]).toEqual({
      ruleId: 'TWIN-PAR-001',
      ruleIndex: 0,
      level: 'error',
      message: {
        text:
          'OrdersCluster3C4D.Properties.EngineVersion: "16.6" in Prod, "16.13" in StagingEphemeral; no scale factor ' +
          'explains it. Make both environments alike here, or declare a scale factor with a reason and use its value.',
      },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'lib/orders.ts' },
            region: { startLine: 31, startColumn: 5 },
          },
          logicalLocations: [
            {
              name: 'OrdersCluster3C4D',
              fullyQualifiedName: 'StagingEphemeral/Orders/Cluster',
              kind: 'resource',
            },
          ],
        },
      ],
      partialFingerprints: {
        'twinDifference/v1': 'Prod StagingEphemeral  OrdersCluster3C4D.Properties.EngineVersion',
      },
    });
  });

  it('points at the template where the source is not known', () => {
    const { physicalLocation } = log(broken).runs[0].results[2]!.locations[0];
    expect(physicalLocation).toEqual({
      artifactLocation: { uri: 'cdk.out/My%20Stack%231.json' },
      region: { startLine: 1 },
    });
  });

  it('writes absolute paths as file URIs', () => {
    const [entry] = broken.forbidden;
    const report = { ...broken, forbidden: [{ ...entry!, source: '/app/lib/web.ts:7' }] };
    expect(log(report).runs[0].results[0]!.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'file:///app/lib/web.ts' },
      region: { startLine: 7 },
    });
  });
});

it('has the findings of the checks by their ids, those that were acknowledged suppressed with their reason', () => {
  const { tool, results } = log(unclean).runs[0];
  expect(results.map(({ ruleId, suppressions }) => [ruleId, suppressions])).toEqual([
    ['TWIN-ISO-022', undefined],
    ['TWIN-TD-001', [{ kind: 'inSource', justification: 'one | key a month is a dollar' }]],
  ]);
  for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]!['id']).toBe(ruleId);
  expect(results[0]!.locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'lib/alarms.ts' },
    region: { startLine: 7, startColumn: 5 },
  });
  expect(results[1]!['partialFingerprints']).toEqual({
    'twinFinding/v1': 'StagingEphemeral Data TWIN-TD-001 Key961B73FD.Type',
  });
});

describe('the published schema', () => {
  const validate = schemaOf('sarif-2.1.0');

  it.each(Object.entries({ broken, twin, unclean, undecided }))(
    'finds nothing in the log: %s',
    (_, report) => {
      expect(faultsOf(validate, log(report))).toEqual([]);
      expect(faultsOf(validate, log(report, onlyRules(report, ['TWIN-ISO'])))).toEqual([]);
    },
  );

  it('finds what is wrong', () => {
    const { runs } = log(broken);
    const [{ results }] = runs;
    const wrong = [{ ...runs[0], results: [{ ...results[0], level: 'fatal' }] }];
    expect(faultsOf(validate, { version: '2.1.0', runs: wrong })).toContainEqual(
      '/runs/0/results/0/level must be equal to one of the allowed values',
    );
  });

  it('is the one that each log names', () => {
    expect(log(twin)).toHaveProperty('$schema', 'https://json.schemastore.org/sarif-2.1.0.json');
  });
});
