import { readFileSync } from 'node:fs';
import type { SqlTier } from '../../../../lib/blueprint/blueprint';
import { differencesOf, type StoodUp } from '../../../../lib/targets/local/postgres/differences';

const member = (logicalId: string, instanceClass = 'db.r7g.large') => ({ logicalId, class: instanceClass });

const tier = (more: Partial<SqlTier>): SqlTier =>
  ({
    engine: 'aurora-postgresql',
    engineVersion: '17.7',
    members: [member('Writer'), member('Reader')],
    ...more,
  }) as unknown as SqlTier;

const stood = (more: Partial<StoodUp> = {}): StoodUp => ({
  version: '18.4',
  replicationDelayMs: 0,
  connections: { max: 1802, why: 'every member offers 1802 connections, as db.r7g.large does' },
  forcesTls: true,
  parameters: [],
  ...more,
});

const instance = (isMultiAz: boolean) => ({ instance: { isMultiAz } });

/** Tiers that have every difference between them. */
const samples: readonly (readonly [SqlTier, StoodUp])[] = [
  [tier({ takesTokens: true }), stood()],
  [tier({ members: [member('Writer', 'db.serverless')], serverless: { minUnits: 0, maxUnits: 4 } }), stood()],
  [tier(instance(true)), stood({ replicationDelayMs: 250 })],
  [tier(instance(false)), stood()],
  [tier({ proxies: [] }), stood()],
  [tier({ engine: 'postgres' }), stood({ replicationDelayMs: 250 })],
];

const lines = [...new Set(samples.flatMap(([it, how]) => differencesOf(it, how)))].filter(
  (line) => !/of db\.serverless|for postgres/.test(line),
);

it('are the lines of docs/local-target.md', () => {
  const text = readFileSync('docs/local-target.md', 'utf8');
  const [, listed = ''] = /<!-- differences -->\n([^]*?)<!-- end -->/.exec(text) ?? [];
  const items = listed
    .split(/^- /m)
    .slice(1)
    .map((item) => item.trim().replaceAll(/\s+/g, ' ').replaceAll('`', ''));
  expect(items).toEqual(lines);
});

it('hold for the tiers that have them', () => {
  const about = (word: string): string[] =>
    samples.map(([it, how]) => String(differencesOf(it, how).some((line) => line.includes(word))));
  expect(about('Aurora share one storage')).toEqual(['true', 'false', 'false', 'false', 'true', 'false']);
  expect(about('capacity units')).toEqual(['false', 'true', 'false', 'false', 'false', 'false']);
  expect(about('less than 35 s')).toEqual(['false', 'false', 'false', 'false', 'false', 'true']);
  expect(about('60 to 120 s')).toEqual(['false', 'false', 'true', 'false', 'false', 'false']);
  expect(about('restarted in place')).toEqual(['false', 'false', 'false', 'true', 'false', 'false']);
  expect(about('rds-db:connect')).toEqual(['true', 'false', 'false', 'false', 'false', 'false']);
  expect(about('IAM database authentication is off')).toEqual([
    'false',
    'true',
    'true',
    'true',
    'true',
    'true',
  ]);
  expect(about('RDS Proxy')).toEqual(['false', 'false', 'false', 'false', 'true', 'false']);
  expect(differencesOf(tier({}), stood({ forcesTls: false })).join()).not.toContain('without TLS');
});
